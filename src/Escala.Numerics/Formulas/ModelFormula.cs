namespace Escala.Numerics.Formulas;

/// <summary>
/// A model in the formula language of R and lme4 (Wilkinson and Rogers 1973; Bates et al. 2015, J Stat Softw 67(1), section 2.1):
/// <c>outcome ~ fixed effects + (effects | grouping)</c>. Known are + − : * ^ /, factor(), relevel(), I(), log(), exp(), sqrt(), offset(),
/// cbind(success, failure), (1 | g), (x | g), (0 + x | g), (x || g), (1 | a/b) and (1 | a:b).
/// </summary>
public sealed class ModelFormula
{
    private ModelFormula(string text) => Text = text;

    /// <summary>The formula as written.</summary>
    public string Text { get; }

    /// <summary>The outcome as written, for example <c>cbind(y, n - y)</c>.</summary>
    public string Outcome => Response.ToString()!;

    /// <summary>Whether there is an intercept.</summary>
    public bool HasIntercept => Fixed.Intercept;

    /// <summary>The fixed terms in R's order (main effects before interactions), without the intercept.</summary>
    public IReadOnlyList<string> FixedTerms => [.. Fixed.Terms.Select(t => t.ToString())];

    /// <summary>The random terms as (effects | grouping), with a/b written out.</summary>
    public IReadOnlyList<string> RandomTerms => [.. Random.Select(t => t.ToString())];

    internal Syntax Response { get; private set; } = null!;

    internal TermSet Fixed { get; private set; } = null!;

    internal IReadOnlyList<Syntax> Offsets { get; private set; } = [];

    internal IReadOnlyList<RandomTerm> Random { get; private set; } = [];

    /// <summary>Reads a formula.</summary>
    /// <exception cref="FormulaException">It cannot be read; the exception names the character.</exception>
    public static ModelFormula Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (response, right) = FormulaParser.Parse(text);
        var offsets = new List<Syntax>();
        var bars = new List<BinarySyntax>();
        var expansion = new TermExpansion(text, offsets, bars);
        return new ModelFormula(text)
        {
            Response = response,
            Fixed = expansion.Expand(right),
            Offsets = offsets,
            Random = [.. bars.SelectMany(bar => RandomTerm.Expand(text, bar))],
        };
    }

    /// <summary>The same model with the given random terms, and only they, in parentheses: <c>"(1 | a:b)"</c>.</summary>
    internal ModelFormula WithRandom(params IEnumerable<string> terms)
    {
        var right = FixedTerms.Concat(Offsets.Select(o => o.ToString()!)).Concat(terms).ToList();
        right.Insert(0, HasIntercept ? "1" : "0");
        return Parse($"{Outcome} ~ {string.Join(" + ", right)}");
    }

    /// <summary>The same model with one more fixed term, or without one.</summary>
    internal ModelFormula WithFixed(IEnumerable<string> terms) =>
        Parse($"{Outcome} ~ {string.Join(" + ", [HasIntercept ? "1" : "0", .. terms, .. Offsets.Select(o => o.ToString()!), .. RandomTerms])}");

    /// <summary>The formula as written.</summary>
    public override string ToString() => Text;
}

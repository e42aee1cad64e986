using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>
/// The stepped wedge in a fitted model: clusters that cross over, periods that are fixed effects, an exposure of two values or levels that is
/// one in each cluster-period and, once begun, lasts. Of the two the one that comes later in time is the exposed one.
/// </summary>
internal sealed record SteppedWedgeStructure(string Treatment, string ClusterName, Syntax Cluster, Syntax Period, int[] ClusterOf, int[] PeriodOf, int Clusters, int Periods)
{
    // A few wrong rows or cells are a slip in a stepped wedge; more are another design.
    private const double MostSlips = 0.2;

    /// <summary>Exposure of each cluster in each period; −1 where there are no data.</summary>
    public required int[,] Exposure { get; init; }

    /// <summary>The exposure as the formula has it, as <c>arm</c> of the column <c>armyes</c>.</summary>
    public required string Term { get; init; }

    /// <summary>Value of the column <see cref="Treatment"/> in exposed rows.</summary>
    public required double ExposedValue { get; init; }

    private sealed record Candidate(string Term, string Column, double[] Values, double Exposed)
    {
        public int At(int row) => Values[row] == Exposed ? 1 : 0;
    }

    /// <summary>Finds the structure, or null when the model is of another kind.</summary>
    public static SteppedWedgeStructure? Find(ModelFit fit)
    {
        if (Parts(fit) is not var (variables, cluster, terms, candidates)) return null;
        foreach (var period in terms)
        {
            if (variables.Evaluate(period) is not { Codes: { } periods, Levels: { Length: > 1 } levels }) continue;
            foreach (var candidate in candidates.Where(c => c.Term != period.ToString()))
            {
                if (Read(candidate, cluster.Codes, periods, cluster.Labels.Length, levels.Length) is not { } exposure) continue;
                return new SteppedWedgeStructure(candidate.Column, cluster.Group, cluster.Term.Grouping[0], period, cluster.Codes, periods, cluster.Labels.Length, levels.Length)
                {
                    Exposure = exposure,
                    Term = candidate.Term,
                    ExposedValue = candidate.Exposed,
                };
            }
        }
        return null;
    }

    /// <summary>Why a model that looks like a stepped wedge was not checked as one; null where it was, or does not look like one.</summary>
    public static ModelWarning? NotChecked(ModelFit fit)
    {
        if (Find(fit) is not null || Parts(fit) is not var (variables, cluster, terms, candidates)) return null;
        Sentence? reason = null;
        foreach (var period in terms)
        {
            var isNumber = variables.Evaluate(period) is { Codes: null };
            if (isNumber && period is not NameSyntax) continue;
            var (periods, levels) = variables.Grouping([period]);
            if (levels.Length < 3) continue;
            foreach (var candidate in candidates.Where(c => c.Term != period.ToString()))
            {
                if (isNumber && Read(candidate, cluster.Codes, periods, cluster.Labels.Length, levels.Length) is not null)
                    reason ??= new("numerics.reason.period-number", "{period} stands in the formula as a number, one slope for all periods: write factor({period}).", ("period", period.ToString()));
                else if (!isNumber) reason ??= Slips(candidate, cluster, periods, levels.Length, period.ToString()!);
            }
        }
        return reason is null ? null : new ModelWarning("stepped-wedge-not-checked", new Sentence(
            "numerics.warning.stepped-wedge-not-checked", "This looks like a stepped wedge, but drift within clusters, concurrent comparators and the raw difference were not computed: {reason}", ("reason", reason)));
    }

    private static (Variables Variables, RandomDesign Cluster, IReadOnlyList<Syntax> Terms, IReadOnlyList<Candidate> Candidates)? Parts(ModelFit fit)
    {
        if (fit.State is not { Problem: not null } state) return null;
        var (frame, data) = (state.Model.Frame, state.Model.Data);
        if (data.Random.Where(r => r.Term.Grouping.Count == 1).MinBy(r => r.Labels.Length) is not { } cluster) return null;
        var terms = frame.Formula.Fixed.Terms;
        var alone = state.Model.Design.Kept.Where(c => c.Term >= 0 && terms[c.Term].Variables.Count == 1 && state.Model.All.Columns.Count(o => o.Term == c.Term) == 1)
            .Select(c => (Column: c, Values: c.Values.Distinct().Order().Take(3).ToArray())).Where(c => c.Values.Length == 2).ToList();
        // The higher of two numbers, and the second of two levels, is exposed as a rule; the other way round is looked at after that.
        Candidate[] WithExposed(int which) => [.. alone.Select(c => new Candidate(terms[c.Column.Term].ToString(), c.Column.Name, c.Column.Values, c.Values[which]))];
        return (new Variables(frame.Formula.Text, frame.Data, [.. state.Model.CellsKept.Select(c => frame.Representatives[c])]), cluster,
            [.. terms.Where(t => t.Variables.Count == 1).Select(t => t.Variables[0])], [.. WithExposed(1), .. WithExposed(0)]);
    }

    private static int[,]? Read(Candidate candidate, int[] cluster, int[] period, int clusters, int periods)
    {
        var exposure = new int[clusters, periods];
        for (var c = 0; c < clusters; c++) for (var t = 0; t < periods; t++) exposure[c, t] = -1;
        for (var i = 0; i < candidate.Values.Length; i++)
        {
            ref var known = ref exposure[cluster[i], period[i]];
            if (known >= 0 && known != candidate.At(i)) return null;
            known = candidate.At(i);
        }
        var crosses = false;
        for (var c = 0; c < clusters; c++)
        {
            var seen = 0;
            for (var t = 0; t < periods; t++)
            {
                if (exposure[c, t] < 0) continue;
                if (exposure[c, t] < seen) return null;
                crosses |= exposure[c, t] > seen && t > 0;
                seen = exposure[c, t];
            }
        }
        return crosses ? exposure : null;
    }

    /// <summary>What keeps an exposure from being that of a stepped wedge where nearly all cluster-periods follow one; null where it does not look like one.</summary>
    private static Sentence? Slips(Candidate candidate, RandomDesign cluster, int[] period, int periods, string periodName)
    {
        var cells = Enumerable.Range(0, candidate.Values.Length).GroupBy(i => (Cluster: cluster.Codes[i], Period: period[i]))
            .ToDictionary(g => g.Key, g => (Exposed: g.Count(i => candidate.At(i) == 1), Rows: g.Count()));
        var (misfits, crossings, back, mixed) = (0, 0, -1, ((int Cluster, int Period)?)null);
        for (var c = 0; c < cluster.Labels.Length; c++)
        {
            (int Period, int Value)[] own = [.. Enumerable.Range(0, periods).Where(t => cells.ContainsKey((c, t))).Select(t => (t, 2 * cells[(c, t)].Exposed > cells[(c, t)].Rows ? 1 : 0))];
            var (slips, step) = Enumerable.Range(0, own.Length + 1).Select(at => (Slips: own.Index().Count(o => o.Item.Value != (o.Index >= at ? 1 : 0)), At: at)).MinBy(s => s.Slips);
            misfits += slips;
            if (step > 0 && step < own.Length) crossings++;
            if (slips > 0 && back < 0) back = c;
            foreach (var (t, _) in own.Where(o => cells[(c, o.Period)] is var (exposed, rows) && exposed > 0 && exposed < rows))
            {
                mixed ??= (c, t);
                misfits++;
            }
        }
        if (2 * crossings < cluster.Labels.Length || misfits > MostSlips * cells.Count) return null;
        return mixed is { } both
            ? new("numerics.reason.exposure-mixed", "{term} has both values within one {cluster} and {period} ({label}, period {place} in order).", ("term", candidate.Term), ("cluster", cluster.Group), ("period", periodName), ("label", cluster.Labels[both.Cluster]), ("place", both.Period + 1))
            : new("numerics.reason.exposure-ends", "{term} begins and ends again in {cluster} {label}; look at its rows, and at the order of {period}.", ("term", candidate.Term), ("cluster", cluster.Group), ("label", back < 0 ? "" : cluster.Labels[back]), ("period", periodName));
    }

    /// <summary>Cluster-periods with exposure in which some other cluster of the same period is unexposed, of all with exposure.</summary>
    public (int WithConcurrent, int Exposed) ConcurrentComparators()
    {
        var (with, all) = (0, 0);
        for (var t = 0; t < Periods; t++)
        {
            var exposed = Enumerable.Range(0, Clusters).Count(c => Exposure[c, t] == 1);
            all += exposed;
            if (Enumerable.Range(0, Clusters).Any(c => Exposure[c, t] == 0)) with += exposed;
        }
        return (with, all);
    }
}

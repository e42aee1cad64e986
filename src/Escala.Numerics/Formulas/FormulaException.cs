namespace Escala.Numerics.Formulas;

/// <summary>A model formula that cannot be read or does not fit the data, with the character at fault.</summary>
public sealed class FormulaException : ArgumentException
{
    /// <summary>Reports <paramref name="reason"/> at <paramref name="position"/> (0-based) of <paramref name="formula"/>.</summary>
    public FormulaException(string formula, int position, Sentence reason) : this(formula, position, Placed(formula, position, reason), placed: true)
    {
    }

    internal FormulaException(string formula, int position, string code, string english, params IReadOnlyList<(string Name, object? Value)> gaps)
        : this(formula, position, new Sentence(code, english, gaps))
    {
    }

    private FormulaException(string formula, int position, Sentence sentence, bool placed) : base(sentence) => (Formula, Character, Sentence) = (formula, position + 1, sentence);

    /// <summary>Place and reason.</summary>
    public Sentence Sentence { get; }

    /// <summary>The formula as written.</summary>
    public string Formula { get; }

    /// <summary>The character at fault, counted from 1.</summary>
    public int Character { get; }

    private static Sentence Placed(string formula, int position, Sentence reason) => position >= formula.Length
        ? new Sentence("numerics.formula.at-end", "formula, character {character} (the end): {reason}", ("character", position + 1), ("reason", reason))
        : new Sentence("numerics.formula.at", "formula, character {character} ('{near}'): {reason}", ("character", position + 1), ("near", formula.Substring(position, Math.Min(12, formula.Length - position))), ("reason", reason));
}

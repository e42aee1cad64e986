namespace Escala.Numerics.Formulas;

/// <summary>A model formula that cannot be read or does not fit the data, with the character at fault.</summary>
public sealed class FormulaException : ArgumentException
{
    /// <summary>Reports <paramref name="reason"/> at <paramref name="position"/> (0-based) of <paramref name="formula"/>.</summary>
    public FormulaException(string formula, int position, string reason) : base($"formula, character {position + 1}{Near(formula, position)}: {reason}")
    {
        Formula = formula;
        Character = position + 1;
    }

    /// <summary>The formula as written.</summary>
    public string Formula { get; }

    /// <summary>The character at fault, counted from 1.</summary>
    public int Character { get; }

    private static string Near(string formula, int position) =>
        position >= formula.Length ? " (the end)" : $" ('{formula.AsSpan(position, Math.Min(12, formula.Length - position))}')";
}

namespace Escala.Numerics.Risk;

/// <summary>What kind of value a <see cref="RiskCovariate"/> takes.</summary>
public enum RiskCovariateKind
{
    /// <summary>A measured number in the covariate's unit.</summary>
    Number,

    /// <summary>Present (1) or absent (0); absent where it is not given.</summary>
    Flag,

    /// <summary>One of the named levels, coded by its place in <see cref="RiskCovariate.Levels"/>, from 0.</summary>
    Category,
}

/// <summary>One input of a risk equation.</summary>
/// <param name="Name">Identifier, lower case with underscores, e.g. <c>total_cholesterol</c>.</param>
/// <param name="Label">What it is, for people.</param>
/// <param name="Unit">Unit of the number; empty for flags and categories.</param>
/// <param name="Kind">Number, flag or category.</param>
/// <param name="Minimum">Smallest number that can be true of a living person in this unit; smaller is refused.</param>
/// <param name="Maximum">Largest number that can be true of a living person in this unit; larger is refused.</param>
/// <param name="Levels">The names of the levels of a category, in order of their codes; empty otherwise.</param>
public sealed record RiskCovariate(
    string Name, string Label, string Unit, RiskCovariateKind Kind, double Minimum, double Maximum, IReadOnlyList<string> Levels)
{
    internal static RiskCovariate Number(string name, string label, string unit, double minimum, double maximum) =>
        new(name, label, unit, RiskCovariateKind.Number, minimum, maximum, []);

    internal static RiskCovariate Flag(string name, string label) => new(name, label, "", RiskCovariateKind.Flag, 0, 1, []);

    internal static RiskCovariate Category(string name, string label, IReadOnlyList<string> levels) =>
        new(name, label, "", RiskCovariateKind.Category, 0, levels.Count - 1, levels);
}

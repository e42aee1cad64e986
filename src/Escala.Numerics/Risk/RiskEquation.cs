using System.Globalization;

namespace Escala.Numerics.Risk;

/// <summary>Ten-year probabilities of a first event. Endpoints that the equation does not separate are NaN.</summary>
/// <param name="Total">Any cardiovascular event, 0 to 1.</param>
/// <param name="CoronaryHeartDisease">Coronary event, 0 to 1, or NaN.</param>
/// <param name="Stroke">Stroke, 0 to 1, or NaN.</param>
public readonly record struct EndpointRisks(double Total, double CoronaryHeartDisease, double Stroke);

/// <summary>The answer of a risk equation for one person.</summary>
/// <param name="Model">Identifier of the equation.</param>
/// <param name="Risks">Ten-year probabilities.</param>
/// <param name="IsExtrapolated">Whether the age lies outside the range for which the equation was published.</param>
public sealed record RiskEstimate(string Model, EndpointRisks Risks, bool IsExtrapolated);

/// <summary>Why an input of a risk equation cannot be used.</summary>
public enum RiskInputFault
{
    /// <summary>There is no such input; the accepted ones are told.</summary>
    Unknown,

    /// <summary>No variant takes all the inputs given, or lacks one; the sets of inputs are told.</summary>
    Sets,

    /// <summary>The input is missing.</summary>
    Missing,

    /// <summary>The number cannot be true of a person; its range is told.</summary>
    Range,
}

/// <summary>An input of a risk equation that cannot be used.</summary>
/// <param name="fault">Why.</param>
/// <param name="input">Name of the input, or of the score or equation where several are meant.</param>
/// <param name="accepted">What would be taken instead: names, sets of names, or a range with its unit.</param>
public sealed class RiskInputException(RiskInputFault fault, string input, string accepted)
    : ArgumentException($"{input}: {fault switch { RiskInputFault.Unknown => "unknown; accepted are", RiskInputFault.Sets => "give one of these sets of inputs:", RiskInputFault.Missing => "missing:", _ => "cannot be; it must lie between" }} {accepted}.")
{
    /// <summary>Why.</summary>
    public RiskInputFault Fault => fault;

    /// <summary>Name of the input, or of the score or equation where several are meant.</summary>
    public string Input => input;

    /// <summary>What would be taken instead.</summary>
    public string Accepted => accepted;
}

/// <summary>One line of an equation written out for a reader: a name, and how it follows from the covariates and the lines before it.</summary>
/// <param name="Name">Name of the line; the last is <c>risk</c>, and a line of an endpoint's name holds its probability.</param>
/// <param name="Formula">Arithmetic with + - * / ^, exp, ln, if, covariates by name and earlier lines by name.</param>
public sealed record RiskStep(string Name, string Formula);

/// <summary>A published equation for the ten-year probability of a first event.</summary>
public sealed class RiskEquation
{
    private readonly Func<ReadOnlySpan<double>, EndpointRisks> _risks;
    private readonly Func<ReadOnlySpan<double>, IReadOnlyList<RiskStep>> _steps;
    private readonly int _age;

    internal RiskEquation(
        string id, string citation, (double Lower, double Upper) ages, IReadOnlyList<RiskCovariate> covariates, Func<ReadOnlySpan<double>, EndpointRisks> risks,
        Func<ReadOnlySpan<double>, IReadOnlyList<RiskStep>> steps)
    {
        Id = id;
        Citation = citation;
        (MinimumAge, MaximumAge) = ages;
        Covariates = covariates;
        _risks = risks;
        _steps = steps;
        _age = IndexOf("age");
    }

    /// <summary>Identifier, e.g. <c>framingham-2008-laboratory</c>.</summary>
    public string Id { get; }

    /// <summary>The publication.</summary>
    public string Citation { get; }

    /// <summary>Youngest age (years) of the equation's range.</summary>
    public double MinimumAge { get; }

    /// <summary>Oldest age (years) of the equation's range, inclusive.</summary>
    public double MaximumAge { get; }

    /// <summary>The inputs, in the order in which <see cref="Risks"/> takes them.</summary>
    public IReadOnlyList<RiskCovariate> Covariates { get; }

    /// <summary>Place of a covariate in <see cref="Covariates"/>, or -1 where the equation has none of that name.</summary>
    /// <param name="covariate">Identifier of the covariate.</param>
    public int IndexOf(string covariate)
    {
        for (var i = 0; i < Covariates.Count; i++)
        {
            if (Covariates[i].Name == covariate) return i;
        }
        return -1;
    }

    /// <summary>
    /// The ten-year probabilities. No input is checked: this is the kernel of a simulation. Ages outside the equation's range are
    /// extrapolated with the same formula; <see cref="InRange"/> lets the caller count them.
    /// </summary>
    /// <param name="values">One number per covariate, in the order of <see cref="Covariates"/>.</param>
    public EndpointRisks Risks(ReadOnlySpan<double> values) => _risks(values);

    /// <summary>The equation written out for the categories (sex, region) given, so that a reviewer can compute it elsewhere.</summary>
    /// <param name="values">One number per covariate, in the order of <see cref="Covariates"/>; only categories are read.</param>
    public IReadOnlyList<RiskStep> Steps(ReadOnlySpan<double> values) => _steps(values);

    /// <summary>Whether the age lies in the range for which the equation was published.</summary>
    /// <param name="values">One number per covariate, in the order of <see cref="Covariates"/>.</param>
    public bool InRange(ReadOnlySpan<double> values) => values[_age] >= MinimumAge && values[_age] < MaximumAge + 1;

    /// <summary>The ten-year probabilities of one person, with the inputs checked.</summary>
    /// <param name="values">Covariates by name. Flags that are absent count as 0.</param>
    /// <exception cref="RiskInputException">A name is unknown, or a number or category is missing or cannot be true.</exception>
    public RiskEstimate Estimate(IReadOnlyDictionary<string, double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var name in values.Keys)
        {
            if (IndexOf(name) < 0) throw new RiskInputException(RiskInputFault.Unknown, name, string.Join(", ", Covariates.Select(c => c.Name)));
        }
        var x = new double[Covariates.Count];
        for (var i = 0; i < x.Length; i++)
        {
            var covariate = Covariates[i];
            if (values.TryGetValue(covariate.Name, out x[i])) Check(covariate, x[i]);
            else if (covariate.Kind != RiskCovariateKind.Flag) throw new RiskInputException(RiskInputFault.Missing, covariate.Name, covariate.Label);
        }
        return new RiskEstimate(Id, _risks(x), !InRange(x));
    }

    private static void Check(RiskCovariate covariate, double value)
    {
        if (value >= covariate.Minimum && value <= covariate.Maximum && (covariate.Kind == RiskCovariateKind.Number || value == Math.Floor(value))) return;
        var unit = covariate.Unit.Length == 0 ? "" : " " + covariate.Unit;
        throw new RiskInputException(RiskInputFault.Range, covariate.Name, string.Create(CultureInfo.InvariantCulture, $"{covariate.Minimum} – {covariate.Maximum}{unit}"));
    }
}

/// <summary>One of the probabilities that a score gives beside the total.</summary>
/// <param name="Name">Short name, e.g. <c>chd</c>.</param>
/// <param name="Label">What it is, for people.</param>
/// <param name="Of">Picks the probability, 0 to 1, out of the equation's answer.</param>
public sealed record RiskEndpoint(string Name, string Label, Func<EndpointRisks, double> Of)
{
    internal static IReadOnlyList<RiskEndpoint> CoronaryAndStroke { get; } =
        [new("chd", "coronary heart disease", r => r.CoronaryHeartDisease), new("stroke", "stroke", r => r.Stroke)];
}

/// <summary>The variants of one risk score, told apart by their covariates (with and without laboratory values).</summary>
/// <param name="Name">Short name, as at the command line, e.g. <c>who</c>.</param>
/// <param name="Function">Name of the function in a model's expressions, e.g. <c>who_cvd</c>.</param>
/// <param name="Title">What it is, for people.</param>
/// <param name="Variants">The equations.</param>
/// <param name="Endpoints">What the score tells apart beside the total; empty where it does not.</param>
public sealed record RiskScore(string Name, string Function, string Title, IReadOnlyList<RiskEquation> Variants, IReadOnlyList<RiskEndpoint> Endpoints)
{
    /// <summary>The covariates of all variants, each once, in the order of first mention.</summary>
    public IEnumerable<RiskCovariate> Covariates => Variants.SelectMany(v => v.Covariates).DistinctBy(c => c.Name);

    /// <summary>The variant that takes all the covariates given.</summary>
    /// <param name="given">Names of the covariates that the caller has.</param>
    /// <exception cref="RiskInputException">No variant takes them all together, or a name is unknown.</exception>
    public RiskEquation Choose(IReadOnlyCollection<string> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (given.FirstOrDefault(g => Covariates.All(c => c.Name != g)) is { } unknown)
            throw new RiskInputException(RiskInputFault.Unknown, unknown, string.Join(", ", Covariates.Select(c => c.Name)));
        var fitting = Variants.Where(v => given.All(g => v.IndexOf(g) >= 0)).ToList();
        return fitting.FirstOrDefault(v => v.Covariates.All(c => c.Kind == RiskCovariateKind.Flag || given.Contains(c.Name))) ?? throw new RiskInputException(RiskInputFault.Sets, Name, Sets());
    }

    private string Sets() => string.Join("; ", Variants.Select(v => string.Join(", ", v.Covariates.Where(c => c.Kind != RiskCovariateKind.Flag).Select(c => c.Name))));
}

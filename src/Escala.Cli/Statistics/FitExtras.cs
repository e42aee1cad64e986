using System.CommandLine;
using System.Globalization;
using System.Text;
using Escala.Cli.Stores;
using Escala.Numerics.Data;
using Escala.Numerics.Models;

namespace Escala.Cli.Statistics;

/// <summary>What can be asked beside a fit: profile intervals, phases, small-sample methods, standardised risks, influence.</summary>
internal sealed class FitExtras
{
    private readonly Option<bool> _profile = new("--profile") { Description = "Profile likelihood intervals too." };
    private readonly Option<int?> _smallSample = new("--small-sample") { Description = "Stepped wedge: every method for the exposure with its size and power in this many simulated trials." };
    private readonly Option<int?> _phase = new("--phase") { Description = "Stepped wedge: effects by phase, with an intensive phase of this many periods, and by time since exposure." };
    private readonly Option<string?> _standardise = new("--standardise") { Description = "Standardised risk difference of this 0/1 term." };
    private readonly Option<string?> _influence = new("--influence") { Description = "Fit without each level of this column." };
    private readonly Option<string?> _strata = new("--strata") { Description = "Stepped wedge: column with the stratum of each cluster when it was allocated, for the randomisation test." };
    private readonly Option<string?> _select = new("--select") { Description = "Candidate covariates, such as age,sex: every subset beside this model by AIC, on the rows complete for all." };
    private readonly Option<string?> _against = new("--against") { Description = "A smaller or larger model's formula: likelihood-ratio test." };
    private readonly Option<bool> _modes = new("--effects") { Description = "Modes of the random effects of each group." };
    private readonly Option<string?> _predictions = new("--predictions") { Description = "New file for predictions and residuals, one line a data row." };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of simulations and draws.", DefaultValueFactory = _ => 1 };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _profile, _smallSample, _phase, _standardise, _influence, _strata, _select, _against, _modes, _predictions, _seed }) command.Options.Add(option);
    }

    /// <summary>Everything asked for, and the companion of a stepped wedge unasked.</summary>
    public FitAnswers Compute(ParseResult parse, DataFrame data, ModelFit fit) => SmallSample(parse, fit) with
    {
        Companion = DecayCompanion.Of(fit),
        Icc = IntraclassCorrelation.Of(fit),
        Profile = parse.GetValue(_profile) ? [.. fit.Fixed.Where(f => f.StandardError > 0).Select(f => ProfileLikelihood.Interval(fit, f.Term))] : null,
        Exposure = parse.GetValue(_phase) is { } periods ? ExposureAnalysis.Of(fit, periods) : null,
        Standardised = parse.GetValue(_standardise) is { } term ? [.. Enum.GetValues<RandomEffectsAt>().Where(at => at == RandomEffectsAt.Zero || fit.Random.Count > 0).Select(at => StandardisedRisk.Of(fit, term, at))] : null,
        Selection = parse.GetValue(_select) is { } candidates ? ModelSelection.ByAic(data, fit.Specification, TableInputs.Names(candidates)) : null,
        Ratio = parse.GetValue(_against) is { } formula ? Against(fit, Regression.Fit(data, fit.Specification with { Formula = formula })) : null,
        Raw = RawDifference.OfExposure(fit),
        Modes = parse.GetValue(_modes) ? FittedValues.Modes(fit) : null,
        Predictions = parse.GetValue(_predictions) is { } file ? WritePredictions(fit, file) : null,
        Influence = parse.GetValue(_influence) is { } column ? Influences(data, fit, column) : null,
    };

    /// <summary>The table of small-sample methods, or why there is none: the fit is worth reading without it.</summary>
    private FitAnswers SmallSample(ParseResult parse, ModelFit fit)
    {
        if (parse.GetValue(_smallSample) is not { } replicates) return new FitAnswers();
        if (replicates < 1) throw new ArgumentException("--small-sample is at least 1.");
        using var bar = new ProgressBar("Simulated trials");
        try
        {
            return new FitAnswers { SmallSample = ExposureTests.Of(fit, replicates, parse.GetValue(_seed), parse.GetValue(_strata), bar) };
        }
        catch (ArgumentException problem)
        {
            return new FitAnswers { SmallSampleNotAvailable = problem.Message.Split(" (Parameter '")[0] };
        }
    }

    private static IReadOnlyList<ClusterInfluence> Influences(DataFrame data, ModelFit fit, string column)
    {
        using var bar = new ProgressBar($"Fits without each {column}");
        return ClusterInfluence.Of(data, fit, column, bar);
    }

    private static LikelihoodRatioTest Against(ModelFit fit, ModelFit other) =>
        other.Parameters < fit.Parameters ? LikelihoodRatioTest.Compare(other, fit) : LikelihoodRatioTest.Compare(fit, other);

    private static string WritePredictions(ModelFit fit, string path)
    {
        using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew));
        file.WriteLine("row,observed,atZero,fitted,residual,pearson");
        foreach (var r in FittedValues.Of(fit)) file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{r.Row},{r.Observed:R},{r.AtZero:R},{r.Fitted:R},{r.Residual:R},{r.Pearson:R}"));
        return path;
    }
}

/// <summary>Answers beside a fit; null where not asked or not applicable.</summary>
internal sealed record FitAnswers
{
    public DecayCompanion? Companion { get; init; }

    public IReadOnlyList<IntraclassCorrelation> Icc { get; init; } = [];

    public IReadOnlyList<ProfileInterval>? Profile { get; init; }

    public ExposureTests? SmallSample { get; init; }

    /// <summary>Why the small-sample table that was asked for does not exist.</summary>
    public string? SmallSampleNotAvailable { get; init; }

    public ExposureAnalysis? Exposure { get; init; }

    public IReadOnlyList<StandardisedRisk>? Standardised { get; init; }

    public IReadOnlyList<ClusterInfluence>? Influence { get; init; }

    public RawDifference? Raw { get; init; }

    public ModelSelection? Selection { get; init; }

    /// <summary>Likelihood-ratio test against the other model.</summary>
    public LikelihoodRatioTest? Ratio { get; init; }

    public IReadOnlyList<RandomEffectMode>? Modes { get; init; }

    /// <summary>File that the predictions were written to.</summary>
    public string? Predictions { get; init; }

    public string Text(ModelFit fit)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        if (Icc.Count > 0) Line($"\nICC ({Icc[0].Scale} scale): {string.Join(", ", Icc.Select(i => string.Create(CultureInfo.InvariantCulture, $"{i.Group} {i.Value:0.0000}")))}");
        if (Companion is { IsMaterial: false } quiet) Line($"\n{quiet.Message}");
        if (Raw is { } raw)
            Line($"\nAs observed ({raw.Label}): {raw.ExposedMean:0.0000} in {raw.ExposedRows} exposed rows less {raw.UnexposedMean:0.0000} in {raw.UnexposedRows} unexposed is {raw.Difference:0.0000}; pooled {raw.ExposedPooled:0.0000} less {raw.UnexposedPooled:0.0000} is {raw.PooledDifference:0.0000}");
        if (Ratio is { } test) Line($"\nLikelihood ratio: χ² {test.ChiSquare:0.0000} on {test.DegreesOfFreedom} df, p {FitOutput.ShowP(test.P)}{(test.OnBoundary ? " (halved: the variance is on its boundary)" : "")}");
        if (Selection is { } selection)
        {
            Line($"\nSelection by AIC over {selection.Steps.Count} sets on {selection.Primary.Observations} rows complete for every candidate; the model above stays the primary analysis");
            foreach (var s in selection.Steps) Line($"  {s.Fit.Aic,10:0.00}  {(s.Covariates.Count == 0 ? "(none)" : string.Join(" + ", s.Covariates))}");
        }
        if (Modes is not null)
        {
            Line($"\nModes of the random effects (link scale)");
            foreach (var m in Modes) Line($"  {m.Group,-20} {m.Level,-16} {m.Term,-14} {m.Mode,10:0.00000}");
        }
        if (Predictions is not null) Line($"\nPredictions and residuals: {Predictions}");
        if (Profile is not null)
        {
            Line($"\nProfile intervals (link scale)");
            foreach (var p in Profile) Line($"  {p.Term,-24} {p.Lower,10:0.00000} to {p.Upper,10:0.00000}   LR χ² {p.ChiSquare:0.000}, p {FitOutput.ShowP(p.P)}");
        }
        if (Standardised is not null)
            foreach (var s in Standardised) Line($"\nStandardised risk, {s.Term}, random effects {(s.RandomEffects == RandomEffectsAt.Zero ? "at zero" : "integrated")}: {s.Exposed:0.0000} exposed, {s.Unexposed:0.0000} not; difference {s.Difference:0.0000} ({s.Lower:0.0000} to {s.Upper:0.0000})");
        if (Exposure is not null) text.Append(ExposureText(Exposure));
        if (SmallSample is not null) text.Append(SmallSampleText(SmallSample));
        if (SmallSampleNotAvailable is { } reason) Line($"\nSmall-sample methods: not available. {reason}");
        if (Influence is not null)
        {
            Line($"\nWithout each cluster: change of the coefficients in their standard errors");
            Line($"  {"",-16}{string.Concat(fit.Fixed.Select(f => $" {f.Term,14}"))}");
            foreach (var i in Influence) Line($"  {i.Cluster,-16}{string.Concat(i.Change.Select(c => string.Create(CultureInfo.InvariantCulture, $" {c,14:0.00}")))}");
        }
        return text.ToString().TrimEnd();
    }

    private static string ExposureText(ExposureAnalysis exposure)
    {
        var text = new StringBuilder("\nEffect by time since exposure (link scale)\n");
        void Effect(string name, FixedEffect e, string note = "") => text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-36} {e.Estimate,9:0.0000} ({e.Lower:0.0000} to {e.Upper:0.0000}), p {FitOutput.ShowP(e.P)}{note}"));
        foreach (var p in exposure.Phases) Effect(p.Phase, p.Effect, $"; {p.Concurrent} of {p.Exposed} cluster-periods have a concurrent comparator");
        if (exposure.Difference is { } difference) Effect(difference.Term, difference);
        Effect("linear trend: first period", exposure.Start);
        Effect("linear trend: each further period", exposure.Trend);
        foreach (var e in exposure.ByPeriod) Effect(e.Term, e);
        if (exposure.Average is { } average) Effect(average.Term, average);
        return text.ToString();
    }

    private static string SmallSampleText(ExposureTests table)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"\n{table.Treatment} by every method; size and power from {table.Replicates} simulated trials each (seed {table.Seed}{(table.Failed > 0 ? $"; {table.Failed} have no fit and count as not rejected" : "")})");
        text.AppendLine(CultureInfo.InvariantCulture, $"  Simulated: {table.Simulated}. A size of 0.05 is known to ±{1.96 * Math.Sqrt(0.05 * 0.95 / table.Replicates):0.000}.");
        text.AppendLine(CultureInfo.InvariantCulture, $"  {"",-52} {"df",5} {"p",8} {"interval",24} {"size",7} {"power",7}");
        foreach (var r in table.Rows)
        {
            var interval = double.IsNaN(r.Lower) ? "—" : string.Create(CultureInfo.InvariantCulture, $"{r.Lower:0.0000} to {r.Upper:0.0000}");
            text.AppendLine(CultureInfo.InvariantCulture, $"  {r.Method,-52} {r.DegreesOfFreedom,5:0} {FitOutput.ShowP(r.P),8} {interval,24} {r.Size,7:0.000} {r.Power,7:0.000}");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"  {table.Randomisation.Allocations:0} allocations, {(table.Randomisation.IsExact ? "all enumerated" : "sampled")}; attainable two-sided level {table.Randomisation.AttainableLevel:0.0000}. For interactions and trends: not available, no allocation has their null hypothesis.");
        return text.ToString();
    }
}

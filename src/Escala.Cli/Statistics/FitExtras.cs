using System.CommandLine;
using System.Globalization;
using Escala.Cli.Stores;
using Escala.Numerics;
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
        Warnings = DecayCompanion.NotChecked(fit) is { } notChecked ? [notChecked, .. fit.Warnings] : fit.Warnings,
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
        if (replicates < 1) throw new UnfitInputException("numerics.option.small-sample", "--small-sample is at least 1.");
        using var bar = new ProgressBar(Vocabulary.Say("progress.trials"));
        try
        {
            return new FitAnswers { SmallSample = ExposureTests.Of(fit, replicates, parse.GetValue(_seed), parse.GetValue(_strata), bar) };
        }
        catch (ArgumentException problem) when (Vocabulary.SentenceOf(problem) is { } reason)
        {
            return new FitAnswers { SmallSampleNotAvailable = reason };
        }
    }

    private static IReadOnlyList<ClusterInfluence> Influences(DataFrame data, ModelFit fit, string column)
    {
        using var bar = new ProgressBar(Vocabulary.Say("progress.fits", ("column", column)));
        return ClusterInfluence.Of(data, fit, column, bar);
    }

    private static LikelihoodRatioTest Against(ModelFit fit, ModelFit other) =>
        other.Parameters < fit.Parameters ? LikelihoodRatioTest.Compare(other, fit) : LikelihoodRatioTest.Compare(fit, other);

    private static string WritePredictions(ModelFit fit, string path)
    {
        using var file = new StreamWriter(TableInputs.NewFile(path));
        file.WriteLine("row,observed,atZero,fitted,residual,pearson");
        foreach (var r in FittedValues.Of(fit)) file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{r.Row},{r.Observed:R},{r.AtZero:R},{r.Fitted:R},{r.Residual:R},{r.Pearson:R}"));
        return path;
    }
}

/// <summary>Answers beside a fit; null where not asked or not applicable.</summary>
internal sealed record FitAnswers
{
    public DecayCompanion? Companion { get; init; }

    /// <summary>The fit's warnings, after why a stepped wedge has no companion.</summary>
    public IReadOnlyList<ModelWarning> Warnings { get; init; } = [];

    public IReadOnlyList<IntraclassCorrelation> Icc { get; init; } = [];

    public IReadOnlyList<ProfileInterval>? Profile { get; init; }

    public ExposureTests? SmallSample { get; init; }

    /// <summary>Why the small-sample table that was asked for does not exist.</summary>
    public Sentence? SmallSampleNotAvailable { get; init; }

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
}

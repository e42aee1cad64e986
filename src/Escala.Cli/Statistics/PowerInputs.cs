using System.CommandLine;
using System.Globalization;
using Escala.Cli.Stores;
using Escala.Numerics;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;
using Escala.Numerics.SteppedWedge;

namespace Escala.Cli.Statistics;

/// <summary>What both kinds of trial are asked for.</summary>
internal sealed class PowerInputs
{
    private readonly Option<double> _size = new("--size") { Description = "Persons in each cluster and period." };
    private readonly Option<string?> _sizes = new("--sizes") { Description = "Persons in a period, one number a cluster instead: 140,199,…" };
    private readonly Option<double> _baseline = new("--baseline") { Description = "Proportion, mean or rate without the intervention.", Required = true };
    private readonly Option<double> _effect = new("--effect") { Description = "Proportion, mean or rate with the intervention.", Required = true };
    private readonly Option<string> _outcome = Choice("--outcome", "Kind of outcome.", "binary", "gaussian", "count");
    private readonly Option<double?> _sd = new("--sd") { Description = "Standard deviation of one person's outcome (gaussian)." };
    private readonly Option<string> _variance = Choice("--variance", "Where the variance of a binary or count outcome is taken.", "baseline", "mean");
    private readonly Option<double> _icc = new("--icc") { Description = "Intracluster correlation in a period.", Required = true };
    private readonly Option<double> _cac = new("--cac") { Description = "Cluster autocorrelation.", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _iac = new("--iac") { Description = "Individual autocorrelation of a closed cohort." };
    private readonly Option<double> _decay = new("--decay") { Description = "Factor of the between-period correlation for each further period.", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _randomTreatment = new("--random-treatment") { Description = "Variance of the effect between clusters, as a share of the total variance." };
    private readonly Option<string> _effectModel = Choice("--effect-model", "One effect, or the average over periods since cross-over.", "constant", "exposure-time");
    private readonly Option<double> _alpha = new("--alpha") { Description = "Two-sided level.", DefaultValueFactory = _ => 0.05 };
    private readonly Option<double> _target = new("--target-power") { Description = "Power of the detectable difference and the sample size.", DefaultValueFactory = _ => 0.8 };
    private readonly Option<string> _test = Choice("--test", "Normal or t test.", "z", "t");
    private readonly Option<double?> _df = new("--df") { Description = "Degrees of freedom of the t test; clusters − 2 unless said." };
    private readonly Option<int> _replicates = new("--replicates") { Description = "Simulated trials for each row of the small-sample table; 0 leaves it out.", DefaultValueFactory = _ => 2000 };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of the simulation.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _simulate = new("--simulate") { Description = "Trials to simulate and fit with the model of --formula." };
    private readonly Option<string?> _formula = new("--formula") { Description = $"Model of the simulated trials; columns {SimulatedPower.Columns}. Periods, exposure and a cluster intercept unless said, and a person's in a cohort." };
    private readonly Option<string> _term = new("--term") { Description = "Coefficient of that model that is tested.", DefaultValueFactory = _ => "treat" };

    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON." };

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _size, _sizes, _baseline, _effect, _outcome, _sd, _variance, _icc, _cac, _iac, _decay, _randomTreatment, _effectModel, _alpha, _target,
            _test, _df, _replicates, _seed, _simulate, _formula, _term, Json,
        ];
        foreach (var option in options) command.Options.Add(option);
    }

    /// <summary>A size to draw the layout with, before sizes of single clusters are put in.</summary>
    public double FirstSize(ParseResult result) => ClusterSizes(result) is { } sizes
        ? sizes[0]
        : result.GetValue(_size) is > 0 and var size ? size : throw new UnfitInputException("numerics.option.size", "Give --size (persons in each cluster and period, above 0) or --sizes.");

    public PowerQuestion Read(ParseResult result, TrialLayout layout, TrialLayout? longer)
    {
        var sizes = ClusterSizes(result);
        if (result.GetValue(_df) is <= 0) throw new UnfitInputException("numerics.option.df", "--df must be a number above 0.");
        if (result.GetValue(_replicates) < 0) throw new UnfitInputException("numerics.option.replicates", "--replicates is 0 or more.");
        if (result.GetValue(_test) == "t" && result.GetValue(_df) is null && layout.Clusters < 3)
            throw new UnfitInputException("numerics.option.no-df", "{clusters} clusters leave no degrees of freedom for a t test (clusters − 2): state --df, or take --test z.", ("clusters", layout.Clusters));
        return new PowerQuestion
        {
            Layout = sizes is null ? layout : layout.WithClusterSizes(sizes),
            Longer = sizes is null ? longer : longer?.WithClusterSizes(sizes),
            EqualSizes = sizes is null,
            Outcome = reading => Outcome(result, reading),
            Reading = result.GetValue(_variance) == "mean" ? VarianceReading.Mean : VarianceReading.Baseline,
            HasReadings = result.GetValue(_outcome) != "gaussian",
            Correlation = new CorrelationStructure
            {
                Icc = result.GetValue(_icc),
                ClusterAutocorrelation = result.GetValue(_cac),
                IndividualAutocorrelation = result.GetValue(_iac),
                Decay = result.GetValue(_decay),
                RandomTreatment = result.GetValue(_randomTreatment),
            },
            Effect = result.GetValue(_effectModel) == "constant" ? EffectModel.Constant : EffectModel.ExposureTimeAverage,
            Alpha = result.GetValue(_alpha),
            Target = result.GetValue(_target),
            Df = clusters => result.GetValue(_test) == "z" ? double.PositiveInfinity : result.GetValue(_df) ?? Math.Max(clusters - 2, double.Epsilon),
            Replicates = result.GetValue(_replicates),
            Seed = result.GetValue(_seed),
            Simulation = Simulation(result),
        };
    }

    private Func<PowerQuestion, SimulatedPower>? Simulation(ParseResult result)
    {
        int trials = result.GetValue(_simulate);
        if (trials == 0) return null;
        if (trials < 0) throw new UnfitInputException("numerics.option.simulate", "--simulate is 0 or more.");
        var (family, formula) = result.GetValue(_outcome) switch
        {
            "gaussian" => (Family.Gaussian, $"y ~ factor(period) + treat + {(result.GetValue(_iac) > 0 ? "(1 | cluster/person)" : "(1 | cluster)")}"),
            "count" => (Family.Poisson, "y ~ factor(period) + treat + offset(log(n)) + (1 | cluster)"),
            _ => (Family.Binomial, result.GetValue(_iac) > 0 ? "y ~ factor(period) + treat + (1 | cluster/person)" : "cbind(y, n - y) ~ factor(period) + treat + (1 | cluster)"),
        };
        // Nested quadrature of a thousand cohorts would take days: a simulation takes Laplace's approximation where a single fit might not.
        string chosen = result.GetValue(_formula) ?? formula;
        bool laplace = family != Family.Gaussian && chosen.Contains('|', StringComparison.Ordinal);
        var specification = new ModelSpecification(chosen) { Family = family, Method = laplace ? EstimationMethod.Laplace : EstimationMethod.Automatic };
        return q =>
        {
            using var bar = new ProgressBar(Vocabulary.Say("progress.trials"));
            return SimulatedPower.Run(q.Layout, q.Correlation, result.GetValue(_baseline), result.GetValue(_effect), specification,
                result.GetValue(_term)!, q.Alpha, trials, q.Seed, result.GetValue(_sd) ?? double.NaN, bar);
        };
    }

    private TrialOutcome Outcome(ParseResult result, VarianceReading reading)
    {
        double baseline = result.GetValue(_baseline), effect = result.GetValue(_effect);
        return result.GetValue(_outcome) switch
        {
            "gaussian" => TrialOutcome.Gaussian(baseline, effect, result.GetValue(_sd) ?? throw new UnfitInputException("numerics.option.sd", "A gaussian outcome needs --sd, the standard deviation of one person's outcome.")),
            "count" => TrialOutcome.Count(baseline, effect, reading),
            _ => TrialOutcome.Binary(baseline, effect, reading),
        };
    }

    private double[]? ClusterSizes(ParseResult result)
    {
        if (result.GetValue(_sizes) is not { } text) return null;
        string[] words = text.Split(',', StringSplitOptions.TrimEntries);
        return
        [
            .. words.Select((word, k) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double size) && size > 0
                ? size
                : throw new UnfitInputException("numerics.option.sizes-number", "--sizes: number {place}, '{text}', is not a number of persons above 0.", ("place", k + 1), ("text", word))),
        ];
    }

    private static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = $"{description} One of: {string.Join(", ", values)}.", DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}

/// <summary>A trial, what it looks for and how it is analysed.</summary>
internal sealed record PowerQuestion
{
    public required TrialLayout Layout { get; init; }

    /// <summary>The same trial with one more period after the last cross-over: the other reading of many protocols.</summary>
    public required TrialLayout? Longer { get; init; }

    public required bool EqualSizes { get; init; }

    public required Func<VarianceReading, TrialOutcome> Outcome { get; init; }

    public required VarianceReading Reading { get; init; }

    public required bool HasReadings { get; init; }

    public required CorrelationStructure Correlation { get; init; }

    public required EffectModel Effect { get; init; }

    public required double Alpha { get; init; }

    public required double Target { get; init; }

    public required Func<int, double> Df { get; init; }

    public required int Replicates { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Simulation with the model that will be fitted; null unless asked for.</summary>
    public required Func<PowerQuestion, SimulatedPower>? Simulation { get; init; }
}

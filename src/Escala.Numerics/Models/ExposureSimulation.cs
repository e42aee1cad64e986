using Escala.Numerics.Algebra;
using Escala.Numerics.Comparison;
using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Distributions;
using Escala.Numerics.Simulation;

namespace Escala.Numerics.Models;

/// <summary>What one trial says of its exposure. The estimate is on the scale of the link.</summary>
internal sealed record SimulatedExposure(double Estimate, double StandardError, double ChiSquare, double Randomisation)
{
    public double Statistic => Estimate / StandardError;
}

/// <summary>Trials like a fitted stepped wedge: its clusters, periods and numbers, outcomes drawn from it with or without its effect.</summary>
internal sealed class ExposureSimulation
{
    private readonly string _treatment;
    private readonly PreparedModel _model, _null;
    private readonly MixedModelProblem _full, _reduced;
    private readonly MixedModelProblem? _restricted;
    private readonly MarginalFit _fit, _nullFit;
    private readonly double[] _restrictedStart;
    private readonly RandomisationTest.RandomisationSpace _space;
    private readonly SteppedWedgeStructure _wedge;
    private readonly int _column;
    private readonly ulong _seed;

    public ExposureSimulation(ModelFit fit, SteppedWedgeStructure wedge, ulong seed, int[] strata)
    {
        (_treatment, _seed) = (wedge.Treatment, seed);
        (_model, _wedge) = OneRowACell(fit.State!.Model, wedge);
        _column = Array.FindIndex(_model.Design.Kept, c => c.Name == wedge.Treatment);
        _null = ProfileLikelihood.Without(_model, _column, 0);
        (_full, _reduced) = (_model.Problem(withRandom: true), _null.Problem(withRandom: true));
        (_fit, _nullFit) = (GeneralizedLinearMixed.Maximise(_model, _full), GeneralizedLinearMixed.Maximise(_null, _reduced));
        _restricted = fit.Method == EstimationMethod.Reml ? _model.Problem(withRandom: true, integrateFixed: true) : null;
        var restricted = _restricted is null ? _fit : GeneralizedLinearMixed.Maximise(_model, _restricted);
        _restrictedStart = restricted.Psi;
        _space = new RandomisationTest.RandomisationSpace(_wedge, seed, strata);
        var (estimate, error) = Estimate(_restricted ?? _full, restricted);
        Actual = new SimulatedExposure(estimate * _model.ResponseScale, error * _model.ResponseScale, double.NaN, double.NaN);
    }

    /// <summary>Estimate and standard error of the trial itself, as the simulated ones are analysed.</summary>
    public SimulatedExposure Actual { get; }

    /// <summary>Trials without the effect, then as many with it; null where a trial has no fit.</summary>
    public (bool HasEffect, SimulatedExposure? Found)[] Run(int replicates, IProgress<(long Done, long Of)>? progress)
    {
        var trials = new (bool, SimulatedExposure?)[2 * replicates];
        SideBySide.Run(trials.Length, k =>
        {
            var effect = k >= replicates;
            var stream = new CounterStream(_seed, CounterStream.StreamOf(effect ? "trials with the effect" : "trials without effect"), (uint)(k % replicates));
            trials[k] = (effect, One(stream, effect));
        }, progress);
        return trials;
    }

    /// <summary>What is drawn, for the reader of the figures.</summary>
    public Sentence InWords()
    {
        var groups = string.Join(", ", _model.Data.Random.Select(r => r.Group).Distinct());
        return new Sentence("numerics.model.simulated", "{outcome} of {groups}, drawn from the model fitted without and with {treatment} on the same {clusters} clusters, {periods} periods and numbers, and analysed by the model above",
            ("outcome", Outcome()), ("groups", groups), ("treatment", _treatment), ("clusters", _wedge.Clusters), ("periods", _wedge.Periods));
    }

    private Sentence Outcome() => _model.Specification.Family switch
    {
        Family.Poisson => new("numerics.model.simulated-poisson", "Poisson counts with normal effects"),
        Family.NegativeBinomial => new("numerics.model.simulated-negative-binomial", "negative-binomial counts with normal effects"),
        Family.BetaBinomial => new("numerics.model.simulated-beta-binomial", "beta-binomial counts with normal effects"),
        Family.Gaussian => new("numerics.model.simulated-gaussian", "normal measurements with normal effects"),
        _ => new("numerics.model.simulated-binomial", "binomial counts with normal effects"),
    };

    /// <summary>
    /// Rows that coincide share a cell, but two rows of a family that is overdispersed within rows will hardly coincide when drawn: there each
    /// row gets a cell of its own.
    /// </summary>
    private static (PreparedModel, SteppedWedgeStructure) OneRowACell(PreparedModel model, SteppedWedgeStructure wedge)
    {
        if (model.Specification.Family is not (Family.NegativeBinomial or Family.BetaBinomial)) return (model, wedge);
        int[] cells = [.. Enumerable.Range(0, model.Data.Cells).SelectMany(i => Enumerable.Repeat(i, (int)model.Data.Responses.Rows[i]))];
        var shared = model.Data.Responses;
        var data = model.Data.Subset(cells);
        double[] Each(double[] sums) => [.. cells.Select(i => sums[i] / shared.Rows[i])];
        return (model with
        {
            Data = data with { Responses = new CellResponses(Each(shared.Outcome), Each(shared.Trials), Each(shared.Rows), new double[cells.Length]) },
            Design = FixedDesign.Build([.. data.Columns.Where(c => model.Design.Kept.Any(k => k.Name == c.Name))]),
            CellsKept = [.. cells.Select(i => model.CellsKept[i])],
        }, wedge with { ClusterOf = [.. cells.Select(i => wedge.ClusterOf[i])], PeriodOf = [.. cells.Select(i => wedge.PeriodOf[i])] });
    }

    private SimulatedExposure? One(CounterStream stream, bool effect)
    {
        var (problem, truth) = effect ? (_full, _fit) : (_reduced, _nullFit);
        // All problems order their cells by the same paths, except that of restricted likelihood.
        if (Draw(problem, truth.Psi, ref stream) is not { } responses) return null;
        var (full, reduced) = (_full with { Responses = responses }, _reduced with { Responses = responses });
        var (analysed, at) = Maximise(full, _fit.Psi);
        var (nullProblem, nullFit) = Maximise(reduced, _nullFit.Psi);
        if (!at.Converged || !nullFit.Converged) return null;
        var chiSquare = 2 * (nullFit.Value - at.Value);
        if (_restricted is not null)
        {
            analysed = _restricted with { Responses = Reordered(responses, _full.CellOrder, _restricted.CellOrder) };
            at = GeneralizedLinearMixed.Maximise(analysed, Positive(analysed, _restrictedStart));
            if (!at.Converged) return null;
        }
        var (estimate, error) = Estimate(analysed, at);
        return new SimulatedExposure(estimate, error, chiSquare, _space.P(RandomisationTest.NullScore.Of(nullProblem, nullFit.Psi)));
    }

    /// <summary>The maximum from the truth on; where a trial is not overdispersed it is that of the simpler family, as in <see cref="DispersionLimit"/>.</summary>
    private (MixedModelProblem Problem, MarginalFit Fit) Maximise(MixedModelProblem problem, double[] truth)
    {
        var fit = GeneralizedLinearMixed.Maximise(problem, Positive(problem, truth));
        if (DispersionLimit.SimplerFamily(_model.Specification.Family) is not { } family || fit.Converged && Math.Exp(fit.Psi[^1]) <= DispersionLimit.Suspicious) return (problem, fit);
        var simple = problem with { Kernel = ResponseKernel.Of(family, _model.Specification.LinkOrDefault) };
        var simpler = GeneralizedLinearMixed.Maximise(simple, Positive(simple, truth[..^1]));
        return simpler.Converged && simpler.Value <= fit.Value + DispersionLimit.Indistinguishable ? (simple, simpler) : (problem, fit);
    }

    private static CellResponses Reordered(CellResponses responses, int[] from, int[] to)
    {
        var place = new int[from.Length];
        for (var i = 0; i < from.Length; i++) place[from[i]] = i;
        double[] Move(double[] values) => [.. to.Select(cell => values[place[cell]])];
        return new CellResponses(Move(responses.Outcome), Move(responses.Trials), Move(responses.Rows), Move(responses.WithinSquares));
    }

    private (double Value, double Error) Estimate(MixedModelProblem problem, MarginalFit fit)
    {
        var (working, covariance) = MarginalReport.Coefficients(_model.Design.Count, problem, fit);
        var form = _model.Design.FormToWorking([.. Enumerable.Range(0, _model.Design.Count).Select(j => j == _column ? 1.0 : 0.0)]);
        double estimate = 0;
        for (var i = 0; i < form.Length; i++) estimate += form[i] * working[i];
        return (estimate, covariance is null ? double.NaN : Math.Sqrt(SymmetricMatrix.Form(form, covariance, form)));
    }

    /// <summary>The truth as a start, with variances of zero lifted off their boundary, which is a stationary point.</summary>
    private static double[] Positive(MixedModelProblem problem, double[] psi)
    {
        var start = (double[])psi.Clone();
        foreach (var block in problem.Blocks)
            for (var k = 0; k < block.Effects && !block.IsFlat; k++)
            {
                ref var theta = ref start[problem.Columns + block.ThetaAt(k, k)];
                if (Math.Abs(theta) < 0.1) theta = 0.1;
            }
        return start;
    }

    /// <summary>Outcomes of every cell; null when an effect drawn puts a mean where the link does not allow it.</summary>
    private CellResponses? Draw(MixedModelProblem problem, double[] psi, ref CounterStream stream)
    {
        var objective = new LaplaceObjective(problem);
        objective.Evaluate(psi, []);
        var effects = new double[objective.Factor.Size];
        for (var k = 0; k < effects.Length; k++) effects[k] = stream.NextNormal();
        var eta = new double[problem.Cells];
        IterativelyReweighted.Predict(problem, psi, eta);
        var dispersion = problem.Kernel.HasDispersion ? Math.Exp(psi[^1]) : 1;
        var (outcome, within) = (new double[problem.Cells], (double[])problem.Responses.WithinSquares.Clone());
        for (var p = 0; p < problem.Paths; p++)
        {
            double shift = 0;
            for (var s = p * problem.Slots; s < (p + 1) * problem.Slots; s++) shift += objective.Slopes[s] * effects[problem.PathEffect[s]];
            for (var i = problem.PathStart[p]; i < problem.PathStart[p + 1]; i++)
            {
                if (DrawCell(problem, i, problem.Kernel.Mean(eta[i] + shift), dispersion, ref stream) is not { } drawn) return null;
                outcome[i] = drawn.Sum;
                if (_model.Specification.Family == Family.Gaussian) within[i] = drawn.WithinSquares;
            }
        }
        return problem.Responses with { Outcome = outcome, WithinSquares = within };
    }

    private (double Sum, double WithinSquares)? DrawCell(MixedModelProblem problem, int cell, double mean, double dispersion, ref CounterStream stream)
    {
        var (trials, rows) = (problem.Responses.Trials[cell], problem.Responses.Rows[cell]);
        const double Largest = 1e12;
        switch (_model.Specification.Family)
        {
            case Family.Gaussian:
                double sum = 0, squares = 0;
                for (var r = 0; r < rows; r++)
                {
                    var y = mean + Math.Sqrt(dispersion) * stream.NextNormal();
                    sum += y;
                    squares += y * y;
                }
                return (sum, Math.Max(0, squares - sum * sum / rows));
            case Family.Poisson:
                return mean is > 0 and < Largest ? (CountQuantile.Poisson(trials * mean, stream.NextUniform()), 0) : null;
            case Family.NegativeBinomial:
                return mean is > 0 and < Largest ? (CountQuantile.NegativeBinomial(trials * mean, dispersion, stream.NextUniform()), 0) : null;
            case Family.BetaBinomial:
                if (!(mean is > 0 and < 1)) return null;
                var own = Tail.BetaQuantile(dispersion * mean, dispersion * (1 - mean), stream.NextUniform());
                return (CountQuantile.Binomial((long)trials, own, stream.NextUniform()), 0);
            default:
                return mean is >= 0 and <= 1 ? (CountQuantile.Binomial((long)trials, mean, stream.NextUniform()), 0) : null;
        }
    }
}

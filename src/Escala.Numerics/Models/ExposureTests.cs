using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>One way to test the exposure and how it behaves in this very design.</summary>
/// <param name="Method">Name, with the degrees of freedom.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom of a t distribution; null for others.</param>
/// <param name="P">Two-sided p of the exposure.</param>
/// <param name="Lower">Lower limit on the scale of the link; NaN where the method gives none.</param>
/// <param name="Upper">Upper limit.</param>
/// <param name="Size">Share of simulated trials without an effect that it rejects at 5 %.</param>
/// <param name="Power">Share of simulated trials with the fitted effect that it rejects at 5 %.</param>
public sealed record ExposureTest(string Method, double? DegreesOfFreedom, double P, double Lower, double Upper, double Size, double Power);

/// <summary>
/// Tests of the overall effect of a stepped wedge side by side, each with its size and power in trials simulated from the fitted models with
/// and without the effect, on the same clusters, periods and numbers, and analysed by the same model.
/// </summary>
/// <param name="Treatment">The exposure.</param>
/// <param name="Rows">The methods.</param>
/// <param name="Randomisation">The randomisation test in full.</param>
/// <param name="Replicates">Simulated trials of each kind.</param>
/// <param name="Failed">Simulated trials of both kinds whose fit found no maximum; they count as not rejected.</param>
/// <param name="Seed">Seed of the simulation; replicate r is stream r, whatever thread runs it.</param>
public sealed record ExposureTests(string Treatment, IReadOnlyList<ExposureTest> Rows, RandomisationTest Randomisation, int Replicates, int Failed, ulong Seed)
{
    private const double Level = 0.05;

    /// <summary>Makes the table of a binomial stepped-wedge fit without interactions of the exposure.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="replicates">Simulated trials with and without the effect, at least 1 each.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="strata">Column of the data with the stratum of each cluster in the allocation; null for none.</param>
    /// <exception cref="ArgumentException">The fit is of another kind: for interactions and trends there is no such table, because no allocation has their null hypothesis.</exception>
    public static ExposureTests Of(ModelFit fit, int replicates = 500, ulong seed = 1, string? strata = null)
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 1);
        if (fit.Family != Family.Binomial) throw new ArgumentException("The small-sample table simulates binomial outcomes; it is not available for other families.", nameof(fit));
        var randomisation = RandomisationTest.Of(fit, seed, strata);
        var wedge = SteppedWedgeStructure.Find(fit)!;
        var simulation = new Simulation(fit, wedge, seed, RandomisationTest.StrataOf(fit, wedge, strata));
        var (without, failedWithout) = simulation.Run(replicates, effect: false);
        var (with, failedWith) = simulation.Run(replicates, effect: true);
        var (effect, profile) = (fit[wedge.Treatment], ProfileLikelihood.Interval(fit, wedge.Treatment));
        double Share(List<Outcome> outcomes, Func<Outcome, double> p) => outcomes.Count(o => p(o) <= Level) / (double)replicates;
        ExposureTest Row(string method, double? df, double p, double lower, double upper, Func<Outcome, double> of) => new(method, df, p, lower, upper, Share(without, of), Share(with, of));
        ExposureTest Wald(string method, double? df)
        {
            var limit = FitReport.Quantile(fit.Specification.Confidence, df) * effect.StandardError;
            return Row(method, df, FitReport.TwoSided(effect.Statistic, df), effect.Estimate - limit, effect.Estimate + limit, o => FitReport.TwoSided(o.Statistic, df));
        }
        var rows = new List<ExposureTest> { Wald("Wald, normal", null) };
        var observed = Enumerable.Range(0, wedge.Clusters).Sum(c => Enumerable.Range(0, wedge.Periods).Count(t => wedge.Exposure[c, t] >= 0));
        foreach (var df in new[] { observed - wedge.Clusters - wedge.Periods, wedge.Clusters - 2 }.Where(d => d > 0).Distinct())
            rows.Add(Wald(df == wedge.Clusters - 2 ? "Wald, t (clusters less 2)" : "Wald, t (cluster-periods less clusters and periods)", df));
        rows.Add(Row("likelihood ratio, profile interval", null, profile.P, profile.Lower, profile.Upper, o => FitReport.TwoSided(Math.Sqrt(Math.Max(0, o.ChiSquare)), null)));
        rows.Add(Row("randomisation", null, randomisation.P, double.NaN, double.NaN, o => o.Randomisation));
        return new ExposureTests(wedge.Treatment, rows, randomisation, replicates, failedWithout + failedWith, seed);
    }

    private sealed record Outcome(double Statistic, double ChiSquare, double Randomisation);

    private sealed class Simulation
    {
        private readonly string _treatment;
        private readonly PreparedModel _model, _null;
        private readonly MixedModelProblem _full, _reduced;
        private readonly MarginalFit _fit, _nullFit;
        private readonly RandomisationTest.RandomisationSpace _space;
        private readonly int _column;
        private readonly ulong _seed;

        public Simulation(ModelFit fit, SteppedWedgeStructure wedge, ulong seed, int[] strata)
        {
            (_treatment, _seed) = (wedge.Treatment, seed);
            _model = fit.State!.Model;
            _column = Array.FindIndex(_model.Design.Kept, c => c.Name == wedge.Treatment);
            _null = ProfileLikelihood.Without(_model, _column, 0);
            (_full, _reduced) = (_model.Problem(withRandom: true), _null.Problem(withRandom: true));
            (_fit, _nullFit) = (GeneralizedLinearMixed.Maximise(_model, _full), GeneralizedLinearMixed.Maximise(_null, _reduced));
            _space = new RandomisationTest.RandomisationSpace(wedge, seed, strata);
        }

        public (List<Outcome> Outcomes, int Failed) Run(int replicates, bool effect)
        {
            var outcomes = new Outcome?[replicates];
            Parallel.For(0, replicates, r => outcomes[r] = One(new CounterStream(_seed, CounterStream.StreamOf(effect ? "trials with the effect" : "trials without effect"), (uint)r), effect));
            return ([.. outcomes.OfType<Outcome>()], outcomes.Count(o => o is null));
        }

        private Outcome? One(CounterStream stream, bool effect)
        {
            var (problem, truth) = effect ? (_full, _fit) : (_reduced, _nullFit);
            // Both problems order their cells by the same paths.
            var responses = Simulate(problem, truth.Psi, ref stream);
            var (full, reduced) = (_full with { Responses = responses }, _reduced with { Responses = responses });
            var fit = GeneralizedLinearMixed.Maximise(full, Positive(full, _fit.Psi));
            var nullFit = GeneralizedLinearMixed.Maximise(reduced, Positive(reduced, _nullFit.Psi));
            if (!fit.Converged || !nullFit.Converged || fit.Covariance is null) return null;
            var form = _model.Design.FormToWorking([.. Enumerable.Range(0, _full.Columns).Select(j => j == _column ? 1.0 : 0.0)]);
            double estimate = 0, variance = 0;
            for (var i = 0; i < form.Length; i++)
            {
                estimate += form[i] * fit.Psi[i];
                for (var j = 0; j < form.Length; j++) variance += form[i] * fit.Covariance[i, j] * form[j];
            }
            return new Outcome(estimate / Math.Sqrt(variance), 2 * (nullFit.Value - fit.Value), _space.Test(_treatment, RandomisationTest.NullScore.Of(reduced, nullFit.Psi)).P);
        }

        /// <summary>The truth as a start, with variances of zero lifted off their boundary, which is a stationary point.</summary>
        private static double[] Positive(MixedModelProblem problem, double[] psi)
        {
            var start = (double[])psi.Clone();
            foreach (var block in problem.Blocks)
                for (var k = 0; k < block.Effects; k++)
                {
                    ref var theta = ref start[problem.Columns + block.ThetaAt(k, k)];
                    if (Math.Abs(theta) < 0.1) theta = 0.1;
                }
            return start;
        }

        private static CellResponses Simulate(MixedModelProblem problem, double[] psi, ref CounterStream stream)
        {
            var objective = new LaplaceObjective(problem);
            objective.Evaluate(psi, []);
            var effects = new double[objective.Factor.Size];
            for (var k = 0; k < effects.Length; k++) effects[k] = stream.NextNormal();
            var eta = new double[problem.Cells];
            IterativelyReweighted.Predict(problem, psi, eta);
            var outcome = new double[problem.Cells];
            for (var p = 0; p < problem.Paths; p++)
            {
                double shift = 0;
                for (var s = p * problem.Slots; s < (p + 1) * problem.Slots; s++) shift += objective.Slopes[s] * effects[problem.PathEffect[s]];
                for (var i = problem.PathStart[p]; i < problem.PathStart[p + 1]; i++)
                {
                    var mean = problem.Kernel.Mean(eta[i] + shift);
                    for (var m = 0; m < problem.Responses.Trials[i]; m++) if (stream.NextUniform() < mean) outcome[i]++;
                }
            }
            return problem.Responses with { Outcome = outcome };
        }
    }
}

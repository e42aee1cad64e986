using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>Draws Poisson counts of cells whose log rate has normal cluster effects; the mean rates and their variance are the stated ones.</summary>
internal sealed class CountTrialSimulator : CellTrialSimulator
{
    private static readonly uint s_stream = CounterStream.StreamOf("count trial");

    private readonly double _intercept;
    private readonly Matrix<double>[] _factors;

    internal CountTrialSimulator(TrialLayout layout, CorrelationStructure correlation, double baseline, double intervention)
        : base(layout)
    {
        if (correlation.IndividualAutocorrelation > 0)
        {
            throw new UnfitInputException("numerics.design.count-cohort", "A closed cohort of counts is not simulated: the variance of a Poisson count is its mean, which leaves none for what a person keeps from period to period. Leave the individual autocorrelation at 0, or simulate measurements.");
        }
        double total = TrialOutcome.Count(baseline, intervention).TotalVariance;
        // A log-normal rate of mean λ has variance λ² (exp(s²) − 1).
        double variance = Math.Log(1 + (correlation.Icc * total / (baseline * baseline)));
        _intercept = Math.Log(baseline) - (variance / 2);
        Effect = Math.Log(intervention / baseline);
        _factors = Factors(variance, correlation.RandomTreatment * total / (baseline * baseline), correlation);
    }

    internal override double[] DrawSums(ulong seed, uint replicate, double effect)
    {
        var stream = new CounterStream(seed, s_stream, replicate);
        double[,] level = Levels(_factors, ref stream);
        double[] outcomes = new double[Cells.Length];
        foreach (var (k, (i, t)) in Cells.Index())
        {
            outcomes[k] = CountQuantile.Poisson(Layout.Size(i, t) * Math.Exp(_intercept + level[i, t] + (effect * Layout.Exposure(i, t))), stream.NextUniform());
        }
        return outcomes;
    }
}

using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Escala.Numerics.SteppedWedge;

/// <summary>Draws Poisson counts of cells whose log rate has normal cluster effects; the mean rates and their variance are the stated ones.</summary>
internal sealed class CountTrialSimulator : TrialSimulator
{
    private static readonly uint s_stream = CounterStream.StreamOf("count trial");

    private readonly double _intercept;
    private readonly Matrix<double>[] _factors;

    internal CountTrialSimulator(TrialLayout layout, CorrelationStructure correlation, double baseline, double intervention)
        : base(layout)
    {
        double total = TrialOutcome.Count(baseline, intervention).TotalVariance;
        // A log-normal rate of mean λ has variance λ² (exp(s²) − 1).
        double variance = Math.Log(1 + (correlation.Icc * total / (baseline * baseline)));
        _intercept = Math.Log(baseline) - (variance / 2);
        Effect = Math.Log(intervention / baseline);
        _factors = Factors(variance, correlation.RandomTreatment * total / (baseline * baseline), correlation);
    }

    internal override DataFrame Draw(ulong seed, uint replicate, double effect)
    {
        var stream = new CounterStream(seed, s_stream, replicate);
        double[,] level = Levels(_factors, ref stream);
        double[] outcomes = new double[Cells.Length];
        foreach (var (k, (i, t)) in Cells.Index())
        {
            outcomes[k] = CountQuantile.Poisson(Layout.Size(i, t) * Math.Exp(_intercept + level[i, t] + (effect * Layout.Exposure(i, t))), stream.NextUniform());
        }
        return CellsOfCounts(outcomes);
    }
}

using Escala.Economics.Models;
using Escala.Numerics.CostEffectiveness;

namespace Escala.Economics.Analysis;

/// <summary>Draws the uncertain parameters. Each has its own stream by name, so that a new parameter leaves the draws of the others alone.</summary>
internal sealed class ParameterSampler
{
    private readonly ModelDefinition _model;
    private readonly List<int> _correlated;
    private readonly double[,] _factor;

    public ParameterSampler(ModelDefinition model)
    {
        _model = model;
        _correlated = [.. model.Correlations.SelectMany(c => new[] { c.First, c.Second }).Distinct().Select(n => model.Parameters.ToList().FindIndex(p => p.Name == n))];
        _factor = _correlated.Count == 0 ? new double[0, 0] : CorrelationReader.Factor(model.Correlations, [.. _correlated.Select(k => model.Parameters[k].Name)]);
    }

    /// <summary>Per parameter of the model, one value per draw; certain parameters keep their value.</summary>
    public double[][] Sample(int draws, ulong seed)
    {
        var values = new double[_model.Parameters.Count][];
        Parallel.For(0, values.Length, p => values[p] = Column(p, draws, seed));
        if (_correlated.Count > 0) Parallel.For(0, draws, d => Correlate(values, d, seed));
        return values;
    }

    private double[] Column(int index, int draws, ulong seed)
    {
        var parameter = _model.Parameters[index];
        var column = new double[draws];
        if (!parameter.IsUncertain || _correlated.Contains(index))
        {
            column.AsSpan().Fill(parameter.Value);
            return column;
        }
        // Components of shares, and samples of one group, read the same stream: drawn together, they fit together.
        var stream = CounterStream.StreamOf(parameter.Share?.Group ?? (parameter.SampleGroup.Length > 0 ? parameter.SampleGroup : parameter.Name));
        Span<double> shares = parameter.Share is { } s ? new double[s.Shares.Alpha.Count] : [];
        for (var d = 0; d < draws; d++)
        {
            var numbers = new CounterStream(seed, stream, (uint)d);
            if (parameter.Share is not { } share)
            {
                column[d] = parameter.Distribution!.Sample(ref numbers);
                continue;
            }
            share.Shares.Sample(ref numbers, shares);
            column[d] = shares[share.Component];
        }
        return column;
    }

    /// <summary>A Gaussian copula: correlated normal numbers, turned into each parameter's own distribution by its quantiles.</summary>
    private void Correlate(double[][] values, int draw, ulong seed)
    {
        Span<double> z = stackalloc double[_correlated.Count];
        for (var i = 0; i < z.Length; i++)
        {
            var numbers = new CounterStream(seed, CounterStream.StreamOf(_model.Parameters[_correlated[i]].Name), (uint)draw);
            z[i] = numbers.NextNormal();
        }
        for (var i = 0; i < z.Length; i++)
        {
            var sum = 0.0;
            for (var j = 0; j <= i; j++) sum += _factor[i, j] * z[j];
            values[_correlated[i]][draw] = _model.Parameters[_correlated[i]].Distribution!.Quantile(MathNet.Numerics.Distributions.Normal.CDF(0, 1, sum));
        }
    }
}

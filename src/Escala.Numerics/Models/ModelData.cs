using Escala.Numerics.Distributions;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>The cells of a model frame with their design: what estimators work on.</summary>
internal sealed record ModelData(DesignColumn[] Columns, RandomDesign[] Random, double[] Offset, CellResponses Responses)
{
    public int Cells => Offset.Length;

    /// <summary>Part of the log-likelihood that depends on the data alone: binomial coefficients, −log y!.</summary>
    public double LogConstant { get; init; }

    /// <summary>Codes of further groupings by name (clusters of GEE and of robust variances).</summary>
    public IReadOnlyDictionary<string, int[]> Clusters { get; init; } = new Dictionary<string, int[]>();

    public static ModelData From(ModelFrame frame, Family family, IReadOnlyList<string> clusters)
    {
        var design = new DesignMatrix(frame);
        var (responses, constant) = Sum(frame, family);
        return new ModelData(design.FixedColumns(), design.RandomDesigns(), design.Offset(), responses)
        {
            LogConstant = constant,
            Clusters = clusters.Distinct(StringComparer.Ordinal).ToDictionary(c => c, c => design.Grouping(c).Codes, StringComparer.Ordinal),
        };
    }

    /// <summary>The given cells alone; groups without a cell keep their effects.</summary>
    public ModelData Subset(int[] cells)
    {
        double[] Take(double[] v) => [.. cells.Select(i => v[i])];
        DesignColumn Column(DesignColumn c) => c with { Values = Take(c.Values) };
        return new ModelData([.. Columns.Select(Column)],
            [.. Random.Select(r => r with { Codes = [.. cells.Select(i => r.Codes[i])], Effects = [.. r.Effects.Select(Column)] })],
            Take(Offset), new CellResponses(Take(Responses.Outcome), Take(Responses.Trials), Take(Responses.Rows), Take(Responses.WithinSquares)))
        {
            LogConstant = LogConstant,
            Clusters = Clusters.ToDictionary(p => p.Key, p => (int[])[.. cells.Select(i => p.Value[i])], StringComparer.Ordinal),
        };
    }

    private static (CellResponses Responses, double LogConstant) Sum(ModelFrame frame, Family family)
    {
        var n = frame.Cells;
        var (outcome, trials, rows, within) = (new double[n], new double[n], new double[n], new double[n]);
        var constants = new List<double>();
        for (var k = 0; k < frame.CellOf.Length; k++)
        {
            var (cell, y, m) = (frame.CellOf[k], frame.Outcome[k], frame.Trials[k]);
            outcome[cell] += y;
            trials[cell] += m;
            rows[cell]++;
            if (family is Family.Gaussian) continue;
            if (family is Family.Poisson or Family.NegativeBinomial)
            {
                if (y > 1) constants.Add(-PolyGamma.LogGamma(y + 1));
            }
            else if (y > 0 && y < m) constants.Add(PolyGamma.LogChoose(m, y));
        }
        if (family is Family.Binomial or Family.QuasiBinomial or Family.BetaBinomial)
        {
            // Scatter of single trials, each 0 or 1.
            for (var i = 0; i < n; i++) within[i] = trials[i] == 0 ? 0 : outcome[i] * (trials[i] - outcome[i]) / trials[i];
        }
        else
        {
            for (var k = 0; k < frame.CellOf.Length; k++)
            {
                var error = frame.Outcome[k] - outcome[frame.CellOf[k]] / rows[frame.CellOf[k]];
                within[frame.CellOf[k]] += error * error;
            }
        }
        // Sorted, so that the sum does not depend on the order of the rows.
        constants.Sort();
        return (new CellResponses(outcome, trials, rows, within), constants.Sum());
    }
}

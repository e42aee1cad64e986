using Escala.Numerics.Algebra;
using Escala.Numerics.Formulas;

namespace Escala.Numerics.Models;

/// <summary>A column that the data cannot tell from the columns before it.</summary>
internal sealed record DroppedColumn(string Name, bool IsEmpty);

/// <summary>
/// The columns of the fixed effects that can be estimated, and the columns the computation works with: 0/1 columns stay as they are (they are
/// sparse), others are made orthogonal to all before them and scaled. A covariate in tens of millions is then as well conditioned as any.
/// </summary>
internal sealed class FixedDesign
{
    private const double Tolerance = 1e-7;

    private FixedDesign(DesignColumn[] kept, DroppedColumn[] dropped, double[][] working, double[,]? toOriginal) =>
        (Kept, Dropped, Working, _toOriginal) = (kept, dropped, working, toOriginal);

    private readonly double[,]? _toOriginal;

    public DesignColumn[] Kept { get; }

    public DroppedColumn[] Dropped { get; }

    /// <summary>Working columns, one array of all cells each.</summary>
    public double[][] Working { get; }

    public int Count => Kept.Length;

    /// <summary>Coefficients of the original columns from those of the working columns.</summary>
    public double[] ToOriginal(ReadOnlySpan<double> working)
    {
        if (_toOriginal is null) return working[..Count].ToArray();
        var original = new double[Count];
        for (var i = 0; i < Count; i++) for (var j = 0; j < Count; j++) original[i] += _toOriginal[i, j] * working[j];
        return original;
    }

    /// <summary>Covariance of the original coefficients.</summary>
    public double[,] ToOriginal(double[,] covariance) =>
        _toOriginal is null ? (double[,])covariance.Clone() : SymmetricMatrix.Multiply(SymmetricMatrix.Multiply(_toOriginal, covariance), Transpose(_toOriginal));

    /// <summary>log |det S| of the map from original to working columns, X S.</summary>
    public double LogDeterminant
    {
        get
        {
            // S is triangular after a permutation of its rows and columns alike.
            double sum = 0;
            for (var j = 0; _toOriginal is not null && j < Count; j++) sum += Math.Log(Math.Abs(_toOriginal[j, j]));
            return sum;
        }
    }

    /// <summary>What to add to a working ½ log |X′WX| so that it is that of the original columns.</summary>
    public double LogDeterminantAsPenalty => -LogDeterminant;

    /// <summary>The map S, with original coefficients S γ.</summary>
    public double[,] Map()
    {
        if (_toOriginal is not null) return (double[,])_toOriginal.Clone();
        var identity = new double[Count, Count];
        for (var j = 0; j < Count; j++) identity[j, j] = 1;
        return identity;
    }

    /// <summary>The linear form on working coefficients that equals <paramref name="original"/> on the original ones.</summary>
    public double[] FormToWorking(ReadOnlySpan<double> original)
    {
        if (_toOriginal is null) return original.ToArray();
        var working = new double[Count];
        for (var j = 0; j < Count; j++) for (var i = 0; i < Count; i++) working[j] += original[i] * _toOriginal[i, j];
        return working;
    }

    public static FixedDesign Build(DesignColumn[] columns)
    {
        var (kept, dropped) = Independent(columns);
        var sparse = kept.Select(c => Array.TrueForAll(c.Values, v => v is 0 or 1 or -1)).ToArray();
        if (Array.TrueForAll(sparse, s => s)) return new FixedDesign(kept, dropped, [.. kept.Select(c => c.Values)], null);
        int[] order = [.. Enumerable.Range(0, kept.Length).OrderBy(j => sparse[j] ? 0 : 1)];
        var (q, r) = Orthogonalise([.. order.Select(j => kept[j].Values)]);
        var scale = Math.Sqrt(kept[0].Values.Length);
        var working = new double[kept.Length][];
        var map = new double[kept.Length, kept.Length];
        for (var k = 0; k < order.Length; k++)
        {
            var j = order[k];
            if (sparse[j]) { working[j] = kept[j].Values; map[j, j] = 1; continue; }
            working[j] = [.. q[k].Select(v => v * scale)];
            var column = new double[order.Length];
            column[k] = scale;
            for (var i = k; i >= 0; i--)
            {
                for (var l = i + 1; l <= k; l++) column[i] -= r[i, l] * column[l];
                column[i] /= r[i, i];
                map[order[i], j] = column[i];
            }
        }
        return new FixedDesign(kept, dropped, working, map);
    }

    private static (DesignColumn[] Kept, DroppedColumn[] Dropped) Independent(DesignColumn[] columns)
    {
        var basis = new List<double[]>();
        var kept = new List<DesignColumn>();
        var dropped = new List<DroppedColumn>();
        var intercept = columns.Length > 0 && columns[0].Term < 0 && columns[0].Values.Length > 0;
        foreach (var column in columns)
        {
            var v = (double[])column.Values.Clone();
            var raw = Norm(v);
            var mean = intercept && column.Term >= 0 ? v.Average() : 0;
            for (var i = 0; i < v.Length; i++) v[i] -= mean;
            var size = Norm(v);
            if (size > 1e-13 * raw) Project(basis, v, null);
            var rest = Norm(v);
            if (rest > Tolerance * size && size > 1e-13 * raw)
            {
                for (var i = 0; i < v.Length; i++) v[i] /= rest;
                basis.Add(v);
                kept.Add(column);
            }
            else
            {
                dropped.Add(new DroppedColumn(column.Name, column.IsZero));
            }
        }
        return ([.. kept], [.. dropped]);
    }

    private static (double[][] Q, double[,] R) Orthogonalise(double[][] columns)
    {
        var basis = new List<double[]>();
        var r = new double[columns.Length, columns.Length];
        for (var j = 0; j < columns.Length; j++)
        {
            var v = (double[])columns[j].Clone();
            var coefficients = new double[j];
            Project(basis, v, coefficients);
            for (var i = 0; i < j; i++) r[i, j] = coefficients[i];
            r[j, j] = Norm(v);
            for (var i = 0; i < v.Length; i++) v[i] /= r[j, j];
            basis.Add(v);
        }
        return ([.. basis], r);
    }

    /// <summary>Takes the projection on an orthonormal basis away, twice: once leaves rounding of the size of the projection.</summary>
    private static void Project(List<double[]> basis, double[] v, double[]? coefficients)
    {
        for (var pass = 0; pass < 2; pass++)
            for (var k = 0; k < basis.Count; k++)
            {
                var b = basis[k];
                double dot = 0;
                for (var i = 0; i < v.Length; i++) dot += b[i] * v[i];
                for (var i = 0; i < v.Length; i++) v[i] -= dot * b[i];
                if (coefficients is not null) coefficients[k] += dot;
            }
    }

    private static double Norm(double[] v)
    {
        var largest = 0.0;
        foreach (var x in v) largest = Math.Max(largest, Math.Abs(x));
        if (largest == 0) return 0;
        double sum = 0;
        foreach (var x in v) sum += x / largest * (x / largest);
        return largest * Math.Sqrt(sum);
    }

    private static double[,] Transpose(double[,] a)
    {
        var t = new double[a.GetLength(1), a.GetLength(0)];
        for (var i = 0; i < a.GetLength(0); i++) for (var j = 0; j < a.GetLength(1); j++) t[j, i] = a[i, j];
        return t;
    }
}

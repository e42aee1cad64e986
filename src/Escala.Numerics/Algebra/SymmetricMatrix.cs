namespace Escala.Numerics.Algebra;

/// <summary>Dense Cholesky of small symmetric matrices stored as [n, n]; only the lower triangle is read.</summary>
internal static class SymmetricMatrix
{
    /// <summary>L with A = L L′, or null when A is not positive definite to working precision.</summary>
    public static double[,]? Cholesky(double[,] a)
    {
        var n = a.GetLength(0);
        var l = new double[n, n];
        for (var j = 0; j < n; j++)
        {
            var d = a[j, j];
            for (var k = 0; k < j; k++) d -= l[j, k] * l[j, k];
            if (!(d > 1e-14 * Math.Abs(a[j, j])) || double.IsInfinity(d)) return null;
            l[j, j] = Math.Sqrt(d);
            for (var i = j + 1; i < n; i++)
            {
                var s = a[i, j];
                for (var k = 0; k < j; k++) s -= l[i, k] * l[j, k];
                l[i, j] = s / l[j, j];
            }
        }
        return l;
    }

    public static void Solve(double[,] l, Span<double> x)
    {
        var n = l.GetLength(0);
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++) x[i] -= l[i, k] * x[k];
            x[i] /= l[i, i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++) x[i] -= l[k, i] * x[k];
            x[i] /= l[i, i];
        }
    }

    /// <summary>Inverse of a positive definite matrix, or null.</summary>
    public static double[,]? Inverse(double[,] a) => Cholesky(a) is { } l ? InverseOf(l) : null;

    private static double[,] InverseOf(double[,] l)
    {
        var n = l.GetLength(0);
        var inverse = new double[n, n];
        var column = new double[n];
        for (var j = 0; j < n; j++)
        {
            Array.Clear(column);
            column[j] = 1;
            Solve(l, column);
            for (var i = 0; i < n; i++) inverse[i, j] = column[i];
        }
        return inverse;
    }

    public static double LogDeterminant(double[,] l)
    {
        double sum = 0;
        for (var i = 0; i < l.GetLength(0); i++) sum += 2 * Math.Log(l[i, i]);
        return sum;
    }

    /// <summary>x′ A y.</summary>
    public static double Form(ReadOnlySpan<double> x, double[,] a, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            double row = 0;
            for (var j = 0; j < y.Length; j++) row += a[i, j] * y[j];
            sum += x[i] * row;
        }
        return sum;
    }

    public static double[,] Multiply(double[,] a, double[,] b)
    {
        var (n, m, q) = (a.GetLength(0), a.GetLength(1), b.GetLength(1));
        var c = new double[n, q];
        for (var i = 0; i < n; i++)
            for (var k = 0; k < m; k++)
            {
                var v = a[i, k];
                if (v == 0) continue;
                for (var j = 0; j < q; j++) c[i, j] += v * b[k, j];
            }
        return c;
    }
}

using Escala.Numerics.Simulation;

namespace Escala.Numerics.Optimisation;

/// <summary>Value of an objective at x; a non-empty gradient is filled.</summary>
internal delegate double Objective(ReadOnlySpan<double> x, Span<double> gradient);

/// <summary>How a minimisation ended. <see cref="Decrement"/> is g′H⁻¹g, twice the fall still to be expected.</summary>
internal sealed record Minimum(double[] Point, double Value, double[] Gradient, double[,] InverseHessian, double Decrement, int Iterations, bool Converged);

/// <summary>BFGS with a backtracking line search (Nocedal and Wright 2006, chapter 6), and Newton's method by differences of the gradient to end with.</summary>
internal static class QuasiNewton
{
    public static Minimum Minimise(Objective objective, double[] start, double[,] inverseHessian, double tolerance, int maximum)
    {
        var n = start.Length;
        var x = (double[])start.Clone();
        var b = (double[,])inverseHessian.Clone();
        var (g, direction, next, nextGradient) = (new double[n], new double[n], new double[n], new double[n]);
        var value = objective(x, g);
        if (n == 0 || double.IsNaN(value) || double.IsInfinity(value)) return new Minimum(x, value, g, b, 0, 0, n == 0);
        for (var iteration = 1; iteration <= maximum; iteration++)
        {
            var decrement = Direct(b, g, direction);
            if (!(decrement > 0))
            {
                b = Scale(g);
                decrement = Direct(b, g, direction);
            }
            if (decrement < tolerance) return new Minimum(x, value, g, b, decrement, iteration, true);
            if (Search(objective, x, value, direction, decrement, next, nextGradient) is not { } lower) return new Minimum(x, value, g, b, decrement, iteration, false);
            Update(b, x, g, next, nextGradient, iteration == 1);
            value = lower;
            (x, next) = (next, x);
            (g, nextGradient) = (nextGradient, g);
        }
        return new Minimum(x, value, g, b, Direct(b, g, direction), maximum, false);
    }

    private static double Direct(double[,] b, double[] g, double[] direction)
    {
        double decrement = 0;
        for (var i = 0; i < g.Length; i++)
        {
            double sum = 0;
            for (var j = 0; j < g.Length; j++) sum -= b[i, j] * g[j];
            direction[i] = sum;
            decrement -= sum * g[i];
        }
        return decrement;
    }

    private static double[,] Scale(double[] g)
    {
        double size = 0;
        foreach (var v in g) size += v * v;
        var b = new double[g.Length, g.Length];
        for (var i = 0; i < g.Length; i++) b[i, i] = 1 / Math.Max(1, Math.Sqrt(size));
        return b;
    }

    private static double? Search(Objective objective, double[] x, double value, double[] direction, double decrement, double[] next, double[] gradient)
    {
        var step = 1.0;
        for (var trial = 0; trial < 60; trial++)
        {
            for (var i = 0; i < x.Length; i++) next[i] = x[i] + step * direction[i];
            var candidate = objective(next, gradient);
            // At the end of the road the fall is below the rounding of the value itself.
            var rounding = 1e-13 * (1 + Math.Abs(value));
            if (candidate <= value - 1e-4 * step * decrement + rounding) return candidate;
            var fit = double.IsFinite(candidate) ? 0.5 * step * step * decrement / (candidate - value + step * decrement) : 0;
            step = Math.Clamp(fit, 0.1 * step, 0.5 * step);
        }
        return null;
    }

    private static void Update(double[,] b, double[] x, double[] g, double[] nextX, double[] nextG, bool first)
    {
        var n = x.Length;
        var (s, y, by) = (new double[n], new double[n], new double[n]);
        double sy = 0, yy = 0, ss = 0;
        for (var i = 0; i < n; i++)
        {
            (s[i], y[i]) = (nextX[i] - x[i], nextG[i] - g[i]);
            sy += s[i] * y[i];
            yy += y[i] * y[i];
            ss += s[i] * s[i];
        }
        if (!(sy > 1e-10 * Math.Sqrt(ss * yy))) return;
        double yby = 0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) by[i] += b[i, j] * y[j];
            yby += y[i] * by[i];
        }
        if (first && yby < 1e-8 * sy) return;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) b[i, j] += (1 + yby / sy) * s[i] * s[j] / sy - (by[i] * s[j] + s[i] * by[j]) / sy;
    }

    /// <summary>
    /// Hessian by central differences of the gradient with steps of <paramref name="fraction"/> standard errors. <paramref name="fresh"/> makes
    /// an objective for each column, so that columns can be computed side by side with the same bits.
    /// </summary>
    public static double[,] Hessian(Func<Objective> fresh, double[] x, double[] scale, bool parallel, double fraction = 3e-4)
    {
        var n = x.Length;
        var hessian = new double[n, n];
        void Column(int j, Objective objective)
        {
            var (point, up, down) = ((double[])x.Clone(), new double[n], new double[n]);
            var h = fraction * scale[j];
            point[j] = x[j] + h;
            objective(point, up);
            point[j] = x[j] - h;
            objective(point, down);
            for (var i = 0; i < n; i++) hessian[i, j] = (up[i] - down[i]) / (2 * h);
        }
        if (parallel)
        {
            SideBySide.Run(n, j => Column(j, fresh()));
        }
        else
        {
            var objective = fresh();
            for (var j = 0; j < n; j++) Column(j, objective);
        }
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) hessian[i, j] = hessian[j, i] = 0.5 * (hessian[i, j] + hessian[j, i]);
        return hessian;
    }

    /// <summary>Newton steps with a Hessian computed near the minimum, until the gradient is rounding; returns the decrement.</summary>
    public static double Polish(Objective objective, double[] x, double[,] inverseHessian, ref double value)
    {
        var n = x.Length;
        var (g, direction, next) = (new double[n], new double[n], new double[n]);
        value = objective(x, g);
        var decrement = Direct(inverseHessian, g, direction);
        for (var round = 0; round < 6 && decrement > 1e-18; round++)
        {
            for (var i = 0; i < n; i++) next[i] = x[i] + direction[i];
            var candidate = objective(next, g);
            var after = Direct(inverseHessian, g, direction);
            if (!(candidate <= value + 1e-10 * (1 + Math.Abs(value))) || !(after < decrement)) break;
            Array.Copy(next, x, n);
            (value, decrement) = (candidate, after);
        }
        value = objective(x, g);
        return decrement;
    }
}

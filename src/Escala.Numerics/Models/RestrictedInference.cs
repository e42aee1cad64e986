using MathNet.Numerics.LinearAlgebra;
using Dense = MathNet.Numerics.LinearAlgebra.Matrix<double>;

namespace Escala.Numerics.Models;

/// <summary>
/// Degrees of freedom of the coefficients of a Gaussian mixed model fitted by REML. V = σ²I + Σ γ_r G_r is linear in its parameters, and
/// everything needed (X′V⁻¹G_rV⁻¹G_sV⁻¹X, traces of V⁻¹G_rV⁻¹G_s) follows from Z′V⁻¹Z and Z′V⁻¹X of each cluster, because
/// σ²V⁻¹ = I − Σ γ_r G_rV⁻¹. Satterthwaite uses the observed information (as Giesbrecht and Burns 1985, Biometrics 41:477), Kenward and Roger
/// (1997, Biometrics 53:983) the expected one and an adjusted covariance.
/// </summary>
internal sealed class RestrictedInference
{
    /// <summary>Effects of one cluster beyond which the dense algebra would be unreasonable.</summary>
    private const int LargestCluster = 1500;

    /// <summary>One variance or covariance: effects <see cref="Row"/> and <see cref="Column"/> of a block. The residual has no block.</summary>
    private sealed record Parameter(EffectBlock? Block, int Row, int Column, double Value);

    private readonly MixedModelProblem _problem;
    private readonly List<Parameter> _parameters;
    private readonly int _p;
    private readonly Dense[] _first;
    private readonly Dense[,] _second;
    private readonly double[,] _trace;
    private readonly double[] _traceFirst;
    private Dense _cross;

    private RestrictedInference(MixedModelProblem problem, MarginalFit fit, int p)
    {
        (_problem, _p) = (problem, p);
        _parameters = [new Parameter(null, 0, 0, Math.Exp(fit.Psi[^1]))];
        foreach (var block in problem.Blocks.Where(b => !b.IsFlat))
        {
            for (var c = 0; c < block.Effects; c++)
                for (var r = c; r < block.Effects; r++)
                    _parameters.Add(new Parameter(block, r, c, Enumerable.Range(0, c + 1).Sum(k => fit.Psi[problem.Columns + block.ThetaAt(r, k)] * fit.Psi[problem.Columns + block.ThetaAt(c, k)])));
        }
        var n = _parameters.Count;
        (_first, _second, _trace, _traceFirst) = (new Dense[n], new Dense[n, n], new double[n, n], new double[n]);
        _cross = Zero();
        for (var r = 0; r < n; r++)
        {
            _first[r] = Zero();
            for (var s = 0; s < n; s++) _second[r, s] = Zero();
        }
    }

    /// <summary>Working columns and, last, the residual.</summary>
    private Dense Zero() => Dense.Build.Dense(_p + 1, _p + 1);

    /// <summary>Covariance of the working coefficients and degrees of freedom of linear forms on them; null when a cluster is too large.</summary>
    public static (double[,] Covariance, Func<double[], double> Degrees)? Compute(MixedModelProblem problem, MarginalFit fit, double[][] columns, double[] coefficients, DegreesOfFreedom kind)
    {
        var inference = new RestrictedInference(problem, fit, columns.Length);
        var clusters = inference.Clusters();
        if (clusters.Any(c => c.Effects.Count > LargestCluster)) return null;
        foreach (var (effects, cells) in clusters) inference.Add(effects, cells, columns, coefficients);
        return inference.Finish(kind, fit);
    }

    /// <summary>Sets of cells that share no effect with others.</summary>
    private List<(List<int> Effects, List<int> Cells)> Clusters()
    {
        var blocks = _problem.Blocks.Where(b => !b.IsFlat).ToArray();
        var outer = blocks.MinBy(b => b.Groups)!;
        var clusters = Enumerable.Range(0, outer.Groups).Select(_ => (Effects: new SortedSet<int>(), Cells: new List<int>())).ToArray();
        for (var p = 0; p < _problem.Paths; p++)
        {
            var group = (_problem.PathEffect[p * _problem.Slots + outer.Slot] - outer.Base) / outer.Effects;
            foreach (var block in blocks)
                for (var k = 0; k < block.Effects; k++) clusters[group].Effects.Add(_problem.PathEffect[p * _problem.Slots + block.Slot + k]);
            for (var i = _problem.PathStart[p]; i < _problem.PathStart[p + 1]; i++) clusters[group].Cells.Add(i);
        }
        return [.. clusters.Where(c => c.Cells.Count > 0).Select(c => (c.Effects.ToList(), c.Cells))];
    }

    private void Add(List<int> effects, List<int> cells, double[][] columns, double[] coefficients)
    {
        var place = effects.Select((e, k) => (e, k)).ToDictionary(t => t.e, t => t.k);
        var z = Dense.Build.Dense(cells.Count, effects.Count);
        var x = Dense.Build.Dense(cells.Count, _p + 1);
        double within = 0, rows = 0;
        for (var k = 0; k < cells.Count; k++)
        {
            var (i, path) = (cells[k], PathOf(cells[k]));
            var weight = Math.Sqrt(_problem.Responses.Rows[i]);
            var cell = _problem.CellOrder[i];
            var fitted = _problem.Offset[i];
            for (var j = 0; j < _p; j++)
            {
                fitted += columns[j][cell] * coefficients[j];
                x[k, j] = weight * columns[j][cell];
            }
            x[k, _p] = weight * (_problem.Responses.Outcome[i] / _problem.Responses.Rows[i] - fitted);
            foreach (var block in _problem.Blocks.Where(b => !b.IsFlat))
                for (var e = 0; e < block.Effects; e++)
                {
                    var at = path * _problem.Slots + block.Slot + e;
                    z[k, place[_problem.PathEffect[at]]] = weight * _problem.PathValue[at];
                }
            within += _problem.Responses.WithinSquares[i];
            rows += _problem.Responses.Rows[i];
        }
        var sigma2 = _parameters[0].Value;
        var patterns = _parameters.Skip(1).Select(p => Pattern(p, place)).ToArray();
        var g = Dense.Build.Dense(effects.Count, effects.Count);
        for (var r = 0; r < patterns.Length; r++) g += patterns[r] * _parameters[r + 1].Value;
        var (zz, zx, xx) = (z.TransposeThisAndMultiply(z), z.TransposeThisAndMultiply(x), x.TransposeThisAndMultiply(x));
        xx[_p, _p] += within;
        // V⁻¹ = (I − Z K Z′)/σ² with K = (σ²I + G Z′Z)⁻¹ G, which needs no inverse of G.
        var kernel = (g * zz + sigma2 * Dense.Build.DenseIdentity(effects.Count)).Solve(g);
        var m = (zz - zz * kernel * zz) / sigma2;
        var n = (zx - zz * kernel * zx) / sigma2;
        AddForms(m, n, (xx - zx.TransposeThisAndMultiply(kernel * zx)) / sigma2, patterns, rows);
    }

    private void AddForms(Dense m, Dense n, Dense f, Dense[] patterns, double rows)
    {
        var sigma2 = _parameters[0].Value;
        double Gamma(int r) => _parameters[r + 1].Value;
        Dense[] u = [.. patterns.Select(e => e * n)];
        Dense[] em = [.. patterns.Select(e => e * m)];
        var (v2x, v2z) = (n.Clone(), m.Clone());
        var v2 = f.Clone();
        var traceInverse = rows;
        for (var r = 0; r < patterns.Length; r++)
        {
            v2x -= Gamma(r) * m * u[r];
            v2z -= Gamma(r) * m * em[r];
            v2 -= Gamma(r) * n.TransposeThisAndMultiply(u[r]);
            var trace = em[r].Trace();
            traceInverse -= Gamma(r) * trace;
            _traceFirst[r + 1] += trace;
        }
        (v2x, v2z, v2, traceInverse) = (v2x / sigma2, v2z / sigma2, v2 / sigma2, traceInverse / sigma2);
        var v3 = v2.Clone();
        for (var r = 0; r < patterns.Length; r++)
        {
            v3 -= Gamma(r) * u[r].TransposeThisAndMultiply(v2x);
            var trace = (patterns[r] * v2z).Trace();
            traceInverse -= Gamma(r) * trace;
            _trace[0, r + 1] += trace;
            _trace[r + 1, 0] += trace;
            _first[r + 1] += n.TransposeThisAndMultiply(u[r]);
            var mixed = v2x.TransposeThisAndMultiply(u[r]);
            _second[0, r + 1] += mixed;
            _second[r + 1, 0] += mixed.Transpose();
            for (var s = 0; s < patterns.Length; s++)
            {
                _second[r + 1, s + 1] += u[r].TransposeThisAndMultiply(m * u[s]);
                _trace[r + 1, s + 1] += (em[r] * em[s]).Trace();
            }
        }
        _cross += f;
        _first[0] += v2;
        _second[0, 0] += v3 / sigma2;
        _trace[0, 0] += traceInverse / sigma2;
    }

    private static Dense Pattern(Parameter p, Dictionary<int, int> place)
    {
        var pattern = Dense.Build.Dense(place.Count, place.Count);
        for (var g = 0; g < p.Block!.Groups; g++)
        {
            var effect = p.Block.Base + g * p.Block.Effects;
            if (!place.TryGetValue(effect + p.Row, out var i) || !place.TryGetValue(effect + p.Column, out var j)) continue;
            pattern[i, j] = pattern[j, i] = 1;
        }
        return pattern;
    }

    private int PathOf(int cell)
    {
        var at = Array.BinarySearch(_problem.PathStart, cell);
        return at >= 0 ? at : ~at - 1;
    }

    private (double[,] Covariance, Func<double[], double> Degrees) Finish(DegreesOfFreedom kind, MarginalFit fit)
    {
        var n = _parameters.Count;
        Dense Columns(Dense a) => a.SubMatrix(0, _p, 0, _p);
        var phi = Columns(_cross).Inverse();
        Dense[] first = [.. _first.Select(Columns)];
        var information = Dense.Build.Dense(n, n, (r, s) =>
        {
            var trace = _trace[r, s] - 2 * (phi * Columns(_second[r, s])).Trace() + (phi * first[r] * phi * first[s]).Trace();
            if (kind == DegreesOfFreedom.KenwardRoger) return 0.5 * trace;
            var (a, b) = (_first[r].Column(_p, 0, _p), _first[s].Column(_p, 0, _p));
            return _second[r, s][_p, _p] - a * (phi * b) - 0.5 * trace;
        });
        var coordinates = Dense.Build.DenseIdentity(n);
        if (kind == DegreesOfFreedom.Satterthwaite)
        {
            var slope = Vector<double>.Build.Dense(n, r => r == 0 ? 0 : 0.5 * (_traceFirst[r] - (phi * first[r]).Trace() - _first[r][_p, _p]));
            (coordinates, information) = OnBoundary(fit, information, slope);
        }
        var w = (0.5 * (information + information.Transpose())).Inverse();
        var covariance = phi;
        if (kind == DegreesOfFreedom.KenwardRoger)
        {
            var middle = Dense.Build.Dense(_p, _p);
            for (var r = 0; r < n; r++) for (var s = 0; s < n; s++) middle += w[r, s] * (Columns(_second[r, s]) - first[r] * phi * first[s]);
            covariance = phi + 2 * phi * middle * phi;
        }
        double Degrees(double[] form)
        {
            var l = phi * Vector<double>.Build.DenseOfArray(form);
            var gradient = coordinates.TransposeThisAndMultiply(Vector<double>.Build.Dense(n, r => l * (first[r] * l)));
            var variance = Vector<double>.Build.DenseOfArray(form) * l;
            return 2 * variance * variance / (gradient * (w * gradient));
        }
        return ((0.5 * (covariance + covariance.Transpose())).ToArray(), Degrees);
    }

    /// <summary>
    /// The observed information in the entries of Λ that are not held at 0. On the boundary the likelihood still has a slope in the variances,
    /// and only along Λ is its maximum a stationary point, which is what the delta method asks for.
    /// </summary>
    private (Dense Coordinates, Dense Information) OnBoundary(MarginalFit fit, Dense information, Vector<double> slope)
    {
        var free = new List<(EffectBlock? Block, int Row, int Column)> { (null, 0, 0) };
        foreach (var block in _problem.Blocks.Where(b => !b.IsFlat))
            for (var k = 0; k < block.Effects; k++)
                for (var r = k; r < block.Effects; r++) if (!fit.AtZero[_problem.Columns + block.ThetaAt(r, k)]) free.Add((block, r, k));
        double Lambda(EffectBlock block, int row, int column) => column > row ? 0 : fit.Psi[_problem.Columns + block.ThetaAt(row, column)];
        double First(Parameter g, (EffectBlock? Block, int Row, int Column) l) => g.Block != l.Block ? 0 : g.Block is null ? 1
            : (g.Row == l.Row ? Lambda(g.Block, g.Column, l.Column) : 0) + (g.Column == l.Row ? Lambda(g.Block, g.Row, l.Column) : 0);
        double Second(Parameter g, (EffectBlock? Block, int Row, int Column) l, (EffectBlock? Block, int Row, int Column) m) =>
            g.Block is null || g.Block != l.Block || g.Block != m.Block || l.Column != m.Column ? 0
            : (g.Row == l.Row && g.Column == m.Row ? 1 : 0) + (g.Column == l.Row && g.Row == m.Row ? 1 : 0);
        var jacobian = Dense.Build.Dense(_parameters.Count, free.Count, (r, c) => First(_parameters[r], free[c]));
        var curvature = Dense.Build.Dense(free.Count, free.Count, (i, j) => Enumerable.Range(0, _parameters.Count).Sum(r => slope[r] * Second(_parameters[r], free[i], free[j])));
        return (jacobian, jacobian.TransposeThisAndMultiply(information * jacobian) + curvature);
    }
}

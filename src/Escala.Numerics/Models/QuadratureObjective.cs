using Escala.Numerics.Distributions;
using Escala.Numerics.Quadrature;

namespace Escala.Numerics.Models;

/// <summary>
/// −log of the marginal likelihood by adaptive Gauss-Hermite quadrature over nested random intercepts (Pinheiro and Bates 1995, J Comput Graph
/// Stat 4:12; nested as in Rabe-Hesketh, Skrondal and Pickles 2005, J Econometrics 128:301). The outer integrals are centred at the joint
/// mode with its curvature; the innermost at its own mode given each outer node. The gradient is that of the exact integral, evaluated by the
/// same rule. One workspace; not for use by two threads at once.
/// </summary>
internal sealed class QuadratureObjective
{
    private readonly MixedModelProblem _problem;
    private readonly LaplaceObjective _laplace;
    private readonly GaussHermite _rule;
    private readonly EffectBlock[] _levels;
    private readonly List<int>[][] _children;
    private readonly List<int>[] _paths;
    private readonly CellResponses[] _pathResponses;
    private readonly CellDerivatives[] _pathDerivatives;
    private readonly double[] _base;
    private readonly double[][] _expected, _expectedDispersion, _expectedTheta;
    private readonly double[] _theta;
    private bool _wantGradient;
    private double _logDispersion;

    public QuadratureObjective(MixedModelProblem problem, int points)
    {
        _problem = problem;
        _laplace = new LaplaceObjective(problem);
        _rule = GaussHermite.Of(points);
        // Blocks run from the innermost grouping outwards.
        _levels = problem.Blocks;
        (_children, _paths) = Tree(problem);
        _pathResponses = [.. Enumerable.Range(0, problem.Paths).Select(p => Slice(problem.Responses, problem.PathStart[p]..problem.PathStart[p + 1]))];
        _pathDerivatives = [.. Enumerable.Range(0, problem.Paths).Select(p => new CellDerivatives(problem.PathStart[p + 1] - problem.PathStart[p], problem.Kernel.HasDispersion))];
        _base = new double[problem.Cells];
        _theta = new double[_levels.Length];
        _expected = [.. _levels.Select(_ => new double[problem.Cells])];
        _expectedDispersion = [.. _levels.Select(_ => new double[problem.Kernel.HasDispersion ? problem.Cells : 0])];
        _expectedTheta = [.. _levels.Select(_ => new double[_levels.Length])];
    }

    public Span<double> Mode => _laplace.Mode;

    /// <summary>Why quadrature does not apply; null when it does.</summary>
    public static Sentence? Obstacle(MixedModelProblem problem)
    {
        if (problem.Blocks.Any(b => b.Effects > 1)) return new Sentence("numerics.formula.quadrature-effects", "quadrature integrates one effect a term: write (1 | g) or (1 | a/b), or use laplace for (x | g)");
        for (var l = 1; l < problem.Blocks.Length; l++)
        {
            var parent = new Dictionary<int, int>();
            for (var p = 0; p < problem.Paths; p++)
            {
                var (inner, outer) = (problem.PathEffect[p * problem.Slots + l - 1], problem.PathEffect[p * problem.Slots + l]);
                if (parent.TryGetValue(inner, out var known) && known != outer) return new Sentence("numerics.formula.quadrature-crossed", "quadrature needs each grouping inside the next; use laplace where groupings cross inside a cluster");
                parent[inner] = outer;
            }
        }
        return problem.Blocks.Length > 3 ? new Sentence("numerics.formula.quadrature-levels", "quadrature integrates up to three levels; use laplace") : null;
    }

    private static (List<int>[][] Children, List<int>[] Paths) Tree(MixedModelProblem problem)
    {
        var levels = problem.Blocks;
        List<int>[] Empty(int l) => [.. Enumerable.Range(0, levels[l].Groups).Select(_ => new List<int>())];
        var paths = Empty(0);
        List<int>[][] children = [.. levels.Select((_, l) => Empty(l))];
        for (var p = 0; p < problem.Paths; p++)
        {
            paths[problem.PathEffect[p * problem.Slots] - levels[0].Base].Add(p);
            for (var l = 1; l < levels.Length; l++)
            {
                var (inner, outer) = (problem.PathEffect[p * problem.Slots + l - 1] - levels[l - 1].Base, problem.PathEffect[p * problem.Slots + l] - levels[l].Base);
                if (!children[l][outer].Contains(inner)) children[l][outer].Add(inner);
            }
        }
        return (children, paths);
    }

    private static CellResponses Slice(CellResponses r, Range range) => new(r.Outcome[range], r.Trials[range], r.Rows[range], r.WithinSquares[range]);

    /// <summary>Objective at ψ; a non-empty gradient is filled.</summary>
    public double Evaluate(ReadOnlySpan<double> psi, Span<double> gradient)
    {
        if (!double.IsFinite(_laplace.Evaluate(psi, []))) return double.PositiveInfinity;
        _laplace.Factor.Invert();
        _wantGradient = !gradient.IsEmpty;
        _logDispersion = _problem.Kernel.HasDispersion ? psi[^1] : 0;
        for (var l = 0; l < _levels.Length; l++) _theta[l] = psi[_problem.Columns + _levels[l].Theta];
        for (var i = 0; i < _base.Length; i++)
        {
            var sum = _problem.Offset[i];
            for (var e = _problem.RowStart[i]; e < _problem.RowStart[i + 1]; e++) sum += _problem.ValueAt[e] * psi[_problem.ColumnAt[e]];
            _base[i] = sum;
        }
        gradient.Clear();
        var top = _levels.Length - 1;
        double value = 0;
        for (var g = 0; g < _levels[top].Groups; g++)
        {
            if (_children[top][g].Count == 0 && top > 0) continue;
            value += Integrate(top, g);
            if (_wantGradient) Accumulate(top, gradient);
        }
        if (_wantGradient) FinishGradient(top, gradient);
        return -value;
    }

    private void Accumulate(int top, Span<double> gradient)
    {
        for (var l = 0; l < _levels.Length; l++) gradient[_problem.Columns + _levels[l].Theta] -= _expectedTheta[top][l];
    }

    private void FinishGradient(int top, Span<double> gradient)
    {
        for (var i = 0; i < _base.Length; i++)
        {
            for (var e = _problem.RowStart[i]; e < _problem.RowStart[i + 1]; e++) gradient[_problem.ColumnAt[e]] -= _problem.ValueAt[e] * _expected[top][i];
            if (_problem.Kernel.HasDispersion) gradient[^1] -= _expectedDispersion[top][i];
        }
    }

    /// <summary>log ∫ φ(u) exp(h(u)) du for one group given the predictor in <see cref="_base"/>; its expectations are left in the level's arrays.</summary>
    private double Integrate(int level, int group)
    {
        var effect = _levels[level].Base + group;
        var (centre, spread) = level == 0 ? InnerMode(group) : (_laplace.Mode[effect], Math.Sqrt(_laplace.Factor.InverseDiagonal[effect]));
        var n = _rule.Nodes.Length;
        Span<double> logTerm = stackalloc double[n];
        var (best, kept) = (double.NegativeInfinity, 0.0);
        ClearExpectations(level, group);
        for (var k = 0; k < n; k++)
        {
            var u = centre + Math.Sqrt(2) * spread * _rule.Nodes[k];
            Shift(level, group, _theta[level] * u);
            var inner = level == 0 ? Leaf(group) : Below(level, group);
            Shift(level, group, -_theta[level] * u);
            logTerm[k] = _rule.LogWeights[k] + inner - 0.5 * u * u;
            // Running sums relative to the largest term so far.
            var next = Math.Max(best, logTerm[k]);
            var (old, added) = (Math.Exp(best - next), Math.Exp(logTerm[k] - next));
            kept = kept * old + added;
            if (_wantGradient) Blend(level, group, u, old, added);
            best = next;
        }
        if (_wantGradient) ScaleExpectations(level, group, 1 / kept);
        return best + Math.Log(kept) + Math.Log(spread) - 0.5 * Math.Log(Math.PI);
    }

    private double Below(int level, int group)
    {
        double sum = 0;
        foreach (var child in _children[level][group]) sum += Integrate(level - 1, child);
        return sum;
    }

    private double Leaf(int group)
    {
        double sum = 0;
        foreach (var p in _paths[group])
        {
            var (from, to) = (_problem.PathStart[p], _problem.PathStart[p + 1]);
            sum += _problem.Kernel.Evaluate(_pathResponses[p], _base.AsSpan(from..to), _logDispersion, _pathDerivatives[p]);
        }
        return sum;
    }

    private (double Centre, double Spread) InnerMode(int group)
    {
        var u = _laplace.Mode[_levels[0].Base + group];
        double curvature = 1;
        for (var iteration = 0; iteration < 100; iteration++)
        {
            Shift(0, group, _theta[0] * u);
            Leaf(group);
            Shift(0, group, -_theta[0] * u);
            var slope = -u;
            curvature = 1;
            foreach (var p in _paths[group])
            {
                var a = _theta[0] * _problem.PathValue[p * _problem.Slots];
                foreach (var first in _pathDerivatives[p].First) slope += a * first;
                foreach (var weight in _pathDerivatives[p].Weight) curvature += a * a * Math.Max(0, weight);
            }
            var step = slope / curvature;
            // A step of at most 2 keeps Newton's method from overshooting where the likelihood is flat.
            u += Math.Clamp(step, -2, 2);
            if (Math.Abs(step) < 1e-9) break;
        }
        return (u, 1 / Math.Sqrt(curvature));
    }

    /// <summary>Adds z·amount of a level to the predictor of a group's cells.</summary>
    private void Shift(int level, int group, double amount)
    {
        foreach (var p in PathsOf(level, group))
        {
            var shift = amount * _problem.PathValue[p * _problem.Slots + level];
            for (var i = _problem.PathStart[p]; i < _problem.PathStart[p + 1]; i++) _base[i] += shift;
        }
    }

    private List<int> PathsOf(int level, int group)
    {
        if (level == 0) return _paths[group];
        _groupPaths ??= [.. _levels.Select((l, at) => Enumerable.Range(0, l.Groups).Select(g => Descend(at, g).ToList()).ToArray())];
        return _groupPaths[level][group];
    }

    private List<int>[][]? _groupPaths;

    private IEnumerable<int> Descend(int level, int group) => level == 0 ? _paths[group] : _children[level][group].SelectMany(c => Descend(level - 1, c));

    private void ClearExpectations(int level, int group)
    {
        if (!_wantGradient) return;
        foreach (var p in PathsOf(level, group))
        {
            Array.Clear(_expected[level], _problem.PathStart[p], _problem.PathStart[p + 1] - _problem.PathStart[p]);
            if (_problem.Kernel.HasDispersion) Array.Clear(_expectedDispersion[level], _problem.PathStart[p], _problem.PathStart[p + 1] - _problem.PathStart[p]);
        }
        Array.Clear(_expectedTheta[level]);
    }

    private void ScaleExpectations(int level, int group, double factor)
    {
        foreach (var p in PathsOf(level, group))
            for (var i = _problem.PathStart[p]; i < _problem.PathStart[p + 1]; i++)
            {
                _expected[level][i] *= factor;
                if (_problem.Kernel.HasDispersion) _expectedDispersion[level][i] *= factor;
            }
        for (var l = 0; l < _levels.Length; l++) _expectedTheta[level][l] *= factor;
        // A parent's node sums over its children: leave this group's part where the parent adds it up.
        if (level + 1 < _levels.Length) for (var l = 0; l < _levels.Length; l++) _childTheta[level + 1, l] += _expectedTheta[level][l];
    }

    private readonly double[,] _childTheta = new double[8, 8];

    /// <summary>Folds one node's expectations into those of the group: old ones times <paramref name="old"/>, the node's times <paramref name="added"/>.</summary>
    private void Blend(int level, int group, double u, double old, double added)
    {
        double first = 0;
        foreach (var p in PathsOf(level, group))
        {
            var from = _problem.PathStart[p];
            var z = _problem.PathValue[p * _problem.Slots + level];
            for (var i = from; i < _problem.PathStart[p + 1]; i++)
            {
                var slope = level == 0 ? _pathDerivatives[p].First[i - from] : _expected[level - 1][i];
                first += z * slope;
                _expected[level][i] = _expected[level][i] * old + slope * added;
                if (!_problem.Kernel.HasDispersion) continue;
                var dispersion = level == 0 ? _pathDerivatives[p].Dispersion[i - from] : _expectedDispersion[level - 1][i];
                _expectedDispersion[level][i] = _expectedDispersion[level][i] * old + dispersion * added;
            }
        }
        for (var l = 0; l < _levels.Length; l++)
        {
            _expectedTheta[level][l] = _expectedTheta[level][l] * old + (l == level ? u * first : l < level ? _childTheta[level, l] : 0) * added;
            _childTheta[level, l] = 0;
        }
    }
}

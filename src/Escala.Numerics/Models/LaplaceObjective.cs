using Escala.Numerics.Algebra;
using Escala.Numerics.Distributions;

namespace Escala.Numerics.Models;

/// <summary>
/// −log of the Laplace approximation to the marginal likelihood (exact for a Gaussian outcome) and its gradient. With spherical effects u,
/// b = Λ(θ)u and f(u) = −Σℓ + u′u/2, it is f(û) + ½ log |H|, H = A′WA + I at the mode û (Bates et al. 2015, J Stat Softw 67(1); the gradient by
/// implicit differentiation as in Kristensen et al. 2016, J Stat Softw 70(5)). One workspace; not for use by two threads at once.
/// </summary>
internal sealed class LaplaceObjective
{
    private readonly MixedModelProblem _problem;
    private readonly SparseCholesky _factor;
    private readonly CellDerivatives _cell;
    private readonly double[] _fixedPart, _eta, _residual;
    private readonly double[] _slope, _mode, _previous, _step, _shift;
    private readonly double[] _pathSum, _pathFirst, _pathWeight, _pathThird, _pathLever, _pathShift, _leverage;

    public LaplaceObjective(MixedModelProblem problem)
    {
        _problem = problem;
        _factor = problem.Pattern.Copy();
        _cell = new CellDerivatives(problem.Cells, problem.Kernel.HasDispersion);
        (_fixedPart, _eta, _residual) = (new double[problem.Cells], new double[problem.Cells], new double[problem.Cells]);
        var effects = _factor.Size;
        (_mode, _previous, _step, _shift) = (new double[effects], new double[effects], new double[effects], new double[effects]);
        _slope = new double[problem.Paths * problem.Slots];
        _leverage = new double[problem.Paths * problem.Slots];
        (_pathSum, _pathFirst, _pathWeight) = (new double[problem.Paths], new double[problem.Paths], new double[problem.Paths]);
        (_pathThird, _pathLever, _pathShift) = (new double[problem.Paths], new double[problem.Paths], new double[problem.Paths]);
    }

    /// <summary>Modes of the spherical effects, from the last evaluation; the next one starts from them.</summary>
    public Span<double> Mode => _mode;

    /// <summary>The factor of H at the last mode.</summary>
    public SparseCholesky Factor => _factor;

    /// <summary>Linear predictor of each cell at the last mode.</summary>
    public ReadOnlySpan<double> Eta => _eta;

    /// <summary>Derivative of the objective in each cell's linear predictor, filled with the gradient.</summary>
    public ReadOnlySpan<double> Residuals => _residual;

    public CellDerivatives Derivatives => _cell;

    /// <summary>Λ′z of each slot of each path at the last parameters.</summary>
    public ReadOnlySpan<double> Slopes => _slope;

    /// <summary>Σ ℓ at the last mode, without the data constant.</summary>
    public double Conditional { get; private set; }

    /// <summary>Newton steps of all evaluations.</summary>
    public int InnerIterations { get; private set; }

    /// <summary>Objective at ψ = (fixed coefficients, θ, log dispersion); +∞ where it is not defined. A non-empty gradient is filled.</summary>
    public double Evaluate(ReadOnlySpan<double> psi, Span<double> gradient)
    {
        var logDispersion = _problem.Kernel.HasDispersion ? psi[^1] : 0;
        SetSlopes(psi.Slice(_problem.Columns, _problem.ThetaCount));
        SetFixedPart(psi);
        if (!FindMode(logDispersion, out var joint, out var logDeterminant))
        {
            Array.Clear(_mode);
            if (!FindMode(logDispersion, out joint, out logDeterminant)) return double.PositiveInfinity;
        }
        var flat = 0;
        foreach (var block in _problem.Blocks) if (block.IsFlat) flat += block.Effects;
        if (!gradient.IsEmpty) Gradient(psi, gradient);
        return joint + 0.5 * logDeterminant - 0.5 * flat * Math.Log(2 * Math.PI);
    }

    private void SetSlopes(ReadOnlySpan<double> theta)
    {
        var slots = _problem.Slots;
        foreach (var block in _problem.Blocks)
            for (var p = 0; p < _problem.Paths; p++)
                for (var k = 0; k < block.Effects; k++)
                {
                    var at = p * slots + block.Slot;
                    if (block.IsFlat) { _slope[at + k] = _problem.PathValue[at + k]; continue; }
                    double sum = 0;
                    for (var r = k; r < block.Effects; r++) sum += theta[block.ThetaAt(r, k)] * _problem.PathValue[at + r];
                    _slope[at + k] = sum;
                }
    }

    private void SetFixedPart(ReadOnlySpan<double> psi)
    {
        var (start, column, value) = (_problem.RowStart, _problem.ColumnAt, _problem.ValueAt);
        for (var i = 0; i < _fixedPart.Length; i++)
        {
            var sum = _problem.Offset[i];
            for (var e = start[i]; e < start[i + 1]; e++) sum += value[e] * psi[column[e]];
            _fixedPart[i] = sum;
        }
    }

    private bool FindMode(double logDispersion, out double joint, out double logDeterminant)
    {
        (joint, logDeterminant) = (double.PositiveInfinity, 0);
        var last = false;
        for (var (iteration, halvings) = (0, 0); iteration < 200; iteration++)
        {
            InnerIterations++;
            var value = Joint(logDispersion);
            if (!(value <= joint + 1e-9 * (1 + Math.Abs(joint))) && !last)
            {
                if (++halvings > 40 || iteration == 0) return false;
                for (var k = 0; k < _mode.Length; k++) _mode[k] = _previous[k] + 0.5 * (_mode[k] - _previous[k]);
                continue;
            }
            (joint, halvings) = (value, 0);
            SumPaths();
            if (!AssembleAndFactor(out logDeterminant))
            {
                // Away from the mode a link that is not canonical can make ℓ convex: take only its concave cells for this step.
                if (last) return false;
                for (var i = 0; i < _cell.Weight.Length; i++) _cell.Weight[i] = Math.Max(0, _cell.Weight[i]);
                SumPaths();
                if (!AssembleAndFactor(out logDeterminant)) return false;
            }
            if (last || _mode.Length == 0) return true;
            last = Step() < 1e-9;
        }
        return false;
    }

    private double Joint(double logDispersion)
    {
        var slots = _problem.Slots;
        for (var p = 0; p < _problem.Paths; p++)
        {
            double sum = 0;
            for (var s = p * slots; s < (p + 1) * slots; s++) sum += _slope[s] * _mode[_problem.PathEffect[s]];
            for (var i = _problem.PathStart[p]; i < _problem.PathStart[p + 1]; i++) _eta[i] = _fixedPart[i] + sum;
        }
        Conditional = _problem.Kernel.Evaluate(_problem.Responses, _eta, logDispersion, _cell);
        double penalty = 0;
        foreach (var block in _problem.Blocks)
        {
            if (block.IsFlat) continue;
            for (var k = block.Base; k < block.Base + block.Groups * block.Effects; k++) penalty += _mode[k] * _mode[k];
        }
        return -Conditional + 0.5 * penalty;
    }

    private void SumPaths()
    {
        for (var p = 0; p < _problem.Paths; p++)
        {
            double first = 0, weight = 0;
            for (var i = _problem.PathStart[p]; i < _problem.PathStart[p + 1]; i++)
            {
                first += _cell.First[i];
                weight += _cell.Weight[i];
            }
            (_pathFirst[p], _pathWeight[p]) = (first, weight);
        }
    }

    private bool AssembleAndFactor(out double logDeterminant)
    {
        var (diagonal, off, slots, pairs) = (_factor.Diagonal, _factor.OffDiagonal, _problem.Slots, _problem.Pairs);
        Array.Clear(off);
        foreach (var block in _problem.Blocks) Array.Fill(diagonal, block.IsFlat ? 0 : 1, block.Base, block.Groups * block.Effects);
        for (var p = 0; p < _problem.Paths; p++)
        {
            var pair = p * pairs;
            for (var b = 0; b < slots; b++)
            {
                var at = p * slots + b;
                var weighted = _pathWeight[p] * _slope[at];
                diagonal[_problem.PathEffect[at]] += weighted * _slope[at];
                for (var a = p * slots; a < at; a++) off[_problem.PairAt[pair++]] += weighted * _slope[a];
            }
        }
        return _factor.Factor(out logDeterminant);
    }

    /// <summary>One Newton step; returns its decrement.</summary>
    private double Step()
    {
        Array.Clear(_step);
        AddPaths(_step, _pathFirst);
        foreach (var block in _problem.Blocks)
        {
            if (block.IsFlat) continue;
            for (var k = block.Base; k < block.Base + block.Groups * block.Effects; k++) _step[k] -= _mode[k];
        }
        Array.Copy(_step, _shift, _step.Length);
        _factor.Solve(_step);
        double decrement = 0;
        for (var k = 0; k < _mode.Length; k++)
        {
            decrement += _shift[k] * _step[k];
            _previous[k] = _mode[k];
            _mode[k] += _step[k];
        }
        return decrement;
    }

    /// <summary>Adds A′x for x constant on paths.</summary>
    private void AddPaths(double[] effects, double[] pathValues)
    {
        var slots = _problem.Slots;
        for (var p = 0; p < _problem.Paths; p++)
            for (var s = p * slots; s < (p + 1) * slots; s++) effects[_problem.PathEffect[s]] += _slope[s] * pathValues[p];
    }

    private void Gradient(ReadOnlySpan<double> psi, Span<double> gradient)
    {
        gradient.Clear();
        _factor.Invert();
        Leverages();
        for (var p = 0; p < _problem.Paths; p++)
        {
            double third = 0;
            for (var i = _problem.PathStart[p]; i < _problem.PathStart[p + 1]; i++) third += _cell.WeightSlope[i];
            _pathThird[p] = third * _pathLever[p];
        }
        Array.Clear(_shift);
        AddPaths(_shift, _pathThird);
        _factor.Solve(_shift);
        var slots = _problem.Slots;
        for (var p = 0; p < _problem.Paths; p++)
        {
            double shift = 0;
            for (var s = p * slots; s < (p + 1) * slots; s++) shift += _slope[s] * _shift[_problem.PathEffect[s]];
            _pathShift[p] = shift;
            double sum = 0;
            for (var i = _problem.PathStart[p]; i < _problem.PathStart[p + 1]; i++)
            {
                var r = -_cell.First[i] + 0.5 * (_cell.WeightSlope[i] * _pathLever[p] - _cell.Weight[i] * shift);
                _residual[i] = r;
                sum += r;
            }
            _pathSum[p] = sum;
        }
        FixedGradient(gradient);
        ThetaGradient(gradient.Slice(_problem.Columns, _problem.ThetaCount));
        if (_problem.Kernel.HasDispersion) gradient[^1] = DispersionGradient();
    }

    /// <summary>H⁻¹a and a′H⁻¹a of each path.</summary>
    private void Leverages()
    {
        var (slots, pairs) = (_problem.Slots, _problem.Pairs);
        for (var p = 0; p < _problem.Paths; p++)
        {
            var (from, pair) = (p * slots, p * pairs);
            for (var b = from; b < from + slots; b++)
            {
                _leverage[b] = _factor.InverseDiagonal[_problem.PathEffect[b]] * _slope[b];
                for (var a = from; a < b; a++)
                {
                    var inverse = _factor.InverseOffDiagonal[_problem.PairAt[pair++]];
                    _leverage[b] += inverse * _slope[a];
                    _leverage[a] += inverse * _slope[b];
                }
            }
            double sum = 0;
            for (var s = from; s < from + slots; s++) sum += _slope[s] * _leverage[s];
            _pathLever[p] = sum;
        }
    }

    private void FixedGradient(Span<double> gradient)
    {
        var (start, column, value) = (_problem.RowStart, _problem.ColumnAt, _problem.ValueAt);
        for (var i = 0; i < _residual.Length; i++)
            for (var e = start[i]; e < start[i + 1]; e++) gradient[column[e]] += value[e] * _residual[i];
    }

    private void ThetaGradient(Span<double> gradient)
    {
        var slots = _problem.Slots;
        foreach (var block in _problem.Blocks)
        {
            if (block.IsFlat) continue;
            for (var p = 0; p < _problem.Paths; p++)
                for (var k = 0; k < block.Effects; k++)
                {
                    var at = p * slots + block.Slot;
                    var effect = _problem.PathEffect[at + k];
                    var slope = _mode[effect] * _pathSum[p] + _leverage[at + k] * _pathWeight[p] + 0.5 * _shift[effect] * _pathFirst[p];
                    for (var r = k; r < block.Effects; r++) gradient[block.ThetaAt(r, k)] += _problem.PathValue[at + r] * slope;
                }
        }
    }

    private double DispersionGradient()
    {
        double sum = 0;
        for (var p = 0; p < _problem.Paths; p++)
            for (var i = _problem.PathStart[p]; i < _problem.PathStart[p + 1]; i++)
                sum += -_cell.Dispersion[i] - 0.5 * _pathLever[p] * _cell.SecondDispersion[i] + 0.5 * _pathShift[p] * _cell.FirstDispersion[i];
        return sum;
    }
}

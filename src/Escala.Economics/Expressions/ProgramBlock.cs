using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Demography;
using Escala.Numerics.Risk;
using Escala.Numerics.StateTransition;
using MathNet.Numerics.Distributions;

namespace Escala.Economics.Expressions;

/// <summary>The registers of a program for a block of draws, one per lane. Used by one thread at a time.</summary>
internal sealed class ProgramBlock
{
    private readonly VectorProgram _program;
    private readonly Instruction[] _perDraw, _perCycle;
    private readonly double[] _registers;
    private readonly Dictionary<int, double[]> _hazards = [];

    public ProgramBlock(VectorProgram program, int lanes)
    {
        _program = program;
        Lanes = lanes;
        _registers = new double[program.Instructions.Count * lanes];
        foreach (var constant in program.Instructions.Where(i => i.Level == Level.Once)) Execute(constant, 0);
        _perDraw = [.. program.Instructions.Where(i => i.Level == Level.PerDraw && i.Code != OpCode.Input)];
        _perCycle = [.. program.Instructions.Where(i => i.Level == Level.PerCycle)];
        Inputs = [.. program.Instructions.Where(i => i.Code == OpCode.Input).Select(i => (i.Target, (int)i.Payload!))];
    }

    public int Lanes { get; }

    /// <summary>Registers to be filled per draw, with the parameters they hold.</summary>
    public IReadOnlyList<(int Register, int Parameter)> Inputs { get; }

    /// <summary>How often a risk equation was used at an age outside its range since the block was made.</summary>
    public long OutOfRange { get; private set; }

    /// <summary>How often a risk equation was used since the block was made.</summary>
    public long RiskEvaluations { get; private set; }

    /// <summary>The first table that said nothing of a key, with the key.</summary>
    public (TableColumn Column, double Key)? MissingKey { get; private set; }

    public Span<double> Register(int register) => _registers.AsSpan(register * Lanes, Lanes);

    public void StartDraws()
    {
        foreach (var instruction in _perDraw) Execute(instruction, 0);
        foreach (var instruction in _perCycle)
        {
            if (instruction.Code == OpCode.RiskRate) SolveHazards(instruction);
        }
    }

    /// <summary>Computes what depends on the clock at a row of the trace.</summary>
    public void StartCycle(int row, double startAge, int startYear)
    {
        foreach (var instruction in _perCycle)
        {
            if (instruction.Code == OpCode.Clock)
            {
                var time = row * _program.CycleLength;
                Register(instruction.Target).Fill((string)instruction.Payload! switch
                {
                    "cycle" => row,
                    "time" => time,
                    "age" => startAge + time,
                    // A calendar year ends a hair early where twelve twelfths make less than one.
                    _ => startYear + Math.Floor(time + 1e-9),
                });
            }
            else Execute(instruction, row);
        }
    }

    private void Execute(Instruction i, int row)
    {
        var target = Register(i.Target);
        if (!i.Uniform)
        {
            Compute(i, target, row);
            return;
        }
        Compute(i, target[..1], row);
        target.Fill(target[0]);
    }

    private void Compute(Instruction i, Span<double> t, int row)
    {
        ReadOnlySpan<double> a = i.A >= 0 ? Register(i.A) : default, b = i.B >= 0 ? Register(i.B) : default, c = i.C >= 0 ? Register(i.C) : default;
        switch (i.Code)
        {
            case OpCode.Constant: t.Fill((double)i.Payload!); break;
            case OpCode.Add: for (var k = 0; k < t.Length; k++) t[k] = a[k] + b[k]; break;
            case OpCode.Subtract: for (var k = 0; k < t.Length; k++) t[k] = a[k] - b[k]; break;
            case OpCode.Multiply: for (var k = 0; k < t.Length; k++) t[k] = a[k] * b[k]; break;
            case OpCode.Divide: for (var k = 0; k < t.Length; k++) t[k] = a[k] / b[k]; break;
            case OpCode.Power: for (var k = 0; k < t.Length; k++) t[k] = Math.Pow(a[k], b[k]); break;
            case OpCode.Negate: for (var k = 0; k < t.Length; k++) t[k] = -a[k]; break;
            case OpCode.Not: for (var k = 0; k < t.Length; k++) t[k] = a[k] == 0 ? 1 : 0; break;
            case OpCode.And: for (var k = 0; k < t.Length; k++) t[k] = a[k] != 0 && b[k] != 0 ? 1 : 0; break;
            case OpCode.Or: for (var k = 0; k < t.Length; k++) t[k] = a[k] != 0 || b[k] != 0 ? 1 : 0; break;
            case OpCode.Less: for (var k = 0; k < t.Length; k++) t[k] = a[k] < b[k] ? 1 : 0; break;
            case OpCode.LessOrEqual: for (var k = 0; k < t.Length; k++) t[k] = a[k] <= b[k] ? 1 : 0; break;
            case OpCode.Equal: for (var k = 0; k < t.Length; k++) t[k] = a[k] == b[k] ? 1 : 0; break;
            case OpCode.NotEqual: for (var k = 0; k < t.Length; k++) t[k] = a[k] != b[k] ? 1 : 0; break;
            case OpCode.Select: for (var k = 0; k < t.Length; k++) t[k] = a[k] != 0 ? b[k] : c[k]; break;
            case OpCode.Min: for (var k = 0; k < t.Length; k++) t[k] = Math.Min(a[k], b[k]); break;
            case OpCode.Max: for (var k = 0; k < t.Length; k++) t[k] = Math.Max(a[k], b[k]); break;
            case OpCode.Exp: for (var k = 0; k < t.Length; k++) t[k] = Math.Exp(a[k]); break;
            case OpCode.Ln: for (var k = 0; k < t.Length; k++) t[k] = Math.Log(a[k]); break;
            case OpCode.Sqrt: for (var k = 0; k < t.Length; k++) t[k] = Math.Sqrt(a[k]); break;
            case OpCode.Abs: for (var k = 0; k < t.Length; k++) t[k] = Math.Abs(a[k]); break;
            case OpCode.Floor: for (var k = 0; k < t.Length; k++) t[k] = Math.Floor(a[k]); break;
            case OpCode.NormalQuantile: for (var k = 0; k < t.Length; k++) t[k] = a[k] > 0 && a[k] < 1 ? Normal.InvCDF(0, 1, a[k]) : double.NaN; break;
            // What the library refuses becomes NaN here, and is reported with its place where it is used.
            case OpCode.Probability: for (var k = 0; k < t.Length; k++) t[k] = a[k] >= 0 ? RateConversion.Probability(a[k], _program.CycleLength) : double.NaN; break;
            case OpCode.Rate: for (var k = 0; k < t.Length; k++) t[k] = a[k] >= 0 && a[k] < 1 && b[k] > 0 ? RateConversion.Rate(a[k], b[k]) : double.NaN; break;
            case OpCode.PresentYears: for (var k = 0; k < t.Length; k++) t[k] = a[k] >= 0 ? Discounting.PresentYears(a[k], _program.ContinuousEffectRate) : double.NaN; break;
            case OpCode.AgeWeightedYears:
                for (var k = 0; k < t.Length; k++) t[k] = a[k] >= 0 && b[k] >= 0 ? DisabilityAdjustedLifeYears.AgeWeighted(1, a[k], b[k], _program.ContinuousEffectRate) : double.NaN;
                break;
            case OpCode.Annuity: for (var k = 0; k < t.Length; k++) t[k] = b[k] > 0 && c[k] >= 0 ? Discounting.EquivalentAnnualCost(a[k], b[k], c[k]) : double.NaN; break;
            case OpCode.OtherCause: for (var k = 0; k < t.Length; k++) t[k] = a[k] >= 0 && b[k] >= 0 && c[k] > 0 ? LifeTable.OtherCauseRate(a[k], b[k], c[k]) : double.NaN; break;
            case OpCode.Inflate: for (var k = 0; k < t.Length; k++) t[k] = b[k] > -1 ? MoneyConversion.Inflate(a[k], b[k], c[k]) : double.NaN; break;
            case OpCode.Exchange: for (var k = 0; k < t.Length; k++) t[k] = b[k] > 0 ? MoneyConversion.Exchange(a[k], b[k]) : double.NaN; break;
            case OpCode.PurchasingPower: for (var k = 0; k < t.Length; k++) t[k] = b[k] > 0 && c[k] > 0 ? MoneyConversion.PurchasingPower(a[k], b[k], c[k]) : double.NaN; break;
            case OpCode.Lookup: Look((TableColumn)i.Payload!, a, t); break;
            case OpCode.Risk: Risk((RiskCall)i.Payload!, t); break;
            case OpCode.RiskRate: _hazards[i.Target].AsSpan(row * Lanes, t.Length).CopyTo(t); break;
            default: throw new InvalidOperationException($"{i.Code} is not computed here.");
        }
    }

    private void Look(TableColumn column, ReadOnlySpan<double> key, Span<double> target)
    {
        for (var k = 0; k < target.Length; k++)
        {
            target[k] = column.Table.Look(column.Column, key[k]);
            if (double.IsNaN(target[k]) && MissingKey is null) MissingKey = (column, key[k]);
        }
    }

    private void Risk(RiskCall call, Span<double> target)
    {
        Span<double> x = stackalloc double[call.Registers.Items.Count];
        for (var lane = 0; lane < target.Length; lane++)
        {
            Gather(call, lane, x);
            target[lane] = Evaluate(call, x);
        }
    }

    /// <summary>Ages each person through the horizon; the hazards of ten years add up to the equation's risk at the start.</summary>
    private void SolveHazards(Instruction i)
    {
        var call = (RiskCall)i.Payload!;
        var rows = Math.Max(_program.Cycles + 1, RisingHazard.CyclesInSpan(_program.CycleLength));
        if (!_hazards.TryGetValue(i.Target, out var hazards)) _hazards[i.Target] = hazards = new double[rows * Lanes];
        var age = call.Equation.IndexOf("age");
        Span<double> x = stackalloc double[call.Registers.Items.Count];
        double[] yearly = new double[RisingHazard.YearsNeeded(rows, _program.CycleLength)], solved = new double[rows];
        for (var lane = 0; lane < (i.Uniform ? 1 : Lanes); lane++)
        {
            Gather(call, lane, x);
            for (var year = 0; year < yearly.Length; year++, x[age]++) yearly[year] = Evaluate(call, x);
            RisingHazard.Solve(yearly, _program.CycleLength, solved);
            for (var row = 0; row < rows; row++) hazards[row * Lanes + lane] = solved[row];
        }
    }

    private void Gather(RiskCall call, int lane, Span<double> x)
    {
        for (var k = 0; k < x.Length; k++) x[k] = _registers[call.Registers.Items[k] * Lanes + lane];
    }

    private double Evaluate(RiskCall call, ReadOnlySpan<double> x)
    {
        RiskEvaluations++;
        if (!call.Equation.InRange(x)) OutOfRange++;
        for (var k = 0; k < x.Length; k++)
        {
            // A category that is no level would read past a table; numbers that cannot be give NaN, reported where they are used.
            var covariate = call.Equation.Covariates[k];
            if (!(x[k] >= covariate.Minimum && x[k] <= covariate.Maximum) && covariate.Name != "age") return double.NaN;
            if (covariate.Kind == RiskCovariateKind.Category && x[k] != Math.Floor(x[k])) return double.NaN;
        }
        return call.Function.Pick(call.Equation.Risks(x));
    }
}

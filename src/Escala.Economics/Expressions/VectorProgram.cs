using Escala.Economics.Models;
using Escala.Numerics.Risk;

namespace Escala.Economics.Expressions;

/// <summary>How often a quantity has to be computed again.</summary>
internal enum Level
{
    Once, PerDraw, PerCycle,
}

internal enum OpCode
{
    Input, Clock, Constant, Add, Subtract, Multiply, Divide, Power, Negate, Not, And, Or, Less, LessOrEqual, Equal, NotEqual, Select,
    Min, Max, Exp, Ln, Sqrt, Abs, Floor, NormalQuantile, Probability, Rate, PresentYears, AgeWeightedYears, Annuity, OtherCause, Inflate, Exchange, PurchasingPower, Lookup, Risk, RiskRate,
}

/// <summary>One step: register Target = Code(A, B, C). Uniform steps have the same value in every lane.</summary>
internal readonly record struct Instruction(OpCode Code, int Target, int A, int B, int C, object? Payload, Level Level, bool Uniform);

/// <summary>A table's column as a function of its key.</summary>
internal sealed record TableColumn(TableDefinition Table, int Column, Position At);

/// <summary>A risk equation with the registers of its covariates.</summary>
internal sealed record RiskCall(RiskFunction Function, RiskEquation Equation, EquatableList Registers);

/// <summary>Register numbers that compare by content.</summary>
internal sealed record EquatableList(IReadOnlyList<int> Items)
{
    public bool Equals(EquatableList? other) => other is not null && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => Items.Aggregate(17, HashCode.Combine);
}

/// <summary>Straight-line code for one strategy and group. Equal steps are made once, so that a quantity used often is computed once.</summary>
internal sealed class VectorProgram(double cycleLength, int cycles, double continuousEffectRate)
{
    private const int MaximumInstructions = 200_000;

    private readonly List<Instruction> _instructions = [];
    private readonly Dictionary<Instruction, int> _known = [];

    public IReadOnlyList<Instruction> Instructions => _instructions;

    public double CycleLength => cycleLength;

    public int Cycles => cycles;

    /// <summary>Rate by which present_years discounts.</summary>
    public double ContinuousEffectRate => continuousEffectRate;

    public int Constant(double value) => Emit(OpCode.Constant, -1, -1, -1, value);

    /// <summary>A parameter, given for each draw.</summary>
    public int Input(int parameter) => Emit(OpCode.Input, -1, -1, -1, parameter);

    /// <summary>A variable of the clock: cycle, time, age or year.</summary>
    public int Clock(string variable) => Emit(OpCode.Clock, -1, -1, -1, variable);

    public Level LevelOf(int register) => _instructions[register].Level;

    public int Emit(OpCode code, int a = -1, int b = -1, int c = -1, object? payload = null)
    {
        var key = new Instruction(code, -1, a, b, c, payload, default, false);
        if (_known.TryGetValue(key, out var existing)) return existing;
        if (_instructions.Count >= MaximumInstructions) throw new ModelException(default, "economics.size.formulas");
        List<int> inputs = [.. new[] { a, b, c }.Where(r => r >= 0), .. payload is RiskCall call ? call.Registers.Items : []];
        var level = code switch
        {
            OpCode.Input => Level.PerDraw,
            OpCode.Clock or OpCode.RiskRate => Level.PerCycle,
            _ => inputs.Select(r => _instructions[r].Level).DefaultIfEmpty(Level.Once).Max(),
        };
        var uniform = code != OpCode.Input && inputs.All(r => _instructions[r].Uniform);
        var register = _instructions.Count;
        _instructions.Add(key with { Target = register, Level = level, Uniform = uniform });
        _known[key] = register;
        return register;
    }
}

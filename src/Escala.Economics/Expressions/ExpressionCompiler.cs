using Escala.Economics.Models;
using Escala.Numerics.Risk;

namespace Escala.Economics.Expressions;

/// <summary>Turns formulas into steps of a program, for one strategy and group.</summary>
internal sealed class ExpressionCompiler(VectorProgram program, ModelDefinition model, StrategyDefinition strategy, GroupDefinition group)
{
    private static readonly Dictionary<string, OpCode> s_operators = new()
    {
        ["+"] = OpCode.Add,
        ["-"] = OpCode.Subtract,
        ["*"] = OpCode.Multiply,
        ["/"] = OpCode.Divide,
        ["^"] = OpCode.Power,
        ["negate"] = OpCode.Negate,
        ["not"] = OpCode.Not,
        ["and"] = OpCode.And,
        ["or"] = OpCode.Or,
        ["<"] = OpCode.Less,
        ["<="] = OpCode.LessOrEqual,
        ["=="] = OpCode.Equal,
        ["!="] = OpCode.NotEqual,
    };

    private static readonly Dictionary<string, OpCode> s_functions = new()
    {
        ["exp"] = OpCode.Exp,
        ["ln"] = OpCode.Ln,
        ["sqrt"] = OpCode.Sqrt,
        ["abs"] = OpCode.Abs,
        ["floor"] = OpCode.Floor,
        ["min"] = OpCode.Min,
        ["max"] = OpCode.Max,
        ["normal_quantile"] = OpCode.NormalQuantile,
        ["probability"] = OpCode.Probability,
        ["rate"] = OpCode.Rate,
        ["present_years"] = OpCode.PresentYears,
        ["age_weighted_years"] = OpCode.AgeWeightedYears,
        ["annuity"] = OpCode.Annuity,
        ["other_cause"] = OpCode.OtherCause,
        ["inflate"] = OpCode.Inflate,
        ["exchange"] = OpCode.Exchange,
        ["purchasing_power"] = OpCode.PurchasingPower,
    };

    private readonly Dictionary<string, int> _index = model.Parameters.Select((p, i) => (p.Name, i)).ToDictionary();
    private readonly Dictionary<(string, double), int> _compiled = [];
    private int _depth;

    /// <summary>The register that holds an expression.</summary>
    /// <param name="timeInState">Years already spent in the state; NaN where the expression belongs to none.</param>
    public int Compile(Expression expression, double timeInState = double.NaN)
    {
        if (++_depth > 1500) throw new ModelException(expression.At, "economics.expression.chain");
        try
        {
            return expression switch
            {
                NumberLiteral number => program.Constant(number.Value),
                NameReference name => Name(name, timeInState),
                Conditional choice => Choose(choice, timeInState),
                Operation operation => Operate(operation, timeInState),
                Call call => Invoke(call, timeInState),
                TextLiteral text => throw new ModelException(text.At, "economics.expression.text", ("text", text.Value)),
                _ => throw new InvalidOperationException(expression.GetType().Name),
            };
        }
        finally
        {
            _depth--;
        }
    }

    private int Name(NameReference name, double timeInState)
    {
        if (_index.TryGetValue(name.Name, out var index))
        {
            if (group.Set.TryGetValue(name.Name, out var own)) return program.Constant(own);
            if (model.Parameters[index].Formula is not { } formula) return program.Input(index);
            if (_compiled.TryGetValue((name.Name, timeInState), out var known)) return known;
            return _compiled[(name.Name, timeInState)] = Compile(formula, timeInState);
        }
        if (ModelReader.Constants.TryGetValue(name.Name, out var constant)) return program.Constant(constant);
        if (Functions.Time.Contains(name.Name)) return program.Clock(name.Name);
        return name.Name switch
        {
            "cycle_length" => program.Constant(program.CycleLength),
            "start_age" => program.Constant(group.Set.GetValueOrDefault("start_age", model.Settings.StartAge)),
            "time_in_state" when !double.IsNaN(timeInState) => program.Constant(timeInState),
            "time_in_state" => throw new ModelException(name.At, "economics.name.time-in-state"),
            _ => throw new ModelException(name.At, "economics.expression.compared", ("name", name.Name), ("strategy", model.Strategies[^1].Name), ("group", model.Groups[^1].Name)),
        };
    }

    private int Choose(Conditional choice, double timeInState)
    {
        var condition = Compile(choice.Condition, timeInState);
        // A branch that a strategy never takes is left out, so that it can neither cost time nor fail.
        if (Known(condition) is { } known) return Compile(known != 0 ? choice.Then : choice.Else, timeInState);
        return program.Emit(OpCode.Select, condition, Compile(choice.Then, timeInState), Compile(choice.Else, timeInState));
    }

    private int Operate(Operation operation, double timeInState)
    {
        if (operation.Operator is "==" or "!=" && Identity(operation) is { } same) return program.Constant(same == (operation.Operator == "==") ? 1 : 0);
        var a = Compile(operation.Operands[0], timeInState);
        if (operation.Operands.Count == 1)
            return operation.Operator == "not" && Known(a) is { } denied ? program.Constant(denied == 0 ? 1 : 0) : program.Emit(s_operators[operation.Operator], a);
        // One side can settle it: strategy == a and …
        if (operation.Operator is "and" or "or" && Known(a) is { } left && (left != 0) == (operation.Operator == "or")) return program.Constant(left != 0 ? 1 : 0);
        var b = Compile(operation.Operands[1], timeInState);
        if (operation.Operator is "and" or "or" && Known(a) is not null && Known(b) is { } right) return program.Constant(right != 0 ? 1 : 0);
        return operation.Operator switch
        {
            ">" => program.Emit(OpCode.Less, b, a),
            ">=" => program.Emit(OpCode.LessOrEqual, b, a),
            var symbol => program.Emit(s_operators[symbol], a, b),
        };
    }

    /// <summary>Whether strategy == x or group == x holds here; null where the comparison is of numbers.</summary>
    private bool? Identity(Operation operation)
    {
        for (var i = 0; i < 2; i++)
        {
            if (operation.Operands[i] is not NameReference { Name: "strategy" or "group" } subject) continue;
            var other = operation.Operands[1 - i] switch { NameReference n => n.Name, TextLiteral t => t.Value, _ => "" };
            var names = subject.Name == "strategy" ? model.Strategies.Select(s => s.Name) : model.Groups.Select(g => g.Name);
            if (!names.Contains(other)) throw new ModelException(operation.Operands[1 - i].At, subject.Name == "strategy" ? "economics.name.strategy" : "economics.name.group", ("name", other), ("known", string.Join(", ", names)));
            return other == (subject.Name == "strategy" ? strategy.Name : group.Name);
        }
        return null;
    }

    private int Invoke(Call call, double timeInState)
    {
        if (Functions.Risk.TryGetValue(call.Function, out var risk)) return InvokeRisk(call, risk, timeInState);
        if (s_functions.TryGetValue(call.Function, out var code))
        {
            var arguments = call.Arguments.Select(a => Compile(a.Value, timeInState)).ToList();
            if (code is OpCode.Min or OpCode.Max) return arguments.Skip(1).Aggregate(arguments[0], (left, right) => program.Emit(code, left, right));
            return program.Emit(code, arguments[0], arguments.Count > 1 ? arguments[1] : -1, arguments.Count > 2 ? arguments[2] : -1);
        }
        var (name, column) = NameCheck.Split(call.Function);
        var table = model.Tables.First(t => t.Name == name);
        return program.Emit(OpCode.Lookup, Compile(call.Arguments[0].Value, timeInState), payload: new TableColumn(table, column is null ? 0 : table.Columns.ToList().IndexOf(column), call.At));
    }

    private int InvokeRisk(Call call, RiskFunction function, double timeInState)
    {
        var equation = function.Score.Choose([.. call.Arguments.Select(a => a.Name!)]);
        var registers = new int[equation.Covariates.Count];
        for (var i = 0; i < registers.Length; i++)
        {
            var covariate = equation.Covariates[i];
            var argument = call.Arguments.FirstOrDefault(a => a.Name == covariate.Name).Value;
            registers[i] = argument switch
            {
                null => program.Constant(0),
                TextLiteral text => program.Constant(Level(covariate, text)),
                _ => Compile(argument, timeInState),
            };
            if (function.IsRate && program.LevelOf(registers[i]) == Expressions.Level.PerCycle)
                throw new ModelException(argument!.At, "economics.expression.rate-age", ("function", call.Function), ("input", covariate.Name));
        }
        if (function.IsRate) CheckCycle(call);
        return program.Emit(function.IsRate ? OpCode.RiskRate : OpCode.Risk, payload: new RiskCall(function, equation, new EquatableList(registers)));
    }

    private void CheckCycle(Call call)
    {
        try
        {
            RisingHazard.CyclesInSpan(program.CycleLength);
        }
        catch (ArgumentException)
        {
            throw new ModelException(call.At, "economics.expression.rate-cycle", ("function", call.Function));
        }
    }

    private static double Level(RiskCovariate covariate, TextLiteral text)
    {
        for (var i = 0; i < covariate.Levels.Count; i++)
        {
            if (string.Equals(covariate.Levels[i], text.Value, StringComparison.OrdinalIgnoreCase)) return i;
        }
        throw new ModelException(text.At, "economics.risk.level", ("input", covariate.Name), ("text", text.Value), ("known", string.Join(", ", covariate.Levels)));
    }

    private double? Known(int register) => program.Instructions[register] is { Code: OpCode.Constant } constant ? (double)constant.Payload! : null;
}

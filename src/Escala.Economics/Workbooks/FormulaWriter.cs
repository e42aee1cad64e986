using System.Globalization;
using Escala.Economics.Expressions;
using Escala.Economics.Models;

namespace Escala.Economics.Workbooks;

/// <summary>Where a formula of the workbook finds what it names: cells of parameters, columns of its own sheet, risk equations.</summary>
internal interface IFormulaScope
{
    /// <summary>Whether strategy == name or group == name holds; null where the subject is neither.</summary>
    bool? Is(string subject, string name);

    /// <summary>What stands for a name in a formula.</summary>
    string Name(NameReference name, FormulaPlace place);

    /// <summary>What stands for a risk equation.</summary>
    string Risk(Call call, FormulaPlace place);

    /// <summary>A value that does not depend on anything but strategy and group; null where it does.</summary>
    double? Known(NameReference name);
}

/// <summary>The row of a formula (cycle or year, from 0) and the years already spent in the state; NaN where the formula belongs to none.</summary>
internal readonly record struct FormulaPlace(int Row, double TimeInState);

/// <summary>Turns a formula of a model into one of a spreadsheet. Conditions are 1 and 0, as in the model.</summary>
internal sealed class FormulaWriter(IFormulaScope scope, ModelDefinition model, IReadOnlyDictionary<string, Sheet> tables)
{
    public string Write(Expression expression, FormulaPlace place)
    {
        switch (expression)
        {
            case NumberLiteral number: return Number(number.Value);
            case NameReference name: return scope.Known(name) is { } known ? Number(known) : scope.Name(name, place);
            case Conditional choice:
                if (Known(choice.Condition) is { } taken) return Write(taken != 0 ? choice.Then : choice.Else, place);
                return $"IF({Condition(choice.Condition, place)},{Write(choice.Then, place)},{Write(choice.Else, place)})";
            case Operation operation:
                return Known(operation) is { } value ? Number(value) : Operate(operation, place);
            case Call call: return Invoke(call, place);
            default: throw new ModelException(expression.At, "economics.expression.text", ("text", (expression as TextLiteral)?.Value));
        }
    }

    public static string Number(double value) => value < 0 ? string.Create(CultureInfo.InvariantCulture, $"({value:R})") : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A value that follows from the strategy and the group alone.</summary>
    public double? Known(Expression expression)
    {
        switch (expression)
        {
            case NumberLiteral number: return number.Value;
            case NameReference name: return scope.Known(name);
            case Conditional choice when Known(choice.Condition) is { } taken: return Known(taken != 0 ? choice.Then : choice.Else);
            case Operation { Operator: "==" or "!=" } operation when Identity(operation) is { } same: return same == (operation.Operator == "==") ? 1 : 0;
            case Operation { Operator: "not" } operation when Known(operation.Operands[0]) is { } denied: return denied == 0 ? 1 : 0;
            case Operation { Operator: "and" or "or" } operation:
                var settles = operation.Operator == "or";
                double? a = Known(operation.Operands[0]), b = Known(operation.Operands[1]);
                if ((a is { } first && (first != 0) == settles) || (b is { } second && (second != 0) == settles)) return settles ? 1 : 0;
                return a is null || b is null ? null : settles ? 0 : 1;
            default: return null;
        }
    }

    private bool? Identity(Operation operation)
    {
        for (var i = 0; i < 2; i++)
        {
            if (operation.Operands[i] is NameReference { Name: "strategy" or "group" } subject)
                return scope.Is(subject.Name, operation.Operands[1 - i] switch { NameReference n => n.Name, TextLiteral t => t.Value, _ => "" });
        }
        return null;
    }

    private string Operate(Operation operation, FormulaPlace place)
    {
        var a = Write(operation.Operands[0], place);
        // A spreadsheet reads -2^2 as 4: every operation has its brackets.
        return operation.Operator switch
        {
            "negate" => $"(-{a})",
            "not" or "and" or "or" or "<" or "<=" or ">" or ">=" or "==" or "!=" => $"IF({Condition(operation, place)},1,0)",
            var symbol => $"({a}{symbol}{Write(operation.Operands[1], place)})",
        };
    }

    /// <summary>The formula as TRUE or FALSE.</summary>
    private string Condition(Expression expression, FormulaPlace place)
    {
        if (expression is not Operation operation || Known(expression) is not null) return $"{Write(expression, place)}<>0";
        string Side(int i) => Write(operation.Operands[i], place);
        return operation.Operator switch
        {
            "not" => $"NOT({Condition(operation.Operands[0], place)})",
            "and" or "or" => $"{operation.Operator.ToUpperInvariant()}({Condition(operation.Operands[0], place)},{Condition(operation.Operands[1], place)})",
            "==" => $"{Side(0)}={Side(1)}",
            "!=" => $"{Side(0)}<>{Side(1)}",
            "<" or "<=" or ">" or ">=" => $"{Side(0)}{operation.Operator}{Side(1)}",
            _ => $"{Write(operation, place)}<>0",
        };
    }

    private string Invoke(Call call, FormulaPlace place)
    {
        if (Functions.Risk.ContainsKey(call.Function)) return scope.Risk(call, place);
        var a = call.Arguments.Select(x => Write(x.Value, place)).ToList();
        switch (call.Function)
        {
            case "min" or "max" or "exp" or "ln" or "sqrt" or "abs": return $"{call.Function.ToUpperInvariant()}({string.Join(',', a)})";
            case "floor": return $"INT({a[0]})";
            case "normal_quantile": return $"NORMSINV({a[0]})";
            case "probability": return $"(1-EXP(-{a[0]}*cycle_length))";
            case "rate": return $"(-LN(1-{a[0]})/{a[1]})";
            case "present_years": return $"IF(effect_rate_continuous=0,{a[0]},(1-EXP(-effect_rate_continuous*{a[0]}))/effect_rate_continuous)";
            case "age_weighted_years":
                const string Rate = "(effect_rate_continuous+0.04)";
                return $"(0.1658*EXP(effect_rate_continuous*{a[0]})/{Rate}^2*(EXP(-{Rate}*{a[0]})*({Rate}*{a[0]}+1)-EXP(-{Rate}*({a[0]}+{a[1]}))*({Rate}*({a[0]}+{a[1]})+1)))";
            case "annuity": return $"IF({a[2]}=0,{a[0]}/{a[1]},{a[0]}*{a[2]}/(1-(1+{a[2]})^(-{a[1]})))";
            case "other_cause": return $"(({a[0]}-{a[1]})*{a[2]})";
            case "inflate": return $"({a[0]}*(1+{a[1]})^{a[2]})";
            case "exchange": return $"({a[0]}/{a[1]})";
            case "purchasing_power": return $"({a[0]}/{a[1]}*{a[2]})";
            default: return Look(call, a[0]);
        }
    }

    private string Look(Call call, string key)
    {
        var (name, column) = NameCheck.Split(call.Function);
        var table = model.Tables.First(t => t.Name == name);
        var sheet = tables[name];
        var last = TableSheet.FirstRow + table.Keys.Length - 1;
        var at = column is null ? 2 : 2 + table.Columns.ToList().IndexOf(column);
        string Range(int c) => $"'{sheet.Name}'!{Sheet.Address(TableSheet.FirstRow, c, true)}:{Sheet.Address(last, c, true)}";
        string keys = Range(1), values = Range(at), row = $"MATCH({key}+0.000000001,{keys},1)";
        if (table.Rule != LookupRule.Linear || table.Keys.Length == 1) return $"INDEX({values},{row})";
        // Beyond the last key Escala refuses to run, so that the last stretch can serve for the last key itself.
        row = string.Create(CultureInfo.InvariantCulture, $"MIN({row},{table.Keys.Length - 1})");
        string Before(string range) => $"INDEX({range},{row})";
        string After(string range) => $"INDEX({range},{row}+1)";
        return $"({Before(values)}+({After(values)}-{Before(values)})*({key}-{Before(keys)})/({After(keys)}-{Before(keys)}))";
    }
}

using Escala.Capture.Forms.Definitions;

namespace Escala.Capture.Forms.Expressions;

/// <summary>Whether an expression that was not compiled here has only operators that exist, with the arguments they take.</summary>
internal static class ExpressionShape
{
    public static bool IsSound(Expr expression, FormDefinition form) => expression.All.All(e => e is not Operation o || Fits(o, form));

    private static bool Fits(Operation operation, FormDefinition form)
    {
        var arguments = operation.Arguments;
        switch (operation.Operator)
        {
            case "q":
                return arguments.Count == 1 && IsItem(arguments[0], form);
            case "." or "root" or "current":
                return arguments.Count == 0;
            case "list":
                return arguments is [TextLiteral list] && form.Lists.ContainsKey(list.Value);
            case "path":
                return arguments.Count > 1 && arguments.Skip(1).All(a => a is TextLiteral or Operation { Operator: "step" });
            case "step":
                return arguments is [TextLiteral, _, ..];
            case "filter":
                return arguments.Count > 1;
            case "or" or "and" or "+" or "*":
                return arguments.Count > 1;
            case "=" or "!=" or "<" or "<=" or ">" or ">=" or "-" or "div" or "mod":
                return arguments.Count == 2;
            case "neg":
                return arguments.Count == 1;
            case "regex":
                return arguments is [_, PatternLiteral];
            case Functions.ChoiceName:
                return arguments.Count == 2 && IsItem(arguments[1], form);
            case "pulldata":
                return arguments is [TextLiteral source, TextLiteral, TextLiteral, _] && form.Lists.ContainsKey(source.Value);
            case "indexed-repeat":
                return arguments.Count is 3 or 5 or 7 && arguments.Index().All(a => a.Index != 0 && a.Index % 2 == 0 || IsItem(a.Item, form));
            case "true" or "false" or "instance":
                return false;
            default:
                return Functions.Known.TryGetValue(operation.Operator, out var signature) && arguments.Count >= signature.Least && !(arguments.Count > signature.Most);
        }
    }

    private static bool IsItem(Expr expression, FormDefinition form) =>
        expression is NumberLiteral { Value: var item } && item >= 0 && item < form.Items.Count && item == Math.Floor(item);
}

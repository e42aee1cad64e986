using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Escala.Cli.Statistics;

/// <summary>Writes a result as indented lines of name and figure; lists of like records become tables.</summary>
internal static class PlainText
{
    public static void Write(object answer) => Write(answer, "");

    private static void Write(object answer, string indent)
    {
        if (answer is IEnumerable list and not string)
        {
            WriteTable([.. list.Cast<object>()], indent);
            return;
        }
        foreach (var (name, value) in Properties(answer))
        {
            if (IsFigure(value)) Console.WriteLine($"{indent}{Spaced(name),-28} {Figure(value)}");
            else if (value is IEnumerable nested and not string && !nested.Cast<object>().Any()) Console.WriteLine($"{indent}{Spaced(name),-28} none");
            else
            {
                Console.WriteLine($"{indent}{Spaced(name)}");
                Write(value, indent + "  ");
            }
        }
    }

    private static void WriteTable(object[] rows, string indent)
    {
        if (rows.Length == 0) return;
        if (IsFigure(rows[0]))
        {
            foreach (object row in rows) Console.WriteLine(indent + Figure(row));
            return;
        }
        string[][] cells = [[.. Flat(rows[0]).Select(p => Spaced(p.Name))], .. rows.Select(row => Flat(row).Select(p => Figure(p.Value)).ToArray())];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(row => c < row.Length ? row[c].Length : 0))];
        foreach (string[] row in cells) Console.WriteLine(indent + string.Join("  ", row.Select((cell, c) => cell.PadLeft(widths[c]))).TrimEnd());
    }

    /// <summary>A record's figures, those of records inside it with both names.</summary>
    private static IEnumerable<(string Name, object Value)> Flat(object row) => Properties(row, keepEmpty: true).SelectMany(p => IsFigure(p.Value)
        ? [p]
        : Flat(p.Value).Select(inner => ($"{p.Name} {inner.Name}", inner.Value)));

    private static IEnumerable<(string Name, object Value)> Properties(object answer, bool keepEmpty = false) => answer.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetIndexParameters().Length == 0)
        .Select(p => (p.Name, p.GetValue(answer)))
        .Where(p => keepEmpty || p.Item2 is not null)
        .Select(p => (p.Name, p.Item2 ?? ""));

    private static bool IsFigure(object value) => value is string or bool or Enum || value.GetType().IsPrimitive || value is IFormattable;

    private static string Figure(object value) => value switch
    {
        double.NaN => "–",
        double number => number.ToString(Math.Abs(number) is > 1e-4 and < 1e7 or 0 ? "0.######" : "0.#####e0", CultureInfo.InvariantCulture),
        bool truth => truth ? "yes" : "no",
        IFormattable figure => figure.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Spaced(string name) => string.Concat(name.Select((c, k) => k > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}

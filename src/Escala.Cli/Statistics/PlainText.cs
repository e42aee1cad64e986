using System.Collections;
using System.Reflection;
using Escala.Numerics;

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
            if (IsFigure(value)) Console.WriteLine($"{indent}{Vocabulary.Label(name),-36} {Figure(value)}");
            else if (value is IEnumerable nested and not string && !nested.Cast<object>().Any()) Console.WriteLine($"{indent}{Vocabulary.Label(name),-36} {Vocabulary.Say("none")}");
            else
            {
                Console.WriteLine($"{indent}{Vocabulary.Label(name)}");
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
        string[][] cells = [[.. Flat(rows[0]).Select(p => p.Label)], .. rows.Select(row => Flat(row).Select(p => Figure(p.Value)).ToArray())];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(row => c < row.Length ? row[c].Length : 0))];
        foreach (string[] row in cells) Console.WriteLine(indent + string.Join("  ", row.Select((cell, c) => cell.PadLeft(widths[c]))).TrimEnd());
    }

    /// <summary>A record's figures, those of records inside it with both names.</summary>
    private static IEnumerable<(string Label, object Value)> Flat(object row) => Properties(row, keepEmpty: true).SelectMany(p => IsFigure(p.Value)
        ? [(Vocabulary.Label(p.Name), p.Value)]
        : Flat(p.Value).Select(inner => ($"{Vocabulary.Label(p.Name)}: {inner.Label}", inner.Value)));

    private static IEnumerable<(string Name, object Value)> Properties(object answer, bool keepEmpty = false) => answer.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetIndexParameters().Length == 0)
        .Select(p => (p.Name, Value: p.GetValue(answer) is string word && IsOwnWord(p) ? Vocabulary.Term(word) : p.GetValue(answer)))
        .Where(p => keepEmpty || p.Value is not null)
        .Select(p => (p.Name, p.Value ?? ""));

    /// <summary>A word of the library, such as a method's name; others are the user's, a group's or a unit's, and stay as they are.</summary>
    private static bool IsOwnWord(PropertyInfo property) => property.DeclaringType!.Assembly == typeof(Sentence).Assembly || property.Name == "Position";

    private static bool IsFigure(object value) => value is string or bool or Enum or Sentence || value.GetType().IsPrimitive || value is IFormattable;

    private static string Figure(object value) => value switch
    {
        double number => Vocabulary.Number(number, Math.Abs(number) is > 1e-4 and < 1e7 or 0 ? "0.######" : "0.#####e0"),
        bool truth => Vocabulary.Say(truth ? "yes" : "no"),
        Enum state => Vocabulary.Term(state.ToString()),
        IFormattable figure => figure.ToString(null, Vocabulary.Culture),
        Sentence sentence => Vocabulary.Say(sentence),
        _ => value.ToString() ?? "",
    };
}

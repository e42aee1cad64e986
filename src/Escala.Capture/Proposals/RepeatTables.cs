using Escala.Capture.Registers;
using Escala.Programmes.Facts;

namespace Escala.Capture.Proposals;

/// <summary>A further sheet, or a file beside, whose rows belong to the rows of a head.</summary>
/// <param name="Repeat">As the mapping would name it; its key is known by name or by its values.</param>
/// <param name="Belong">Of the rows that were looked at, so many name a row that was.</param>
internal sealed record RepeatTable(Repeat Repeat, SourceHead Head, int Belong)
{
    /// <summary>Columns that say something of their row.</summary>
    public IReadOnlyList<SourceColumn> Columns => [.. Head.Columns.Where(c => !string.Equals(c.Name, Repeat.Key, StringComparison.OrdinalIgnoreCase) && c.Name != Repeat.Order)];
}

/// <summary>Finds the tables that may be repeats of a file: sheets of the workbook, or ODK's files beside the first (form.csv, form-bp.csv).</summary>
internal static class RepeatTables
{
    private const double MostRows = 0.5;

    // What CommCare and ODK call the two.
    private static readonly (string Key, string Of)[] s_known = [("PARENT_KEY", "KEY"), ("number__0", "number"), ("formid", "formid"), ("caseid", "caseid")];

    /// <summary>Those whose key is known, and the names of the others.</summary>
    public static (IReadOnlyList<RepeatTable> Tables, IReadOnlyList<string> Others) Of(string path, SourceHead head, char? delimiter)
    {
        var (tables, others) = (new List<RepeatTable>(), new List<string>());
        foreach (var (name, file, sheet) in Candidates(path, head))
        {
            var read = SourceHead.Read(file is null ? path : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file), delimiter, new TablePlace(sheet, 1));
            if (read.TryGet(out var table) && table.Rows > 0 && KeyOf(head, table) is { } key)
                tables.Add(new RepeatTable(new Repeat(NameOf(name, tables), sheet, file is null ? null : "*" + file[Path.GetFileNameWithoutExtension(path).Length..], key.Key, key.Of, table["number__1"]?.Name, 0), table, key.Belong));
            else others.Add(name);
        }

        return (tables, others);
    }

    private static IEnumerable<(string Name, string? File, string? Sheet)> Candidates(string path, SourceHead head)
    {
        foreach (var sheet in head.OtherSheets) yield return (sheet, null, sheet);
        var stem = Path.GetFileNameWithoutExtension(path);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, "*.csv").Select(f => Path.GetFileName(f)!).Where(f => f.StartsWith(stem + "-", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            yield return (Path.GetFileNameWithoutExtension(file)[(stem.Length + 1)..], file, null);
    }

    private static (string Key, string Of, int Belong)? KeyOf(SourceHead head, SourceHead table)
    {
        int Belong(SourceColumn key, SourceColumn of) => of.Filled.ToHashSet(StringComparer.Ordinal) is var rows ? key.Filled.Count(rows.Contains) : 0;
        foreach (var (key, of) in s_known)
        {
            if (table[key] is { } column && head[of] is { } row) return (column.Name, row.Name, Belong(column, row));
        }

        var pairs = table.Columns.SelectMany(key => head.Columns.Where(of => of.IsOnePerRow && !of.Filled.All(FieldForms.IsWhole)).Select(of => (key.Name, of.Name, Rows: Belong(key, of)))).Where(p => p.Rows >= MostRows * table.Rows).ToList();
        return pairs is [var only] ? only : null;
    }

    private static string NameOf(string table, List<RepeatTable> known)
    {
        var words = string.Concat(table.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w is not ("repeat" or "form")).ToList();
        var name = words.Count > 0 && char.IsAsciiLetter(words[^1][0]) ? words[^1] : "part";
        return known.Any(k => k.Repeat.Name == name) ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}-{known.Count + 1}") : name;
    }
}

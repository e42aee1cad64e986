using System.Globalization;

namespace Escala.Economics.Packs;

/// <summary>
/// A published table that ships beside the code and that a ministry may replace: comma-separated rows under comment lines that give
/// title, citation, licence and note.
/// </summary>
public sealed record DataPack(
    string Name, string Title, string Citation, string Licence, string Note, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const string Folder = "Packs/";

    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(DataPack).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
            .Select(n => n[Folder.Length..^".csv".Length]).Order(StringComparer.Ordinal)];

    /// <exception cref="ArgumentException">There is no pack of that name.</exception>
    public static DataPack Open(string name)
    {
        using var stream = typeof(DataPack).Assembly.GetManifestResourceStream(Folder + name + ".csv")
            ?? throw new ArgumentException($"There is no data pack {name}; there are {string.Join(", ", Names)}.", nameof(name));
        using var reader = new StreamReader(stream);
        return Parse(name, reader.ReadToEnd());
    }

    /// <exception cref="FormatException">A row has another number of cells than the heading.</exception>
    public static DataPack Parse(string name, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries);
        string Field(string key) =>
            lines.FirstOrDefault(l => l.StartsWith($"# {key}:", StringComparison.Ordinal))?[(key.Length + 3)..].Trim() ?? "";
        List<IReadOnlyList<string>> rows = [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#') continue;
            var cells = lines[i].Split(',', StringSplitOptions.TrimEntries);
            if (rows.Count > 0 && cells.Length != rows[0].Count)
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name}, line {i + 1}: {cells.Length} cells where the heading has {rows[0].Count}."));
            rows.Add(cells);
        }
        if (rows.Count == 0) throw new FormatException($"{name} has no heading.");
        return new DataPack(name, Field("title"), Field("citation"), Field("licence"), Field("note"), rows[0], rows[1..]);
    }

    /// <exception cref="FormatException">A cell of the column is not a number.</exception>
    public double[] Numbers(string column)
    {
        var at = Columns.ToList().IndexOf(column);
        if (at < 0) throw new ArgumentException($"{Name} has no column {column}; it has {string.Join(", ", Columns)}.", nameof(column));
        return [.. Rows.Select((row, i) => double.TryParse(row[at], NumberStyles.Float, CultureInfo.InvariantCulture, out var x) ? x
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{Name}, row {i + 1}, {column}: '{row[at]}' is not a number.")))];
    }
}

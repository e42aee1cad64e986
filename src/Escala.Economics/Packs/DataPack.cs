using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Escala.Economics.Models;

namespace Escala.Economics.Packs;

/// <summary>
/// A published table that ships beside the program and that a ministry may replace: comma-separated rows under comment lines that give
/// title, citation, licence and note. A folder named by the environment variable ESCALA_PACKS is looked into first; a pack there takes the place of
/// the shipped one of its name, or adds a new one.
/// </summary>
/// <param name="Hash">SHA-256 of the pack's text, hexadecimal, so that a result can say which table it used.</param>
/// <param name="IsShipped">False where the pack came from the user's folder.</param>
public sealed record DataPack(
    string Name, string Title, string Citation, string Licence, string Note, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, string Hash, bool IsShipped)
{
    public const string FolderVariable = "ESCALA_PACKS";
    private const int MaximumBytes = 4_000_000;

    private static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "packs");

    public static IReadOnlyList<string> Names =>
        [.. Folders.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*.csv")).Select(f => Path.GetFileNameWithoutExtension(f)!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Folders => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } own ? [own, Shipped] : [Shipped];

    /// <exception cref="ModelException">There is no pack of that name, or it cannot be used.</exception>
    public static DataPack Open(string name)
    {
        // Only a name from the listing is opened: a model must not reach files by a path.
        if (!Names.Contains(name, StringComparer.Ordinal)) throw new ModelException(default, "economics.pack.unknown", ("pack", name), ("known", string.Join(", ", Names)));
        var path = Folders.Select(f => Path.Combine(f, name + ".csv")).First(File.Exists);
        if (new FileInfo(path).Length > MaximumBytes) throw new ModelException(default, "economics.pack.size", ("pack", name), ("maximum", MaximumBytes));
        return Parse(name, File.ReadAllText(path), path.StartsWith(Shipped, StringComparison.Ordinal));
    }

    /// <exception cref="ModelException">A row has another number of cells than the heading.</exception>
    public static DataPack Parse(string name, string text, bool isShipped = false)
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
                throw new ModelException(default, "economics.pack.cells", ("pack", name), ("line", i + 1), ("cells", cells.Length), ("heading", rows[0].Count));
            rows.Add(cells);
        }
        if (rows.Count == 0) throw new ModelException(default, "economics.pack.heading", ("pack", name));
        return new DataPack(name, Field("title"), Field("citation"), Field("licence"), Field("note"), rows[0], rows[1..], Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), isShipped);
    }

    /// <exception cref="ModelException">There is no such column, or a cell of the column is not a number.</exception>
    public double[] Numbers(string column)
    {
        var at = Columns.ToList().IndexOf(column);
        if (at < 0) throw new ModelException(default, "economics.pack.column", ("pack", Name), ("column", column), ("known", string.Join(", ", Columns)));
        return [.. Rows.Select((row, i) => double.TryParse(row[at], NumberStyles.Float, CultureInfo.InvariantCulture, out var x) ? x
            : throw new ModelException(default, "economics.pack.number", ("pack", Name), ("row", i + 1), ("column", column), ("text", row[at])))];
    }
}

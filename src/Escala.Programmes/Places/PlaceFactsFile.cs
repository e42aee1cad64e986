using Escala.Platform.Problems;
using Escala.Programmes.Packages;

namespace Escala.Programmes.Places;

/// <summary>Dated facts of places as CSV: <c>code,date,fact,value,source</c>.</summary>
public static class PlaceFactsFile
{
    private static readonly string[] s_columns = ["code", "date", "fact", "value", "source"];

    /// <param name="file">The name that problems give.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="places">Codes that may occur; null where the places are not known yet.</param>
    public static Result<PlaceFact[]> Read(string file, byte[] bytes, IReadOnlyCollection<string>? places)
    {
        var table = new CsvTable(file, bytes, s_columns, []);
        var facts = new List<PlaceFact>();
        var seen = new HashSet<(string, DateOnly, string)>();
        foreach (var _ in table.Rows())
        {
            var date = table.Needed("date") is null ? null : table.Date("date");
            var (code, fact, value, source) = (table.Needed("code"), table.Needed("fact"), table.Needed("value"), table.Needed("source"));
            if (code is null || date is not { } day || fact is null || value is null || source is null) continue;
            if (places?.Contains(code) == false) table.Refuse("programmes.places.unknown", table.Line, "code", code, ("nearest", Nearest.To(code, places)));
            else if (!seen.Add((code, day, fact))) table.Refuse("programmes.places.fact-twice", table.Line, "fact", fact);
            else facts.Add(new PlaceFact(code, day, fact, value, source));
        }

        return table.Problems.Count > 0 ? Result<PlaceFact[]>.Refused(table.Problems) : facts.ToArray();
    }
}

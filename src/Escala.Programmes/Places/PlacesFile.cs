using System.Globalization;
using System.Text;
using Escala.Platform.Problems;

namespace Escala.Programmes.Places;

/// <summary>Places as CSV: <c>code,name,level,parent_code,latitude,longitude,opened,closed[,valid_from]</c>, comma or semicolon.</summary>
public static class PlacesFile
{
    private static readonly string[] s_required = ["code", "name", "level", "parent_code"];
    private static readonly string[] s_optional = ["latitude", "longitude", "opened", "closed", "valid_from"];

    /// <param name="file">The name that problems give.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="levels">Names of levels, widest first; null leaves unchecked what is above what.</param>
    public static Result<PlaceRecord[]> Read(string file, byte[] bytes, IReadOnlyList<string>? levels)
    {
        var table = new CsvTable(file, bytes, s_required, s_optional);
        var records = new List<PlaceRecord>();
        var lines = new List<int>();
        foreach (var line in table.Rows())
        {
            if (ReadRow(table) is not { } record) continue;
            records.Add(record);
            lines.Add(line);
        }

        if (table.Problems.Count == 0 && records.Count == 0) table.Refuse("programmes.csv.no-rows", 1, "", "");
        if (table.Problems.Count == 0 && levels is not null)
        {
            foreach (var (index, reason, name, other) in PlaceFaults.Of(records, levels))
                table.Refuse("programmes.places." + reason, lines[index], ColumnOf(reason), name, ("other", other));
        }

        return table.Problems.Count > 0 ? Result<PlaceRecord[]>.Refused(table.Problems) : records.ToArray();
    }

    /// <summary>The file that <see cref="Read"/> takes.</summary>
    public static string Write(IEnumerable<PlaceRecord> places)
    {
        var text = new StringBuilder(string.Join(',', [.. s_required, .. s_optional])).Append('\n');
        foreach (var place in places)
        {
            string?[] fields =
            [
                place.Code, place.Name, place.Level, place.ParentCode, place.Latitude?.ToString(CultureInfo.InvariantCulture), place.Longitude?.ToString(CultureInfo.InvariantCulture),
                Iso(place.Opened), Iso(place.Closed), Iso(place.ValidFrom),
            ];
            text.AppendJoin(',', fields.Select(f => f is not null && f.AsSpan().IndexOfAny(",;\"\n\r") >= 0 ? "\"" + f.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : f)).Append('\n');
        }

        return text.ToString();
    }

    private static string? Iso(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static PlaceRecord? ReadRow(CsvTable table)
    {
        var (code, name, level) = (table.Needed("code"), table.Needed("name"), table.Needed("level"));
        var record = new PlaceRecord
        {
            Code = code ?? "",
            Name = name ?? "",
            Level = level ?? "",
            ParentCode = table.Text("parent_code"),
            Latitude = table.Number("latitude", -90, 90),
            Longitude = table.Number("longitude", -180, 180),
            Opened = table.Date("opened"),
            Closed = table.Date("closed"),
            ValidFrom = table.Date("valid_from"),
        };
        return code is null || name is null || level is null ? null : record;
    }

    private static string ColumnOf(string reason) => reason switch
    {
        "level-unknown" => "level",
        "twice" => "code",
        "closed-before-opened" => "closed",
        _ => "parent_code",
    };
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Programmes.Places;

/// <summary>
/// Organisation units of a DHIS2, as <c>/api/organisationUnits.json</c> gives them (id, code, name, parent, openingDate, closedDate, geometry) or as
/// its CSV of 16 columns, made places of a programme. A unit's code is its place's; a unit without one keeps its uid.
/// </summary>
public sealed class Dhis2OrganisationUnits
{
    private readonly Dictionary<string, Unit> _units = new(StringComparer.Ordinal);

    private sealed record Unit(string Uid, string? Code, string Name, string? Parent, DateOnly? Opened, DateOnly? Closed, double? Latitude, double? Longitude);

    public int Count => _units.Count;

    /// <summary>How many units stand at each level of the file, from the widest, 1.</summary>
    public IReadOnlyList<int> Depths => [.. _units.Values.GroupBy(u => DepthOf(u)).OrderBy(g => g.Key).Select(g => g.Count())];

    public static Result<Dhis2OrganisationUnits> Read(string file, byte[] bytes)
    {
        var units = new Dhis2OrganisationUnits();
        var first = bytes.AsSpan().TrimStart(" \t\r\n\uFEFF"u8);
        try
        {
            if (first is [(byte)'{' or (byte)'[', ..]) units.ReadJson(bytes);
            else units.ReadCsv(bytes);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return Problem.Of("programmes.organisation-units.unreadable", ("file", file));
        }

        if (units._units.Count == 0) return Problem.Of("programmes.organisation-units.unreadable", ("file", file));
        var circle = units._units.Values.FirstOrDefault(u => units.DepthOf(u) < 0);
        return circle is null ? units : Problem.Of("programmes.organisation-units.circle", ("file", file), ("unit", circle.Uid));
    }

    /// <param name="depths">Which levels of the file are the programme's, widest first: 2, 3, 4 leaves the country out.</param>
    /// <param name="levels">Names of the programme's levels, widest first.</param>
    public Result<IReadOnlyList<PlaceRecord>> Places(IReadOnlyList<int> depths, IReadOnlyList<string> levels)
    {
        if (depths.Count != levels.Count) return Problem.Of("programmes.organisation-units.levels", ("wanted", string.Join(", ", levels)), ("found", string.Join(", ", Depths.Select((n, i) => $"{i + 1}: {n}"))));
        var places = new List<PlaceRecord>();
        foreach (var unit in _units.Values.OrderBy(DepthOf).ThenBy(u => u.Name, StringComparer.Ordinal))
        {
            var level = depths.ToList().IndexOf(DepthOf(unit));
            if (level < 0) continue;
            places.Add(new PlaceRecord
            {
                Code = CodeOf(unit),
                Name = unit.Name,
                Level = levels[level],
                ParentCode = level == 0 ? null : Above(unit, depths[level - 1]),
                Latitude = unit.Latitude,
                Longitude = unit.Longitude,
                Opened = unit.Opened,
                Closed = unit.Closed,
            });
        }

        return places;
    }

    private static string CodeOf(Unit unit) => string.IsNullOrWhiteSpace(unit.Code) ? unit.Uid : unit.Code.Trim();

    private string? Above(Unit unit, int depth)
    {
        Unit? at = unit;
        while (at is not null && DepthOf(at) > depth) at = at.Parent is { } parent ? _units.GetValueOrDefault(parent) : null;
        return at is null ? null : CodeOf(at);
    }

    /// <summary>1 for a unit whose parent is not in the file; −1 within a circle.</summary>
    private int DepthOf(Unit unit)
    {
        const int Deepest = 20;
        var depth = 1;
        for (Unit? at = unit; at?.Parent is { } parent && _units.TryGetValue(parent, out var above); at = above)
        {
            if (++depth > Deepest) return -1;
        }

        return depth;
    }

    private void ReadJson(byte[] bytes)
    {
        using var json = JsonDocument.Parse(bytes.AsMemory()[(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0)..]);
        var list = json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement : json.RootElement.GetProperty("organisationUnits");
        foreach (var one in list.EnumerateArray())
        {
            string? Text(string name) => one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            var (longitude, latitude) = PointOf(one);
            var parent = one.TryGetProperty("parent", out var above) && above.ValueKind == JsonValueKind.Object ? above.GetProperty("id").GetString() : null;
            Add(new Unit(Text("id") ?? throw new FormatException(), Text("code"), Text("name") ?? Text("displayName") ?? throw new FormatException(), parent, Day(Text("openingDate")), Day(Text("closedDate")), latitude, longitude));
        }
    }

    private static (double? Longitude, double? Latitude) PointOf(JsonElement unit) =>
        unit.TryGetProperty("geometry", out var geometry) && geometry.ValueKind == JsonValueKind.Object && geometry.GetProperty("type").GetString() == "Point"
        && geometry.GetProperty("coordinates") is { ValueKind: JsonValueKind.Array } point && point.GetArrayLength() >= 2 ? (Degrees(point[0]), Degrees(point[1])) : (null, null);

    private static double Degrees(JsonElement number) => number.GetDouble() is var degrees && double.IsFinite(degrees) ? degrees : throw new FormatException();

    /// <summary>Columns by their names, in any order; those of DHIS2's own documentation are name, uid, code, parent, short name, description, opening date, closed date …</summary>
    private void ReadCsv(byte[] bytes)
    {
        using var records = new CsvRecords(new MemoryStream(bytes), bytes.AsSpan(0, Math.Max(0, bytes.AsSpan().IndexOf((byte)'\n'))).Contains((byte)';') ? (byte)';' : (byte)',');
        if (!records.Read()) return;
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < records.Fields.Count; i++)
        {
            // "Parent UID", "parent_uid" and "parent" are one.
            var name = new string([.. Encoding.UTF8.GetString(records.Fields[i]).ToUpperInvariant().Where(char.IsLetter)]);
            columns.TryAdd(name is "PARENTUID" or "PARENTID" ? "PARENT" : name is "ID" ? "UID" : name, i);
        }

        if (!columns.ContainsKey("NAME") || !columns.ContainsKey("UID")) return;
        while (records.Read())
        {
            string? Text(string name) => columns.TryGetValue(name, out var i) && !records.Fields[i].IsEmpty ? Encoding.UTF8.GetString(records.Fields[i]) : null;
            if (records.Fault is not null) throw new FormatException();
            Add(new Unit(Text("UID") ?? throw new FormatException(), Text("CODE"), Text("NAME") ?? throw new FormatException(), Text("PARENT"), Day(Text("OPENINGDATE")), Day(Text("CLOSEDDATE")), null, null));
        }
    }

    private void Add(Unit unit)
    {
        if (!_units.TryAdd(unit.Uid, unit)) throw new FormatException();
    }

    /// <summary>1970-01-01 is what DHIS2 writes where nobody knows.</summary>
    private static DateOnly? Day(string? text) => text switch
    {
        null => null,
        _ when text.StartsWith("1970-01-01", StringComparison.Ordinal) => null,
        { Length: >= 10 } => DateOnly.ParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => throw new FormatException(),
    };
}

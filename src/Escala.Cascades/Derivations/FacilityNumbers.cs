using Escala.Platform.Storage;

namespace Escala.Cascades.Derivations;

/// <summary>Facilities by number, in the order in which the ledger first names them, and the sources that brought their rows, each with the first day of which it did.</summary>
internal sealed class FacilityNumbers
{
    private readonly Session _session;
    private readonly Tables _tables;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<(int, string), int> _sources = [];

    public FacilityNumbers(Session session, Tables tables)
    {
        (_session, _tables) = (session, tables);
        using (var rows = session.Query($"SELECT facility, code FROM {tables.Facility}"))
        {
            while (rows.Read()) _numbers[rows.Text(1)] = (int)rows.Int(0);
        }

        using var sources = session.Query($"SELECT facility, source, first_day FROM {tables.FacilitySource}");
        while (sources.Read()) _sources[((int)sources.Int(0), sources.Text(1))] = (int)sources.Int(2);
    }

    public int NumberOf(string code)
    {
        if (_numbers.TryGetValue(code, out var number)) return number;
        number = _numbers.Count + 1;
        _numbers[code] = number;
        _session.Execute($"INSERT INTO {_tables.Facility} (facility, code) VALUES ($1, $2)", number, code);
        return number;
    }

    public void CameFrom(int facility, string? source, int day)
    {
        if (source is null || (_sources.TryGetValue((facility, source), out var first) && first <= day)) return;
        _sources[(facility, source)] = day;
        _session.Execute(
            $"INSERT INTO {_tables.FacilitySource} (facility, source, first_day) VALUES ($1, $2, $3) ON CONFLICT (facility, source) DO UPDATE SET first_day = excluded.first_day",
            facility, source, day);
    }
}

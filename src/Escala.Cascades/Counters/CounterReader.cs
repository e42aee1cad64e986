using Escala.Cascades.Compiled;
using Escala.Cascades.Derivations;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Cascades.Counters;

/// <summary>Reads the counters of the generation in force. Counters stand where the ledger stands: a commit brings both.</summary>
public sealed class CounterReader : IDisposable
{
    private readonly Session _session;
    private readonly Tables _tables;
    private readonly CountsShape _shape;
    private readonly Dictionary<long, string> _codes = [];
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);

    private CounterReader(Session session, Programme programme, Tables tables)
    {
        (_session, Programme, _tables, _shape) = (session, programme, tables, PersonCounting.ShapeOf(programme));
        using var rows = session.Query($"SELECT facility, code FROM {tables.Facility}");
        while (rows.Read())
        {
            _codes[rows.Int(0)] = rows.Text(1);
            _numbers[rows.Text(1)] = rows.Int(0);
        }
    }

    public Programme Programme { get; }

    /// <summary>Position of the last entry in the ledger, which the counters have counted.</summary>
    public long Position => _session.Scalar("SELECT MAX(position) FROM entry") ?? 0;

    /// <summary>Files of large imports that were interrupted: their rows are safe in the ledger and not counted.</summary>
    public IReadOnlyList<string> Staged
    {
        get
        {
            var staged = new List<string>();
            using var rows = _session.Query("SELECT batch FROM staging ORDER BY batch");
            while (rows.Read()) staged.Add(rows.Text(0));
            return staged;
        }
    }

    /// <summary>One view of the store until it is disposed, whatever is written or switched to meanwhile.</summary>
    public static Result<CounterReader> Open(Store store)
    {
        var read = store.Read();
        if (!read.TryGet(out var session)) return Result<CounterReader>.Refused(read.Problems);
        try
        {
            session.Begin();
            var programme = ProgrammeInForce.Load(session);
            if (programme.TryGet(out var inForce)) return new CounterReader(session, inForce, new Tables(RegistryTables.Current(session)));
            session.Dispose();
            return Result<CounterReader>.Refused(programme.Problems);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>All facilities that have any counts in the window.</summary>
    public IReadOnlyDictionary<string, Counts> Read(Window window)
    {
        var counts = new Dictionary<string, Counts>(StringComparer.Ordinal);
        using var rows = _session.Query($"SELECT facility, content FROM {_tables.Counter} WHERE window_number = $1", window.Number);
        while (rows.Read()) counts[_codes[rows.Int(0)]] = CountsCode.Decode(_shape, rows.Bytes(1));
        return counts;
    }

    /// <summary>One facility's windows that have any counts, in order.</summary>
    public IReadOnlyList<(int Window, Counts Counts)> Read(string facility, Window from, Window to)
    {
        var counts = new List<(int, Counts)>();
        if (!_numbers.TryGetValue(facility, out var number)) return counts;
        for (var window = from.Number; window <= to.Number; window++)
        {
            using var rows = _session.Query($"SELECT content FROM {_tables.Counter} WHERE window_number = $1 AND facility = $2", window, number);
            if (rows.Read()) counts.Add((window, CountsCode.Decode(_shape, rows.Bytes(0))));
        }

        return counts;
    }

    /// <summary>
    /// Totals of every facility and window in a range: <paramref name="each"/> gets the window number, the facility and, measure after measure,
    /// denominator, numerator and missing (valid during the call).
    /// </summary>
    public void ReadTotals(Window from, Window to, Action<int, string, ReadOnlySpan<int>> each)
    {
        var totals = new int[_shape.Measures * 3];
        using var rows = _session.Query($"SELECT window_number, facility, content FROM {_tables.Counter} WHERE window_number BETWEEN $1 AND $2", from.Number, to.Number);
        while (rows.Read())
        {
            CountsCode.DecodeTotals(_shape, rows.Bytes(2), totals);
            each((int)rows.Int(0), _codes[rows.Int(1)], totals);
        }
    }

    /// <summary>How far each facility's register is in.</summary>
    public IReadOnlyDictionary<string, FacilityRecord> Facilities()
    {
        var sources = new Dictionary<long, List<string>>();
        using (var rows = _session.Query($"SELECT facility, source FROM {_tables.FacilitySource}"))
        {
            while (rows.Read())
            {
                if (!sources.TryGetValue(rows.Int(0), out var of)) sources[rows.Int(0)] = of = [];
                of.Add(rows.Text(1));
            }
        }

        var upTo = new Dictionary<(string Source, string Facility), int>();
        var expected = new Dictionary<(string Source, string Facility), Dictionary<int, int>>();
        using (var rows = _session.Query($"SELECT source, facility, complete_up_to, window_number, rows_expected FROM {_tables.Declaration}"))
        {
            while (rows.Read())
            {
                var key = (rows.Text(0), rows.Text(1));
                if (!rows.IsNull(2)) upTo[key] = (int)rows.Int(2);
                if (rows.IsNull(4)) continue;
                if (!expected.TryGetValue(key, out var windows)) expected[key] = windows = [];
                windows[(int)rows.Int(3)] = (int)rows.Int(4);
            }
        }

        return _codes.ToDictionary(f => f.Value, f => Record(f.Value, sources.GetValueOrDefault(f.Key) ?? [], upTo, expected, LastEvent(f.Key)), StringComparer.Ordinal);
    }

    public void Dispose() => _session.Dispose();

    private static FacilityRecord Record(
        string code, List<string> sources, Dictionary<(string, string), int> upTo, Dictionary<(string, string), Dictionary<int, int>> expected, DateOnly? lastEvent)
    {
        int? Of(string source) => upTo.TryGetValue((source, code), out var own) ? own : upTo.TryGetValue((source, ""), out var all) ? all : null;
        var declared = sources.Select(Of).ToList();
        var rows = new Dictionary<int, int>();
        foreach (var windows in sources.Select(s => expected.GetValueOrDefault((s, code))).OfType<Dictionary<int, int>>())
        {
            foreach (var (window, count) in windows) rows[window] = rows.GetValueOrDefault(window) + count;
        }

        return new FacilityRecord(code, lastEvent, declared.Count > 0 && declared.All(d => d is not null) ? DateOnly.FromDayNumber(declared.Min()!.Value) : null) { RowsExpected = rows };
    }

    /// <summary>The last day on which any row was written.</summary>
    private DateOnly? LastEvent(long facility)
    {
        // Windows of people who are only due there have no rows: walk back to one that has.
        using var rows = _session.Query($"SELECT window_number, content FROM {_tables.Counter} WHERE facility = $1 ORDER BY window_number DESC", facility);
        while (rows.Read())
        {
            var days = CountsCode.Decode(_shape, rows.Bytes(1)).RowsByDay;
            var last = Array.FindLastIndex(days, r => r > 0);
            if (last >= 0) return DateOnly.FromDayNumber(new Window(Programme.Window, (int)rows.Int(0)).FirstDay + last);
        }

        return null;
    }
}

using Escala.Cascades.Compiled;
using Escala.Cascades.Derivations;
using Escala.Platform.Ledger;
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
    private readonly int _today;

    private CounterReader(Session session, Programme programme, Tables tables, TimeProvider clock)
    {
        (_session, Programme, _tables, _shape) = (session, programme, tables, PersonCounting.ShapeOf(programme));
        _today = new LocalDays(programme.Zone).On(clock.Microseconds());
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
    /// <param name="store">Is read.</param>
    /// <param name="clock">Says which day it is: rows of days to come are no sign of how far a register is in.</param>
    /// <param name="known">Keeps the programme from one reading to the next; null reads it anew.</param>
    public static Result<CounterReader> Open(Store store, TimeProvider clock, KnownProgramme? known = null)
    {
        var read = store.Read();
        if (!read.TryGet(out var session)) return Result<CounterReader>.Refused(read.Problems);
        try
        {
            session.Begin();
            var programme = known is null ? ProgrammeInForce.Load(session) : known.Load(session);
            if (programme.IsOk && !RegistryTables.AreOfThisVersion(session)) programme = Problem.Of("cascades.verify.older");
            if (programme.TryGet(out var inForce)) return new CounterReader(session, inForce, new Tables(RegistryTables.Current(session)), clock);
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

    /// <summary>Tallies of the window by facility and step: numerator and denominator, counted by hand.</summary>
    public IReadOnlyDictionary<(string Facility, string Step), (int Numerator, int Denominator)> Tallies(Window window)
    {
        var tallies = new Dictionary<(string, string), (int, int)>();
        using var rows = _session.Query($"SELECT facility, step, numerator, denominator FROM {_tables.Tally} WHERE window_number = $1", window.Number);
        while (rows.Read()) tallies[(rows.Text(0), rows.Text(1))] = ((int)rows.Int(2), (int)rows.Int(3));
        return tallies;
    }

    /// <summary>The latest window, up to today's, of which anything was tallied; null where nothing was.</summary>
    public Window? LatestTally =>
        _session.Scalar($"SELECT MAX(window_number) FROM {_tables.Tally} WHERE window_number <= $1", Window.Holding(Programme.Window, _today).Number) is { } number ? new Window(Programme.Window, (int)number) : null;

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
        var first = new Dictionary<(string Facility, string Source), int?>();
        using (var rows = _session.Query($"SELECT facility, source, first_day FROM {_tables.FacilitySource}"))
        {
            while (rows.Read()) first[(_codes[rows.Int(0)], rows.Text(1))] = (int)rows.Int(2);
        }

        var stretches = new List<(string Source, string Facility, int From, int To)>();
        var expected = new Dictionary<string, Dictionary<int, int>>(StringComparer.Ordinal);
        using (var rows = _session.Query($"SELECT source, facility, window_number, complete_from, complete_up_to, rows_expected FROM {_tables.Declaration}"))
        {
            while (rows.Read())
            {
                var (source, facility) = (rows.Text(0), rows.Text(1));
                if (!rows.IsNull(4)) stretches.Add((source, facility, (int)rows.Int(3), (int)rows.Int(4)));
                // A source that says how far a facility is in need not have brought a row of it: nobody may have come.
                if (!rows.IsNull(4) && facility.Length > 0) first.TryAdd((facility, source), null);
                if (rows.IsNull(5)) continue;
                if (!expected.TryGetValue(facility, out var windows)) expected[facility] = windows = [];
                windows[(int)rows.Int(2)] = windows.GetValueOrDefault((int)rows.Int(2)) + (int)rows.Int(5);
            }
        }

        var said = stretches.ToLookup(s => (s.Source, s.Facility), s => (s.From, s.To));
        var sources = first.ToLookup(f => f.Key.Facility, f => (f.Key.Source, FirstDay: f.Value), StringComparer.Ordinal);
        return _numbers.Keys.Union(sources.Select(s => s.Key)).Union(expected.Keys).ToDictionary(
            code => code,
            code => new FacilityRecord(code, _numbers.TryGetValue(code, out var number) ? LastEvent(number) : null, [.. sources[code].Select(s => new DeclaredDays(s.FirstDay, [.. said[(s.Source, code)].Concat(said[(s.Source, "")]).Order()]))])
            {
                RowsExpected = expected.GetValueOrDefault(code) ?? [],
            },
            StringComparer.Ordinal);
    }

    public void Dispose() => _session.Dispose();

    /// <summary>The last day, up to today, of which there is any row.</summary>
    private DateOnly? LastEvent(long facility)
    {
        // Windows of people who are only due there have no rows: walk back to one that has.
        using var rows = _session.Query(
            $"SELECT window_number, content FROM {_tables.Counter} WHERE facility = $1 AND window_number <= $2 ORDER BY window_number DESC", facility, Window.Holding(Programme.Window, _today).Number);
        while (rows.Read())
        {
            var days = CountsCode.Decode(_shape, rows.Bytes(1)).RowsByDay;
            var first = new Window(Programme.Window, (int)rows.Int(0)).FirstDay;
            for (var day = Math.Min(days.Length - 1, _today - first); day >= 0; day--)
            {
                if (days[day] > 0) return DateOnly.FromDayNumber(first + day);
            }
        }

        return null;
    }
}

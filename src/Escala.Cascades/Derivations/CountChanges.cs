using System.Globalization;
using System.Runtime.InteropServices;
using Escala.Cascades.Compiled;
using Escala.Cascades.Counters;
using Escala.Platform.Storage;

namespace Escala.Cascades.Derivations;

/// <summary>Differences that a transaction makes to counters: what people counted before is taken off, what they count after is added.</summary>
internal sealed class CountChanges(CountsShape shape)
{
    private static readonly int[] s_rowsAStatement = [64, 8, 1];

    private static readonly Dictionary<int, string> s_places = s_rowsAStatement.ToDictionary(
        n => n, n => string.Join(", ", Enumerable.Range(0, n).Select(i => string.Create(CultureInfo.InvariantCulture, $"(${(3 * i) + 1}, ${(3 * i) + 2}, ${(3 * i) + 3})"))));

    private readonly Dictionary<(int Facility, int Window), Change> _changes = [];

    public int Sign { get; set; } = 1;

    public Sink Into => new(this);

    /// <summary>A statement for facilities that changed in the same windows to read, and one for many rows to write: over a network each costs more than its rows.</summary>
    public void Store(Session session, Tables tables)
    {
        var before = new Dictionary<(int Facility, int Window), byte[]>();
        var changes = _changes.Where(c => !c.Value.IsNothing).ToList();
        foreach (var facilities in changes.GroupBy(c => c.Key.Facility).GroupBy(f => (From: f.Min(c => c.Key.Window), To: f.Max(c => c.Key.Window)), f => (long)f.Key))
        {
            session.QueryEach(
                $"SELECT facility, window_number, content FROM {tables.Counter} WHERE window_number BETWEEN $1 AND $2 AND facility IN {{values}}", [.. facilities],
                rows => before[((int)rows.Int(0), (int)rows.Int(1))] = rows.Bytes(2).ToArray(), facilities.Key.From, facilities.Key.To);
        }

        var changed = new List<object?>();
        foreach (var ((facility, window), change) in changes)
        {
            var counts = before.GetValueOrDefault((facility, window)) is { } content ? CountsCode.Decode(shape, content) : new Counts(shape);
            change.AddTo(counts);
            if (counts.IsEmpty)
            {
                session.Execute($"DELETE FROM {tables.Counter} WHERE window_number = $1 AND facility = $2", window, facility);
                continue;
            }

            session.HavePart(tables.Counter, window);
            changed.AddRange([window, facility, CountsCode.Encode(counts)]);
        }

        Write(session, tables, changed);
    }

    /// <summary>In statements of a few sizes, so that each is prepared once.</summary>
    private static void Write(Session session, Tables tables, List<object?> values)
    {
        var at = 0;
        foreach (var rows in s_rowsAStatement)
        {
            var sql = $"INSERT INTO {tables.Counter} (window_number, facility, content) VALUES {s_places[rows]} ON CONFLICT (window_number, facility) DO UPDATE SET content = excluded.content";
            for (; values.Count - at >= 3 * rows; at += 3 * rows) session.Execute(sql, CollectionsMarshal.AsSpan(values).Slice(at, 3 * rows));
        }
    }

    private Change Of(int facility, int window)
    {
        if (!_changes.TryGetValue((facility, window), out var change)) _changes[(facility, window)] = change = new Change();
        return change;
    }

    internal readonly struct Sink(CountChanges changes) : ICountSink
    {
        public void Measure(int facility, int window, int cell)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(changes.Of(facility, window).Cells, cell, out _) += changes.Sign;
        }

        public void Row(int facility, int window, int dayOfWindow, int daysOfWindow)
        {
            var change = changes.Of(facility, window);
            if (change.RowsByDay.Length == 0) change.RowsByDay = new int[daysOfWindow];
            change.RowsByDay[dayOfWindow] += changes.Sign;
        }

        public void Person(int facility, int window, bool queried, bool birthDateUnknown)
        {
            var change = changes.Of(facility, window);
            change.People += changes.Sign;
            if (queried) change.Queried += changes.Sign;
            if (birthDateUnknown) change.UnknownBirthDate += changes.Sign;
        }
    }

    private sealed class Change
    {
        public Dictionary<int, int> Cells { get; } = [];

        public int[] RowsByDay { get; set; } = [];

        public int People { get; set; }

        public int Queried { get; set; }

        public int UnknownBirthDate { get; set; }

        public bool IsNothing => People == 0 && Queried == 0 && UnknownBirthDate == 0 && !RowsByDay.AsSpan().ContainsAnyExcept(0) && !HasCells;

        private bool HasCells
        {
            get
            {
                foreach (var (_, change) in Cells)
                {
                    if (change != 0) return true;
                }

                return false;
            }
        }

        public void AddTo(Counts counts)
        {
            counts.People += People;
            counts.Queried += Queried;
            counts.UnknownBirthDate += UnknownBirthDate;
            if (counts.RowsByDay.Length == 0) counts.RowsByDay = new int[RowsByDay.Length];
            for (var i = 0; i < RowsByDay.Length; i++) counts.RowsByDay[i] += RowsByDay[i];
            foreach (var (cell, change) in Cells) counts.Cells[cell] += change;
        }
    }
}

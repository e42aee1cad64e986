using System.Runtime.InteropServices;
using Escala.Cascades.Compiled;
using Escala.Cascades.Counters;
using Escala.Platform.Storage;

namespace Escala.Cascades.Derivations;

/// <summary>Differences that a transaction makes to counters: what people counted before is taken off, what they count after is added.</summary>
internal sealed class CountChanges(CountsShape shape)
{
    private readonly Dictionary<(int Facility, int Window), Change> _changes = [];

    public int Sign { get; set; } = 1;

    public Sink Into => new(this);

    public void Store(Session session, Tables tables)
    {
        foreach (var ((facility, window), change) in _changes)
        {
            if (change.IsNothing) continue;
            Counts counts;
            using (var rows = session.Query($"SELECT content FROM {tables.Counter} WHERE window_number = $1 AND facility = $2", window, facility))
            {
                counts = rows.Read() ? CountsCode.Decode(shape, rows.Bytes(0)) : new Counts(shape);
            }

            change.AddTo(counts);
            if (counts.IsEmpty)
            {
                session.Execute($"DELETE FROM {tables.Counter} WHERE window_number = $1 AND facility = $2", window, facility);
                continue;
            }

            session.HavePart(tables.Counter, window);
            session.Execute(
                $"INSERT INTO {tables.Counter} (window_number, facility, content) VALUES ($1, $2, $3) ON CONFLICT (window_number, facility) DO UPDATE SET content = excluded.content",
                window, facility, CountsCode.Encode(counts));
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

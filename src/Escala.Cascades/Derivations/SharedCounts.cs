using System.Collections.Concurrent;
using Escala.Cascades.Compiled;
using Escala.Cascades.Counters;

namespace Escala.Cascades.Derivations;

/// <summary>All counters of a generation while it is built, added to by several threads: sums of integers do not depend on who came first.</summary>
internal sealed class SharedCounts(CountsShape shape)
{
    private readonly ConcurrentDictionary<long, Cells> _counts = new();
    private readonly CountsShape _shape = shape;

    public Sink Into() => new(this);

    /// <summary>In the order of the table's key.</summary>
    public IEnumerable<(int Window, int Facility, Counts Counts)> InOrder()
    {
        foreach (var (key, cells) in _counts.OrderBy(c => c.Key))
        {
            var counts = new Counts(_shape) { People = cells.Heads[0], Queried = cells.Heads[1], UnknownBirthDate = cells.Heads[2], RowsByDay = cells.RowsByDay };
            cells.Measures.CopyTo(counts.Cells);
            if (!counts.IsEmpty) yield return ((int)(key >> 32), (int)key, counts);
        }
    }

    private sealed class Cells(CountsShape shape)
    {
        public int[] Measures { get; } = new int[shape.Cells];

        public int[] Heads { get; } = new int[3];

        public int[] RowsByDay { get; set; } = [];
    }

    internal struct Sink(SharedCounts shared) : ICountSink
    {
        private long _key = -1;
        private Cells? _cells;

        public void Measure(int facility, int window, int cell) => Interlocked.Increment(ref Of(facility, window).Measures[cell]);

        public void Row(int facility, int window, int dayOfWindow, int daysOfWindow)
        {
            var cells = Of(facility, window);
            if (cells.RowsByDay.Length == 0)
            {
                lock (cells)
                {
                    if (cells.RowsByDay.Length == 0) cells.RowsByDay = new int[daysOfWindow];
                }
            }

            Interlocked.Increment(ref cells.RowsByDay[dayOfWindow]);
        }

        public void Person(int facility, int window, bool queried, bool birthDateUnknown)
        {
            var heads = Of(facility, window).Heads;
            Interlocked.Increment(ref heads[0]);
            if (queried) Interlocked.Increment(ref heads[1]);
            if (birthDateUnknown) Interlocked.Increment(ref heads[2]);
        }

        private Cells Of(int facility, int window)
        {
            var key = ((long)window << 32) | (uint)facility;
            if (key == _key) return _cells!;
            _key = key;
            return _cells = shared._counts.GetOrAdd(key, static (_, shape) => new Cells(shape), shared._shape);
        }
    }
}

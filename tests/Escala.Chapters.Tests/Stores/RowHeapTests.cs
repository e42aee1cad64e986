using Escala.Cascades.Derivations;
using Escala.Registry.Timelines;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Chapters.Tests.Stores;

public sealed class RowHeapTests
{
    /// <summary>Wherever the rows lay, each person has hers, in the order in which they came.</summary>
    [Fact]
    public void Rows_that_lie_in_a_file_are_those_that_lie_in_memory() => Prop.ForAll(
        Gen.Choose(0, (3 * RowHeap.GroupSize) - 1).Zip(Gen.Choose(1, 40)).ListOf().ToArbitrary(), Gen.Elements(0L, 40_000, long.MaxValue).ToArbitrary(), (rows, inMemory) =>
        {
            var folder = Directory.CreateTempSubdirectory("escala-heap");
            try
            {
                using var heap = new RowHeap(folder.FullName, inMemory);
                Span<byte> encoded = stackalloc byte[RowCode.LongestHead + (9 * 40) + 8];
                // Enough to fill pieces of every group.
                for (var repeat = 0; repeat < 60; repeat++)
                {
                    for (var i = 0; i < rows.Count; i++)
                    {
                        var (person, slots) = rows[i];
                        var length = RowCode.Encode(new RowHead { Position = (repeat * 1000L) + i, Day = 20_000 + i }, new double[slots], encoded);
                        heap.Add(person, facility: i, encoded[..length]);
                    }
                }

                Assert.Empty(folder.GetFiles());
                foreach (var people in rows.Select((r, i) => (Person: r.Item1, Slots: r.Item2, Line: i)).GroupBy(r => r.Person))
                {
                    var timeline = new Timeline(40);
                    heap.Read(people.Key / RowHeap.GroupSize).AddTo(timeline, people.Key);
                    var expected = Enumerable.Range(0, 60).SelectMany(repeat => people.Select(p => ((repeat * 1000L) + p.Line, p.Line)));
                    Assert.Equal(expected, Enumerable.Range(0, timeline.Count).Select(r => (timeline.Heads[r].Position, timeline.Heads[r].Facility)));
                }
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }).QuickCheckThrowOnFailure();
}

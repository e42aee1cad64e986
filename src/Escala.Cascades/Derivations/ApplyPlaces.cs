using Escala.Cascades.Counters;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes.Packages;
using Escala.Programmes.Places;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>A facility with rows of a day on which, by new places, it is not there any more.</summary>
/// <param name="Facility">Code.</param>
/// <param name="Closed">The day on which it closes; null when it leaves the list.</param>
/// <param name="LastRow">The day of its latest row.</param>
public sealed record PlaceLost(string Facility, DateOnly? Closed, DateOnly LastRow);

/// <summary>Puts places in force instead of the package's. Counts stay as they are; what they are summed into is read from the places.</summary>
public static class ApplyPlaces
{
    /// <summary>What would not be shown any more. Nothing is lost by it, but nobody should do it without knowing.</summary>
    public static Result<IReadOnlyList<PlaceLost>> Lost(Store store, IReadOnlyList<PlaceRecord> places, TimeProvider clock)
    {
        var opened = CounterReader.Open(store, clock);
        if (!opened.TryGet(out var counters)) return Result<IReadOnlyList<PlaceLost>>.Refused(opened.Problems);
        using (counters)
        {
            var history = new PlaceHistory(places);
            var lost = new List<PlaceLost>();
            foreach (var record in counters.Facilities().Values.OrderBy(r => r.Facility, StringComparer.Ordinal))
            {
                if (record.LastEvent is not { } last) continue;
                var then = history.On(record.Facility, last);
                if (then is null || then.Level != counters.Programme.Levels[^1]) lost.Add(new PlaceLost(record.Facility, null, last));
                else if (then.Closed < last) lost.Add(new PlaceLost(record.Facility, then.Closed, last));
            }

            return lost;
        }
    }

    /// <param name="file">A places file that <see cref="PlacesFile"/> reads.</param>
    public static void Run(LedgerWriter writer, byte[] file, string? author, TimeProvider clock)
    {
        var body = new FilesBody(new Dictionary<string, byte[]> { [PackageFiles.Places] = file });
        writer.Run(transaction =>
        {
            transaction.AppendStaged([ProgrammeInForce.NewEntry(EntryKinds.Places, body, author, clock)]);
            ProgrammeInForce.Put(transaction.Session, EntryKinds.Places, transaction.Head);
            transaction.Reload();
        });
    }
}

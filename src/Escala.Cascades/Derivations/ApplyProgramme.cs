using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>Puts a package into the ledger, counts everything under it beside what is read, and switches.</summary>
public static class ApplyProgramme
{
    public static Result<Programme> Run(
        Store store, LedgerWriter writer, PackageFiles package, string? author, TimeProvider clock, IProgress<(long Done, long Of)>? progress, CancellationToken stop)
    {
        var read = PackageReader.Read(package.Bytes);
        if (!read.TryGet(out var programme)) return read;
        using (var session = store.Open(writable: false))
        {
            var placed = ProgrammeInForce.WithPlacesInForce(session, programme);
            if (!placed.TryGet(out programme!)) return placed;
        }

        long position = 0;
        writer.Run(transaction =>
        {
            transaction.AppendStaged([ProgrammeInForce.NewEntry(EntryKinds.Programme, new FilesBody(package.Bytes), author, clock)]);
            position = transaction.Head;
        });
        var problem = Rebuild.Run(store, writer, programme, [], transaction => ProgrammeInForce.Put(transaction.Session, EntryKinds.Programme, position), progress, stop);
        return problem is null ? programme : problem;
    }
}

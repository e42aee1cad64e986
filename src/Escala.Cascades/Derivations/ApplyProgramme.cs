using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Measures;
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
            if (ProgrammeInForce.Load(session).TryGet(out var inForce) && Redefined(inForce, programme) is { Count: > 0 } redefined) return Result<Programme>.Refused(redefined);
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

    /// <summary>Measures that count otherwise than those in force and have the same id and version: a figure could not say which of the two made it.</summary>
    private static List<Problem> Redefined(Programme inForce, Programme programme) =>
    [
        .. programme.Measures.Measures.Join(inForce.Measures.Measures, m => m.Definition, m => m.Definition, (now, before) => (now, before)).Where(m => Said(m.now) != Said(m.before))
            .Select(m => Problem.Of("cascades.programme.redefined", ("measure", m.now.Id), ("version", m.now.Version), ("next", m.now.Version + 1))),
    ];

    /// <summary>The definition without its comments and its white space.</summary>
    private static string Said(Measure measure) =>
        string.Concat(measure.Source.Split('\n').Select(line => line.IndexOf(" #", StringComparison.Ordinal) is var at and >= 0 ? line[..at] : line).SelectMany(line => line.Where(c => !char.IsWhiteSpace(c))));
}

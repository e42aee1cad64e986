using Escala.Cascades.Derivations;
using Escala.Cascades.Sheets;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Cli.Stores;

/// <summary>A store with its one writer.</summary>
internal sealed class OpenStore : IDisposable
{
    private readonly bool _isBorrowed;

    private OpenStore(Store store, LedgerWriter writer, bool isBorrowed = false) => (Store, Writer, _isBorrowed) = (store, writer, isBorrowed);

    /// <summary>The store that this process serves; commands handed over to it write through its writer.</summary>
    public static OpenStore? Served { get; set; }

    public Store Store { get; }

    public LedgerWriter Writer { get; }

    public static Result<OpenStore> ToWrite(string location) =>
        Served is { } served && Store.IdentityOf(served.Store.Location) == Store.IdentityOf(location) ? new OpenStore(served.Store, served.Writer, isBorrowed: true) : ToWrite(location, store => store.ReadEarlier());

    /// <summary>While a restore is on its way.</summary>
    public static Result<OpenStore> ToRestore(string location) => ToWrite(location, store => store.ReadUnfinished());

    private static Result<OpenStore> ToWrite(string location, Func<Store, Result<Session>> read)
    {
        var store = Store.At(location);
        // Refuses what this version cannot read before anything is touched.
        var readable = read(store);
        if (!readable.TryGet(out var session)) return Result<OpenStore>.Refused(readable.Problems);
        session.Dispose();
        var lease = store.TakeLease();
        if (!lease.TryGet(out var held)) return Result<OpenStore>.Refused(lease.Problems);
        var open = new OpenStore(store, new LedgerWriter(held, new LiveDerivation().Hook, TimeProvider.System));
        if (open.CountAnewIfOlder() is not { } problem) return open;
        open.Dispose();
        return problem;
    }

    /// <summary>A command's work on the store and its programme, with its refusals told.</summary>
    public static int With(System.CommandLine.ParseResult parsed, Func<OpenStore, Programme, int> work) => Terminal.Guard(() => With(ToWrite(Terminal.Location(parsed)), work));

    /// <summary>Work on a store that was opened, which is closed behind it.</summary>
    public static int With(Result<OpenStore> opened, Func<OpenStore, Programme, int> work)
    {
        if (!opened.TryGet(out var store)) return Terminal.Refuse(opened.Problems);
        using (store)
        {
            var inForce = store.Programme();
            return inForce.TryGet(out var programme) ? work(store, programme) : Terminal.Refuse(inForce.Problems);
        }
    }

    /// <summary>What an earlier version derived is made again before anything is written.</summary>
    private Problem? CountAnewIfOlder()
    {
        using var session = Store.Open(writable: false);
        if (RegistryTables.AreOfThisVersion(session) || !ProgrammeInForce.Load(session).TryGet(out var programme)) return null;
        using var progress = new ProgressBar(Terminal.Say("progress.count"));
        return Rebuild.Run(Store, Writer, programme, [], null, progress, default);
    }

    public Result<Programme> Programme()
    {
        using var session = Store.Open(writable: false);
        return ProgrammeInForce.Load(session);
    }

    public void Dispose()
    {
        if (_isBorrowed) return;
        Writer.Dispose();
        Store.Dispose();
    }

    /// <summary>A command that only reads, beside whoever writes.</summary>
    public static int Reading(System.CommandLine.ParseResult parsed, Func<Session, Programme, int> work) => Terminal.Guard(() =>
    {
        using var store = Store.At(Terminal.Location(parsed));
        var read = store.Read();
        if (!read.TryGet(out var session)) return Terminal.Refuse(read.Problems);
        using (session)
        {
            var inForce = ProgrammeInForce.Load(session);
            return inForce.TryGet(out var programme) ? work(session, programme) : Terminal.Refuse(inForce.Problems);
        }
    });

    public static Result<SheetSource> Sheets(string? location) => SheetSource.Open(Store.At(Terminal.Location(location)), TimeProvider.System);

    public static Result<Programme> ProgrammeOf(string? location)
    {
        var read = Store.At(Terminal.Location(location)).Read();
        if (!read.TryGet(out var session)) return Result<Programme>.Refused(read.Problems);
        using (session) return ProgrammeInForce.Load(session);
    }
}

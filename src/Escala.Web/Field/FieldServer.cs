using Escala.Capture.Exchange;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Web.Field;

/// <summary>What the field's endpoints need of the process that holds the store's lease.</summary>
public sealed class FieldServer : IDisposable
{
    /// <param name="appFolder">Where the built app lies; null when there is none.</param>
    public FieldServer(Store store, LedgerWriter writer, TimeProvider clock, string? appFolder)
    {
        (Writer, Clock) = (writer, clock);
        Sessions = new SessionPool(store);
        SignIn = new SignIn(Sessions, writer, new SignInThrottle(clock), clock);
        Push = new PushBatch(Sessions, writer, Programme, clock);
        Pull = new PullEntries(clock);
        App = new FieldApp(appFolder);
    }

    public LedgerWriter Writer { get; }

    public TimeProvider Clock { get; }

    public SessionPool Sessions { get; }

    public CurrentProgramme Programme { get; } = new();

    public SignIn SignIn { get; }

    public PushBatch Push { get; }

    public PullEntries Pull { get; }

    public FieldApp App { get; }

    public void Dispose() => Sessions.Dispose();
}

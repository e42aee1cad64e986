using Escala.Capture.Exchange;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes.Places;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Web.Field;

/// <summary>What the field's endpoints need of the process that holds the store's lease.</summary>
public sealed class FieldServer : IDisposable
{
    /// <param name="appFolder">Where the built app lies; null when there is none.</param>
    public FieldServer(Store store, LedgerWriter writer, TimeProvider clock, string? appFolder)
    {
        (Store, Writer, Clock) = (store, writer, clock);
        Sessions = new SessionPool(store);
        SignIn = new SignIn(Sessions, writer, new SignInThrottle(clock), clock);
        Push = new PushBatch(Sessions, writer, Programme, clock);
        Pull = new PullEntries(Programme, clock);
        App = new FieldApp(appFolder);
    }

    public Store Store { get; }

    public LedgerWriter Writer { get; }

    public TimeProvider Clock { get; }

    public SessionPool Sessions { get; }

    public KnownProgramme Programme { get; } = new();

    public SignIn SignIn { get; }

    // A guess costs a fifth of a second of work: two at a time leave the server to those who are in.
    private readonly SemaphoreSlim _signingIn = new(2);

    /// <summary>Signs in when it is its turn.</summary>
    public async Task<Result<SignedIn>> SignInQueued(SignInRequest request, PlaceHistory places, CancellationToken stop)
    {
        await _signingIn.WaitAsync(stop);
        try
        {
            return await Task.Run(() => SignIn.Run(request, places), stop);
        }
        finally
        {
            _signingIn.Release();
        }
    }

    public PushBatch Push { get; }

    public PullEntries Pull { get; }

    public FieldApp App { get; }

    public void Dispose()
    {
        _signingIn.Dispose();
        Sessions.Dispose();
    }
}

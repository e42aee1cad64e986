using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes.Places;

namespace Escala.Registry.Accounts;

/// <summary>Who wants to come in, from where. <see cref="Device"/> null: a browser at the office, which keeps nothing.</summary>
public sealed record SignInRequest(string Account, string Pin, Guid? Device, string DeviceName, string? Facility, string Address);

/// <summary>The token is told this once. The key is null without a device.</summary>
public sealed record SignedIn(string Token, Account Account, byte[]? DeviceKey);

/// <summary>An account comes in with its PIN. Unknown and known accounts, right and wrong PINs take the same work.</summary>
public sealed class SignIn(SessionPool sessions, LedgerWriter writer, SignInThrottle throttle, TimeProvider clock)
{
    public Result<SignedIn> Run(SignInRequest request, PlaceHistory places)
    {
        var (account, stored, known, revoked) = sessions.Read(session => Look(session, request));
        var name = account?.Name ?? request.Account;
        if (throttle.Wait(name, known, request.Address) is > 0 and var seconds) return Problem.Of("registry.sign-in.slow", ("seconds", seconds));
        if (!Pin.Verify(account is { IsDisabled: false } ? stored : null, request.Pin))
        {
            throttle.Failed(name, known, request.Address);
            return Problem.Of("registry.sign-in.refused");
        }

        throttle.Succeeded(name, known, request.Address);
        if (revoked) return Problem.Of("registry.device.revoked");
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (request.Facility is { } facility && !account!.Covers(places, facility, today)) return Problem.Of("registry.sign-in.place", ("place", facility));
        if (request.Device is not null && !account!.Role.May(Act.WriteEntries)) return Problem.Of("registry.sign-in.role", ("role", account.Role.Word()));
        SignedIn? done = null;
        writer.Run(transaction =>
        {
            var key = request.Device is { } device ? DeviceTable.Enrol(transaction.Session, device, request.DeviceName, account!.Id, clock) : null;
            done = new SignedIn(TokenTable.Issue(transaction.Session, account!.Id, request.Device, clock), account, key);
        });
        return done!;
    }

    private static (Account? Account, string? Pin, Guid? KnownDevice, bool Revoked) Look(Session session, SignInRequest request)
    {
        var account = AccountTable.Find(session, request.Account);
        var revoked = request.Device is { } device && DeviceTable.IsRevoked(session, device);
        var known = account is not null && request.Device is { } on && DeviceTable.IsEnrolled(session, on, account.Id) ? request.Device : null;
        return (account, account is null ? null : AccountTable.PinOf(session, account.Id), known, revoked);
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;

namespace Escala.Registry.Accounts;

/// <summary>Who asks: an account, and the device it asks on; without a device, a browser at the office.</summary>
public sealed record Caller(Account Account, Guid? Device);

/// <summary>
/// Sessions of accounts. A token is 32 random bytes; the store knows its SHA-256 alone. That of a device dies after 90 days without use, for a tablet may be
/// long without a line; that of a browser at the office after 14. Either lives on while it is used.
/// </summary>
public static class TokenTable
{
    private const long Day = 86_400_000_000, LifeOnDevice = 90 * Day, LifeAtOffice = 14 * Day;

    public static string Issue(Session session, Guid account, Guid? device, TimeProvider clock)
    {
        // Those that let nobody in any more go with the next sign-in.
        session.Execute("DELETE FROM token WHERE (device IS NOT NULL AND used_at < $1) OR (device IS NULL AND used_at < $2)", clock.Microseconds() - LifeOnDevice, clock.Microseconds() - LifeAtOffice);
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        session.Execute("INSERT INTO token (hash, account, device, made_at, used_at) VALUES ($1, $2, $3, $4, $4)", Hash(token), account, device, clock.Microseconds());
        return token;
    }

    /// <summary>Asked with every request: what was revoked or disabled meanwhile counts at once. <c>Stale</c>: not noted as used for a day.</summary>
    public static Result<(Caller Caller, bool Stale)> Authenticate(Session session, string token, TimeProvider clock)
    {
        Guid account;
        Guid? device;
        long used;
        using (var rows = session.Query("SELECT account, device, used_at FROM token WHERE hash = $1", Hash(token)))
        {
            if (!rows.Read()) return Problem.Of("registry.token.unknown");
            (account, device, used) = (rows.Guid(0), rows.IsNull(1) ? null : rows.Guid(1), rows.Int(2));
        }

        if (device is { } on && DeviceTable.IsRevoked(session, on)) return Problem.Of("registry.device.revoked");
        var now = clock.Microseconds();
        if (now - used > (device is null ? LifeAtOffice : LifeOnDevice)) return Problem.Of("registry.token.unknown");
        if (AccountTable.Read(session, account) is not { } who) return Problem.Of("registry.token.unknown");
        if (who.IsDisabled) return Problem.Of("registry.account.disabled", ("name", who.Name));
        return (new Caller(who, device), now - used > Day);
    }

    public static void Used(Session session, string token, TimeProvider clock) =>
        session.Execute("UPDATE token SET used_at = $1 WHERE hash = $2", clock.Microseconds(), Hash(token));

    public static void Revoke(Session session, string token) => session.Execute("DELETE FROM token WHERE hash = $1", Hash(token));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;

namespace Escala.Registry.Accounts;

/// <summary>Who looked at whom. Lines are chained by hash: one that is changed or taken out breaks all behind it.</summary>
public static class AccessLog
{
    /// <param name="account">Null: whoever started the program on the server.</param>
    /// <param name="subject">Where one person alone was looked at.</param>
    /// <param name="entries">Entries that were shown or sent.</param>
    public static void Add(Session session, TimeProvider clock, Guid? account, Guid? device, string action, string? place, Guid? subject, long entries)
    {
        long number = 1;
        var before = new byte[SHA256.HashSizeInBytes];
        using (var rows = session.Query("SELECT number, chain FROM access_log ORDER BY number DESC LIMIT 1"))
        {
            if (rows.Read())
            {
                number = rows.Int(0) + 1;
                rows.Bytes(1).CopyTo(before);
            }
        }

        var at = clock.Microseconds();
        session.Execute(
            "INSERT INTO access_log (number, at, account, device, action, place, subject, entries, chain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            number, at, account, device, action, place, subject, entries, Chain(before, number, at, account, device, action, place, subject, entries));
    }

    /// <summary>Lines, and the first that does not verify; null when all do.</summary>
    public static (long Lines, long? Broken) Check(Session session)
    {
        long lines = 0;
        if (!session.TableExists("access_log")) return (0, null);
        var chain = new byte[SHA256.HashSizeInBytes];
        using var rows = session.Query("SELECT number, at, account, device, action, place, subject, entries, chain FROM access_log ORDER BY number");
        while (rows.Read())
        {
            chain = Chain(
                chain, rows.Int(0), rows.Int(1), rows.IsNull(2) ? null : rows.Guid(2), rows.IsNull(3) ? null : rows.Guid(3), rows.Text(4), rows.IsNull(5) ? null : rows.Text(5), rows.IsNull(6) ? null : rows.Guid(6), rows.Int(7));
            if (rows.Int(0) != ++lines || !rows.Bytes(8).SequenceEqual(chain)) return (lines, lines);
        }

        return (lines, null);
    }

    private static byte[] Chain(byte[] before, long number, long at, Guid? account, Guid? device, string action, string? place, Guid? subject, long entries) =>
        SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n{at}\n{account}\n{device}\n{action}\n{place}\n{subject}\n{entries}"))]);
}

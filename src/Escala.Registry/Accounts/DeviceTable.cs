using System.Security.Cryptography;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;

namespace Escala.Registry.Accounts;

/// <summary>A tablet, phone or computer on which people have signed in. <see cref="ClockAhead"/> in microseconds, when it last spoke.</summary>
public sealed record Device(Guid Id, string Name, long EnrolledAt, long SeenAt, long? ClockAhead, bool IsRevoked, IReadOnlyList<string> Accounts);

/// <summary>Devices of a store and who has signed in on which.</summary>
public static class DeviceTable
{
    private const int KeySize = 32;

    public static bool IsRevoked(Session session, Guid device) => session.Scalar("SELECT 1 FROM device WHERE device = $1 AND revoked_at IS NOT NULL", device) is not null;

    public static bool IsEnrolled(Session session, Guid device, Guid account) =>
        session.Scalar("SELECT 1 FROM device_account WHERE device = $1 AND account = $2", device, account) is not null;

    /// <summary>The key under which the device keeps what lies on it; the same for everybody who signs in there.</summary>
    internal static byte[] Enrol(Session session, Guid device, string name, Guid account, TimeProvider clock)
    {
        var now = clock.Microseconds();
        session.Execute(
            "INSERT INTO device (device, name, device_key, enrolled_at, seen_at) VALUES ($1, $2, $3, $4, $4) ON CONFLICT (device) DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at",
            device, name, RandomNumberGenerator.GetBytes(KeySize), now);
        session.Execute("INSERT INTO device_account (device, account, since) VALUES ($1, $2, $3) ON CONFLICT (device, account) DO NOTHING", device, account, now);
        using var rows = session.Query("SELECT device_key FROM device WHERE device = $1", device);
        rows.Read();
        return rows.Bytes(0).ToArray();
    }

    /// <summary>What is known of the device is of the last minutes, and its clock has not moved since.</summary>
    public static bool IsNoted(Session session, Guid device, long ahead, long now)
    {
        const long Minute = 60_000_000;
        using var rows = session.Query("SELECT seen_at, clock_ahead FROM device WHERE device = $1", device);
        return rows.Read() && !rows.IsNull(1) && now - rows.Int(0) < 10 * Minute && Math.Abs(ahead - rows.Int(1)) < Minute;
    }

    /// <summary>The device has spoken, and its clock stood so much before ours.</summary>
    public static void Seen(Session session, Guid device, long ahead, TimeProvider clock) =>
        session.Execute("UPDATE device SET seen_at = $1, clock_ahead = $2 WHERE device = $3", clock.Microseconds(), ahead, device);

    /// <summary>Nothing is noted of the device for ten minutes, or since the store was restored: whoever looks at the list must see that it has called.</summary>
    public static bool IsLongUnheard(Session session, Guid device, TimeProvider clock)
    {
        const long TenMinutes = 600_000_000;
        return session.Scalar("SELECT seen_at FROM device WHERE device = $1", device) is { } seen && (clock.Microseconds() - seen > TenMinutes || seen < Backup.RestoredAt(session));
    }

    /// <summary>The device has called, whatever it asked for.</summary>
    public static void Heard(Session session, Guid device, TimeProvider clock) => session.Execute("UPDATE device SET seen_at = $1 WHERE device = $2", clock.Microseconds(), device);

    /// <summary>Our copy of its key is gone for good; the device hears of it with its next call. False when it is not known.</summary>
    public static bool Revoke(Session session, Guid device, TimeProvider clock) =>
        session.Change("UPDATE device SET device_key = $1, revoked_at = $2 WHERE device = $3", null, clock.Microseconds(), device) > 0;

    public static IReadOnlyList<Device> All(Session session)
    {
        var devices = new List<Device>();
        if (!session.TableExists("device")) return [];
        using (var rows = session.Query("SELECT device, name, enrolled_at, seen_at, clock_ahead, revoked_at FROM device ORDER BY seen_at DESC"))
        {
            while (rows.Read()) devices.Add(new Device(rows.Guid(0), rows.Text(1), rows.Int(2), rows.Int(3), rows.IsNull(4) ? null : rows.Int(4), !rows.IsNull(5), []));
        }

        return [.. devices.Select(d => d with { Accounts = AccountsOn(session, d.Id) })];
    }

    private static List<string> AccountsOn(Session session, Guid device)
    {
        var names = new List<string>();
        using var rows = session.Query("SELECT a.name FROM device_account d JOIN account a ON a.account = d.account WHERE d.device = $1 ORDER BY a.name", device);
        while (rows.Read()) names.Add(rows.Text(0));
        return names;
    }
}

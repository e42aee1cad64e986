using System.CommandLine;
using System.Globalization;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry.Accounts;

namespace Escala.Cli.Accounts;

/// <summary><c>escala device</c>: tablets and computers on which people have signed in.</summary>
internal static class DeviceCommands
{
    public static Command Create() => new("device", "Devices on which people have signed in.") { List(), Revoke(), AllBack() };

    private static Command List()
    {
        var command = new Command("list", "All devices: who signed in there, when it last spoke, how wrong its clock was.");
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var read = Store.At(Terminal.Location(parsed)).Read();
            if (!read.TryGet(out var session)) return Terminal.Refuse(read.Problems);
            using (session)
            {
                var (devices, restored) = (DeviceTable.All(session), Backup.RestoredAt(session));
                if (devices.Count == 0) Console.WriteLine(Terminal.Say("device.none"));
                foreach (var device in devices) Console.WriteLine(Line(device, IsAway(device, restored)));
                if (restored is not null) Console.WriteLine(Terminal.Say("device.restored", ("n", devices.Count(d => IsAway(d, restored)))));
            }

            return 0;
        }));
        return command;
    }

    private static string Line(Device device, bool isAway)
    {
        var seen = DateTimeOffset.UnixEpoch.AddMicroseconds(device.SeenAt).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var clock = device.ClockAhead is { } ahead && Math.Abs(ahead) > 300_000_000 ? "\t" + Terminal.Say("device.clock", ("minutes", string.Create(CultureInfo.InvariantCulture, $"{ahead / 60_000_000.0:+0;-0}"))) : "";
        return $"{device.Id}\t{device.Name}\t{string.Join(' ', device.Accounts)}\t{seen} UTC{clock}{(device.IsRevoked ? "\t" + Terminal.Say("device.revoked") : "")}{(isAway ? "\t" + Terminal.Say("device.away") : "")}";
    }

    /// <summary>It may hold what the restored store has not, and has not called since.</summary>
    private static bool IsAway(Device device, long? restored) => !device.IsRevoked && device.SeenAt < restored;

    private static Command AllBack()
    {
        var yes = new Option<bool>("--yes") { Description = "Also while devices have not called: what those alone hold of others is then taken no more." };
        var command = new Command("all-back", "After a restore, once every device has called again: from then on each device gives its own entries alone.") { yes };
        command.SetAction(parsed => OpenStore.With(parsed, (store, _) =>
        {
            using (var session = store.Store.Open(writable: false))
            {
                if (Backup.RestoredAt(session) is not { } restored)
                {
                    Console.WriteLine(Terminal.Say("device.notRestored"));
                    return 0;
                }

                var away = DeviceTable.All(session).Where(d => IsAway(d, restored)).Select(d => $"{d.Name} ({d.Id.ToString()[..8]})").ToList();
                if (away.Count > 0 && !parsed.GetValue(yes)) return Terminal.Refuse([Problem.Of("registry.device.away", ("devices", string.Join(", ", away)))]);
            }

            store.Writer.Run(transaction => Backup.EndReturn(transaction.Session));
            Console.WriteLine(Terminal.Say("device.allBack"));
            return 0;
        }));
        return command;
    }

    private static Command Revoke()
    {
        var device = new Argument<string>("device") { Description = "The device's UUID, from `escala device list`." };
        var command = new Command("revoke", "Shut a device out: our copy of its key is destroyed, and it wipes itself when it next calls.") { device };
        command.SetAction(parsed => OpenStore.With(parsed, (store, _) =>
        {
            var known = false;
            if (Guid.TryParse(parsed.GetValue(device), out var id)) store.Writer.Run(transaction => known = DeviceTable.Revoke(transaction.Session, id, TimeProvider.System));
            if (known) store.Writer.Forget();
            return known ? 0 : Terminal.Refuse([Problem.Of("registry.device.unknown", ("device", parsed.GetValue(device)))]);
        }));
        return command;
    }
}

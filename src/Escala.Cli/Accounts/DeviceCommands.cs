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
                foreach (var device in DeviceTable.All(session)) Console.WriteLine(Line(device));
            }

            return 0;
        }));
        return command;
    }

    private static string Line(Device device)
    {
        var seen = DateTimeOffset.UnixEpoch.AddMicroseconds(device.SeenAt).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var clock = device.ClockAhead is { } ahead && Math.Abs(ahead) > 300_000_000 ? string.Create(CultureInfo.InvariantCulture, $"\tclock {ahead / 60_000_000.0:+0;-0} min") : "";
        return $"{device.Id}\t{device.Name}\t{string.Join(' ', device.Accounts)}\t{seen} UTC{clock}{(device.IsRevoked ? "\trevoked" : "")}";
    }

    private static Command AllBack()
    {
        var command = new Command("all-back", "After a restore, once every device has called again: entries of others and of unknown accounts are taken from no device any more.");
        command.SetAction(parsed => OpenStore.With(parsed, (store, _) =>
        {
            store.Writer.Run(transaction => Backup.EndReturn(transaction.Session));
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

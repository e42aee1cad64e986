using Escala.Cli.Stores;
using Escala.Programmes;
using Escala.Programmes.Places;
using Escala.Registry.Accounts;

namespace Escala.Cli.Site;

/// <summary>
/// People of the demo: a nurse and a clerk of its first facility, the supervisor of the district, an administrator. The people they see are invented, so
/// their PINs lie in a file beside the store and are shown each time.
/// </summary>
internal static class DemoAccounts
{
    private static readonly (string Name, Role Role, int LevelsUp)[] s_people = [("nurse", Role.Nurse, 0), ("clerk", Role.Clerk, 0), ("supervisor", Role.Supervisor, 1), ("administrator", Role.Administrator, 0)];

    public static int Show(string location)
    {
        var file = Path.Combine(location, "demo-accounts.txt");
        if (!File.Exists(file))
        {
            var opened = OpenStore.ToWrite(location);
            if (!opened.TryGet(out var store)) return Terminal.Refuse(opened.Problems);
            using (store)
            {
                var inForce = store.Programme();
                if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
                Make(store, programme, file);
            }
        }

        Console.Error.Write(File.ReadAllText(file));
        return 0;
    }

    private static void Make(OpenStore store, Programme programme, string file)
    {
        var places = new PlaceHistory(programme.Places);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var facility = places.OfLevel(programme.Levels[^1], today)[0];
        var lines = new List<string>();
        store.Writer.Run(transaction =>
        {
            foreach (var (name, role, levelsUp) in s_people)
            {
                var place = levelsUp == 0 ? facility.Code : facility.ParentCode ?? facility.Code;
                var pin = Pin.Draw();
                // A demo whose file was lost: the people stay, with new PINs.
                if (AccountTable.Find(transaction.Session, name) is { } known) AccountTable.SetPin(transaction.Session, known.Id, pin);
                else AccountTable.Add(transaction.Session, name, role, role == Role.Administrator ? [] : [place], pin, places, TimeProvider.System);
                lines.Add($"{name}\t{(role == Role.Administrator ? "-" : place)}\tPIN {pin}");
            }
        });
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        foreach (var line in lines) writer.WriteLine(line);
    }
}

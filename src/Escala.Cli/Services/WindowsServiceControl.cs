using System.Globalization;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;

namespace Escala.Cli.Services;

/// <summary>A Windows service that serves, under the account of local services, and a task of the scheduler that backs up.</summary>
internal static class WindowsServiceControl
{
    public const string Name = "Escala";

    private const string Task = "Escala backup", Account = @"NT AUTHORITY\LocalService";

    public static int Install(ServicePlan plan)
    {
        // The arguments of services and tasks are no secret.
        if (plan.Store.Contains("password", StringComparison.OrdinalIgnoreCase)) return Terminal.Refuse([Problem.Of("web.service.password")]);
        Directory.CreateDirectory(plan.Backups);
        foreach (var (program, arguments) in Steps(plan))
        {
            if (ServiceCommand.Run(program, arguments) is { } problem && !IsOfNothingInstalled(arguments)) return Terminal.Refuse([problem]);
        }

        Console.WriteLine(ServiceCommand.Say(
            "service.installed.windows", ("store", plan.Named), ("backups", plan.Backups), ("time", plan.At.ToString("HH:mm", CultureInfo.InvariantCulture)),
            ("address", plan.Pages)));
        return 0;
    }

    public static int Uninstall()
    {
        ServiceCommand.Run("sc.exe", "stop", Name);
        foreach (var problem in ((string[][])[["sc.exe", "delete", Name], ["schtasks.exe", "/Delete", "/F", "/TN", Task]]).Select(step => ServiceCommand.Run(step[0], step[1..])))
        {
            if (problem is not null) return Terminal.Refuse([problem]);
        }

        Console.WriteLine(ServiceCommand.Say("service.removed.windows"));
        return 0;
    }

    /// <summary>Every command that would be run.</summary>
    public static IEnumerable<string> Describe(ServicePlan plan) => Steps(plan).Select(s => $"{s.Program} {string.Join(' ', s.Arguments.Select(Shown))}");

    private static IEnumerable<(string Program, string[] Arguments)> Steps(ServicePlan plan)
    {
        var store = Store.IsPostgres(plan.Store) ? [] : (string[])[plan.Store];
        // Of an installation before this one: its program cannot be replaced while it runs.
        yield return ("sc.exe", ["stop", Name]);
        yield return ("sc.exe", ["delete", Name]);
        foreach (var folder in (string[])[plan.Backups, .. store]) yield return ("icacls.exe", [folder, "/grant", Account + ":(OI)(CI)F", "/T", "/Q"]);
        yield return ("sc.exe", ["create", Name, "start=", "auto", "obj=", Account, "DisplayName=", "Escala", "binPath=", Line([.. ServiceCommand.Serving(plan, plan.Certificate), "--store", plan.Store])]);
        yield return ("sc.exe", ["failure", Name, "reset=", "86400", "actions=", "restart/5000"]);
        yield return ("schtasks.exe", ["/Create", "/F", "/TN", Task, "/SC", "DAILY", "/ST", plan.At.ToString("HH:mm", CultureInfo.InvariantCulture), "/RU", Account, "/TR", Line([.. ServiceCommand.BackingUp(plan), "--store", plan.Store])]);
        yield return ("sc.exe", ["start", Name]);
    }

    private static bool IsOfNothingInstalled(string[] arguments) => arguments[0] is "stop" or "delete";

    private static string Line(IReadOnlyList<string> arguments)
    {
        var (program, before) = ServiceCommand.Self();
        return string.Join(' ', ((string[])[program, .. before, .. arguments]).Select(Shown));
    }

    private static string Shown(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument;
}

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

    // By its number: the name is another in each language of Windows.
    private const string LocalService = "*S-1-5-19";

    public static int Install(ServicePlan plan)
    {
        // The arguments of services and tasks are no secret.
        if (Store.HasPassword(plan.Store)) return Terminal.Refuse([Problem.Of("web.service.password")]);
        Directory.CreateDirectory(plan.Backups);
        // The service of before goes on under its name, with the new program.
        var isThere = ServiceCommand.Run("sc.exe", "query", Name) is null;
        if (isThere) ServiceCommand.Run("net.exe", "stop", Name);
        foreach (var (program, arguments) in Steps(plan, isThere ? "config" : "create"))
        {
            if (ServiceCommand.Run(program, arguments) is { } problem) return Terminal.Refuse([problem]);
        }

        Console.WriteLine(ServiceCommand.Say(
            "service.installed.windows", ("store", plan.Named), ("backups", plan.Backups), ("time", plan.At.ToString("HH:mm", CultureInfo.InvariantCulture)), ("address", plan.Pages)));
        return 0;
    }

    public static int Uninstall()
    {
        ServiceCommand.Run("net.exe", "stop", Name);
        foreach (var problem in ((string[][])[["sc.exe", "delete", Name], ["schtasks.exe", "/Delete", "/F", "/TN", Task]]).Select(step => ServiceCommand.Run(step[0], step[1..])))
        {
            if (problem is not null) return Terminal.Refuse([problem]);
        }

        Console.WriteLine(ServiceCommand.Say("service.removed.windows"));
        return 0;
    }

    /// <summary>Every command that would be run.</summary>
    public static IEnumerable<string> Describe(ServicePlan plan) => Steps(plan, "create").Select(s => $"{s.Program} {string.Join(' ', s.Arguments.Select(Shown))}");

    private static IEnumerable<(string Program, string[] Arguments)> Steps(ServicePlan plan, string make)
    {
        // Patients' data are for the system, the administrators and the service: whoever else the folder above lets in stays out.
        foreach (var folder in (string[])[plan.Backups, .. Store.IsPostgres(plan.Store) ? [] : (string[])[plan.Store]])
        {
            yield return ("icacls.exe", [folder, "/inheritance:r", "/grant:r", "*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F", LocalService + ":(OI)(CI)F", "/T", "/Q"]);
        }

        foreach (var file in (string[])[ServiceCommand.Self().Program, .. plan.Certificate is { } certificate ? (string[])[certificate] : []]) yield return ("icacls.exe", [file, "/grant", LocalService + ":RX", "/Q"]);
        yield return ("sc.exe", [make, Name, "start=", "auto", "obj=", Account, "DisplayName=", "Escala", "binPath=", Line([.. ServiceCommand.Serving(plan, plan.Certificate), "--store", plan.Store])]);
        yield return ("sc.exe", ["failure", Name, "reset=", "86400", "actions=", "restart/5000"]);
        yield return ("schtasks.exe", ["/Create", "/F", "/TN", Task, "/SC", "DAILY", "/ST", plan.At.ToString("HH:mm", CultureInfo.InvariantCulture), "/RU", Account, "/TR", Line([.. ServiceCommand.BackingUp(plan), "--store", plan.Store])]);
        yield return ("net.exe", ["start", Name]);
    }

    private static string Line(IReadOnlyList<string> arguments)
    {
        var (program, before) = ServiceCommand.Self();
        return string.Join(' ', ((string[])[program, .. before, .. arguments]).Select(Shown));
    }

    private static string Shown(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument;
}

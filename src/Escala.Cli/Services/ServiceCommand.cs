using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Platform.Texts;

namespace Escala.Cli.Services;

/// <summary>What the computer is to run at boot and each night.</summary>
/// <param name="Store">Folder in full, or a connection string.</param>
/// <param name="Backups">A folder of its own, in one that is there already on another disk.</param>
/// <param name="At">Time of the backup, by the computer's clock.</param>
/// <param name="Keep">Backups that stay.</param>
/// <param name="Port">Of the pages on this computer.</param>
/// <param name="Address">By which tablets reach it, with the certificate; null for this computer alone.</param>
/// <param name="Certificate">The .pfx, in full.</param>
internal sealed record ServicePlan(string Store, string Backups, TimeOnly At, int Keep, int Port, string? Address, string? Certificate)
{
    /// <summary>The store without a password.</summary>
    public string Named
    {
        get
        {
            using var store = Platform.Storage.Store.At(Store);
            return store.Location;
        }
    }

    /// <summary>Where the pages are.</summary>
    public string Pages => Address is { } ip ? string.Create(CultureInfo.InvariantCulture, $"https://{ip}:{Port}/") : string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/");
}

/// <summary><c>escala service</c>: the store is served from boot on, and backed up each night.</summary>
internal static class ServiceCommand
{
    private static readonly TextCatalogue s_texts = TextCatalogue.From(typeof(ServiceCommand).Assembly, ".services.texts.json");

    public static Command Create() => new("service", "Run Escala from boot on, with a backup each night (systemd on Linux; a Windows service).") { Install(), Uninstall() };

    public static string Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => s_texts.Say(Terminal.Language, key, gaps);

    private static Command Install()
    {
        var backups = new Option<string>("--backups") { Description = "An existing folder on a second disk: in its folder escala-backups a backup of each night, restored and compared before older ones go.", HelpName = "FOLDER", Required = true };
        var at = new Option<string>("--at") { Description = "When the backup is made.", HelpName = "HH:MM", DefaultValueFactory = _ => "02:30" };
        var keep = new Option<int>("--keep") { Description = "How many backups stay.", HelpName = "N", DefaultValueFactory = _ => 14 };
        var port = new Option<int>("--port") { Description = "Of the pages on this computer; with --address, of https.", HelpName = "PORT", DefaultValueFactory = _ => 8443 };
        var address = new Option<string?>("--address") { Description = "IP address by which tablets in the network reach this computer; 0.0.0.0 for all.", HelpName = "IP" };
        var certificate = new Option<string?>("--certificate") { Description = "The .pfx that `escala certificate` made.", HelpName = "FILE" };
        var print = new Option<bool>("--print") { Description = "Show what would be written and run, and change nothing." };
        var command = new Command("install", "Serve the store at boot and back it up each night. Run again with a newer program: it takes the old one's place and keeps the store.") { backups, at, keep, port, address, certificate, print };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            if (!TimeOnly.TryParseExact(parsed.GetValue(at), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return Terminal.Refuse([Problem.Of("web.service.time", ("time", parsed.GetValue(at)))]);
            var location = Terminal.Location(parsed);
            var file = parsed.GetValue(certificate) is { } named ? Path.GetFullPath(named) : null;
            var plan = new ServicePlan(
                Store.IsPostgres(location) ? location : Path.GetFullPath(location), Path.Combine(Path.GetFullPath(parsed.GetValue(backups)!), "escala-backups"), time, parsed.GetValue(keep), parsed.GetValue(port), parsed.GetValue(address), file);
            if ((plan.Address is null) != (plan.Certificate is null)) return Terminal.Refuse([Problem.Of("web.site.needs-certificate")]);
            if (plan.Keep < 1) return Terminal.Refuse([Problem.Of("platform.backup.keep")]);
            if (!parsed.GetValue(print)) return Check(plan) is { } problem ? Terminal.Refuse([problem]) : OperatingSystem.IsWindows() ? WindowsServiceControl.Install(plan) : SystemdUnits.Install(plan);
            foreach (var line in OperatingSystem.IsWindows() ? WindowsServiceControl.Describe(plan) : SystemdUnits.Describe(plan)) Console.WriteLine(line);
            return 0;
        }));
        return command;
    }

    private static Command Uninstall()
    {
        var command = new Command("uninstall", "Serve no more at boot. The store and its backups stay where they are.");
        command.SetAction(_ => Terminal.Guard(() =>
        {
            if (!Environment.IsPrivilegedProcess) return Terminal.Refuse([Problem.Of("web.service.privileges")]);
            return OperatingSystem.IsWindows() ? WindowsServiceControl.Uninstall() : SystemdUnits.Uninstall();
        }));
        return command;
    }

    private static Problem? Check(ServicePlan plan)
    {
        if (!Environment.IsPrivilegedProcess) return Problem.Of("web.service.privileges");
        if (!Directory.Exists(Path.GetDirectoryName(plan.Backups))) return Problem.Of("platform.backup.no-folder", ("folder", Path.GetDirectoryName(plan.Backups)));
        if (plan.Certificate is { } file && !File.Exists(file)) return Problem.Of("web.site.certificate", ("file", file));
        using var store = Store.At(plan.Store);
        var read = store.ReadEarlier();
        if (!read.TryGet(out var session)) return read.Problems[0];
        session.Dispose();
        return null;
    }

    /// <summary>The program with the arguments that begin every call of it: itself when published, or by <c>dotnet</c> from a checkout.</summary>
    public static (string Program, IReadOnlyList<string> Before) Self()
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? (program, [Path.Combine(AppContext.BaseDirectory, "escala.dll")]) : (program, []);
    }

    /// <summary>What comes after <c>escala</c> to serve the plan.</summary>
    public static IReadOnlyList<string> Serving(ServicePlan plan, string? certificate) =>
    [
        "serve", "--no-token", "--port", plan.Port.ToString(CultureInfo.InvariantCulture),
        .. plan.Address is { } address ? (string[])["--address", address, "--certificate", certificate!] : [],
    ];

    public static IReadOnlyList<string> BackingUp(ServicePlan plan) => ["backup", "--into", plan.Backups, "--keep", plan.Keep.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Runs a program of the system; what it says in refusing is the problem's.</summary>
    public static Problem? Run(string program, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0) return null;
            return Problem.Of("web.service.failed", ("program", $"{program} {string.Join(' ', arguments)}"), ("message", (error + output.GetAwaiter().GetResult()).Trim()));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return Problem.Of("web.service.failed", ("program", program), ("message", e.Message));
        }
    }
}

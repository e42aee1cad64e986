using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;

namespace Escala.Cli.Services;

/// <summary>
/// A systemd unit that serves, a timer that backs up. Both run as a user of their own who can write to the store and the backups and nowhere else; where
/// the store is, with the password of a database, is in a file that only they and root can read.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class SystemdUnits
{
    private const string User = "escala", Home = "/var/lib/escala", Settings = "/etc/escala", Programs = "/opt/escala", Cache = "/var/cache/escala", Units = "/etc/systemd/system";

    private const string Unit = Units + "/escala.service", BackupUnit = Units + "/escala-backup.service", Timer = Units + "/escala-backup.timer", Environment = Settings + "/environment", Certificate = Settings + "/server.pfx", Shell = "/usr/local/sbin/escala";

    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static int Install(ServicePlan plan)
    {
        if (!Directory.Exists("/run/systemd/system")) return Terminal.Refuse([Problem.Of("web.service.no-systemd")]);
        var problem = MakeUser() ?? Reach(plan) ?? Place(plan) ?? Start();
        if (problem is not null) return Terminal.Refuse([problem]);
        Console.WriteLine(ServiceCommand.Say(
            "service.installed", ("store", plan.Named), ("backups", plan.Backups), ("time", plan.At.ToString("HH:mm", CultureInfo.InvariantCulture)), ("address", plan.Pages)));
        return 0;
    }

    public static int Uninstall()
    {
        if (!File.Exists(Unit)) return Terminal.Refuse([Problem.Of("web.service.not-installed")]);
        var problem = ServiceCommand.Run("systemctl", "disable", "--now", "escala.service", "escala-backup.timer");
        if (problem is not null) return Terminal.Refuse([problem]);
        foreach (var file in (string[])[Unit, BackupUnit, Timer, Shell]) File.Delete(file);
        if (ServiceCommand.Run("systemctl", "daemon-reload") is { } reload) return Terminal.Refuse([reload]);
        Console.WriteLine(ServiceCommand.Say("service.removed", ("settings", Settings)));
        return 0;
    }

    /// <summary>Every file that would be written, with its name before it.</summary>
    public static IEnumerable<string> Describe(ServicePlan plan) => Files(plan).SelectMany(f => (string[])["# " + f.Path, f.Path == Environment && Store.IsPostgres(plan.Store) ? "ESCALA_STORE=…" : f.Content]);

    private static Problem? MakeUser() => ServiceCommand.Run("getent", "passwd", User) is null ? null
        : ServiceCommand.Run("useradd", "--system", "--user-group", "--home-dir", Home, "--shell", "/usr/sbin/nologin", User);

    private static Problem? Place(ServicePlan plan)
    {
        foreach (var folder in (string[])[Home, Cache, Settings, Programs, plan.Backups]) Directory.CreateDirectory(folder);
        if (ServiceCommand.Self() is ({ } program, []) && program != Programs + "/escala")
        {
            // The name changes hands at once: the old program goes on running until it is started anew.
            File.Copy(program, Programs + "/escala.new", overwrite: true);
            File.Move(Programs + "/escala.new", Programs + "/escala", overwrite: true);
        }

        foreach (var (path, content, mode) in Files(plan))
        {
            if (File.Exists(path)) File.Delete(path);
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
            file.Write(Encoding.UTF8.GetBytes(content));
        }

        if (plan.Certificate is { } certificate && certificate != Certificate)
        {
            File.Copy(certificate, Certificate, overwrite: true);
            File.SetUnixFileMode(Certificate, OwnersAlone);
        }

        // What is ours alone: whatever else lies in a folder that somebody named keeps its owner.
        string[] owned = [Home, Cache, plan.Backups, .. Directory.GetFiles(plan.Backups), .. StoreFiles(plan), .. File.Exists(Certificate) ? (string[])[Certificate] : []];
        // A link that was planted there stays a link: what it points to keeps its owner.
        return ServiceCommand.Run("chown", ["-h", $"{User}:{User}", "--", .. owned]);
    }

    private static IEnumerable<string> StoreFiles(ServicePlan plan) => Store.IsPostgres(plan.Store) ? []
        : Directory.GetFiles(plan.Store, "store.db*").Concat(Directory.GetFiles(plan.Store, "writer.lock")).Prepend(plan.Store);

    /// <summary>A folder in somebody's home is closed to the user that serves, whoever owns what lies in it: asked before anything changes hands.</summary>
    private static Problem? Reach(ServicePlan plan) => ((string[])[Path.GetDirectoryName(plan.Backups)!, .. Store.IsPostgres(plan.Store) ? (string[])[] : [Path.GetDirectoryName(plan.Store)!]])
        .Where(above => ServiceCommand.Run("runuser", "-u", User, "--", "test", "-x", above) is not null).Select(above => Problem.Of("web.service.unreachable", ("folder", above), ("user", User))).FirstOrDefault();

    /// <summary>Ends when the site is up, or with what kept it from being so.</summary>
    private static Problem? Start() => ServiceCommand.Run("systemctl", "daemon-reload") ?? ServiceCommand.Run("systemctl", "enable", "escala.service", "escala-backup.timer")
        ?? ServiceCommand.Run("systemctl", "restart", "escala.service", "escala-backup.timer");

    private static IEnumerable<(string Path, string Content, UnixFileMode Mode)> Files(ServicePlan plan)
    {
        const UnixFileMode readable = OwnersAlone | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var store = Store.IsPostgres(plan.Store) ? "" : Quoted(plan.Store);
        // A nation's passwords and patients: no core dump, no other user's files, no new rights.
        var confined = $"""
            User={User}
            EnvironmentFile={Environment}
            UMask=0077
            LimitCORE=0
            NoNewPrivileges=yes
            PrivateTmp=yes
            PrivateDevices=yes
            ProtectSystem=strict
            ProtectHome=read-only
            ProtectKernelTunables=yes
            ProtectKernelModules=yes
            ProtectControlGroups=yes
            RestrictSUIDSGID=yes
            RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
            CacheDirectory=escala
            StateDirectory=escala
            ReadWritePaths={store}
            """;
        yield return (Environment, $"ESCALA_STORE={Value(plan.Store)}\nHOME={Home}\nDOTNET_BUNDLE_EXTRACT_BASE_DIR={Cache}\nTMPDIR={Cache}\n", OwnersAlone);
        yield return (Shell, $"""
            #!/bin/sh
            # Commands on the served store, as the user that serves it: sudo escala …
            set -a; . {Environment}
            exec runuser -u {User} -- {string.Join(' ', Program([]).Select(Value))} "$@"

            """, readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        yield return (Unit, $"""
            [Unit]
            Description=Escala
            After=network-online.target postgresql.service
            Wants=network-online.target

            [Service]
            Type=notify
            TimeoutStartSec=30min
            ExecStart={Line(ServiceCommand.Serving(plan, Certificate))}
            Restart=on-failure
            RestartSec=5
            {confined}

            [Install]
            WantedBy=multi-user.target

            """, readable);
        yield return (BackupUnit, $"""
            [Unit]
            Description=Escala: backup, restored and compared
            After=escala.service
            RequiresMountsFor={Quoted(plan.Backups)}

            [Service]
            Type=oneshot
            Nice=10
            ReadWritePaths={Quoted(plan.Backups)}
            ExecStart={Line(ServiceCommand.BackingUp(plan))}
            {confined}

            """, readable);
        yield return (Timer, $"""
            [Unit]
            Description=Escala: backup each night

            [Timer]
            OnCalendar=*-*-* {plan.At.ToString("HH:mm", CultureInfo.InvariantCulture)}:00
            Persistent=yes

            [Install]
            WantedBy=timers.target

            """, readable);
    }

    private static string Line(IReadOnlyList<string> arguments) => string.Join(' ', Program(arguments).Select(Quoted));

    private static IEnumerable<string> Program(IReadOnlyList<string> arguments)
    {
        var (program, before) = ServiceCommand.Self();
        return [before.Count > 0 ? program : Programs + "/escala", .. before, .. arguments];
    }

    /// <summary>As units write an argument: % and $ stand for themselves.</summary>
    private static string Quoted(string argument) =>
        "\"" + argument.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal) + "\"";

    /// <summary>As a file of settings and a shell read a value.</summary>
    private static string Value(string value) => "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal) + "\"";
}

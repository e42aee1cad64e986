using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Escala.Cascades.Sheets;
using Escala.Cli.HandOver;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Web;
using Escala.Web.Field;

namespace Escala.Cli.Site;

/// <summary><c>escala serve</c>: the pages of a store, on this computer.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var port = new Option<int?>("--port") { Description = "With --address the port of https, 8443 unless told; otherwise the port on 127.0.0.1, any that is free unless told. 0 for any that is free.", HelpName = "PORT" };
        var address = new Option<string?>("--address") { Description = "IP address by which tablets in the network reach this computer; 0.0.0.0 for all. By https alone; this computer itself is served on 127.0.0.1 as well, at a free port.", HelpName = "IP" };
        var certificate = new Option<string?>("--certificate") { Description = "The .pfx that `escala certificate` made.", HelpName = "FILE" };
        var readFrom = new Option<string?>("--read-from") { Description = "A replica of the store's PostgreSQL server (Host=…), from which the office pages are read, while this process writes to the store.", HelpName = "REPLICA" };
        var noToken = new Option<bool>("--no-token") { Description = "Print no address that opens once: only accounts come in. For services, whose output is kept." };
        var command = new Command("serve", "Serve the pages of a store and the field app, on this computer or in the clinic's network.") { port, address, certificate, readFrom, noToken };
        command.SetAction(async (parsed, stop) =>
        {
            var told = parsed.GetValue(port);
            var lan = Lan(parsed.GetValue(address), told ?? LanAddress.UsualPort, parsed.GetValue(certificate));
            if (!lan.TryGet(out var found)) return Terminal.Refuse(lan.Problems);
            return await Serve(Terminal.Location(parsed), found.Address is null ? told ?? 0 : 0, stop, found.Address, parsed.GetValue(readFrom), parsed.GetValue(noToken));
        });
        return command;
    }

    /// <summary>All commands, for those that are handed over while a store is served.</summary>
    public static RootCommand? Root { get; set; }

    private static Result<(LanAddress? Address, bool Given)> Lan(string? address, int port, string? file)
    {
        if (address is null) return ((LanAddress?)null, false);
        if (!IPAddress.TryParse(address, out var ip)) return Problem.Of("web.site.address", ("address", address));
        if (file is null) return Problem.Of("web.site.needs-certificate");
        try
        {
            var certificate = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, null).FirstOrDefault(c => c.HasPrivateKey);
            if (certificate is null) return Problem.Of("web.site.certificate", ("file", file));
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(n => n.EnumerateDnsNames().Concat(n.EnumerateIPAddresses().Select(i => i.ToString()))).ToList();
            return ((LanAddress?)new LanAddress(ip, port, certificate, names), true);
        }
        catch (Exception e) when (e is CryptographicException or IOException)
        {
            return Problem.Of("web.site.certificate", ("file", file));
        }
    }

    /// <summary>Serves until it is asked to stop, and writes what the field sends: it is the store's one writer meanwhile.</summary>
    /// <param name="location">The store.</param>
    /// <param name="port">On loopback; 0 for any that is free.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="lan">Where it is reached from other devices; null for this computer alone.</param>
    /// <param name="copy">The replica that pages are read from; null for the store itself.</param>
    /// <param name="accountsOnly">No address is printed that lets in whoever reads it.</param>
    public static async Task<int> Serve(string location, int port, CancellationToken stop, LanAddress? lan = null, string? copy = null, bool accountsOnly = false)
    {
        var opened = OpenStore.ToWrite(location);
        if (!opened.TryGet(out var open)) return Terminal.Refuse(opened.Problems);
        using var held = open;
        var store = open.Store;
        using var replica = copy is null ? null : Store.At(copy);
        var first = SheetSource.Open(replica ?? store, TimeProvider.System);
        if (!first.TryGet(out var readable)) return Terminal.Refuse(first.Problems);
        readable.Connection?.Dispose();
        if (replica is not null && EpochOf(replica) != EpochOf(store)) return Terminal.Refuse([Problem.Of("web.site.other-store", ("copy", replica.Location))]);
        using var field = new FieldServer(store, open.Writer, TimeProvider.System, FieldFolder.Find());
        await using var site = EscalaSite.Build(() => replica is null ? Open(store, field.Programme) : Open(replica, field.Programme) with { Ahead = () => open.Writer.Head }, port, field, lan);
        try
        {
            await site.StartAsync(stop);
        }
        catch (IOException)
        {
            return Terminal.Refuse([Problem.Of("cascades.site.port", ("port", (lan?.Port ?? port).ToString(CultureInfo.InvariantCulture)))]);
        }

        OpenStore.Served = open;
        using var commands = Root is null ? null : CommandServer.Start(location, arguments => Root.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, CancellationToken.None), CommandServer.Patience);
        Console.WriteLine(accountsOnly ? new Uri(site.Address, "/") : site.Address);
        foreach (var reached in site.FieldAddresses) Console.WriteLine(reached);
        if (!accountsOnly && !Console.IsInputRedirected)
        {
            Console.WriteLine(Terminal.Say("serve.more"));
            new Thread(() => GiveAddresses(site)) { IsBackground = true }.Start();
        }

        await site.WaitForShutdownAsync(stop);
        return 0;
    }

    /// <summary>Only who sits at the terminal can ask for another link.</summary>
    private static void GiveAddresses(EscalaSite site)
    {
        while (Console.ReadLine() is not null) Console.WriteLine(site.NewAddress());
    }

    private static string? EpochOf(Store store)
    {
        using var session = store.Open(writable: false);
        return Store.Info(session, "epoch");
    }

    private static SheetSource Open(Store store, KnownProgramme known)
    {
        var opened = SheetSource.Open(store, TimeProvider.System, known);
        return opened.TryGet(out var source) ? source : throw new StoreFailure(opened.Problems[0]);
    }
}

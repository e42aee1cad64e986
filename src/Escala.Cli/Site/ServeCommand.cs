using System.CommandLine;
using Escala.Cascades.Sheets;
using Escala.Cli.Stores;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Web;

namespace Escala.Cli.Site;

/// <summary><c>escala serve</c>: the pages of a store, on this computer.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 for any that is free.", HelpName = "PORT" };
        var command = new Command("serve", "Serve the pages of a store on this computer.") { port };
        command.SetAction((parsed, stop) => Serve(Terminal.Location(parsed), parsed.GetValue(port), stop));
        return command;
    }

    /// <summary>Serves until it is asked to stop.</summary>
    public static async Task<int> Serve(string location, int port, CancellationToken stop)
    {
        using var store = Store.At(location);
        var first = SheetSource.Open(store, TimeProvider.System);
        if (!first.TryGet(out var readable)) return Terminal.Refuse(first.Problems);
        readable.Connection?.Dispose();
        var known = new KnownProgramme();
        await using var site = EscalaSite.Build(() => Open(store, known), port);
        try
        {
            await site.StartAsync(stop);
        }
        catch (IOException)
        {
            return Terminal.Refuse([Platform.Problems.Problem.Of("cascades.site.port", ("port", port))]);
        }

        Console.WriteLine(site.Address);
        if (!Console.IsInputRedirected)
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

    private static SheetSource Open(Store store, KnownProgramme known)
    {
        var opened = SheetSource.Open(store, TimeProvider.System, known);
        return opened.TryGet(out var source) ? source : throw new StoreFailure(opened.Problems[0]);
    }
}

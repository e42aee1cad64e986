using System.CommandLine;
using Escala.Cascades.Sheets;
using Escala.Cli.Stores;
using Escala.Platform.Storage;
using Escala.Web;
using Escala.Web.Field;

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

    /// <summary>Serves until it is asked to stop, and writes what the field sends: it is the store's one writer meanwhile.</summary>
    public static async Task<int> Serve(string location, int port, CancellationToken stop)
    {
        var opened = OpenStore.ToWrite(location);
        if (!opened.TryGet(out var open)) return Terminal.Refuse(opened.Problems);
        using var held = open;
        var store = open.Store;
        var first = SheetSource.Open(store);
        if (!first.TryGet(out var readable)) return Terminal.Refuse(first.Problems);
        readable.Connection?.Dispose();
        using var field = new FieldServer(store, open.Writer, TimeProvider.System, FieldFolder.Find());
        await using var site = EscalaSite.Build(() => Open(store), port, field);
        try
        {
            await site.StartAsync(stop);
        }
        catch (IOException)
        {
            return Terminal.Refuse([Platform.Problems.Problem.Of("cascades.site.port", ("port", port))]);
        }

        Console.WriteLine(site.Address);
        Console.WriteLine($"{site.Address.GetLeftPart(UriPartial.Authority)}/field/");
        await site.WaitForShutdownAsync(stop);
        return 0;
    }

    private static SheetSource Open(Store store)
    {
        var opened = SheetSource.Open(store);
        return opened.TryGet(out var source) ? source : throw new StoreFailure(opened.Problems[0]);
    }
}

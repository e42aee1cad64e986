using System.CommandLine;
using Escala.Capture.Imports;
using Escala.Cli.Programmes;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Programmes.Simulation;

namespace Escala.Cli.Site;

/// <summary><c>escala demo</c>: the simulated example in a store of its own, and its pages.</summary>
internal static class DemoCommand
{
    private const ulong Seed = 7;

    /// <summary>File by which a demo's folder is known, whatever became of the store in it: no other folder is ever emptied.</summary>
    private const string Mark = "this-is-a-demo";

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 for any that is free.", HelpName = "PORT" };
        var folder = new Option<string>("--folder")
        {
            Description = "Folder of the demo's store; made anew when the example has changed.",
            DefaultValueFactory = _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "escala", "demo"),
        };
        var command = new Command("demo", "Load the simulated example into a store of its own and serve its pages.") { port, folder };
        command.SetAction(async (parsed, stop) =>
        {
            var location = parsed.GetValue(folder)!;
            var made = Terminal.Guard(() => Make(location));
            if (made == 0) made = Terminal.Guard(() => DemoAccounts.Show(location));
            return made == 0 ? await ServeCommand.Serve(location, parsed.GetValue(port), stop) : made;
        });
        return command;
    }

    private static int Make(string location)
    {
        var package = ProgrammeFolder.Find(ProgrammeFolder.Demo);
        var read = PackageReader.Read(package);
        if (!read.TryGet(out var programme)) return Terminal.Refuse(read.Problems);
        if (IsThere(location, programme)) return 0;
        if (Directory.Exists(location) && Directory.EnumerateFileSystemEntries(location).Any())
        {
            if (!IsDemo(location)) return Terminal.Refuse([Problem.Of("cascades.demo.folder", ("folder", location))]);
            Directory.Delete(location, recursive: true);
        }

        Console.Error.WriteLine(Terminal.Say("demo.making", ("folder", location)));
        Directory.CreateDirectory(location);
        File.Create(Path.Combine(location, Mark)).Dispose();
        var simulated = Simulate(package, programme);
        if (!simulated.TryGet(out var registers)) return Terminal.Refuse(simulated.Problems);
        try
        {
            var initialised = InitCommand.Run(location, package, null, "demo");
            return initialised.IsOk ? Import(location, programme, registers) : Terminal.Refuse(initialised.Problems);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(registers[0])!, recursive: true);
        }
    }

    private static bool IsDemo(string location)
    {
        if (File.Exists(Path.Combine(location, Mark))) return true;
        // Demos of earlier versions have no mark.
        using var store = Store.At(location);
        if (!store.Exists || !store.ReadUnfinished().TryGet(out var session)) return false;
        using (session) return Store.Info(session, "demo") is not null;
    }

    /// <summary>A demo of this very example whose import was finished.</summary>
    private static bool IsThere(string location, Programme programme)
    {
        using var store = Store.At(location);
        if (!store.Exists || !store.Read().TryGet(out var session)) return false;
        using (session) return Store.Info(session, "demo") == Marker(programme);
    }

    /// <summary>Of which example a demo is, and of which tables: before the first release these change without a new version of the store.</summary>
    private static string Marker(Programme programme) => programme.Hash + "/3";

    private static Result<IReadOnlyList<string>> Simulate(string package, Programme programme)
    {
        var plan = SimulationReader.Read(package, programme);
        if (!plan.TryGet(out var planned)) return Result<IReadOnlyList<string>>.Refused(plan.Problems);
        var world = SimulatedWorld.Create(programme, planned, new SimulationOptions { Seed = Seed });
        if (!world.TryGet(out var created)) return Result<IReadOnlyList<string>>.Refused(world.Problems);
        var folder = Directory.CreateTempSubdirectory("escala-demo-").FullName;
        var written = SimulationFolder.Write(created, Path.Combine(folder, "registers"), oneFile: false, Environment.ProcessorCount);
        return written.TryGet(out var files)
            ? files.Registers.Select(r => Path.Combine(folder, "registers", r.Name)).ToArray()
            : Result<IReadOnlyList<string>>.Refused(written.Problems);
    }

    private static int Import(string location, Programme programme, IReadOnlyList<string> registers)
    {
        var opened = OpenStore.ToWrite(location);
        if (!opened.TryGet(out var store)) return Terminal.Refuse(opened.Problems);
        using (store)
        {
            // The last month is not declared complete, so that the demo shows what a month looks like whose pages are not all in.
            var complete = programme.Trial is { } trial ? (trial.PreImplementationFrom, trial.Ends.AddDays(1 - trial.Ends.Day).AddDays(-1)) : ((DateOnly, DateOnly)?)null;
            var options = new ImportOptions { OnChange = (_, _) => OnChange.Replace, Complete = complete, Author = "demo" };
            var imported = ImportCommand.Run(store, registers, options);
            if (!imported.IsOk) return Terminal.Refuse(imported.Problems);
            store.Writer.Run(transaction => Store.SetInfo(transaction.Session, "demo", Marker(programme)));
        }

        return 0;
    }
}

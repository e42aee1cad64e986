using System.CommandLine;
using System.Globalization;
using Escala.Capture.Forms;
using Escala.Capture.Inbox;
using Escala.Cascades.Derivations;
using Escala.Cli.Programmes;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Programmes.Places;
using Escala.Registry;

namespace Escala.Cli.Stores;

/// <summary><c>escala init</c>, <c>escala programme apply</c> and <c>escala places apply</c>: a store, what is counted in it, and where.</summary>
internal static class InitCommand
{
    private static readonly Option<string> s_programme = new("--programme") { Description = "A shipped programme by name, or a package's folder.", Required = true };
    private static readonly Option<string?> s_places = new("--places") { Description = "Places that replace the package's.", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("init", "Make a store for a programme.") { s_programme, s_places, Terminal.Author };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var result = Run(Terminal.Location(parsed), parsed.GetValue(s_programme)!, parsed.GetValue(s_places), parsed.GetValue(Terminal.Author));
            if (!result.TryGet(out var programme)) return Terminal.Refuse(result.Problems);
            using var made = Store.At(Terminal.Location(parsed));
            Console.WriteLine(Terminal.Say("init.made", ("programme", $"{programme.Id}@{programme.Version}"), ("hash", programme.Hash[..12]), ("store", made.Location)));
            return 0;
        }));
        return command;
    }

    public static Command CreateProgramme()
    {
        var folder = new Argument<string>("dir") { Description = "The package's folder, or a shipped programme by name." };
        var apply = new Command("apply", "Put a package in force; everything is counted anew beside what is read, then switched to.") { folder, Terminal.Author };
        apply.SetAction(parsed => Terminal.Guard(() =>
        {
            var opened = OpenStore.ToWrite(Terminal.Location(parsed));
            if (!opened.TryGet(out var store)) return Terminal.Refuse(opened.Problems);
            using (store)
            {
                var result = Apply(store, parsed.GetValue(folder)!, parsed.GetValue(Terminal.Author));
                if (!result.TryGet(out var programme)) return Terminal.Refuse(result.Problems);
                Console.WriteLine(Terminal.Say("programme.applied", ("programme", $"{programme.Id}@{programme.Version}"), ("hash", programme.Hash[..12])));
                return 0;
            }
        }));
        return new Command("programme", "The programme package in force.") { apply, MappingCommand.CreateCheck() };
    }

    public static Command CreatePlaces()
    {
        var file = new Argument<string>("file") { Description = "code,name,level,parent_code,latitude,longitude,opened,closed[,valid_from]" };
        var yes = new Option<bool>("--yes") { Description = "Also when facilities with rows would leave or close before their last row." };
        var apply = new Command("apply", "Put places in force instead of the package's; rows that waited for them are tried again.") { file, yes, Terminal.Author };
        apply.SetAction(parsed => Terminal.Guard(() =>
        {
            var opened = OpenStore.ToWrite(Terminal.Location(parsed));
            if (!opened.TryGet(out var store)) return Terminal.Refuse(opened.Problems);
            using (store)
            {
                var result = ApplyPlacesOf(store, Terminal.PathOf(parsed.GetValue(file)!), parsed.GetValue(Terminal.Author), lost => parsed.GetValue(yes) || AskAbout(lost));
                if (!result.TryGet(out var places)) return Terminal.Refuse(result.Problems);
                Console.WriteLine(Terminal.Say("places.applied", ("n", places.Count), ("retried", places.Retried)));
                return 0;
            }
        }));
        return new Command("places", "Places and what they belonged to.") { apply, Lock(), FromDhis2() };
    }

    private static Command Lock()
    {
        var place = new Argument<string?>("place") { Description = "Code of a facility, or of a place above it; without one all that were set are listed.", Arity = ArgumentArity.ZeroOrOne };
        var minutes = new Option<int?>("--minutes") { Description = $"1 to {FieldPlan.LongestLock}.", HelpName = "N" };
        var inherit = new Option<bool>("--inherit") { Description = "Take the place's own time away: it is that of the place above, or the package's." };
        var command = new Command("lock", "After how many minutes without a touch tablets at a place lock. They hear of it with their next exchange.") { place, minutes, inherit, Terminal.Author };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(place) is not { } code) return OpenStore.Reading(parsed, ListLocks);
            if (parsed.GetValue(minutes) is null == !parsed.GetValue(inherit)) return Terminal.Refuse([Problem.Of("registry.settings.lock", ("most", FieldPlan.LongestLock))]);
            return OpenStore.With(parsed, (store, programme) =>
            {
                var (places, today) = (new PlaceHistory(programme.Places), DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
                var set = PlaceSettings.SetLock(store.Writer, places, code, parsed.GetValue(minutes), parsed.GetValue(Terminal.Author), TimeProvider.System);
                if (!set.TryGet(out var settings)) return Terminal.Refuse(set.Problems);
                Console.WriteLine(Terminal.Say("places.lock", ("place", code), ("n", settings.LockAt(programme, places, code, today).Minutes)));
                return 0;
            });
        });
        return command;
    }

    private static int ListLocks(Session session, Programme programme)
    {
        Console.WriteLine(Terminal.Say("places.lockPackage", ("n", programme.Field?.LockMinutes ?? PlaceSettings.UsualLock)));
        foreach (var (code, minutes) in PlaceSettings.In(session).LockMinutes) Console.WriteLine(Terminal.Say("places.lock", ("place", code), ("n", minutes)));
        return 0;
    }

    private static Command FromDhis2()
    {
        var file = new Argument<string>("file") { Description = "Organisation units as DHIS2 gives them, JSON or CSV." };
        var levels = new Option<int[]>("--levels") { Description = "Levels of the file that are the programme's, widest first: 2,3,4.", HelpName = "N,N,N", CustomParser = result => [.. result.Tokens.SelectMany(t => t.Value.Split(',')).Select(n => int.TryParse(n, CultureInfo.InvariantCulture, out var level) ? level : 0)] };
        var output = new Option<string>("--out") { Description = "The file of places to write.", HelpName = "FILE", Required = true };
        var command = new Command("from-dhis2", "Write a file of places from organisation units of a DHIS2, to look through and apply.") { file, levels, output };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var inForce = OpenStore.ProgrammeOf(parsed.GetValue(Terminal.Store));
            if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
            var (from, to) = (parsed.GetValue(file)!, parsed.GetValue(output)!);
            if (!File.Exists(from)) return Terminal.Refuse([Problem.Of("capture.file.missing", ("file", from))]);
            var read = Dhis2OrganisationUnits.Read(Path.GetFileName(from), File.ReadAllBytes(from));
            if (!read.TryGet(out var units)) return Terminal.Refuse(read.Problems);
            var told = parsed.GetValue(levels) is { Length: > 0 } given ? given : units.Depths.Count == programme.Levels.Count ? [.. Enumerable.Range(1, units.Depths.Count)] : [];
            var made = units.Places(told, programme.Levels);
            if (!made.TryGet(out var places)) return Terminal.Refuse(made.Problems);
            using (var writer = new StreamWriter(new FileStream(to, FileMode.CreateNew))) writer.Write(PlacesFile.Write(places));
            Console.WriteLine(Terminal.Say("places.written", ("n", places.Count), ("of", units.Count), ("file", to)));
            return 0;
        }));
        return command;
    }

    public static Result<Programme> Run(string location, string programme, string? places, string? author)
    {
        // What cannot be read is refused before a store is made of it.
        if (!Directory.Exists(ProgrammeFolder.Find(programme))) return Problem.Of("programmes.package.not-shipped", ("name", programme), ("shipped", string.Join(", ", ProgrammeFolder.Names)));
        var package = PackageForms.In(ProgrammeFolder.Find(programme));
        if (!package.TryGet(out var compiled)) return Result<Programme>.Refused(package.Problems);
        var read = PackageReader.Read(compiled.Files.Bytes);
        if (!read.TryGet(out var meant)) return read;
        if (places is not null && ReadPlaces(places, meant) is { IsOk: false } refused) return Result<Programme>.Refused(refused.Problems);
        using var store = Store.At(location);
        var created = store.Create(TimeProvider.System);
        if (!created.IsOk) return Result<Programme>.Refused(created.Problems);
        var opened = OpenStore.ToWrite(location);
        if (!opened.TryGet(out var open)) return Result<Programme>.Refused(opened.Problems);
        using (open)
        {
            var applied = Apply(open, programme, author);
            if (!applied.IsOk || places is null) return applied;
            var placed = ApplyPlacesOf(open, places, author, _ => true);
            return placed.IsOk ? open.Programme() : Result<Programme>.Refused(placed.Problems);
        }
    }

    private static Result<Programme> Apply(OpenStore store, string folder, string? author)
    {
        var package = PackageForms.In(ProgrammeFolder.Find(folder));
        if (!package.TryGet(out var compiled)) return Result<Programme>.Refused(package.Problems);
        foreach (var problem in compiled.LeftOut) Console.Error.WriteLine(Terminal.Problems.Sentence(problem, Terminal.Language));
        using var progress = new ProgressBar(Terminal.Say("progress.count"));
        return ApplyProgramme.Run(store.Store, store.Writer, compiled.Files, author, TimeProvider.System, progress, Terminal.Interrupt());
    }

    private static Result<(int Count, long Retried)> ApplyPlacesOf(OpenStore store, string file, string? author, Func<IReadOnlyList<PlaceLost>, bool> agreed)
    {
        var inForce = store.Programme();
        if (!inForce.TryGet(out var programme)) return Result<(int, long)>.Refused(inForce.Problems);
        var read = ReadPlaces(file, programme);
        if (!read.TryGet(out var places)) return Result<(int, long)>.Refused(read.Problems);
        var lost = ApplyPlaces.Lost(store.Store, places, TimeProvider.System);
        if (!lost.IsOk) return Result<(int, long)>.Refused(lost.Problems);
        if (lost.Value.Count > 0 && !agreed(lost.Value)) return Problem.Of("cascades.places.lost", ("facilities", lost.Value.Count));
        ApplyPlaces.Run(store.Writer, File.ReadAllBytes(file), author, TimeProvider.System);
        var retried = RetryInbox.Run(store.Store, store.Writer, programme with { Places = places }, TimeProvider.System, StandingTallies.Of);
        return (places.Select(p => p.Code).Distinct().Count(), retried);
    }

    /// <summary>Says what would not be shown any more, and asks whoever sits at a terminal.</summary>
    private static bool AskAbout(IReadOnlyList<PlaceLost> lost)
    {
        foreach (var (facility, closed, last) in lost)
        {
            Console.Error.WriteLine(closed is { } day
                ? Terminal.Say("places.closed", ("facility", facility), ("closed", Iso(day)), ("day", Iso(last)))
                : Terminal.Say("places.gone", ("facility", facility), ("day", Iso(last))));
        }

        if (!Terminal.CanAsk) return false;
        Console.Error.Write(Terminal.Say("places.ask"));
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "S" or "Y";
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Result<PlaceRecord[]> ReadPlaces(string file, Programme programme) =>
        File.Exists(file) ? PlacesFile.Read(Path.GetFileName(file), File.ReadAllBytes(file), programme.Levels) : Problem.Of("capture.file.missing", ("file", file));
}

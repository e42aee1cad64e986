using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using Escala.Platform.Problems;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Programmes.Simulation;

namespace Escala.Cli.Programmes;

/// <summary>Invented registers of a whole trial, with the truth behind them, for training, planning and tests.</summary>
internal static class SimulateCommand
{
    private static readonly Option<string> s_programme = new("--programme") { Description = "A shipped programme by name, or a package's folder.", Required = true };
    private static readonly Option<ulong> s_seed = new("--seed") { Description = "The same seed gives the same bytes.", Required = true };
    private static readonly Option<int?> s_facilities = new("--facilities") { Description = "Number of facilities; other than the package's, places are invented." };
    private static readonly Option<int?> s_districts = new("--districts") { Description = "Number of districts." };
    private static readonly Option<int?> s_patients = new("--patients") { Description = "Number of people over the whole period." };
    private static readonly Option<int?> s_months = new("--months") { Description = "Calendar months from the first day of the trial; without it, to the trial's end." };
    private static readonly Option<string[]> s_effects = new("--effect")
    {
        Description = "True log odds ratios of exposure, in place of the package's: screened=0.4,controlled=0.35.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> s_single = new("--single") { Description = "One file for all districts." };
    private static readonly Option<int> s_threads = new("--threads") { Description = "Threads; the bytes do not depend on them.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private static readonly Option<string> s_out = new("--out") { Description = "A new folder for registers, places.csv and truth.json.", Required = true };

    public static Command Create()
    {
        var command = new Command("simulate", "Write invented registers of a whole trial, and truth.json that states every true effect.")
        {
            s_programme, s_seed, s_facilities, s_districts, s_patients, s_months, s_effects, s_single, s_threads, s_out,
        };
        s_threads.Validators.Add(AtLeastOne);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (Effects(parsed.GetValue(s_effects) ?? []) is not { } effects)
        {
            Console.Error.WriteLine("escala: --effect takes step=number with a decimal point, for example --effect screened=0.4,controlled=0.35.");
            return 2;
        }

        var folder = ProgrammeFolder.Find(parsed.GetValue(s_programme)!);
        var options = new SimulationOptions
        {
            Seed = parsed.GetValue(s_seed),
            Facilities = parsed.GetValue(s_facilities),
            Districts = parsed.GetValue(s_districts),
            People = parsed.GetValue(s_patients),
            Months = parsed.GetValue(s_months),
            Effects = effects,
        };
        var programme = PackageReader.Read(folder);
        if (!programme.IsOk) return Refuse(programme.Problems);
        var plan = SimulationReader.Read(folder, programme.Value);
        if (!plan.IsOk) return Refuse(plan.Problems);
        var world = SimulatedWorld.Create(programme.Value, plan.Value, options);
        return world.IsOk ? Write(world.Value, parsed) : Refuse(world.Problems);
    }

    private static int Write(SimulatedWorld world, ParseResult parsed)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var files = SimulationFolder.Write(world, parsed.GetValue(s_out)!, parsed.GetValue(s_single), parsed.GetValue(s_threads));
            if (!files.IsOk) return Refuse(files.Problems);
            var rows = files.Value.Rows;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{rows} simulated visits of {world.PeopleCount} people, {world.From:yyyy-MM-dd} to {world.To:yyyy-MM-dd}, in {files.Value.Registers.Count} files ({rows / clock.Elapsed.TotalSeconds:0} rows/s)"));
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("escala: " + e.Message);
            return 2;
        }
    }

    private static int Refuse(IReadOnlyList<Problem> problems)
    {
        var texts = ProblemTexts.From(typeof(Programme).Assembly);
        var language = Languages.Parse(CultureInfo.CurrentUICulture.Name) ?? Language.En;
        foreach (var problem in problems) Console.Error.WriteLine("escala: " + texts.Sentence(problem, language));
        return 2;
    }

    private static Dictionary<string, double>? Effects(string[] texts)
    {
        var effects = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var text in texts.SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            var sides = text.Split('=');
            if (sides.Length != 2 || !double.TryParse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var effect)) return null;
            if (!effects.TryAdd(sides[0].Trim(), effect)) return null;
        }

        return effects;
    }

    private static void AtLeastOne(OptionResult threads)
    {
        if (threads.GetValueOrDefault<int>() < 1) threads.AddError("--threads is at least 1");
    }
}

using System.CommandLine;
using System.Globalization;
using Escala.Capture.Imports;
using Escala.Cascades.Derivations;
using Escala.Cli.HandOver;
using Escala.Economics;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Registry;
using Escala.Web;

namespace Escala.Cli.Stores;

/// <summary>What commands on a store share: where it is, in which language they speak, how they refuse.</summary>
internal static class Terminal
{
    /// <summary>The exit code of what was asked to stop, as shells have it.</summary>
    public const int Stopped = 130;

    private static Language s_language = Languages.Parse(Environment.GetEnvironmentVariable("ESCALA_LANG")) ?? Languages.Parse(CultureInfo.CurrentUICulture.Name) ?? Language.En;

    public static Option<string?> Store { get; } = new("--store")
    {
        Description = "Folder of the embedded store, or a PostgreSQL connection string (Host=…). Otherwise ESCALA_STORE, otherwise ./escala-store.",
        HelpName = "STORE",
        Recursive = true,
    };

    public static Option<string?> Lang { get; } = new("--lang")
    {
        Description = "pt, es or en. Otherwise ESCALA_LANG, otherwise the computer's language.",
        HelpName = "LANG",
        Recursive = true,
    };

    public static Option<string?> Author { get; } = new("--author") { Description = "Who says so; kept with the entry.", HelpName = "NAME" };

    public static ProblemTexts Problems { get; } = ProblemTexts.From(
        typeof(Store).Assembly, typeof(Programme).Assembly, typeof(ProgrammeInForce).Assembly, typeof(Importer).Assembly, typeof(Rebuild).Assembly, typeof(DecisionModel).Assembly, typeof(EscalaSite).Assembly, typeof(Terminal).Assembly);

    /// <summary>What commands say, from texts.json.</summary>
    public static TextCatalogue Texts { get; } = TextCatalogue.From(typeof(Terminal).Assembly, ".Stores.texts.json");

    /// <summary>Of whoever typed the command, also where another process carries it out.</summary>
    public static Language Language => HandedCommand.Current?.Language ?? s_language;

    /// <summary>The language of --lang; null where it was not said.</summary>
    public static Language? AskedFor { get; private set; }

    /// <summary>Takes --lang to heart; false, having said so, when there is no such language.</summary>
    public static bool Speak(ParseResult parsed)
    {
        if (parsed.GetValue(Lang) is not { } told) return true;
        if (Languages.Parse(told) is not { } language)
        {
            Refuse([Problem.Of("cascades.sheet.language", ("language", told))]);
            return false;
        }

        (s_language, AskedFor) = (language, language);
        return true;
    }

    /// <summary>Whether somebody sits there; never where another process carries the command out.</summary>
    public static bool CanAsk => HandedCommand.Current is null && !Console.IsInputRedirected;

    /// <summary>Whether what rows say may be shown: to a terminal alone, and by this process alone.</summary>
    public static bool ShowsValues => HandedCommand.Current is null && !Console.IsErrorRedirected;

    public static bool ShowsProgress => HandedCommand.Current?.ShowsProgress ?? !Console.IsErrorRedirected;

    public static string Say(string key, params ReadOnlySpan<(string Gap, object? Value)> gaps) => Texts.Say(Language, key, gaps);

    public static string Location(ParseResult parsed) => Location(parsed.GetValue(Store));

    public static string Location(string? told) => HandedCommand.Current?.Store ?? told ?? Environment.GetEnvironmentVariable("ESCALA_STORE") ?? "escala-store";

    /// <summary>A file or folder as the caller named it, from the caller's working directory.</summary>
    public static string PathOf(string named) => HandedCommand.Current is { } handed ? Path.GetFullPath(named, handed.Folder) : named;

    public static int Refuse(IReadOnlyList<Problem> problems)
    {
        foreach (var problem in problems) Console.Error.WriteLine("escala: " + Problems.Sentence(problem, Language));
        return 2;
    }

    /// <summary>Infrastructure that fails is told as a problem, never as a stack trace.</summary>
    public static int Guard(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (StoreFailure failure)
        {
            return Refuse([failure.Problem]);
        }
        catch (AggregateException e) when (e.InnerException is StoreFailure failure)
        {
            return Refuse([failure.Problem]);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("escala: " + Problems.Sentence(Problem.Of("capture.import.stopped"), Language));
            return Stopped;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("escala: " + e.Message);
            return 2;
        }
        catch (Exception e)
        {
            // A fault of ours, or bytes under us that were changed. Its own message might hold a patient's value.
            return Refuse([Problem.Of("platform.fault.unexpected", ("fault", e.GetType().Name), ("place", e.TargetSite?.Name))]);
        }
    }

    /// <summary>Ctrl+C asks the work to stop at the next safe place.</summary>
    public static CancellationToken Interrupt()
    {
        if (HandedCommand.Current is { } handed) return handed.Stop;
        var source = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = !source.IsCancellationRequested;
            source.Cancel();
        };
        return source.Token;
    }
}

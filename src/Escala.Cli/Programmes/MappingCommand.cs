using System.CommandLine;
using System.Globalization;
using System.Text;
using Escala.Capture.Forms;
using Escala.Capture.Imports;
using Escala.Capture.Proposals;
using Escala.Cascades.Derivations;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Registry;

namespace Escala.Cli.Programmes;

/// <summary><c>escala mapping</c>: how files of other systems are read, listed, proposed from a file and put into the package in force.</summary>
internal static class MappingCommand
{
    private static readonly Argument<string> s_file = new("file") { Description = "A file as the other system exports it, CSV or .xlsx." };
    private static readonly Argument<string> s_mapping = new("mapping") { Description = "The mapping's file, NAME.yaml." };
    private static readonly Option<string?> s_programme = new("--programme") { Description = "A shipped programme by name, or a package's folder; otherwise the store's.", HelpName = "NAME" };
    private static readonly Option<string?> s_name = new("--name") { Description = "Name of the mapping; otherwise the file's.", HelpName = "NAME" };
    private static readonly Option<string?> s_out = new("--out") { Description = "The file to write; otherwise NAME.yaml here.", HelpName = "FILE" };
    private static readonly Option<string[]> s_answers = new("--answer") { Description = "The answer to a question by its key: --answer person.of=facility. On a terminal the others are asked.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
    private static readonly Option<bool> s_anyway = new("--anyway") { Description = "Also for a file that is read without a new mapping." };
    private static readonly Option<bool> s_yes = new("--yes") { Description = "Also in place of a mapping that rows were read by: they are read anew, and past months may count otherwise." };
    private static readonly Option<string?> s_delimiter = new("--delimiter") { Description = "comma, semicolon or tab, when the file does not show it." };

    public static Command Create()
    {
        s_delimiter.AcceptOnlyFromAmong("comma", "semicolon", "tab");
        var propose = new Command("new", "Propose a mapping from a file's first rows and ask what they do not tell. Ends with 1 when questions are left open in the file.")
        {
            s_file, s_programme, s_name, s_out, s_answers, s_anyway, s_delimiter,
        };
        propose.SetAction(parsed => Terminal.Guard(() => Propose(parsed)));
        var add = new Command("add", "Put a mapping into the store's package, in place of one of the same name; everything is counted anew beside what is read.") { s_mapping, s_yes, Terminal.Author };
        add.SetAction(parsed => OpenStore.With(parsed, (store, programme) => Add(store, programme, parsed)));
        var list = new Command("list", "List what files of other systems the programme reads, and how many rows or counts came by each mapping.") { s_programme };
        list.SetAction(parsed => parsed.GetValue(s_programme) is { } named ? Terminal.Guard(() => List(ReadFolder(named), null)) : OpenStore.Reading(parsed, (session, programme) => List(programme, session)));
        return new Command("mapping", "How files of other systems are read as rows of the register, or as counts.") { list, propose, add };
    }

    private static int List(Result<Programme> read, Session? session)
    {
        if (!read.TryGet(out var programme)) return Terminal.Refuse(read.Problems);
        var mappings = ListMappings.Run(programme, session);
        foreach (var mapping in mappings)
        {
            Console.WriteLine(Terminal.Say("mapping.listed", ("mapping", mapping.Name), ("version", mapping.Version), ("name", mapping.Title.In(Terminal.Language))));
            var facts = mapping.Reads.Select(f => NameOf(programme, f));
            Console.WriteLine("  " + Terminal.Say(mapping.IsOfCounts ? "mapping.counts" : "mapping.rows", ("reads", mapping.Reads.Count == 0 ? Terminal.Say("mapping.anyStep") : string.Join(", ", facts))));
            Console.WriteLine("  " + Terminal.Say("mapping.recognised", ("columns", string.Join(", ", mapping.Recognised))));
            Console.WriteLine("  " + Terminal.Say("mapping.file", ("file", mapping.File)));
            if (mapping.Entries is { } entries) Console.WriteLine("  " + Terminal.Say(mapping.IsOfCounts ? "mapping.countsCame" : "mapping.rowsCame", ("n", entries)));
        }

        if (mappings.Count == 0) Console.WriteLine(Terminal.Say("mapping.none"));
        return 0;
    }

    /// <summary>A fact or a step as the screens call it.</summary>
    private static string NameOf(Programme programme, string id) =>
        (programme.Field?.Labels.GetValueOrDefault(id) ?? programme.Cascade.Steps.FirstOrDefault(s => s.Measure.Id == id)?.Measure.Name)?.In(Terminal.Language) ?? id;

    /// <summary><c>escala programme check</c>: whether a package can be read, and everything that stands in the way.</summary>
    public static Command CreateCheck()
    {
        var folder = new Argument<string>("dir") { Description = "The package's folder, or a shipped programme by name." };
        var check = new Command("check", "Read a package and name everything that is wrong with it, open questions of its mappings among them. Nothing is written.") { folder };
        check.SetAction(parsed => Terminal.Guard(() =>
        {
            var read = ReadFolder(parsed.GetValue(folder)!);
            if (!read.TryGet(out var programme)) return Terminal.Refuse(read.Problems);
            Console.WriteLine(Terminal.Say("programme.sound", ("programme", $"{programme.Id}@{programme.Version}"), ("hash", programme.Hash[..12]), ("mappings", programme.Mappings.Count == 0 ? "–" : string.Join(", ", programme.Mappings.Select(m => m.Name)))));
            return 0;
        }));
        return check;
    }

    private static Result<Programme> ReadFolder(string named)
    {
        var package = PackageForms.In(ProgrammeFolder.Find(named));
        return package.TryGet(out var compiled) ? PackageReader.Read(compiled.Files.Bytes) : Result<Programme>.Refused(package.Problems);
    }

    private static int Propose(ParseResult parsed)
    {
        var inForce = parsed.GetValue(s_programme) is { } named ? ReadFolder(named) : OpenStore.ProgrammeOf(parsed.GetValue(Terminal.Store));
        if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
        var source = parsed.GetValue(s_file)!;
        var name = parsed.GetValue(s_name) ?? NameOf(source);
        if (name != NameOf(name)) return Terminal.Refuse([Problem.Of("capture.proposal.name", ("name", name))]);
        var answers = Answers(parsed.GetValue(s_answers)!);
        if (!answers.TryGet(out var said)) return Terminal.Refuse(answers.Problems);
        var asked = new List<Question>();
        var wrong = new List<Problem>();
        var proposed = ProposeMapping.Run(source, programme, name, Delimiter(parsed), Terminal.Language, Answer, parsed.GetValue(s_anyway));
        if (!proposed.TryGet(out var mapping)) return Terminal.Refuse(proposed.Problems);
        wrong.AddRange(said.Keys.Where(k => asked.All(q => q.Key != k)).Select(k => Problem.Of("capture.proposal.answer-unasked", ("key", k), ("keys", string.Join(", ", asked.Select(q => q.Key))))));
        if (wrong.Count > 0) return Terminal.Refuse(wrong);
        var file = parsed.GetValue(s_out) ?? name + ".yaml";
        using (var writer = new StreamWriter(new FileStream(file, FileMode.CreateNew), new UTF8Encoding(false))) writer.Write(mapping.Yaml);
        Console.WriteLine(Terminal.Say("mapping.written", ("file", file), ("source", source)));
        if (mapping.Sheet is { } sheet) Console.WriteLine(Terminal.Say("mapping.table", ("sheet", sheet), ("row", mapping.Header)));
        else if (mapping.Header > 1) Console.WriteLine(Terminal.Say("mapping.header", ("row", mapping.Header)));
        if (mapping.Unfilled.Count > 0) Console.WriteLine(Terminal.Say("mapping.unfilled", ("facts", string.Join(", ", mapping.Unfilled))));
        if (mapping.Unread.Count > 0) Console.WriteLine(Terminal.Say("mapping.unread", ("columns", string.Join(", ", mapping.Unread))));
        if (mapping.Open.Count == 0) return 0;
        Console.WriteLine(Terminal.Say("mapping.open", ("n", mapping.Open.Count)));
        foreach (var question in mapping.Open) Console.WriteLine($"  {question.Key}: {question.Sentence}");
        return 1;

        string? Answer(Question question)
        {
            asked.Add(question);
            if (said.GetValueOrDefault(question.Key) is { } given)
            {
                if (question.Read(given) is null) wrong.Add(Problem.Of("capture.proposal.answer", ("key", question.Key), ("choices", string.Join(", ", question.Choices))));
                return given;
            }

            return Terminal.CanAsk ? Ask(question) : null;
        }
    }

    /// <summary>Puts a question to somebody at a terminal until the answer is one, or is left open.</summary>
    private static string? Ask(Question question)
    {
        Console.WriteLine(question.Sentence);
        foreach (var (i, choice) in question.Choices.Index()) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {i + 1,3}  {choice}"));
        while (true)
        {
            Console.Write(Terminal.Say(question.Several ? "mapping.answers" : question.Choices.Count > 0 ? "mapping.answer" : "mapping.free"));
            if (Console.ReadLine()?.Trim() is not { Length: > 0 } line) return null;
            var words = (question.Several ? line.Split(',', StringSplitOptions.TrimEntries) : [line]).Select(w => ByNumber(question, w));
            var answer = string.Join(',', words);
            if (question.Read(answer) is not null) return answer;
            Console.WriteLine(Terminal.Say("mapping.not-among"));
        }
    }

    /// <summary>A word of the list goes before its number: columns and codes may be numbers.</summary>
    private static string ByNumber(Question question, string word) =>
        !question.Choices.Contains(word) && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= question.Choices.Count ? question.Choices[number - 1] : word;

    private static int Add(OpenStore store, Programme programme, ParseResult parsed)
    {
        var file = Terminal.PathOf(parsed.GetValue(s_mapping)!);
        if (!File.Exists(file)) return Terminal.Refuse([Problem.Of("capture.file.missing", ("file", file))]);
        var bytes = File.ReadAllBytes(file);
        var read = PackageReader.WithMapping(programme, Path.GetFileName(file), bytes);
        if (!read.TryGet(out var with)) return Terminal.Refuse(read.Problems);
        var name = with.Mappings[^1].Name;
        if (programme.Mappings.Any(m => m.Name == name) && !parsed.GetValue(s_yes)) return Terminal.Refuse([Problem.Of("capture.mapping.replaces", ("mapping", name))]);
        PackageFiles package;
        using (var session = store.Store.Open(writable: false)) package = ProgrammeInForce.Package(session, name, bytes);
        using var progress = new ProgressBar(Terminal.Say("progress.count"));
        var applied = ApplyProgramme.Run(store.Store, store.Writer, package, parsed.GetValue(Terminal.Author), TimeProvider.System, progress, Terminal.Interrupt());
        if (!applied.TryGet(out var now)) return Terminal.Refuse(applied.Problems);
        Console.WriteLine(Terminal.Say("mapping.added", ("mapping", name), ("programme", $"{now.Id}@{now.Version}"), ("hash", now.Hash[..12])));
        return 0;
    }

    private static Result<Dictionary<string, string>> Answers(string[] texts)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            // The value may hold an equals sign, the key never does.
            if (text.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var at)) return Problem.Of("capture.proposal.answer-form", ("answer", text));
            answers[text[..at].Trim()] = text[(at + 1)..].Trim();
        }

        return answers;
    }

    private static char? Delimiter(ParseResult parsed) => parsed.GetValue(s_delimiter) switch { "comma" => ',', "semicolon" => ';', "tab" => '\t', _ => null };

    /// <summary>A file's name as a mapping may have it.</summary>
    private static string NameOf(string file)
    {
        const int Longest = 40;
        var letters = Path.GetFileNameWithoutExtension(file).Normalize(NormalizationForm.FormD).ToLowerInvariant().Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-');
        var name = string.Join('-', string.Concat(letters).Split('-', StringSplitOptions.RemoveEmptyEntries)).TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-');
        return name.Length == 0 ? "source" : name[..Math.Min(name.Length, Longest)].TrimEnd('-');
    }
}

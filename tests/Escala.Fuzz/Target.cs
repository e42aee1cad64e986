using System.Text;
using System.Text.RegularExpressions;
using Escala.Capture.Forms;
using Escala.Economics;
using Escala.Fuzz.Mutation;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Fuzz;

/// <summary>
/// A reader of what comes from outside. Whatever the bytes, it gives a value or problems: it does not throw, ends within its bounds, and what can be
/// said of the value for any input holds.
/// </summary>
internal abstract partial class Target
{
    private static readonly ProblemTexts s_texts = ProblemTexts.From(typeof(Store).Assembly, typeof(Programme).Assembly, typeof(EntryKinds).Assembly, typeof(XlsForm).Assembly, typeof(DecisionModel).Assembly);
    private static readonly HashSet<string> s_sound = new(StringComparer.Ordinal);

    public abstract string Name { get; }

    /// <summary>Its part of all executions, beside those of the others: cheap ones get more.</summary>
    public abstract int Share { get; }

    public abstract Structure Structure { get; }

    /// <summary>Inputs from which all others are made.</summary>
    public abstract IEnumerable<byte[]> Seeds { get; }

    public virtual int MostBytes => 4096;

    /// <summary>Basic blocks entered for one input: a tenth of a second.</summary>
    public virtual long MostSteps => 30_000_000;

    /// <summary>Words of the format that the seeds do not have.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>What inputs are tried beside, made before the first of them is counted.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Reads the input and holds what came of it to what must be true.</summary>
    public abstract void Try(byte[] input);

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static void Hold(bool holds, string what)
    {
        if (!holds) throw new OracleViolation(what);
    }

    /// <summary>Each problem has its sentence in three languages, with every gap filled, and is short enough to be read.</summary>
    protected static void HoldProblems(IEnumerable<Problem> problems)
    {
        const int MostCharacters = 20_000;
        foreach (var problem in problems)
        {
            Hold(problem.Details.Sum(d => d.Value.Length) < MostCharacters, "endless problem " + problem.Code);
            if (!s_sound.Add(problem.Code + "|" + string.Join(' ', problem.Details.Keys))) continue;
            Hold(s_texts.Knows(problem.Code), "no sentence for " + problem.Code);
            var plain = problem with { Details = problem.Details.ToDictionary(d => d.Key, _ => "2") };
            foreach (var language in Enum.GetValues<Language>()) Hold(!Gap.IsMatch(s_texts.Sentence(plain, language)), $"a gap of {problem.Code} is not filled: {s_texts.Sentence(plain, language)}");
        }
    }

    /// <summary>Of a file: whoever opened it adds its name.</summary>
    protected static void HoldProblemsOfFile(IEnumerable<Problem> problems) => HoldProblems(problems.Select(p => p with { Details = new Dictionary<string, string>(p.Details, StringComparer.Ordinal) { ["file"] = "f" } }));

    // ${x} is how a form names a question.
    [GeneratedRegex(@"(?:^|[^$])\{[A-Za-z]+(?::[^|{}]*\|[^|{}]*)?\}", RegexOptions.NonBacktracking)]
    private static partial Regex Gap { get; }
}

/// <summary>What was read is not what it must be.</summary>
internal sealed class OracleViolation(string what) : Exception(what);

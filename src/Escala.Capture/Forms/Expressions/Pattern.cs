using System.Text;

namespace Escala.Capture.Forms.Expressions;

internal enum PatternAction
{
    Read, Split, Jump, AtStart, AtEnd, Match,
}

/// <summary>Characters that one step takes: ranges of code points and Unicode categories, or all others.</summary>
internal sealed record CharacterSet(bool Negated, IReadOnlyList<(int From, int To)> Ranges, IReadOnlyList<string> Categories)
{
    public bool Contains(Rune rune) => Negated != (InRange(rune.Value) || InCategory(rune));

    private bool InRange(int value)
    {
        foreach (var (from, to) in Ranges)
        {
            if (value >= from && value <= to) return true;
        }

        return false;
    }

    private bool InCategory(Rune rune)
    {
        if (Categories.Count == 0) return false;
        var category = PatternParser.CategoryName(Rune.GetUnicodeCategory(rune));
        foreach (var written in Categories)
        {
            var negated = written[0] == '^';
            var wanted = negated ? written[1..] : written;
            if (negated != category.StartsWith(wanted, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}

internal readonly record struct PatternStep(PatternAction Action, CharacterSet? Set = null, int First = 0, int Second = 0);

/// <summary>
/// A regular expression as a program for a machine that is in many states at once: the time is at most characters × steps, whatever the
/// expression. It has neither back references nor look-around. A text matches as a whole.
/// </summary>
public sealed record Pattern
{
    /// <summary>Steps of one program: bounded repetitions are written out.</summary>
    internal const int MostSteps = 2000;

    internal Pattern(IReadOnlyList<PatternStep> steps) => Steps = steps;

    internal IReadOnlyList<PatternStep> Steps { get; }

    public bool Equals(Pattern? other) => other is not null && ExprJson.Text(new PatternLiteral(this)) == ExprJson.Text(new PatternLiteral(other));

    public override int GetHashCode() => Steps.Count;

    /// <summary>Whether the whole text matches; fuel is taken for each step tried.</summary>
    internal bool Matches(string text, Fuel fuel)
    {
        var now = new List<int>();
        var then = new List<int>();
        var seen = new int[Steps.Count];
        var open = new Stack<int>();
        var generation = 1;
        Add(now, 0, isStart: true, isEnd: text.Length == 0, seen, generation, open);
        var position = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            position += rune.Utf16SequenceLength;
            generation++;
            fuel.Take(1 + now.Count);
            foreach (var at in now)
            {
                if (Steps[at] is { Action: PatternAction.Read } step && step.Set!.Contains(rune)) Add(then, at + 1, isStart: false, position == text.Length, seen, generation, open);
            }

            (now, then) = (then, now);
            then.Clear();
            if (now.Count == 0) return false;
        }

        return now.Any(at => Steps[at].Action == PatternAction.Match);
    }

    private void Add(List<int> threads, int first, bool isStart, bool isEnd, int[] seen, int generation, Stack<int> open)
    {
        open.Push(first);
        while (open.TryPop(out var at))
        {
            if (seen[at] == generation) continue;
            seen[at] = generation;
            var step = Steps[at];
            switch (step.Action)
            {
                case PatternAction.Jump:
                    open.Push(step.First);
                    break;
                case PatternAction.Split:
                    open.Push(step.Second);
                    open.Push(step.First);
                    break;
                case PatternAction.AtStart:
                    if (isStart) open.Push(at + 1);
                    break;
                case PatternAction.AtEnd:
                    if (isEnd) open.Push(at + 1);
                    break;
                default:
                    threads.Add(at);
                    break;
            }
        }
    }
}

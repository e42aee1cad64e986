using System.Text.RegularExpressions;
using Escala.Capture.Forms.Definitions;

namespace Escala.Capture.Forms.Sheets;

internal enum RowKind
{
    Question, Begin, End, Unsupported, Unknown,
}

/// <summary>What the cell of a type says.</summary>
internal sealed partial record TypeCell(RowKind Kind, string Type, string? Constraint = null, string? List = null, bool HasOther = false, bool IsExternal = false)
{
    private static readonly string[] s_others = ["or_other", "or specify other", "or other"];

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces { get; }

    public static TypeCell Read(string written)
    {
        var text = Spaces.Replace(written.Trim(), " ");
        var lower = text.ToLowerInvariant();
        if (Structure(lower) is { } structure) return structure;
        if (FormTypes.Aliases.TryGetValue(lower, out var alias)) return Plain(alias.Type, alias.Constraint);
        if (FormTypes.Questions.FirstOrDefault(q => q.Equals(lower, StringComparison.OrdinalIgnoreCase)) is { } question) return Plain(question, null);
        foreach (var (words, type) in FormTypes.Selects)
        {
            if (lower.StartsWith(words + " ", StringComparison.Ordinal)) return Select(text[(words.Length + 1)..], type, words);
            if (lower == words) return new TypeCell(RowKind.Question, type, List: "");
        }

        return new TypeCell(FormTypes.Unsupported.Contains(lower.Split(' ')[0]) ? RowKind.Unsupported : RowKind.Unknown, text);
    }

    private static TypeCell Plain(string type, string? constraint) =>
        new(FormTypes.Unsupported.Contains(type) ? RowKind.Unsupported : RowKind.Question, type, constraint);

    private static TypeCell? Structure(string lower)
    {
        var words = lower.Replace('_', ' ').Split(' ');
        if (words.Length < 2 || words[0] is not ("begin" or "end")) return null;
        var kind = words[0] == "begin" ? RowKind.Begin : RowKind.End;
        return string.Join(' ', words.Skip(1)) switch
        {
            "group" => new TypeCell(kind, FormTypes.Group),
            "repeat" or "lgroup" or "looped group" => new TypeCell(kind, FormTypes.Repeat),
            _ when words[1] == "loop" => new TypeCell(kind, "loop"),
            _ => null,
        };
    }

    private static TypeCell Select(string rest, string type, string words)
    {
        var hasOther = false;
        foreach (var ending in s_others)
        {
            if (!rest.EndsWith(" " + ending, StringComparison.OrdinalIgnoreCase)) continue;
            rest = rest[..^(ending.Length + 1)].TrimEnd();
            hasOther = true;
            break;
        }

        return new TypeCell(RowKind.Question, type, List: rest, HasOther: hasOther, IsExternal: words.Contains("external", StringComparison.Ordinal));
    }
}

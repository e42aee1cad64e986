using System.Text.RegularExpressions;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>One line of a table of worked rows: the person's rows, what they answer, and which named condition or anchor is asked.</summary>
public sealed record WorkedRow(string Asked, string Rows, string Answer);

/// <summary>docs/methods/measures.md as its tests read it: keys, examples, worked rows.</summary>
internal sealed partial class MeasuresDocument
{
    private readonly List<WorkedRow> _rows = [];
    private readonly List<string> _examples = [];
    private readonly HashSet<string> _keys = [];

    private MeasuresDocument(string text)
    {
        Text = text;
        var (table, inYaml, asked) = ("", false, "");
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inYaml = line == "```yaml";
                if (inYaml) asked = "";
            }
            else if (inYaml)
            {
                _examples.Add(line);
                if (asked.Length == 0) asked = line;
            }
            else if (Heading().Match(line) is { Success: true } heading)
            {
                _keys.Add(heading.Groups["key"].Value);
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal))
            {
                var cells = line.Trim('|', ' ').Split(" | ");
                if (cells[0].StartsWith('`')) Take(table, asked, cells);
                else if (cells[0] != "---") table = cells[0];
            }
        }
    }

    public static MeasuresDocument Read() => new(File.ReadAllText(Repository.PathTo("docs", "methods", "measures.md")));

    public string Text { get; }

    public IReadOnlySet<string> Keys => _keys;

    /// <summary>Lines of YAML: named conditions, and anchors.</summary>
    public IReadOnlyList<string> Examples => _examples;

    public IReadOnlyList<WorkedRow> Rows => _rows;

    private void Take(string table, string asked, string[] cells)
    {
        if (table == "key") _keys.Add(cells[0].Trim('`'));
        else if (table == "rows") _rows.Add(new WorkedRow(asked, cells[0].Trim('`'), cells[1]));
    }

    [GeneratedRegex("^### `(?<key>[a-z-]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();
}

using System.Text;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;
using Escala.Programmes.Facts;

namespace Escala.Capture.Forms.Sheets;

/// <summary>
/// The lists of a form: of the sheet choices, of external_choices (their names begin with <c>external_choices/</c>), and of CSV files beside
/// the workbook. Labels are read last, when the questions they may show are known.
/// </summary>
internal sealed class ChoiceLists(Findings findings, Func<string, byte[]?> beside)
{
    public const string External = "external_choices/";
    public const string OtherName = "other";

    private const int MostFileBytes = 20_000_000;
    private const int MostChoices = 100_000;

    private static readonly string[] s_ours = ["list_name", "name", "label", "media::image", "media::audio", "media::video", "media::big-image"];

    private readonly Dictionary<string, Draft> _lists = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sought = new(StringComparer.Ordinal);

    private sealed record Row(string Name, IReadOnlyList<string> Values, SheetColumns? Sheet, int Index, string? Label);

    private sealed record Draft(IReadOnlyList<string> Columns, List<Row> Rows)
    {
        public string? OtherOf { get; init; }
    }

    public IEnumerable<string> Names => _lists.Keys;

    public bool Has(string name) => _lists.ContainsKey(name);

    public bool HasSpaces(string name) => _lists[name].Rows.Exists(r => r.Name.Any(char.IsWhiteSpace));

    public (HashSet<string> Columns, HashSet<string> Names) Known(string name)
    {
        var list = _lists[name];
        return ([.. list.Columns, "name", "label"], [.. list.Rows.Select(r => r.Name)]);
    }

    public void Read(SheetColumns sheet, string prefix, bool allowDuplicates)
    {
        var extra = sheet.All.Where(c => !s_ours.Contains(c.Name) && c.Language is null).ToList();
        foreach (var column in extra.Where(c => !IsName(c.Written)).ToList())
        {
            findings.Advise(new Cell(sheet.Sheet.Name, 1, column.Written), "column-no-name", ("name", column.Written));
            extra.Remove(column);
        }

        foreach (var media in sheet.All.Where(c => c.Name.StartsWith("media::", StringComparison.Ordinal)))
            findings.Leave(new Cell(sheet.Sheet.Name, 1, media.Written), "column-unsupported", ("name", media.Written));
        if (!sheet.Has("list_name") || !sheet.Has("name"))
        {
            if (sheet.Sheet.Rows.Count > 1) findings.Refuse(new Cell(sheet.Sheet.Name, 1, sheet.Has("list_name") ? "name" : "list_name"), "heading-missing", ("name", sheet.Has("list_name") ? "name" : "list_name"));
            return;
        }

        var columns = extra.Select(c => c.Written.Trim()).ToList();
        var seen = new HashSet<(string, string)>();
        for (var row = 1; row < sheet.Sheet.Rows.Count; row++)
        {
            if (sheet.Sheet.IsBlank(row)) continue;
            var (list, name) = (sheet.Text(row, "list_name"), sheet.Text(row, "name"));
            if (list.Length == 0 || name.Length == 0)
            {
                findings.Refuse(sheet.Cell(row, list.Length == 0 ? "list_name" : "name"), "cell-missing", ("name", list.Length == 0 ? "list_name" : "name"));
                continue;
            }

            if (!seen.Add((list, name)) && !allowDuplicates) findings.Refuse(sheet.Cell(row, "name"), "choice-twice", ("name", name), ("list", list));
            if (!_lists.TryGetValue(prefix + list, out var draft)) _lists[prefix + list] = draft = new Draft(columns, []);
            draft.Rows.Add(new Row(name, [.. extra.Select(c => sheet.Sheet.Cell(row, c.Index))], sheet, row, null));
        }
    }

    /// <summary>A list as it is, with the choice "other" at its end.</summary>
    public string WithOther(string list)
    {
        var name = list + "/" + OtherName;
        if (!_lists.ContainsKey(name)) _lists[name] = _lists[list] with { OtherOf = list };
        return name;
    }

    /// <summary>The list of a CSV file beside the workbook; false where there is none.</summary>
    public bool Find(string file, string name, Cell at, string valueColumn = "name", string labelColumn = "label")
    {
        if (_lists.ContainsKey(name)) return true;
        if (!_sought.Add(name) || Path.GetFileName(file) != file || beside(file) is not { } bytes) return false;
        if (bytes.Length > MostFileBytes)
        {
            findings.Refuse(at, "list-file-too-large", ("name", file), ("most", MostFileBytes));
            return false;
        }

        using var records = new CsvRecords(new MemoryStream(bytes), (byte)',');
        if (!records.Read() || records.Fault is not null) return Unreadable(at, file, 1);
        var headings = Fields(records.Fields);
        headings[0] = headings[0].TrimStart('\uFEFF');
        var value = headings.IndexOf(valueColumn);
        var label = headings.IndexOf(labelColumn);
        var extra = Enumerable.Range(0, headings.Count).Where(i => headings[i] is not ("name" or "label") && IsName(headings[i])).ToList();
        var rows = new List<Row>();
        while (records.Read())
        {
            if (records.Fault is not null || rows.Count == MostChoices) return Unreadable(at, file, records.Line);
            var fields = Fields(records.Fields);
            while (fields.Count < headings.Count) fields.Add("");
            rows.Add(new Row(value < 0 ? "" : fields[value], [.. extra.Select(i => fields[i])], null, 0, label < 0 ? null : fields[label]));
        }

        _lists[name] = new Draft([.. extra.Select(i => headings[i])], rows);
        return true;
    }

    public IReadOnlyDictionary<string, ChoiceList> Compile(IReadOnlySet<string> used, FormTexts texts, FormTree tree)
    {
        var lists = new Dictionary<string, ChoiceList>(StringComparer.Ordinal);
        foreach (var (name, draft) in _lists.Where(l => used.Contains(l.Key)))
        {
            var choices = draft.Rows.ConvertAll(r => new Choice(r.Name, Label(r, texts, tree), r.Values));
            if (draft.OtherOf is not null && !choices.Exists(c => c.Name == OtherName))
                choices.Add(new Choice(OtherName, OrOther.Label(texts.Languages), [.. draft.Columns.Select(_ => "")]));
            // Columns that only other lists fill are not carried.
            var filled = Enumerable.Range(0, draft.Columns.Count).Where(i => choices.Exists(c => c.Values[i].Length > 0)).ToList();
            lists[name] = new ChoiceList([.. filled.Select(i => draft.Columns[i])], choices.ConvertAll(c => c with { Values = [.. filled.Select(i => c.Values[i])] }));
        }

        return lists;
    }

    /// <summary>A list that no question names: most likely its name is misspelt where it is meant.</summary>
    public void AdviseOnUnused(IReadOnlySet<string> used)
    {
        foreach (var (name, draft) in _lists.Where(l => l.Value is { OtherOf: null, Rows: [{ Sheet: not null }, ..] }))
        {
            if (!used.Contains(name) && !used.Contains(name + "/" + OtherName)) findings.Advise(draft.Rows[0].Sheet!.Cell(draft.Rows[0].Index, "list_name"), "list-unused", ("list", name));
        }
    }

    private FormText? Label(Row row, FormTexts texts, FormTree tree)
    {
        if (row.Sheet is null) return row.Label is null ? null : texts.Plain(row.Label);
        var label = texts.Read(row.Sheet, row.Index, "label", tree, new ExpressionPlace(-1));
        if (label is null) findings.Advise(row.Sheet.Cell(row.Index, "label"), "label-missing", ("name", row.Name));
        return label;
    }

    private bool Unreadable(Cell at, string file, int line)
    {
        findings.Refuse(at, "list-file-unreadable", ("name", file), ("line", line));
        return false;
    }

    private static List<string> Fields(CsvRecord record) => [.. Enumerable.Range(0, record.Count).Select(i => Encoding.UTF8.GetString(record[i]))];

    private static bool IsName(string text) => text.Length > 0 && ExpressionLexer.IsNameStart(text[0]) && text.All(ExpressionLexer.IsNamePart);
}

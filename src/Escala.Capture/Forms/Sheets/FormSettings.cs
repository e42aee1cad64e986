using Escala.Programmes.Packages;

namespace Escala.Capture.Forms.Sheets;

/// <summary>The settings sheet: one row below its headings.</summary>
internal sealed class FormSettings
{
    private static readonly string[] s_known =
        ["form_title", "form_id", "version", "default_language", "instance_name", "style", "allow_choice_duplicates", "name"];

    // They say how another server is talked to, or have no effect there either.
    private static readonly string[] s_left =
        ["public_key", "submission_url", "auto_send", "auto_delete", "namespaces", "omit_instanceid", "add_none_option", "prefix", "delimiter", "client_editable", "clean_text_values", "instance_xmlns"];

    private readonly SheetColumns? _sheet;
    private readonly int _row;

    public FormSettings(Findings findings, SheetColumns? sheet)
    {
        _sheet = sheet;
        _row = sheet is null ? 0 : Enumerable.Range(1, Math.Max(0, sheet.Sheet.Rows.Count - 1)).FirstOrDefault(r => !sheet.Sheet.IsBlank(r));
        if (sheet is null || _row == 0) return;
        foreach (var column in sheet.All.Where(c => sheet.Sheet.Cell(_row, c.Index).Length > 0 && !s_known.Contains(c.Name)))
        {
            var at = new Cell(sheet.Sheet.Name, _row + 1, column.Written);
            if (s_left.Contains(column.Name) || column.Name.StartsWith("sms_", StringComparison.Ordinal)) findings.Leave(at, "setting-unsupported", ("name", column.Written));
            else findings.Advise(at, "setting-unread", ("name", column.Written), ("nearest", Nearest.To(column.Written, s_known)));
        }
    }

    public string this[string name] => _sheet is null || _row == 0 ? "" : _sheet.Text(_row, name);

    /// <summary>The title, in each language that has one of its own.</summary>
    public IReadOnlyList<(string? Language, string Text)> Titles => _sheet is null || _row == 0 ? []
        : [.. _sheet.Translations("form_title").Select(c => (c.Language, Text: _sheet.Sheet.Cell(_row, c.Index))).Where(t => t.Text.Length > 0)];

    public bool AllowsDuplicates => YesOrNo.Of(this["allow_choice_duplicates"]) == true;

    public Cell Cell(string name) => _sheet is null ? new Cell("settings", 2, name) : _sheet.Cell(_row, name);
}

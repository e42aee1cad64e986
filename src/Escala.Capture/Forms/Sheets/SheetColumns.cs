using System.Collections.Frozen;

namespace Escala.Capture.Forms.Sheets;

/// <summary>A heading: what it means, in which language, as it is written and where it stands (from 0).</summary>
internal sealed record SheetColumn(string Name, string? Language, string Written, int Index);

/// <summary>
/// The headings of a sheet. Capital letters, spaces and old names do not matter; <c>label::Português (pt)</c> names a language, and so does
/// <c>label:Português</c>.
/// </summary>
internal sealed class SheetColumns
{
    private static readonly FrozenDictionary<string, string> s_aliases = new Dictionary<string, string>
    {
        ["caption"] = "label",
        ["command"] = "type",
        ["tag"] = "name",
        ["value"] = "name",
        ["relevance"] = "relevant",
        ["bind::relevant"] = "relevant",
        ["bind::required"] = "required",
        ["bind::constraint"] = "constraint",
        ["bind::readonly"] = "read_only",
        ["bind::calculate"] = "calculation",
        ["bind::jr:constraintmsg"] = "constraint_message",
        ["bind::jr:requiredmsg"] = "required_message",
        ["constraining_message"] = "constraint_message",
        ["requiredmsg"] = "required_message",
        ["readonly"] = "read_only",
        ["calculate"] = "calculation",
        ["control::appearance"] = "appearance",
        ["body::appearance"] = "appearance",
        ["count"] = "repeat_count",
        ["jr:count"] = "repeat_count",
        ["control::jr:count"] = "repeat_count",
        ["body::jr:count"] = "repeat_count",
        ["bind::entities:saveto"] = "save_to",
        ["image"] = "media::image",
        ["audio"] = "media::audio",
        ["video"] = "media::video",
        ["big-image"] = "media::big-image",
        ["set_form_title"] = "form_title",
        ["title"] = "form_title",
        ["set_form_id"] = "form_id",
        ["id_string"] = "form_id",
    }.ToFrozenDictionary();

    private static readonly string[] s_prefixes = ["bind", "control", "body", "instance", "media"];

    private static readonly FrozenSet<string> s_translated = FrozenSet.ToFrozenSet(
        ["label", "hint", "guidance_hint", "constraint_message", "required_message", "form_title", "media::image", "media::audio", "media::video", "media::big-image"]);

    private readonly List<SheetColumn> _columns = [];

    public SheetColumns(FormSheet sheet)
    {
        Sheet = sheet;
        for (var i = 0; sheet.Rows.Count > 0 && i < sheet.Rows[0].Count; i++)
        {
            if (sheet.Rows[0][i] is { Length: > 0 } written) _columns.Add(Parse(written, i));
        }
    }

    public FormSheet Sheet { get; }

    public IReadOnlyList<SheetColumn> All => _columns;

    /// <summary>Headings that mean the same.</summary>
    public IEnumerable<SheetColumn> Twice => _columns.GroupBy(c => (c.Name, c.Language)).SelectMany(g => g.Skip(1));

    public bool Has(string name) => _columns.Exists(c => c.Name == name);

    /// <summary>A cell of a column that has no languages; the row counts from 0.</summary>
    public string Text(int row, string name) => _columns.Find(c => c.Name == name) is { } column ? Sheet.Cell(row, column.Index) : "";

    public Cell Cell(int row, string name) => new(Sheet.Name, row + 1, _columns.Find(c => c.Name == name)?.Written ?? name);

    public IEnumerable<SheetColumn> Translations(string name) => _columns.Where(c => c.Name == name);

    private static SheetColumn Parse(string written, int index)
    {
        var parts = written.Split("::", StringSplitOptions.TrimEntries);
        if (parts.Length == 1 && written.Split(':', 2, StringSplitOptions.TrimEntries) is [var before, var after] && (s_prefixes.Contains(Plain(before)) || s_translated.Contains(Named(Plain(before)))))
            parts = [before, after];
        var taken = parts.Length > 1 && s_prefixes.Contains(Plain(parts[0])) ? 2 : 1;
        var name = Named(string.Join("::", parts.Take(taken).Select(Plain)));
        var language = s_translated.Contains(name) && parts.Length > taken ? string.Join("::", parts.Skip(taken)) : null;
        return language is null && parts.Length > taken
            ? new SheetColumn(string.Join("::", parts.Select(Plain)), null, written, index)
            : new SheetColumn(name, language, written, index);
    }

    private static string Plain(string text) => text.ToLowerInvariant().Replace(' ', '_');

    private static string Named(string name) => s_aliases.TryGetValue(name, out var known) ? known : name;
}

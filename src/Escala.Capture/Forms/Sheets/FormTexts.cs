using System.Text.RegularExpressions;
using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;

namespace Escala.Capture.Forms.Sheets;

/// <summary>The languages of a form, and its texts read into them. <c>${name}</c> within a text shows the answer.</summary>
internal sealed partial class FormTexts
{
    private const int MostCharacters = 20_000;

    private readonly Findings _findings;
    private readonly List<string> _languages = [];
    private readonly Dictionary<(string Sheet, string Column, string Language), (int First, int Count)> _missing = [];

    public FormTexts(Findings findings, IEnumerable<SheetColumns> sheets, string defaultLanguage)
    {
        _findings = findings;
        var told = sheets.SelectMany(s => s.All).Where(c => s_shown.Contains(c.Name)).ToList();
        foreach (var language in told.Select(c => c.Language).OfType<string>().Distinct(StringComparer.Ordinal)) _languages.Add(language);
        // A column without a language beside others that have one is in the default language.
        if (defaultLanguage.Length > 0 && !_languages.Contains(defaultLanguage) && (_languages.Count == 0 || told.Exists(c => c.Language is null && c.Name == "label"))) _languages.Insert(0, defaultLanguage);
        if (_languages.Count == 0 || (defaultLanguage.Length == 0 && told.Exists(c => c.Language is null && c.Name == "label"))) _languages.Insert(0, "");
        DefaultLanguage = Math.Max(0, _languages.IndexOf(defaultLanguage));
    }

    private static readonly string[] s_shown = ["label", "hint", "guidance_hint", "constraint_message", "required_message"];

    public IReadOnlyList<string> Languages => _languages;

    public int DefaultLanguage { get; }

    [GeneratedRegex(@"\$\{[^}]*\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shown { get; }

    public FormText Plain(string text) => new([.. _languages.Select(_ => (IReadOnlyList<Expr>?)[new TextLiteral(text)])]);

    /// <summary>A title in the languages that have one; what no language has is read in another.</summary>
    public FormText Title(IReadOnlyList<(string? Language, string Text)> told, string otherwise)
    {
        if (told.Count == 0 || told is [{ Language: null }]) return Plain(told.Count == 0 ? otherwise : told[0].Text);
        IReadOnlyList<Expr>?[] texts = [.. _languages.Select((language, at) => told.Where(t => t.Language == language || (t.Language is null && at == DefaultLanguage)).Select(t => (IReadOnlyList<Expr>)[new TextLiteral(t.Text)]).FirstOrDefault())];
        return texts.All(t => t is null) ? Plain(told[0].Text) : new FormText(texts);
    }

    /// <summary>Null where no language has it.</summary>
    public FormText? Read(SheetColumns sheet, int row, string name, FormTree tree, ExpressionPlace place)
    {
        var texts = new IReadOnlyList<Expr>?[_languages.Count];
        foreach (var column in sheet.Translations(name).OrderBy(c => c.Language is null))
        {
            var index = column.Language is { } language ? _languages.IndexOf(language) : DefaultLanguage;
            if (index < 0 || sheet.Sheet.Cell(row, column.Index) is not { Length: > 0 } text) continue;
            var at = new Cell(sheet.Sheet.Name, row + 1, column.Written);
            if (text.Length > MostCharacters) _findings.Refuse(at, "text-too-long", ("most", MostCharacters));
            else texts[index] ??= Parts(text, tree, place, at);
        }

        if (texts.All(t => t is null)) return null;
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i] is not null) continue;
            var key = (sheet.Sheet.Name, name, _languages[i]);
            var (first, count) = _missing.GetValueOrDefault(key, (row + 1, 0));
            _missing[key] = (first, count + 1);
        }

        return new FormText(texts);
    }

    /// <summary>Where one language has a text and another has not: told once for each column and language.</summary>
    public void AdviseOnMissing()
    {
        foreach (var ((sheet, column, language), (first, count)) in _missing)
            _findings.Advise(new Cell(sheet, first, column), "translation-missing", ("language", language.Length > 0 ? language : "—"), ("count", count));
    }

    private List<Expr> Parts(string text, FormTree tree, ExpressionPlace place, Cell at)
    {
        var parts = new List<Expr>();
        var next = 0;
        foreach (Match match in Shown.Matches(text))
        {
            if (match.Index > next) parts.Add(new TextLiteral(text[next..match.Index]));
            next = match.Index + match.Length;
            try
            {
                parts.Add(ExpressionCompiler.Compile(match.Value, tree, place).Code);
            }
            catch (ExpressionFault fault)
            {
                _findings.Refuse(at, fault.Reason, [("place", match.Index + fault.At), .. fault.Details]);
            }
        }

        if (next < text.Length) parts.Add(new TextLiteral(text[next..]));
        return parts;
    }
}

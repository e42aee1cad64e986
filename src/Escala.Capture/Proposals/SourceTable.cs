using System.Globalization;
using Escala.Capture.Registers;

namespace Escala.Capture.Proposals;

/// <summary>
/// Finds where a file of whatever system has its rows: past sheets of instructions, and titles above the column names. Where two are as likely it asks.
/// </summary>
/// <param name="file">Its first rows.</param>
/// <param name="names">What the programme calls what a column may say.</param>
internal sealed class SourceTable(FileHead file, IReadOnlyList<string> names, Interview interview)
{
    /// <summary>Of a header that is as likely as another, so many columns are called like something of the programme.</summary>
    private const int FewestKnown = 2;

    private const int LongestName = 120, MostColumns = 200, FewestColumns = 2;

    /// <summary>What stands in the mapping where the sheet or the row was found or asked about; null where neither needs to be said.</summary>
    public string? Sheet { get; private set; }

    /// <summary>As <see cref="Sheet"/>.</summary>
    public string? Header { get; private set; }

    public TablePlace Find()
    {
        if (SourceKind.PlaceIn(file) is { } own) return Said(own);
        var sheets = file.Sheets.Select(s => (Sheet: s, Headers: HeadersIn(s))).Where(s => s.Headers.Count > 0).ToList();
        if (sheets.Count == 0) return TablePlace.First;
        var most = sheets.Max(s => s.Headers[0].Known);
        var likely = sheets.Where(s => s.Headers[0].Known == most).ToList();
        var chosen = likely[0];
        if (likely.Count > 1)
        {
            var question = new Question("sheet", interview.Say("ask.sheet"), [.. likely.Select(s => s.Sheet.Name!)]);
            var answer = interview.Ask(question)?[0];
            chosen = likely.FirstOrDefault(s => s.Sheet.Name == answer, chosen);
            Sheet = MappingDraft.Value(answer, question);
        }

        return HeaderOf(chosen.Sheet, chosen.Headers);
    }

    private TablePlace HeaderOf(SheetHead sheet, List<(int Row, int Known)> headers)
    {
        var likely = headers.Where(h => h.Known == headers[0].Known && h.Known >= FewestKnown).ToList();
        if (likely.Count < 2) return Said(file.PlaceOf(sheet, headers[0].Row));
        var question = new Question("header", interview.Say("ask.header"), [.. likely.Select(h => h.Row.ToString(CultureInfo.InvariantCulture))]);
        var answer = interview.Ask(question)?[0];
        Header = answer ?? MappingDraft.Open(question);
        return Said(file.PlaceOf(sheet, answer is null ? headers[0].Row : int.Parse(answer, CultureInfo.InvariantCulture)));
    }

    private TablePlace Said(TablePlace place)
    {
        Sheet ??= place.Sheet is { } sheet ? MappingDraft.Quoted(sheet) : null;
        Header ??= place.Header > 1 ? place.Header.ToString(CultureInfo.InvariantCulture) : null;
        return place;
    }

    /// <summary>Rows that may name the columns of those below, the likeliest first: by how many of the names are known, and then by their order.</summary>
    private List<(int Row, int Known)> HeadersIn(SheetHead sheet)
    {
        var filled = sheet.Rows.Select(r => r.Count(c => c.Length > 0)).ToList();
        var widest = filled.DefaultIfEmpty().Max();
        var headers = new List<(int Row, int Known)>();
        for (var row = 0; row < filled.Count - 1; row++)
        {
            var cells = sheet.Rows[row].Where(c => c.Length > 0).Take(MostColumns).ToList();
            if (filled[row] < FewestColumns || 2 * filled[row] < widest || filled.Skip(row + 1).All(f => f < FewestColumns)) continue;
            if (cells.Any(c => c.Length > LongestName || FieldForms.IsNumber(c) || FieldForms.IsDate(c)) || cells.Distinct(StringComparer.OrdinalIgnoreCase).Count() < cells.Count) continue;
            headers.Add((row + 1, cells.Count(c => ColumnWords.Best(c, names).Likeness >= ColumnWords.Sure)));
        }

        return [.. headers.OrderByDescending(h => h.Known).ThenBy(h => h.Row)];
    }
}

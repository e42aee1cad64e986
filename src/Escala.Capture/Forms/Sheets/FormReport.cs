using Escala.Capture.Forms.Definitions;
using Escala.Platform.Problems;

namespace Escala.Capture.Forms.Sheets;

/// <summary>What a finding means for the form.</summary>
public enum FindingLevel
{
    /// <summary>The form works; this may not be meant.</summary>
    Advice,

    /// <summary>The form works without it: Escala does not do it.</summary>
    Unsupported,

    /// <summary>No form can be made until it is mended.</summary>
    Refused,
}

/// <summary>Something that a report names, with sheet, row, column and remedy.</summary>
public sealed record FormFinding(FindingLevel Level, Problem Problem);

/// <summary>What became of a workbook.</summary>
/// <param name="Definition">Null where something is refused.</param>
public sealed record FormReport(FormDefinition? Definition, IReadOnlyList<FormFinding> Findings)
{
    public IReadOnlyList<Problem> Of(FindingLevel level) => [.. Findings.Where(f => f.Level == level).Select(f => f.Problem)];
}

/// <summary>Collects findings of one workbook in the order of its sheets and rows.</summary>
internal sealed class Findings(string file)
{
    private const int MostFindings = 1000;

    private static readonly string[] s_sheets = ["settings", "survey", "choices", "external_choices", "entities"];

    private readonly List<(FormFinding Finding, int Sheet, int Row)> _findings = [];

    public bool IsRefused { get; private set; }

    public IReadOnlyList<FormFinding> All => [.. _findings.OrderByDescending(f => f.Finding.Level).ThenBy(f => f.Sheet).ThenBy(f => f.Row).Select(f => f.Finding).Take(MostFindings)];

    public void Refuse(Cell at, string reason, params (string Key, object? Value)[] details) => Add(FindingLevel.Refused, at, reason, details);

    public void Leave(Cell at, string reason, params (string Key, object? Value)[] details) => Add(FindingLevel.Unsupported, at, reason, details);

    public void Advise(Cell at, string reason, params (string Key, object? Value)[] details) => Add(FindingLevel.Advice, at, reason, details);

    public void Add(FindingLevel level, Cell at, string reason, params (string Key, object? Value)[] details)
    {
        IsRefused |= level == FindingLevel.Refused;
        var problem = Problem.Of("capture.form." + reason, [("file", file), ("sheet", at.Sheet), ("row", at.Row), ("column", at.Column), .. details]);
        _findings.Add((new FormFinding(level, problem), Array.IndexOf(s_sheets, at.Sheet.ToLowerInvariant()), at.Row));
    }
}

/// <summary>A place in a workbook: the row as the spreadsheet counts it, the column by its heading.</summary>
internal readonly record struct Cell(string Sheet, int Row, string Column);

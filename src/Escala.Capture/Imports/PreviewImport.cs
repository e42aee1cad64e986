using System.Globalization;
using Escala.Capture.Registers;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Imports;

/// <summary>A row as Escala understands it. Holds what a patient's row says: for the eyes of whoever may read the file.</summary>
public sealed record PreviewedRow(int Line, string Person, string Facility, DateOnly Day, IReadOnlyList<(string Fact, string Value)> Facts);

/// <summary>What an import of a file would come to.</summary>
public sealed record ImportPreview
{
    public required string File { get; init; }

    public required Layout Layout { get; init; }

    public required string Form { get; init; }

    /// <summary>Columns that the register, or the mapping, reads and the file has not: not recorded.</summary>
    public required IReadOnlyList<string> Absent { get; init; }

    /// <summary>Columns of the file that no fact reads: kept with the row, not interpreted.</summary>
    public required IReadOnlyList<string> Unread { get; init; }

    public long Read { get; set; }

    public long New { get; set; }

    public long Duplicate { get; set; }

    public long Changed { get; set; }

    /// <summary>Rows whose source changed them before the state that is known.</summary>
    public long Older { get; set; }

    /// <summary>Rows that say nothing of the day that they are read for.</summary>
    public long Silent { get; set; }

    /// <summary>Rows that the mapping does not want.</summary>
    public long LeftOut { get; set; }

    public long Refused { get; set; }

    public long Waiting { get; set; }

    public long Queried { get; set; }

    /// <summary>Rows that say another sex or birth date of somebody than another source does.</summary>
    public long Conflicting { get; set; }

    public List<PreviewedRow> First { get; } = [];

    /// <summary>Each reason for which rows would not be taken, how many there are, and the first line.</summary>
    public Dictionary<string, (Problem Problem, long Rows, int Line)> Reasons { get; } = new(StringComparer.Ordinal);
}

/// <summary>Reads files as an import would and writes nothing.</summary>
public static class PreviewImport
{
    private const int RowsShown = 5;

    public static Result<IReadOnlyList<ImportPreview>> Run(Store store, Programme programme, IReadOnlyList<string> paths, ImportOptions options, TimeProvider clock, CancellationToken stop)
    {
        using var session = store.Open(writable: false);
        var classifier = new Classifier(session, programme, clock);
        var previews = new List<ImportPreview>();
        var opened = RegisterFile.OpenAll(paths, programme, options.Told);
        if (!opened.TryGet(out var files)) return Result<IReadOnlyList<ImportPreview>>.Refused(opened.Problems);
        try
        {
            foreach (var file in files)
            {
                var begun = classifier.Begin(file.Layout, options.SourceOf(file.Layout));
                if (!begun.IsOk) return Result<IReadOnlyList<ImportPreview>>.Refused(file.Named(begun.Problems));
                previews.Add(Look(file, programme, classifier, stop));
            }
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }

        return previews;
    }

    private static ImportPreview Look(RegisterFile file, Programme programme, Classifier classifier, CancellationToken stop)
    {
        var preview = new ImportPreview
        {
            File = file.Name,
            Layout = file.Layout,
            Form = programme.FormOf(file.Layout),
            Absent = file.Absent,
            Unread = file.Unread,
        };
        using var records = file.Records();
        records.Read();
        while (records.Read())
        {
            stop.ThrowIfCancellationRequested();
            preview.Read++;
            switch (classifier.Classify(records))
            {
                case Verdict.Refused:
                    preview.Refused++;
                    Reason(preview, classifier, records.Line);
                    continue;
                case Verdict.Waiting:
                    preview.Waiting++;
                    Reason(preview, classifier, records.Line);
                    continue;
                case Verdict.Silent:
                    preview.Silent++;
                    continue;
                case Verdict.LeftOut:
                    preview.LeftOut++;
                    continue;
                case Verdict.Older:
                    preview.Older++;
                    continue;
                case Verdict.Duplicate:
                    preview.Duplicate++;
                    break;
                case Verdict.Changed:
                    preview.Changed++;
                    break;
                default:
                    preview.New++;
                    classifier.Took();
                    break;
            }

            if (classifier.IsQueried) preview.Queried++;
            if (classifier.IsConflicting) preview.Conflicting++;
            if (preview.First.Count < RowsShown) preview.First.Add(Show(records.Line, programme, classifier));
        }

        return preview;
    }

    private static void Reason(ImportPreview preview, Classifier classifier, int line)
    {
        foreach (var problem in classifier.Problems)
        {
            var key = problem.Code + "|" + problem.Details.GetValueOrDefault("column") + "|" + problem.Details.GetValueOrDefault("place");
            preview.Reasons[key] = preview.Reasons.TryGetValue(key, out var known) ? known with { Rows = known.Rows + 1 } : (problem, 1, line);
        }
    }

    private static PreviewedRow Show(int line, Programme programme, Classifier classifier)
    {
        var row = classifier.Row;
        var facts = programme.Register.Facts.Where(f => f.Slot >= 0 && !double.IsNaN(row.Slots[f.Slot])).Select(f => (f.Name, Text(f, row))).ToList();
        return new PreviewedRow(line, Shown(programme, row), classifier.Facility, DateOnly.FromDayNumber(row.Day), facts);
    }

    /// <summary>The person's number; of one that tells what somebody is treated for, its end.</summary>
    private static string Shown(Programme programme, DecodedRow row)
    {
        const int End = 3;
        var system = row.Identifiers.Count > 0 ? row.Identifiers[0].Of.System : programme.Register.PersonSystem;
        var isSensitive = programme.Field?.Identifiers.Any(i => i.System == system && i.IsSensitive) == true;
        return isSensitive ? "…" + row.Person[Math.Max(0, row.Person.Length - End)..] : row.Person;
    }

    private static string Text(FactDefinition fact, DecodedRow row)
    {
        var value = row.Slots[fact.Slot];
        string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
        return fact.Type switch
        {
            FactType.Flag => value > 0 ? "1" : value < 0 ? fact.ClearedBy ?? fact.StoppedWords[0] : "0",
            FactType.Pair => $"{Number(value)}/{Number(row.Slots[fact.Slot + 1])}",
            FactType.Quantity => (Qualifier)(int)row.Slots[fact.Slot + 1] switch { Qualifier.Below => "<" + Number(value), Qualifier.Above => ">" + Number(value), Qualifier.NotDetected => "ND", _ => Number(value) },
            FactType.Date => DateOnly.FromDayNumber((int)value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            FactType.Category => fact.Categories[(int)value].Name,
            _ => Number(value),
        };
    }
}

using System.Globalization;
using Escala.Capture.Imports;
using Escala.Platform.Texts;

namespace Escala.Cli.Stores;

/// <summary>The report of an import as people read it, in their language.</summary>
internal static class ImportText
{
    private static readonly LocalText s_laidOut = new("delimitador {0}, decimal {1}, datas {2}", "delimitador {0}, decimal {1}, fechas {2}", "delimiter {0}, decimal mark {1}, dates {2}");

    private static readonly (LocalText Label, Func<ImportReport, long> Count)[] s_lines =
    [
        (new("linhas lidas", "filas leídas", "rows read"), r => r.Read),
        (new("tomadas", "tomadas", "taken"), r => r.Taken),
        (new("duplicadas", "duplicadas", "duplicate"), r => r.Duplicate),
        (new("corrigidas", "corregidas", "corrected"), r => r.Corrected),
        (new("mantidas como estavam", "mantenidas como estaban", "kept as they were"), r => r.Kept),
        (new("recusadas", "rechazadas", "refused"), r => r.Refused),
        (new("à espera de um lugar desconhecido", "en espera de un lugar desconocido", "waiting for an unknown place"), r => r.Waiting),
        (new("com dúvida (valor implausível)", "con duda (valor implausible)", "queried (implausible value)"), r => r.Queried),
        (new("retiradas", "retiradas", "withdrawn"), r => r.Withdrawn),
    ];

    private static readonly LocalText s_cleared = new("anulam «{0}»", "anulan «{0}»", "withdraw or stop “{0}”");
    private static readonly LocalText s_problems = new("Linhas não tomadas, com a razão de cada uma: {0}", "Filas no tomadas, con la razón de cada una: {0}", "Rows not taken, with the reason of each: {0}");
    private static readonly LocalText s_notComplete = new(
        "Não se declara completo: há linhas recusadas ou à espera. Corrija-as e importe de novo com --complete.",
        "No se declara completo: hay filas rechazadas o en espera. Corríjalas e importe de nuevo con --complete.",
        "Not declared complete: some rows were refused or wait. Mend them and import again with --complete.");

    private static readonly LocalText s_nothingWithdrawn = new(
        "Nada foi retirado: de alguma linha não se leem pessoa, unidade e dia.",
        "No se retiró nada: de alguna fila no se leen persona, unidad y día.",
        "Nothing was withdrawn: of some row person, facility and day cannot all be read.");

    private static readonly LocalText s_changed = new("{0} linhas mudam linhas já conhecidas. Antes → agora:", "{0} filas cambian filas ya conocidas. Antes → ahora:", "{0} rows change rows that are known. Before → now:");
    private static readonly LocalText s_line = new("{0}, linha {1}, {2}, {3}", "{0}, línea {1}, {2}, {3}", "{0}, line {1}, {2}, {3}");
    private static readonly LocalText s_ask = new("Corrigir [c], manter as antigas [m] ou parar [p]? ", "¿Corregir [c], mantener las antiguas [m] o parar [p]? ", "Correct [c], keep the old ones [k] or stop [s]? ");

    public static void Write(TextWriter output, ImportReport report)
    {
        var language = Terminal.Language;
        var culture = language.Culture();
        output.WriteLine($"{report.File}: " + string.Format(culture, s_laidOut.In(language), report.Layout.Delimiter == '\t' ? "tab" : report.Layout.Delimiter, report.Layout.DecimalMark, report.Layout.Dates));
        foreach (var (label, count) in s_lines) output.WriteLine(string.Create(culture, $"  {count(report),12:N0}  {label.In(language)}"));
        foreach (var (flag, count) in report.Cleared) output.WriteLine(string.Create(culture, $"  {count,12:N0}  {string.Format(culture, s_cleared.In(language), flag)}"));
        if (report.NothingWithdrawn) output.WriteLine("  " + s_nothingWithdrawn.In(language));
        if (report.NotComplete) output.WriteLine("  " + s_notComplete.In(language));
        if (report.ProblemFile is { } file) output.WriteLine("  " + string.Format(culture, s_problems.In(language), file));
    }

    public static OnChange Ask(IReadOnlyList<ChangedRow> some, long total)
    {
        var language = Terminal.Language;
        Console.WriteLine(string.Format(CultureInfo.CurrentCulture, s_changed.In(language), total));
        foreach (var row in some)
        {
            Console.WriteLine("  " + string.Format(CultureInfo.InvariantCulture, s_line.In(language), row.File, row.Line, row.Facility, row.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
            foreach (var (column, old, now) in row.Fields) Console.WriteLine($"    {column}: {(old.Length == 0 ? "–" : old)} → {(now.Length == 0 ? "–" : now)}");
        }

        Console.Write(s_ask.In(language));
        return Console.ReadLine()?.Trim().ToUpperInvariant() switch
        {
            "C" => OnChange.Replace,
            "K" or "M" => OnChange.Keep,
            _ => OnChange.Stop,
        };
    }
}

using System.CommandLine;
using System.Globalization;
using Escala.Cascades.Sheets;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry.Timelines;

namespace Escala.Cli.Stores;

/// <summary><c>escala queries</c>: which rows have a value to be checked. It names file, line and column, never a person or a value.</summary>
internal static class QueriesCommand
{
    public static Command Create()
    {
        var facility = new Option<string?>("--facility") { Description = "Rows of this facility alone.", HelpName = "CODE" };
        var month = new Option<string?>("--month") { Description = "Rows of this month (or the programme's window) alone.", HelpName = "MONTH" };
        var command = new Command("queries", "List the rows that have a value to be checked.") { facility, month };
        command.SetAction(parsed => Terminal.Guard(() =>
        {
            var inForce = OpenStore.ProgrammeOf(parsed.GetValue(Terminal.Store));
            if (!inForce.TryGet(out var programme)) return Terminal.Refuse(inForce.Problems);
            Window? window = null;
            if (parsed.GetValue(month) is { } text)
            {
                var read = WindowText.Parse(programme.Window, text);
                if (!read.IsOk) return Terminal.Refuse(read.Problems);
                window = read.Value;
            }

            using var store = Store.At(Terminal.Location(parsed));
            using var session = store.Open(writable: false);
            var code = parsed.GetValue(facility);
            bool IsAsked(string at, DateOnly day) => (code is null || at == code) && (window is not { } asked || (day.DayNumber >= asked.FirstDay && day.DayNumber <= asked.LastDay));
            var any = false;
            foreach (var row in QueriedRows.Read(session, programme, IsAsked))
            {
                any = true;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.File ?? Terminal.Say("queries.device")}:{row.Line}\t{row.Facility}\t{row.Day:yyyy-MM-dd}\t{string.Join(", ", row.Columns)}"));
            }

            foreach (var row in ConflictingRows.Read(session, programme, IsAsked))
            {
                any = true;
                var other = $"{row.OtherFile ?? Terminal.Say("queries.device")}:{row.OtherLine}";
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.File ?? Terminal.Say("queries.device")}:{row.Line}\t{row.Facility}\t{row.Day:yyyy-MM-dd}\t{Terminal.Say("queries.conflict", ("column", row.Column), ("other", other))}"));
            }

            if (!any) Console.WriteLine(Terminal.Say("queries.none"));
            return 0;
        }));
        return command;
    }
}

using System.Globalization;
using System.Text;
using Escala.Cascades.Compiled;
using Escala.Cascades.Counters;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry.Timelines;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>A person's rows as a test writes them: <c>2025-03-10 F101 column=value …; 2025-03-24 F102 …</c>. A facility's number is the one in its code.</summary>
internal static class WrittenRows
{
    public static void Fill(Timeline timeline, Register register, string rows)
    {
        var columns = register.Facts.SelectMany(f => f.Columns).ToList();
        var layout = new Layout(',', '.', DateOrder.Iso, [register.PersonColumn, register.FacilityColumn, register.DateColumn, .. columns]);
        var reader = RowReader.For(register, layout).Value;
        timeline.Clear();
        foreach (var (line, row) in rows.Split("; ").Index())
        {
            var words = row.Split(' ');
            var values = words.Skip(2).Select(w => w.Split('=', 2)).ToDictionary(w => w[0], w => w[1]);
            Assert.All(values.Keys, column => Assert.Contains(column, columns));
            var record = new CsvRecord((byte)',');
            record.Fill(Encoding.UTF8.GetBytes(string.Join(',', ["1", words[1], words[0], .. columns.Select(c => values.GetValueOrDefault(c, ""))])));
            var decoded = new DecodedRow(register);
            reader.Read(record, decoded);
            Assert.Empty(decoded.Problems);
            var facility = int.Parse(string.Concat(words[1].Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture);
            timeline.Add(new RowHead { Day = decoded.Day, Facility = facility, Line = line, Position = line }, decoded.Slots);
        }
    }

    /// <summary>What people add to the counts: facility, window, measure, kind.</summary>
    public static List<(int Facility, Window Window, string Measure, CountKind Kind)> Count(Programme programme, params string[] people)
    {
        var counting = new PersonCounting(programme);
        var sink = new Cells([]);
        foreach (var rows in people)
        {
            Fill(counting.Timeline, programme.Register, rows);
            counting.Count(ref sink);
        }

        var strata = counting.Shape.Strata;
        return [.. sink.All.Select(c => (
            c.Facility, new Window(programme.Window, c.Window), programme.Measures.Measures[c.Cell / (3 * strata)].Id, (CountKind)(c.Cell / strata % 3)))];
    }

    private readonly record struct Cells(List<(int Facility, int Window, int Cell)> All) : ICountSink
    {
        public void Measure(int facility, int window, int cell) => All.Add((facility, window, cell));

        public void Row(int facility, int window, int dayOfWindow, int daysOfWindow)
        {
        }

        public void Person(int facility, int window, bool queried, bool birthDateUnknown)
        {
        }
    }
}

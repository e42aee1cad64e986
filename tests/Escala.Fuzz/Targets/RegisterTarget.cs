using System.Text;
using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Fuzz.Mutation;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Packages;

namespace Escala.Fuzz.Targets;

/// <summary>A register, or another system's file, as CSV: its layout, its records, its rows as facts.</summary>
internal sealed class RegisterTarget : Target
{
    private static readonly Programme s_programme = PackageReader.Read(Repository.PathTo("programmes", "saia-htn")).Value;

    public override string Name => "register";

    public override int Share => 14;

    public override Structure Structure => Structure.Table;

    public override int MostBytes => 1024;

    public override IReadOnlyList<string> Words => ["female", "M", "withdrawn", "stopped", "ND", "<40", ">10000", "152", "94", "2025-03-14", "14/03/2025", "2025-03-14 08:15:00 +0200", "2025-03-14T23:30:00Z", "12,5", "12.500", "F101", "---"];

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1,sbp_2,dbp_2,sbp_3,dbp_3,hypertension_diagnosed,antihypertensive_prescribed,dispensed_days,viral_load,art_start_date,next_visit_date\n1,F101,2025-03-14,F,1970-01-01,152,94,142,88,,,1,1,30,<40,2015-01-01,2025-04-14\n\"2, b\",F102,2025-03-15,M,,120,80,,,,,withdrawn,stopped,0,ND,,\n"),
        Bytes("patient_id;facility_code;visit_date;weight_kg;height_cm;smoker;note\r\n1;F101;14/03/2025;72,5;1,71;0;\"a\nb\"\r\n2;F101;3/4/2025;80,25;170;1;\r\n"),
        Bytes("Patient ID\tFacility\tVisit Time\tSystolic\tDiastolic\tGender\tDate of Birth\tDiagnosis 1\tFirst Name\n77\tMavila\t2025-03-14\t150\t90\tFemale\t1970-05-05\tI10\tAna\n"),
        .. s_programme.Mappings.Select(m => Bytes(string.Join(',', m.Columns) + "\n" + string.Join(',', m.Columns.Select(_ => "1")) + "\n" + string.Join(',', m.Columns.Select(_ => "2025-03-14 08:15:00 UTC")) + "\n")),
    ];

    public override void Try(byte[] input)
    {
        var table = FileHead.OfText(() => new MemoryStream(input), null).TableOf(s_programme, new Told());
        HoldProblemsOfFile(table.Problems);
        if (!table.TryGet(out var place)) return;
        using var text = new MemoryStream();
        FlatFile.WriteWithoutTitles(new MemoryStream(input), text, place.Place.Header);
        input = place.Place.Header > 1 ? text.ToArray() : input;
        var found = LayoutDetection.Find(() => new MemoryStream(input), s_programme, new Told(), place.Mapping);
        HoldProblemsOfFile(found.Problems);
        if (!found.TryGet(out var layout))
        {
            found = LayoutDetection.Find(() => new MemoryStream(input), s_programme, new Told(null, ',', DateOrder.DayMonthYear), place.Mapping);
            if (!found.TryGet(out layout)) return;
        }

        var again = Layout.Parse(layout.ToString());
        Hold(again is not null && again.ToString() == layout.ToString() && again.Columns.SequenceEqual(layout.Columns), "a layout is not what was written of it");
        var readers = RowReader.For(s_programme, layout);
        HoldProblemsOfFile(readers.Problems);
        if (!readers.TryGet(out var reader)) return;
        ReadRows(input, layout, reader);
    }

    private static void ReadRows(byte[] input, Layout layout, RowReader reader)
    {
        var (row, again) = (new DecodedRow(s_programme.Register), new DecodedRow(s_programme.Register));
        var fields = new CsvRecord((byte)layout.Delimiter);
        using var records = new CsvRecords(new MemoryStream(input), (byte)layout.Delimiter);
        var line = 0;
        while (records.Read())
        {
            Hold(records.Line > line, "lines do not go on");
            line = records.Line;
            if (records.Fault is not null) continue;
            reader.Read(records.Fields, row);
            HoldProblems(row.Problems);
            // What goes into the ledger is the record's bytes: from them the same is read.
            Hold(fields.Fill(records.Raw), "a record cannot be split again");
            reader.Read(fields, again);
            Hold(row.Said == again.Said && row.Person == again.Person && row.Facility == again.Facility && row.Day == again.Day && row.Problems.Count == again.Problems.Count, "a record reads otherwise the second time");
            HoldExported(fields, (byte)layout.Delimiter);
        }

        var mark = input.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        Hold(records.Offset == input.Length - mark, "some bytes were passed over");
    }

    /// <summary>What is written for a spreadsheet cannot be carried out, and comes back as it was.</summary>
    private static void HoldExported(CsvRecord fields, byte delimiter)
    {
        var texts = Enumerable.Range(0, fields.Count).Select(i => Encoding.UTF8.GetString(fields[i])).ToList();
        var line = string.Join((char)delimiter, texts.Select(t => ExportInbox.Quoted(SpreadsheetText.Harmless(t), (char)delimiter)));
        var back = new CsvRecord(delimiter);
        Hold(back.Fill(Encoding.UTF8.GetBytes(line)), "an exported row cannot be split");
        Hold(back.Count == fields.Count, "an exported row has other fields");
        for (var i = 0; i < texts.Count; i++)
        {
            var cell = Encoding.UTF8.GetString(back[i]);
            Hold(cell is not (['=' or '@' or '\t' or '\r', ..]), "an exported cell is carried out");
            Hold(SpreadsheetText.Restored(cell) == texts[i], "an exported cell comes back as another");
        }
    }
}

using Escala.Capture.Imports;
using Escala.Capture.Registers;
using Escala.Cascades.Derivations;
using Escala.Fuzz.Mutation;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Packages;
using Escala.Registry.People;

namespace Escala.Fuzz.Targets;

/// <summary>Rows of a file beside a store that knows some of them: what each comes to, and that the file, once it was taken, changes nothing when it comes again.</summary>
internal sealed class ClassifierTarget : Target
{
    private const string Source = "register", Line = "Patient ID,First Name,Last Name,Gender,Date of Birth,Facility,Visit Time,Systolic,Diastolic,Diagnosis 1,Diagnosis 2\n";

    private const string Rows = "patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1,hypertension_diagnosed,antihypertensive_prescribed,dispensed_days\n"
        + "1,F101,2025-03-14,F,1970-01-01,152,94,1,1,30\n1,F101,2025-03-14,F,1970-01-01,150,92,,,\n0012,F102,2025-03-15,M,,120,80,,,\n12,F101,2025-03-16,F,1980-02-02,130,85,,,\nerased,F101,2025-03-16,F,,130,85,,,\n";

    private static readonly TimeProvider s_clock = new Still();

    private Session? _session;
    private Programme _programme = null!;

    public override string Name => "classifier";

    public override int Share => 4;

    public override Structure Structure => Structure.Table;

    public override int MostBytes => 1024;

    public override IReadOnlyList<string> Words => ["erased", "F101", "F102", "f101", "F999", "2025-03-14", "14/03/2025", "2031-01-01", "1.2E+15", "0012", "11040701/19/00123", "formid", "nid", "---", "2025-03-14 08:15:00 UTC", "2026-01-01T00:00:00Z"];

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            var mappings = PackageReader.Read(Repository.PathTo("programmes", "saia-htn")).Value.Mappings;
            return
            [
                Bytes(Rows), Bytes(Line + "77,Ana,Souza,Female,1970-05-05,Mavila,2025-03-14,150,90,I10,\n"),
                Bytes("instructions\n\n" + Rows), .. mappings.Select(m => Bytes(string.Join(',', m.Columns) + "\n" + Row(m, "1") + Row(m, "2025-03-14 08:15:00 UTC") + Row(m, "F101") + Row(m, "1"))),
            ];
        }
    }

    private static string Row(Mapping mapping, string value) => string.Join(',', mapping.Columns.Select(_ => value)) + "\n";

    /// <summary>A store with the package, people of two systems, one who was merged and one who was erased.</summary>
    public override void Prepare()
    {
        if (_session is not null) return;
        var folder = Directory.CreateTempSubdirectory("escala-fuzz-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var store = Store.At(Path.Combine(folder, "store"));
        if (!store.Create(s_clock).IsOk) throw new InvalidOperationException("No store for the classifier");
        using (var writer = new LedgerWriter(store.TakeLease().Value, new LiveDerivation().Hook, s_clock))
        {
            _programme = ApplyProgramme.Run(store, writer, PackageFiles.In(Repository.PathTo("programmes", "saia-htn")).Value, null, s_clock, null, default).Value;
            var importer = new Importer(store, writer, _programme, s_clock, (_, _) => null);
            var facility = _programme.Places.First(p => p.Level == _programme.Levels[^1]).Name;
            foreach (var (name, csv) in ((string, string)[])[("a.csv", Rows), ("b.csv", Line + $"7,Ana,Souza,Female,1970-05-05,{facility},2025-03-14,150,90,I10,\n8,Eva,Cossa,Female,1971-05-05,{facility},2025-03-14,150,90,,\n")])
            {
                var file = Path.Combine(folder, name);
                File.WriteAllText(file, csv);
                if (!importer.Import([file], new ImportOptions { OnChange = (_, _) => OnChange.Replace }, null, default).IsOk) throw new InvalidOperationException("The rows of the store cannot be read");
            }

            if (!MergePeople.Merge(store, writer, _programme, "0012", "12", "one", null, s_clock).IsOk || !ErasePerson.Run(store, writer, _programme, "erased", "asked", null, s_clock).IsOk)
                throw new InvalidOperationException("Nobody is merged or erased");
        }

        _session = store.Open(writable: false);
    }

    public override void Try(byte[] input)
    {
        var table = FileHead.OfText(() => new MemoryStream(input), null).TableOf(_programme, new Told());
        if (!table.TryGet(out var place)) return;
        using var text = new MemoryStream();
        FlatFile.WriteWithoutTitles(new MemoryStream(input), text, place.Place.Header);
        var found = LayoutDetection.Find(() => new MemoryStream(text.ToArray()), _programme, new Told(null, '.', DateOrder.DayMonthYear), place.Mapping);
        if (!found.TryGet(out var layout)) return;
        IReadOnlyList<Layout> layouts = place.Mapping?.Parts is { } parts ? [.. parts.Select(p => layout with { Part = p })] : [layout];
        var classifier = new Classifier(_session!, _programme, s_clock);
        var first = Read(classifier, layouts, text.ToArray());
        if (first is null) return;
        Hold(Read(new Classifier(_session!, _programme, s_clock), layouts, text.ToArray())!.SequenceEqual(first), "a file reads otherwise the second time");
        var again = Read(classifier, layouts, text.ToArray())!;
        for (var i = 0; i < first.Count; i++)
        {
            var expected = first[i] is Verdict.New or Verdict.Changed ? Verdict.Duplicate : first[i];
            Hold(again[i] == expected, $"a row that was {first[i]} is {again[i]} when its file comes again");
        }
    }

    /// <summary>What each row comes to, those that can be taken as an import takes them; null for a file that cannot be read.</summary>
    private static List<Verdict>? Read(Classifier classifier, IReadOnlyList<Layout> layouts, byte[] text)
    {
        var verdicts = new List<Verdict>();
        foreach (var layout in layouts)
        {
            var begun = classifier.Begin(layout, layout.Mapping ?? Source);
            HoldProblemsOfFile(begun.Problems);
            if (!begun.IsOk) return null;
            using var records = new CsvRecords(new MemoryStream(text), (byte)layout.Delimiter);
            records.Read();
            while (records.Read())
            {
                var verdict = classifier.Classify(records);
                verdicts.Add(verdict);
                HoldRow(classifier, verdict);
                if (verdict is Verdict.Refused or Verdict.Waiting or Verdict.Silent or Verdict.LeftOut) continue;
                classifier.TakePersonSaid();
                if (verdict is Verdict.New or Verdict.Changed) classifier.Took();
            }
        }

        return verdicts;
    }

    private static void HoldRow(Classifier row, Verdict verdict)
    {
        HoldProblems(row.Problems);
        if (verdict is Verdict.Refused or Verdict.Waiting) Hold(row.Problems.Count > 0, "a row is refused without a reason");
        else Hold(row.Problems.Count == 0, "a row is taken beside a problem");
        if (verdict is Verdict.Refused or Verdict.Waiting or Verdict.Silent or Verdict.LeftOut) return;
        Hold(row.Person != Guid.Empty && row.Facility.Length > 0 && row.Row.Day > 0, "a row is about nobody, nowhere or on no day");
        Hold(row.Node >= 0 && row.Key is not null, "a row that is taken has no place");
        _ = (row.IsQueried, row.IsConflicting, row.SpeltOtherwise);
    }

    private sealed class Still : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}

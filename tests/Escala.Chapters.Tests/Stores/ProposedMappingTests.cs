using System.Text;
using Escala.Capture.Imports;
using Escala.Capture.Proposals;
using Escala.Capture.Registers;
using Escala.Chapters.Tests.Forms;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Packages;

namespace Escala.Chapters.Tests.Stores;

/// <summary>A mapping that is proposed from a file's head: what the file tells, what is asked, and that nothing is imported while a question is open.</summary>
public sealed class ProposedMappingTests
{
    private const string Book = "N.º do doente;Unidade Sanitária;Data da consulta;Sexo;Data de nascimento;TA sistólica 1;TA diastólica 1;TA sistólica 2;TA diastólica 2;Hipertensão diagnosticada;Dias de medicamento;Peso (kg)\n"
        + "12;Health Centre One;14/03/2025;F;02/05/1970;150;95;148;93;Sim;30;61,5\n"
        + "13;Health Centre Two;15/03/2025;M;03/06/1981;120;80;;;Não;;70,0\n"
        + "13;Posto Novo;16/03/2025;M;03/06/1981;120;80;;;Não;60;70,5\n";

    private static readonly Dictionary<string, string> s_answers = new(StringComparer.Ordinal)
    {
        ["person.system"] = "clinic-book",
        ["person.of"] = "facility",
        ["facility.names.Posto Novo"] = "-",
        ["facts.dispensing.column"] = "Dias de medicamento",
    };

    [Fact]
    public void A_clinics_own_book_is_read_after_four_answers_and_previewed()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        var file = Write(store, "livro.csv", Book);
        var proposed = Propose(store, file, q => s_answers.GetValueOrDefault(q.Key));
        Assert.Empty(proposed.Open);
        Assert.Contains("named like", proposed.Yaml, StringComparison.Ordinal);
        Assert.Contains("dates: dmy", proposed.Yaml, StringComparison.Ordinal);
        var programme = With(store, proposed).Value;
        var preview = Preview(store, programme, file, proposed.Name);
        Assert.Equal((2, 1, 0), (preview.New, preview.Waiting, preview.Refused));
        Assert.Equal([("sex", "female"), ("birth_date", "1970-05-02"), ("blood_pressure", "149/94"), ("diagnosis", "1"), ("dispensing", "30"), ("weight", "61.5")], preview.First[0].Facts);
        Assert.Equal(("F1", new DateOnly(2025, 3, 14)), (preview.First[0].Facility, preview.First[0].Day));
    }

    [Fact]
    public void A_question_that_nobody_answers_stands_in_the_file_and_the_mapping_is_refused_by_its_words()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        var file = Write(store, "livro.csv", Book);
        var proposed = Propose(store, file, _ => null);
        Assert.Equal(["person.system", "person.of", "facility.names.Posto Novo", "facts.dispensing.column"], proposed.Open.Select(q => q.Key));
        var refused = With(store, proposed).Problems;
        Assert.All(refused, p => Assert.Equal("programmes.package.question", p.Code));
        Assert.Contains(refused, p => p.Details["name"].Contains("each facility's own", StringComparison.Ordinal));
        // So is a package with it.
        var package = MappingTests.Package().Bytes.ToDictionary(f => f.Key, f => f.Value);
        package["mappings/livro.yaml"] = Encoding.UTF8.GetBytes(proposed.Yaml);
        Assert.Contains(PackageReader.Read(package).Problems, p => p.Code == "programmes.package.question" && p.Details["file"] == "mappings/livro.yaml");
        // No patient's number or date stands in what was written.
        Assert.DoesNotContain("1970", proposed.Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void An_export_of_a_known_system_brings_its_own_row_id_and_asks_which_moment_is_the_visit()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        var file = Write(store, "visita.csv", "number,formid,form.case.@case_id,form.nid,form.us,form.genero,form.pa.sistolica,form.pa.diastolica,form.fuma,started_time,completed_time,received_on\n"
            + "0,2f0e8f5e-0000-4000-8000-000000000001,2f0e8f5e-0000-4000-8000-0000000000a1,11040701/19/00001,F1,female,150,95,si,2025-03-14 08:00:00,2025-03-14 08:10:00,2025-03-15 06:00:00\n"
            + "1,2f0e8f5e-0000-4000-8000-000000000002,2f0e8f5e-0000-4000-8000-0000000000a2,---,F2,male,---,---,no,2025-03-14 09:00:00,2025-03-14 09:10:00,2025-03-15 06:00:00\n");
        var answers = new Dictionary<string, string>(StringComparer.Ordinal) { ["date.column"] = "completed_time", ["date.zone"] = "UTC" };
        var proposed = Propose(store, file, q => answers.GetValueOrDefault(q.Key));
        Assert.Empty(proposed.Open);
        var programme = With(store, proposed).Value;
        var mapping = programme.Mappings.Single(m => m.Name == proposed.Name);
        Assert.Equal(("formid", "commcare-case"), (mapping.Register.RowIdColumn, mapping.Register.PersonSystem));
        Assert.Contains(mapping.Register.Source!.Identifiers, i => i is { Column: "form.nid", System: "nid-tarv", IsOfFacility: false });
        var preview = Preview(store, programme, file, proposed.Name);
        Assert.Equal((2, 0), (preview.New, preview.Refused));
        Assert.Contains(("blood_pressure", "150/95"), preview.First[0].Facts);
        Assert.Contains(("smoker", "1"), preview.First[0].Facts);
    }

    [Fact]
    public void A_case_export_asks_on_which_day_each_state_holds()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        var file = Write(store, "casos.csv", "caseid,name,us,sexo,systolic,diastolic,bp_date,htn_date,closed,last_modified_date\n"
            + "c1,A,F1,F,150,95,2025-03-04,2025-01-10,False,2025-03-31 10:00:00\nc2,B,F2,M,120,80,2025-03-05,,True,2025-03-31 10:00:00\n");
        var open = Propose(store, file, _ => null);
        Assert.Equal(["facts.blood_pressure.on"], open.Open.Select(q => q.Key));
        Assert.Equal(["bp_date", "-"], open.Open[0].Choices.Except(["htn_date"]));
        var proposed = Propose(store, file, _ => "bp_date");
        var programme = With(store, proposed).Value;
        Assert.Equal(("bp_date", "last_modified_date"), (programme.Mappings[^1].Parts.Single(), programme.Mappings[^1].ChangedColumn));
        Assert.Equal([("sex", "female"), ("blood_pressure", "150/95")], Preview(store, programme, file, proposed.Name).First[0].Facts);
    }

    [Fact]
    public void Readings_on_a_further_sheet_are_proposed_as_a_repeat_by_their_key()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        using var book = new Workbook("visita.xlsx").Write(
            ("Forms", "number|formid|caseid|form.us|received_on\n0|f0|c0|F1|2025-03-03T08:00:00Z\n1|f1|c1|F2|2025-03-04T08:00:00Z"),
            ("Repeat- bp", "number|number__0|form.bp.systolic|form.bp.diastolic\n0.0|0|190|120\n0.1|0|150|95\n0.2|0|154|97\n1.0|1|120|80"), ("Notes", "text|more\nx|y"));
        var proposed = Propose(store, book.File, _ => null);
        Assert.Empty(proposed.Open);
        Assert.Contains("Notes", proposed.Yaml, StringComparison.Ordinal);
        var programme = With(store, proposed).Value;
        Assert.Equal(("bp", "number__0", "number"), (programme.Mappings[^1].Repeats.Single().Name, programme.Mappings[^1].Repeats.Single().Key, programme.Mappings[^1].Repeats.Single().Of));
        Assert.Equal([("blood_pressure", "152/96")], Preview(store, programme, book.File, proposed.Name).First[0].Facts);
    }

    [Fact]
    public void Rows_behind_a_sheet_of_instructions_and_below_titles_are_found()
    {
        const string Titles = "República de Moçambique\nDistrito|Chimoio\n";
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        using var book = new Workbook("ministerio.xlsx").Write(("Instruções", "Campo|Como preencher\nData da consulta|O dia em que o doente veio\nSexo|F ou M"), ("Dados", Titles + Book.Replace(';', '|')));
        var proposed = Propose(store, book.File, q => s_answers.GetValueOrDefault(q.Key));
        Assert.Empty(proposed.Open);
        Assert.Equal(("Dados", 3), (proposed.Sheet, proposed.Header));
        Assert.Matches("(?m)^sheet: Dados +# .+\nheader: 3 +# .+$", proposed.Yaml);
        var programme = With(store, proposed).Value;
        var preview = Preview(store, programme, book.File, proposed.Name);
        // Rows are named as the spreadsheet numbers them.
        Assert.Equal((2, 1, 0, 4), (preview.New, preview.Waiting, preview.Refused, preview.First[0].Line));
        Assert.Equal([("sex", "female"), ("birth_date", "1970-05-02"), ("blood_pressure", "149/94"), ("diagnosis", "1"), ("dispensing", "30"), ("weight", "61.5")], preview.First[0].Facts);
        // It is known again by itself, also with a title more or less, and on any sheet once the mapping names none.
        Assert.Equal("ministerio@1", Preview(store, programme, book.File, null).Form);
        using var shorter = new Workbook("abril.xlsx").Write(("Instruções", "Campo|Como preencher\nSexo|F ou M"), ("Dados", "Distrito|Chimoio\n" + Book.Replace(';', '|')));
        Assert.Equal(("ministerio@1", 3), Preview(store, programme, shorter.File, null) is var april ? (april.Form, april.First[0].Line) : default);
        var anywhere = PackageReader.WithMapping(store.Programme, "m.yaml", Encoding.UTF8.GetBytes(proposed.Yaml.Replace("sheet: ", "# ", StringComparison.Ordinal).Replace("header: ", "# ", StringComparison.Ordinal))).Value;
        Assert.Equal(2, Preview(store, anywhere, shorter.File, null).New);
        var csv = Write(store, "ministerio.csv", "República de Moçambique\nDistrito;Chimoio;\n\n" + Book);
        var fromCsv = Propose(store, csv, q => s_answers.GetValueOrDefault(q.Key));
        Assert.Equal((null, 4), (fromCsv.Sheet, fromCsv.Header));
        Assert.Equal((2, 5), Preview(store, With(store, fromCsv).Value, csv, fromCsv.Name) is var rows ? (rows.New, rows.First[0].Line) : default);
    }

    [Fact]
    public void Of_two_sheets_or_rows_that_are_as_likely_somebody_is_asked()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        using var book = new Workbook("meses.xlsx").Write(("Leia-me", "Versão|2"), ("Janeiro", Book.Replace(';', '|')), ("Fevereiro", Book.Replace(';', '|')));
        var open = Propose(store, book.File, q => s_answers.GetValueOrDefault(q.Key));
        Assert.Equal(["Janeiro", "Fevereiro"], Assert.Single(open.Open).Choices);
        Assert.Equal("programmes.package.question", Assert.Single(With(store, open).Problems).Code);
        var answered = Propose(store, book.File, q => q.Key == "sheet" ? "Fevereiro" : s_answers.GetValueOrDefault(q.Key));
        Assert.Equal("Fevereiro", answered.Sheet);
        Assert.Equal("Fevereiro", With(store, answered).Value.Mappings[^1].Sheet);

        const string Twice = "N.º do doente;Unidade Sanitária;Data da consulta;Sexo\nNúmero do paciente;Centro de salud;Fecha de consulta;Sexo\n12;Health Centre One;14/03/2025;F\n";
        var file = Write(store, "duas.csv", Twice);
        var question = Assert.Single(Propose(store, file, q => s_answers.GetValueOrDefault(q.Key)).Open, q => q.Key == "header");
        Assert.Equal(["1", "2"], question.Choices);
        Assert.Contains(With(store, Propose(store, file, q => s_answers.GetValueOrDefault(q.Key))).Problems, p => p.Code == "programmes.package.question" && p.Details["name"].Contains("Which row", StringComparison.Ordinal));
        Assert.Equal(2, Propose(store, file, q => q.Key == "header" ? "2" : s_answers.GetValueOrDefault(q.Key)).Header);
    }

    [Fact]
    public void Dates_that_could_be_either_and_words_that_say_nothing_are_asked_about()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        var file = Write(store, "odk.csv", "patient_number,facility_code,visit_date,gender,smoker,uuid\n1,F1,03/04/2025,1,A,a\n2,F1,04/05/2025,2,B,b\n");
        var proposed = Propose(store, file, _ => null);
        Assert.Superset(new HashSet<string> { "dates", "facts.sex.1", "facts.sex.2", "facts.smoker.A", "facts.smoker.B", "row-id.column", "person.of" }, proposed.Open.Select(q => q.Key).ToHashSet());
    }

    [Fact]
    public void Words_that_say_stopped_are_proposed_as_such_and_what_is_neither_yes_nor_no_is_asked_about()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        var file = Write(store, "livro.csv", "nid,facility_code,visit_date,antihypertensive_prescribed,hypertension_diagnosed,smoker\n"
            + "11040701/19/00001,F1,2025-03-01,Sim,sim,Não\n11040701/19/00002,F1,2025-03-02,Suspenso,Retirado,\n11040701/19/00003,F1,2025-03-03,Não,em estudo,\n11040701/19/00004,F1,2025-03-03,retomou,não,\n");
        var open = Propose(store, file, _ => null);
        Assert.Equal(["facts.diagnosis.Retirado", "facts.diagnosis.em estudo", "facts.prescription.retomou", "facts.smoker.yes"], open.Open.Select(q => q.Key).Where(k => k.StartsWith("facts.", StringComparison.Ordinal)));
        var answers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["facts.diagnosis.Retirado"] = "stopped",
            ["facts.diagnosis.em estudo"] = "-",
            ["facts.prescription.retomou"] = "yes",
            ["facts.smoker.yes"] = "Sim, fuma",
            ["row-id.column"] = "-",
        };
        var proposed = Propose(store, file, q => answers.GetValueOrDefault(q.Key));
        Assert.Empty(proposed.Open);
        Assert.Contains("stands no longer (make sure): Suspenso", proposed.Yaml, StringComparison.Ordinal);
        var programme = With(store, proposed).Value;
        var flags = programme.Mappings[^1].Register.Facts.ToDictionary(f => f.Name);
        Assert.Equal((["Sim", "retomou"], ["Não"], ["Suspenso"]), (flags["prescription"].YesWords, flags["prescription"].NoWords, flags["prescription"].StoppedWords), WordsAre);
        Assert.Equal((["sim"], ["não"], ["Retirado"]), (flags["diagnosis"].YesWords, flags["diagnosis"].NoWords, flags["diagnosis"].StoppedWords), WordsAre);
        var preview = Preview(store, programme, file, proposed.Name);
        Assert.Equal((3, 1), (preview.New, preview.Refused));
        Assert.Contains(("prescription", "stopped"), preview.First[1].Facts);
        Assert.Contains(("diagnosis", "withdrawn"), preview.First[1].Facts);
    }

    [Fact]
    public void The_short_words_of_clinics_are_known_and_what_the_cascade_counts_and_nothing_fills_is_told()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        var file = Write(store, "ficha.csv", "nid,facility_code,visit_date,HTA diagnosticada,ult_tas,ult_tad,tratamento,cor\n11040701/19/00001,F1,2025-03-01,Sim,150,95,Suspenso,azul\n11040701/19/00002,F1,2025-03-02,Não,120,80,Sim,verde\n");
        var answers = new Dictionary<string, string>(StringComparer.Ordinal) { ["facts.prescription.column"] = "tratamento", ["row-id.column"] = "-" };
        var proposed = Propose(store, file, q => answers.GetValueOrDefault(q.Key));
        Assert.Empty(proposed.Open);
        Assert.Equal(["Birth date", "Days of medicine given", "Viral load", "Next visit"], proposed.Unfilled);
        Assert.Equal(["cor"], proposed.Unread);
        var preview = Preview(store, With(store, proposed).Value, file, proposed.Name);
        Assert.Equal([("blood_pressure", "150/95"), ("diagnosis", "1"), ("prescription", "stopped")], preview.First[0].Facts);
        foreach (var (header, fact) in new[] { ("hta", "diagnosis"), ("HTN", "diagnosis"), ("TAS,TAD", "blood_pressure"), ("PAS 1,PAD 1", "blood_pressure") })
        {
            var other = Write(store, "outra.csv", $"nid,facility_code,visit_date,{header}\n11040701/19/00001,F1,2025-03-01,{(header.Contains(',', StringComparison.Ordinal) ? "150,95" : "Sim")}\n");
            Assert.True(Propose(store, other, _ => null) is var said && (said.Yaml.Contains($"  {fact}: ", StringComparison.Ordinal) || said.Open.Any(q => q.Key.StartsWith($"facts.{fact}.", StringComparison.Ordinal))), header);
        }
    }

    private static bool WordsAre((IReadOnlyList<string> Yes, IReadOnlyList<string> No, IReadOnlyList<string> Stopped) expected, (IReadOnlyList<string> Yes, IReadOnlyList<string> No, IReadOnlyList<string> Stopped) read) =>
        expected.Yes.SequenceEqual(read.Yes) && expected.No.SequenceEqual(read.No) && expected.Stopped.SequenceEqual(read.Stopped);

    [Fact]
    public void A_file_that_needs_no_mapping_is_not_given_one()
    {
        using var store = new RunningStore(Engine.Sqlite, MappingTests.Package());
        Assert.Equal("capture.proposal.register", Try(store, Write(store, "register.csv", Register.Csv([new Visit("1", "F1", "2025-03-01")])), _ => null).Problems.Single().Code);
        Assert.Equal("capture.proposal.known", Try(store, Write(store, "h.csv", "Patient ID,Facility,Visit Time,Systolic,Diastolic\n1,Health Centre One,2025-03-01,120,80\n"), _ => null).Problems.Single().Code);
        Assert.Equal("capture.proposal.no-rows", Try(store, Write(store, "leer.csv", "a,b\n"), _ => null).Problems.Single().Code);
    }

    [Fact]
    public void A_data_manager_proposes_adds_and_imports_at_the_command_line()
    {
        using var folder = new Workbook();
        var place = folder.Folder;
        File.WriteAllText(Path.Combine(place, "places.csv"), MappingTests.Places);
        Directory.CreateDirectory(Path.Combine(place, "package"));
        foreach (var (name, bytes) in MappingTests.Package().Bytes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(place, "package", name))!);
            File.WriteAllBytes(Path.Combine(place, "package", name), bytes);
        }

        File.WriteAllText(Path.Combine(place, "livro.csv"), Book);
        (int Code, string Output, string Error) Escala(params string[] arguments) => EscalaProcess.RunIn(place, arguments);
        Assert.Equal(0, Escala("programme", "check", "./package").Code);
        Assert.Equal(0, Escala("init", "--programme", "./package").Code);
        var another = Escala("import", "livro.csv", "--dry-run").Error;
        Assert.Contains("escala mapping new livro.csv", another, StringComparison.Ordinal);
        Assert.DoesNotContain("{", another, StringComparison.Ordinal);
        // Each misspelt column has the one that it is nearest to.
        File.WriteAllText(Path.Combine(place, "misspelt.csv"), "patient_id,facility_code,visit_date,sbp1,dbp1\n1,F1,2025-03-01,150,95\n");
        Assert.Contains("sbp1 (meant sbp_1? then rename it and import again), dbp1 (meant dbp_1?", Escala("import", "misspelt.csv", "--dry-run").Output, StringComparison.Ordinal);
        var left = Escala("mapping", "new", "livro.csv", "--out", "open.yaml");
        Assert.Equal(1, left.Code);
        Assert.Contains("person.of", left.Output, StringComparison.Ordinal);
        Assert.Contains("no column fills it: Medicine for hypertension prescribed", left.Output, StringComparison.Ordinal);
        Assert.Contains("still open", EscalaProcess.RunIn(place, ["import", "livro.csv", "--dry-run", "--mapping", "open.yaml"]).Error, StringComparison.Ordinal);
        Assert.Contains("none of those", Escala("mapping", "new", "livro.csv", "--out", "x.yaml", "--answer", "person.of=maybe").Error, StringComparison.Ordinal);
        var done = Escala(["mapping", "new", "livro.csv", .. s_answers.SelectMany(a => new[] { "--answer", $"{a.Key}={a.Value}" })]);
        Assert.True(done.Code == 0, done.Output + done.Error);
        Assert.Contains("blood_pressure: 149/94", Escala("import", "livro.csv", "--dry-run", "--mapping", "livro.yaml").Output, StringComparison.Ordinal);
        Assert.Contains("escala mapping add", EscalaProcess.Refusal(Escala("import", "livro.csv", "--mapping", "livro.yaml")), StringComparison.Ordinal);
        Assert.Equal(0, Escala("mapping", "add", "livro.yaml").Code);
        // One row waits for its place.
        Assert.Equal(1, Escala("import", "livro.csv").Code);
        Assert.Contains("livro@1", Escala("import", "livro.csv", "--dry-run").Output, StringComparison.Ordinal);
        Assert.Contains("--yes", EscalaProcess.Refusal(Escala("mapping", "add", "livro.yaml")), StringComparison.Ordinal);
        Assert.Equal(0, Escala("mapping", "add", "livro.yaml", "--yes").Code);
        // Of two mappings that fit a mended row goes by its own.
        File.WriteAllText(Path.Combine(place, "outro.yaml"), File.ReadAllText(Path.Combine(place, "livro.yaml")).Replace("mapping: livro", "mapping: outro", StringComparison.Ordinal));
        Assert.Equal(0, Escala("mapping", "add", "outro.yaml").Code);
        Assert.Equal(0, Escala("inbox", "export", "waiting.csv").Code);
        var waiting = Path.Combine(place, "waiting.csv");
        File.WriteAllText(waiting, File.ReadAllText(waiting).Replace("Posto Novo", "Health Centre One", StringComparison.Ordinal));
        var mended = Escala("inbox", "mend", "waiting.csv");
        Assert.True(mended.Code == 0, mended.Output + mended.Error);
        var listed = Escala("--lang", "pt", "mapping", "list").Output;
        Assert.Matches(@"livro, versão 1: livro\s+lê linhas do livro: [^\n]*Peso[^\n]*\s+reconhece-se pelas colunas: N\.º do doente, [^\n]*\s+ficheiro do pacote: mappings/livro\.yaml\s+3 linhas entraram por ele", listed);
        Assert.Contains("0 linhas entraram por ele", listed, StringComparison.Ordinal);
        Assert.Contains("mappings/hearts360.yaml", Escala("mapping", "list", "--programme", "./package").Output, StringComparison.Ordinal);
        Assert.Equal(0, Escala("verify").Code);
    }

    private static string Write(RunningStore store, string name, string csv)
    {
        var file = store.FileNamed(name);
        File.WriteAllText(file, csv);
        return file;
    }

    private static Platform.Problems.Result<ProposedMapping> Try(RunningStore store, string file, Func<Question, string?> answer) =>
        ProposeMapping.Run(file, store.Programme, Path.GetFileNameWithoutExtension(file), null, Language.En, answer);

    private static ProposedMapping Propose(RunningStore store, string file, Func<Question, string?> answer)
    {
        var proposed = Try(store, file, answer);
        Assert.True(proposed.IsOk, string.Join("; ", proposed.Problems));
        return proposed.Value;
    }

    private static Platform.Problems.Result<Programme> With(RunningStore store, ProposedMapping proposed) => PackageReader.WithMapping(store.Programme, proposed.Name + ".yaml", Encoding.UTF8.GetBytes(proposed.Yaml));

    private static ImportPreview Preview(RunningStore store, Programme programme, string file, string? mapping)
    {
        var preview = PreviewImport.Run(store.Store, programme, [file], new ImportOptions { OnChange = (_, _) => OnChange.Stop, Told = new Told(Mapping: mapping) }, store.Clock, default);
        Assert.True(preview.IsOk, string.Join("; ", preview.Problems));
        return preview.Value.Single();
    }
}

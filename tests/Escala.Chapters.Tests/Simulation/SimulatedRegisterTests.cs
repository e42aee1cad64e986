using System.Globalization;
using System.Text;
using Escala.Programmes.Facts;
using Escala.Programmes.Simulation;

namespace Escala.Chapters.Tests.Simulation;

public sealed class SimulatedRegisterTests
{
    private const string CanonicalHeader =
        "patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1,sbp_2,dbp_2,sbp_3,dbp_3,hypertension_diagnosed," +
        "antihypertensive_prescribed,dispensed_days,viral_load,art_start_date,next_visit_date";

    private static readonly SimulationOptions s_small = new() { Seed = 7, People = 1500 };

    [Fact]
    public void The_same_seed_gives_the_same_bytes_with_any_number_of_threads()
    {
        using var one = SimulatedTrial.Of(s_small, threads: 1);
        using var three = SimulatedTrial.Of(s_small, threads: 3);
        using var other = SimulatedTrial.Of(s_small with { Seed = 8 });
        Assert.Equal(Directory.GetFiles(one.Folder).Select(Path.GetFileName).Order(), Directory.GetFiles(three.Folder).Select(Path.GetFileName).Order());
        foreach (var file in Directory.GetFiles(one.Folder)) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(three.Folder, Path.GetFileName(file))));
        Assert.NotEqual(one.Files.Registers[0].Sha256, other.Files.Registers[0].Sha256);
    }

    // Made on x64 Linux. Another machine must find the same; a change of the generator or of the package's simulation.yaml changes it.
    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_every_machine()
    {
        using var trial = SimulatedTrial.Of(s_small, oneFile: true);
        Assert.Equal("015f3c02d94caac2715cc66780118353ba88e1547be15773a66bdffec1f9e504", trial.Files.Registers[0].Sha256);
    }

    [Fact]
    public void A_register_stands_in_the_order_of_its_days()
    {
        using var trial = SimulatedTrial.Of(s_small);
        Assert.Equal(["D1", "D2", "D3", "D4", "D5", "D6"], trial.Files.Registers.Select(f => f.Name["register-".Length..^".csv".Length]));
        foreach (var file in trial.Files.Registers)
        {
            Assert.Equal(CanonicalHeader, File.ReadLines(Path.Combine(trial.Folder, file.Name)).First());
            var rows = trial.RowsOf(file.Name).Select(r => (r.Date, r.Facility)).ToList();
            Assert.Equal(file.Rows, rows.Count);
            Assert.Equal(rows.OrderBy(r => r.Date).ThenBy(r => r.Facility, StringComparer.Ordinal), rows);
        }
    }

    [Fact]
    public void One_file_holds_the_rows_of_all_districts_in_the_order_of_their_days()
    {
        using var parts = SimulatedTrial.Of(s_small);
        using var whole = SimulatedTrial.Of(s_small, oneFile: true);
        var rows = whole.Rows().ToList();
        Assert.Equal(parts.Rows().Select(r => string.Join(',', r.Cells)).Order(StringComparer.Ordinal), rows.Select(r => string.Join(',', r.Cells)).Order(StringComparer.Ordinal));
        Assert.Equal(rows.Select(r => r.Date).Order(), rows.Select(r => r.Date));
        Assert.Equal(["places.csv", "register.csv", "truth.json"], Directory.GetFiles(whole.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nobody_is_seen_twice_on_a_day_or_at_two_districts()
    {
        using var trial = SimulatedTrial.Of(s_small);
        var rows = trial.Rows().ToList();
        Assert.Equal(rows.Count, rows.Select(r => (r.Person, r.Date)).Distinct().Count());
        var districts = trial.World.Places.ToDictionary(p => p.Code, p => p.ParentCode, StringComparer.Ordinal);
        var people = rows.GroupBy(r => r.Person).ToList();
        Assert.All(people, p => Assert.Single(p.Select(r => districts[r.Facility]).Distinct()));
        Assert.Contains(people, p => p.Select(r => r.Facility).Distinct().Count() > 1);
    }

    [Fact]
    public void A_person_keeps_sex_and_dates()
    {
        using var trial = SimulatedTrial.Of(s_small);
        foreach (var person in trial.Rows().GroupBy(r => r.Person))
        {
            foreach (var column in new[] { "sex", "birth_date", "art_start_date" })
                Assert.InRange(person.Select(r => r[column]).Where(v => v.Length > 0).Distinct().Count(), 0, 1);
            Assert.All(person, r => Assert.True(r.Day("birth_date") is not { } birth || birth < (r.Day("art_start_date") ?? r.Date).AddDays(1)));
            Assert.All(person, r => Assert.True(r.Day("art_start_date") is not { } start || start <= r.Date));
        }
    }

    [Fact]
    public void Visits_fall_on_open_days_of_the_trial()
    {
        using var trial = SimulatedTrial.Of(s_small);
        var places = trial.World.Places.Where(p => p.Level == "facility").Select(p => p.Code).ToHashSet(StringComparer.Ordinal);
        foreach (var row in trial.Rows())
        {
            Assert.Contains(row.Facility, places);
            Assert.InRange(row.Date, trial.World.From, trial.World.To);
            Assert.DoesNotContain(row.Date.DayOfWeek, new[] { DayOfWeek.Saturday, DayOfWeek.Sunday });
            Assert.True(row.Day("next_visit_date") is not { } next || next > row.Date);
        }
    }

    [Theory]
    [InlineData("saia-htn")]
    [InlineData("pediatric-hiv")]
    public void The_reader_of_registers_takes_every_row(string package)
    {
        using var trial = SimulatedTrial.OfPackage(package, s_small with { People = 6000 });
        var register = trial.World.Programme.Register;
        var pairs = register.Facts.Where(f => f.Type == FactType.Pair).SelectMany(f => f.Columns).ToHashSet(StringComparer.Ordinal);
        var queried = 0;
        foreach (var file in trial.Files.Registers)
        {
            using var records = new CsvRecords(File.OpenRead(Path.Combine(trial.Folder, file.Name)), (byte)',');
            Assert.True(records.Read());
            var columns = Encoding.UTF8.GetString(records.Raw).Split(',');
            var reader = RowReader.For(register, new Layout(',', '.', DateOrder.Iso, columns)).Value;
            var row = new DecodedRow(register);
            var rows = 0;
            for (; records.Read(); rows++)
            {
                reader.Read(records.Fields, row);
                Assert.Null(records.Fault);
                Assert.Empty(row.Problems);
                Assert.All(row.Queries, q => Assert.Contains(q, pairs));
                queried += row.Queries.Count;
            }

            Assert.Equal(file.Rows, rows);
        }

        Assert.Equal(pairs.Count > 0, queried > 0);
    }

    [Fact]
    public void Care_waits_for_the_test_and_treatment_for_care()
    {
        using var trial = SimulatedTrial.OfPackage("pediatric-hiv", s_small with { People = 6000 });
        var found = new HashSet<string>(StringComparer.Ordinal);
        var enrolled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in trial.Files.Registers.SelectMany(f => trial.RowsOf(f.Name)))
        {
            var child = row["child_number"];
            if (row["test_conclusion"] == "P") Assert.True(found.Add(child), "tested again after a positive conclusion");
            if (row["enrolled_in_care"] == "1") enrolled.Add(child);
            Assert.True(row["enrolled_in_care"] == "" || found.Contains(child));
            Assert.True(row["on_treatment"] == "" || enrolled.Contains(child));
        }

        Assert.InRange(enrolled.Count, 20, found.Count);
    }

    [Fact]
    public void Typing_errors_are_as_rare_as_stated_and_the_only_implausible_values()
    {
        var options = s_small with { People = 6000 };
        using var clean = SimulatedTrial.Of(options, WithTypingErrors(0));
        Assert.DoesNotContain(Numbers(clean), n => Implausible(n));
        using var mistyped = SimulatedTrial.Of(options, WithTypingErrors(0.01));
        var numbers = Numbers(mistyped).ToList();

        // Not every typing error is implausible: 118 may become 11, but also 1185.
        Assert.InRange(numbers.Count(Implausible) / (double)numbers.Count, 0.007, 0.0105);
    }

    [Fact]
    public void Some_values_are_rounded_to_ten()
    {
        using var trial = SimulatedTrial.Of(s_small with { People = 6000 }, WithTypingErrors(0));
        var zeros = Numbers(trial).Average(n => n.Value % 10 == 0 ? 1.0 : 0.0);

        // 0.40 of the visits, and a tenth of the others.
        Assert.InRange(zeros, 0.43, 0.49);
    }

    [Fact]
    public void Rare_words_and_empty_cells_occur()
    {
        using var trial = SimulatedTrial.Of(s_small with { People = 6000 });
        var rows = trial.Rows().ToList();
        Assert.Contains(rows, r => r["hypertension_diagnosed"] == "withdrawn");
        Assert.Contains(rows, r => r["antihypertensive_prescribed"] == "stopped");
        Assert.Contains(rows, r => r["sbp_1"].Length > 0 && r["dbp_1"].Length == 0);
        Assert.All(new[] { "sex", "birth_date", "art_start_date", "next_visit_date", "viral_load" }, c => Assert.Contains(rows, r => r[c].Length == 0));
        Assert.All(new[] { "ND", "<20", "<839" }, v => Assert.Contains(rows, r => r["viral_load"] == v));
    }

    private static SimulationPlan WithTypingErrors(double rate) => SimulatedTrial.Plan with
    {
        Facts = [.. SimulatedTrial.Plan.Facts.Select(f => f is PairPlan pair ? pair with { TypingErrors = rate } : f)],
    };

    private static IEnumerable<(int Part, int Value)> Numbers(SimulatedTrial trial) => trial.Rows()
        .SelectMany(r => new[] { 1, 2, 3 }.SelectMany(i => new[] { (0, r[$"sbp_{i}"]), (1, r[$"dbp_{i}"]) }))
        .Where(n => n.Item2.Length > 0).Select(n => (n.Item1, int.Parse(n.Item2, CultureInfo.InvariantCulture)));

    private static bool Implausible((int Part, int Value) number) => number.Part == 0 ? number.Value is < 60 or > 280 : number.Value is < 30 or > 180;
}

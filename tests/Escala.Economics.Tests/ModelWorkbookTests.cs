using System.Diagnostics;
using System.Text;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Escala.Economics.Models;
using Escala.Platform.Texts;
using ExcelDataReader;

namespace Escala.Economics.Tests;

/// <summary>A workbook is worth what a program that knows nothing of Escala computes from its formulas.</summary>
public sealed class ModelWorkbookTests
{
    static ModelWorkbookTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Everything that formulas can say, in one model.</summary>
    private const string Everything = """
        model: Everything
        settings:
          {cycle: 1 year, horizon: 12 years, start_year: 2025, start_age: 52, currency: USD, price_year: 2024, discount: {costs: 4%, effects: 2%, convention: CONVENTION},
           within_cycle: METHOD, transition_timing: TIMING, thresholds: [100], effect: {outcome: qaly}, undiscounted: [events],
           perspectives: {payer: {payers: [ministry]}, society: {payers: [ministry, patient]}}}
        parameters:
          r: 0.05
          a: {value: -1.5}
          shares: {dist: dirichlet, alpha: {x: 3, y: 7}}
          on: if(strategy == new and not (group == old_people), 1, 0)
          power: 2 ^ a - -a ^ 2
          chosen: if(age >= 55 and not (cycle > 8) or year == 2036, min(0.3, r * 2, 1), max(r, 0.01))
          remembered: r * (1 + time_in_state) / (2 + time_in_state)
          odds: exp(ln(2) + sqrt(0.25)) + abs(a) + floor(a) + normal_quantile(r) + probability(r) + rate(0.2, 2)
          money: inflate(100, 0.05, 3) + exchange(640, 64) + purchasing_power(50, 25, 1) + annuity(1000, 5, 0.03) + annuity(100, 4, 0)
          health: present_years(left(age)) + age_weighted_years(age, left(age)) + other_cause(0.02, 0.005, 1.4)
          seen: band.second(age) + exactly(cycle)
          f: framingham(sex = sex, age = age, bmi = 25 + cycle / 10, sbp = 140, treated = 1)
          w: who_cvd_stroke(region = "Southern Sub-Saharan Africa", sex = sex, age = start_age, sbp = 150, cholesterol = 5, diabetes = 1)
          h: who_cvd_rate(region = "Eastern Sub-Saharan Africa", sex = sex, age = start_age, sbp = 150 - 5 * on, bmi = 26)
          g: framingham_rate(sex = sex, age = start_age, total_cholesterol = 200, hdl = 45, sbp = 150, smoker = 1)
          sex: male
        tables:
          left: {lookup: linear, rows: [[40, 45], [60, 25], [90, 5]]}
          band: {lookup: band, columns: [age, first, second], rows: [[0, 1, 0.1], [55, 2, 0.2], [60, 3, 0.3]]}
          exactly: {lookup: exact, rows: [[0, 0], [1, 0.1], [2, 0.2], [3, 0.3], [4, 0], [5, 0], [6, 0], [7, 0], [8, 0], [9, 0], [10, 0], [11, 1], [12, 2]]}
        strategies: {old: {reference: true}, new: {label: New}}
        states:
          Well: {start: {old: 0.9, new: 0.95}}
          Ill: {start: {old: 0.1, new: 0.05}, time_limit: 4 years}
          Worse: {time_limit: 3 years}
          Dead: {dead: true}
        transitions:
          - {from: Well, to: Ill, rate: chosen + h}
          - {from: Well, to: Dead, rate: 0.01 + g / 10 + 0 * seen}
          - {from: Ill, to: Worse, rate: remembered}
          - {from: Ill, to: Dead, probability: 0.02 + 0.01 * w}
          - {from: Worse, to: Dead, probability: 0.1 + time_in_state / 20, strategy: old}
          - {from: Worse, to: Dead, probability: 0.08, strategy: new}
          - {from: Worse, to: Ill, rest: true, strategy: new}
        values:
          - {outcome: cost, payer: {ministry: 0.7, patient: 0.3}, state: alive, per_year: money + on * 10}
          - {outcome: cost.event, payer: ministry, from: [Well, Ill], to: [Ill, Worse, Dead], once: odds + shares.x}
          - {outcome: cost.start, payer: patient, at_start: 12 + on}
          - {outcome: qaly, state: Well, per_year: 1 - f / 10}
          - {outcome: qaly, state: [Ill, Worse], per_year: "0.5 + 0.1 * min(time_in_state, 2) + seen / 100"}
          - {outcome: qaly, from: alive, to: Dead, once: health / 100 + power / 1000}
          - {outcome: events, from: Well, to: Ill, once: 1}
        groups:
          - {name: young_people, weight: 0.25, set: {start_age: 41, sex: female}}
          - {name: old_people, weight: 0.75, set: {r: 0.07}}
        """;

    /// <summary>Every method, convention and timing at least once.</summary>
    private static readonly string[] s_models =
    [
        "saia-htn", "sick-sicker-age", "sick-sicker-residence", "none yearly-step start", "start per-cycle middle", "end nominal-per-cycle end", "trapezoid continuous arrival-row",
        "life-table yearly-step middle", "simpson per-cycle start", "tutorial-simpson continuous middle",
    ];

    [Fact]
    [Trait("Speed", "Slow")]
    public void Formulas_reproduce_the_base_case_cell_by_cell()
    {
        var folder = Directory.CreateTempSubdirectory("escala-workbooks-").FullName;
        try
        {
            for (var i = 0; i < s_models.Length; i++)
            {
                using var file = File.Create(Path.Combine(folder, $"m{i}.xlsx"));
                Load(s_models[i]).WriteWorkbook(file);
            }
            Recompute(folder);
            for (var i = 0; i < s_models.Length; i++)
            {
                using var computed = File.OpenRead(Path.Combine(folder, "computed", $"m{i}.xlsx"));
                Compare(s_models[i], Load(s_models[i]), Cells(computed));
            }
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void A_workbook_that_nobody_changed_gives_the_file_back()
    {
        foreach (var name in new[] { "saia-htn", "sick-sicker" })
        {
            var text = File.ReadAllText(Repository.Sample(name + ".yaml"));
            foreach (var ends in new[] { text, text.Replace("\n", "\r\n") })
            {
                var (back, changes) = DecisionModel.FromWorkbook(Book(ends, []), null);
                Assert.Equal(ends, back);
                Assert.Empty(changes);
            }
        }
    }

    [Fact]
    public void Changed_numbers_come_back_into_their_places_with_comments_and_order_kept()
    {
        const string Text = """
            # A comment that stays.
            model: Small
            settings: {horizon: 5 years, effect: {outcome: qaly}}
            parameters:
              plain: 0.1   # plain
              quoted: {value: "3%", low: 1%, high: 5%}  # percent
              ratio: {estimate: 0.7, ci95: [0.5, 0.98], dist: lognormal, note: "{value: 1}"}
              raw:
                dist: gamma # no value of its own
                shape: 25
                scale: 2
              twice: plain * 2
            strategies: {a: , b: }
            states: {S: {start: 1}, D: {dead: true}}
            transitions:
              - {from: S, to: D, rate: twice * quoted * ratio * raw / 50}
            values:
              - {outcome: qaly, state: S, per_year: 1}
              - {outcome: cost, state: S, per_year: 1}
            """;
        var (back, changes) = DecisionModel.FromWorkbook(Book(Text, [("plain", 3, "0.125"), ("quoted", 3, "0.04"), ("quoted", 5, "0.02"), ("ratio", 3, "0.65"), ("raw", 3, "60"), ("plain", 5, "")]), Text);
        Assert.Equal(Text.Replace("plain: 0.1 ", "plain: 0.125 ").Replace("\"3%\", low: 1%", "0.04, low: 0.02").Replace("estimate: 0.7,", "estimate: 0.65,").Replace("    dist: gamma", "    value: 60\n    dist: gamma"), back);
        Assert.Equal(5, changes.Count);
        Assert.Equal(("plain", "Value", "0.1", "0.125"), (changes[0].Parameter, changes[0].Field, changes[0].Before, changes[0].After));
    }

    [Fact]
    public void Ranges_numbers_of_distributions_and_sources_come_back_and_a_source_replaces_an_assumption()
    {
        const string Text = """
            model: Small
            settings: {horizon: 5 years}
            parameters:
              c: {value: 30, dist: gamma, sd: 5, assumption: true}
              h: {estimate: 0.7, ci95: [0.5, 0.98], dist: lognormal, source: old}
              shares: {dist: dirichlet, alpha: {x: 3, y: 7}}
            strategies: {a: }
            states: {S: {start: 1}}
            values: [{outcome: cost, state: S, per_year: c * h * shares.x}]
            """;
        var sheet = Cells(Book(Text, []))["Parameters"];
        int At(string heading) => Array.FindIndex(sheet[2], c => (string?)c == heading) + 1;
        var (back, changes) = DecisionModel.FromWorkbook(Book(Text, [("c", At("sd"), "6"), ("c", At("Source"), "Price list \"2025\", não"), ("h", At("ci95 upper"), "0.9"), ("h", At("Source"), "new"), ("shares.y", At("alpha"), "9")]), Text);
        Assert.Equal(Text.Replace("c: {value: 30, dist: gamma, sd: 5, assumption: true}", "c: {source: \"Price list \\\"2025\\\", não\", value: 30, dist: gamma, sd: 6, assumption: false}")
            .Replace("0.98", "0.9").Replace("source: old", "source: \"new\"").Replace("y: 7", "y: 9"), back);
        Assert.Equal(5, changes.Count);
    }

    [Theory]
    [InlineData("c", 4, "MZN", "economics.workbook.row-text")]
    [InlineData("shares.x", 3, "0.9", "economics.workbook.row-share")]
    [InlineData("on", 3, "130", "economics.workbook.row-formula")]
    [InlineData("c", 5, "10", "economics.workbook.row-distribution")]
    [InlineData("c", 3, "dear", "economics.workbook.row-number")]
    [InlineData("c", 3, "", "economics.workbook.row-empty")]
    [InlineData("c", 1, "cost", "economics.workbook.row-unknown")]
    public void What_a_workbook_cannot_change_is_refused_with_its_row(string parameter, int column, string value, string reason)
    {
        const string Text = """
            model: Small
            settings: {horizon: 5 years}
            parameters: {c: {value: 30, dist: gamma, sd: 5}, on: c > 3, shares: {dist: dirichlet, alpha: {x: 3, y: 7}}}
            strategies: {a: }
            states: {S: {start: 1}}
            values: [{outcome: cost, state: S, per_year: c * on * shares.x}]
            """;
        var problems = Assert.Throws<ModelException>(() => DecisionModel.FromWorkbook(Book(Text, [(parameter, column, value)]), Text)).Problems;
        Assert.Contains(problems, p => p.Code == reason && p.Sentence(Language.En).Contains("row "));
    }

    [Fact]
    public void Another_file_s_workbook_and_no_workbook_at_all_are_refused()
    {
        var text = File.ReadAllText(Repository.Sample("sick-sicker.yaml"));
        Assert.Equal("economics.workbook.hash", Assert.Throws<ModelException>(() => DecisionModel.FromWorkbook(Book(text, []), text + "\n")).Problems[0].Code);
        Assert.Equal("economics.workbook.file", Assert.Throws<ModelException>(() => DecisionModel.FromWorkbook(new MemoryStream([1, 2, 3]), null)).Problems[0].Code);
    }

    [Fact]
    public void A_model_too_large_for_a_spreadsheet_is_refused_before_it_is_written()
    {
        var text = File.ReadAllText(Repository.Sample("sick-sicker-residence.yaml")).Replace("cycle: 1 year", "cycle: 1 week");
        Assert.StartsWith("economics.", Assert.Throws<ModelException>(() => DecisionModel.Load(text).WriteWorkbook(Stream.Null)).Problems[0].Code);
    }

    private static DecisionModel Load(string model)
    {
        if (model.Split(' ') is not [var method, var convention, var timing]) return DecisionModel.Load(File.ReadAllText(Repository.Sample(model + ".yaml")));
        return DecisionModel.Load(Everything.Replace("METHOD", method).Replace("CONVENTION", convention).Replace("TIMING", timing));
    }

    private static void Compare(string name, DecisionModel model, Dictionary<string, List<object?[]>> book)
    {
        Assert.DoesNotContain(book.Where(s => s.Key != "Model file").SelectMany(s => s.Value).SelectMany(r => r), cell => cell is string text && text.StartsWith('#'));
        var results = book["Results"].Where(r => r.Length >= 4 && r[2] is double && r[3] is double).ToList();
        Assert.True(results.Count >= 6, name);
        Assert.All(results, r => Assert.True(Near((double)r[2]!, (double)r[3]!), $"{name}: {r[0]} {r[1]} {r[2]} {r[3]}"));
        var definition = model.Definition;
        var trace = model.RunBase().Trace;
        for (var s = 0; s < definition.Strategies.Count; s++)
        {
            for (var state = 0; state < definition.States.Count; state++)
            {
                for (var row = 0; row <= definition.Settings.Cycles; row++)
                {
                    var share = definition.Groups.Sum(g => g.Weight * Share(book[Title(definition, s, g)], definition.States[state].Name, row));
                    Assert.True(Near(share, trace[s][state][row]), $"{name}: {definition.States[state].Name}, cycle {row}: {share} {trace[s][state][row]}");
                }
            }
        }
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(b));

    private static string Title(ModelDefinition model, int strategy, GroupDefinition group) =>
        model.Groups.Count > 1 ? $"{model.Strategies[strategy].Name} {group.Name}" : model.Strategies[strategy].Name;

    /// <summary>Sum of a state's columns, one per cycle spent in it, at a row of the trace.</summary>
    private static double Share(List<object?[]> sheet, string state, int row)
    {
        const int Headings = 5;
        return sheet[Headings].Select((heading, column) => (heading, column)).Where(h => h.heading is string text && (text == state || text.StartsWith(state + ", ")))
            .Sum(h => Convert.ToDouble(sheet[Headings + 1 + row][h.column]));
    }

    private static void Recompute(string folder)
    {
        var office = new[] { "/usr/bin/soffice", "/usr/bin/libreoffice" }.FirstOrDefault(File.Exists);
        if (office is null) Assert.Skip("LibreOffice is not installed (libreoffice-calc): nothing else here computes a workbook.");
        var start = new ProcessStartInfo(office, ["--headless", $"-env:UserInstallation=file://{folder}/profile", "--convert-to", "xlsx", "--outdir", Path.Combine(folder, "computed"), .. Directory.GetFiles(folder, "*.xlsx")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
    }

    private static Dictionary<string, List<object?[]>> Cells(Stream stream)
    {
        using var reader = ExcelReaderFactory.CreateOpenXmlReader(stream);
        Dictionary<string, List<object?[]>> sheets = [];
        do
        {
            var rows = sheets[reader.Name] = [];
            while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)]);
        }
        while (reader.NextResult());
        return sheets;
    }

    /// <summary>The model's workbook with cells of the sheet Parameters changed: parameter, column, text of the cell.</summary>
    private static MemoryStream Book(string text, IReadOnlyList<(string Parameter, int Column, string Value)> changes)
    {
        var stream = new MemoryStream();
        DecisionModel.Load(text).WriteWorkbook(stream);
        stream.Position = 0;
        using (var document = SpreadsheetDocument.Open(stream, true))
        {
            var book = document.WorkbookPart!;
            var id = book.Workbook.Descendants<Sheet>().Single(s => s.Name == "Parameters").Id!.Value!;
            var sheet = ((WorksheetPart)book.GetPartById(id)).Worksheet;
            foreach (var (parameter, column, value) in changes)
            {
                var row = sheet.Descendants<Row>().Single(r => r.Elements<Cell>().First().InnerText == parameter);
                var address = $"{(char)('A' + column - 1)}{row.RowIndex}";
                row.Elements<Cell>().FirstOrDefault(c => c.CellReference == address)?.Remove();
                if (value.Length == 0) continue;
                var isNumber = double.TryParse(value, out _);
                var cell = isNumber ? new Cell { CellValue = new CellValue(value) } : new Cell { DataType = CellValues.InlineString, InlineString = new InlineString(new Text(value)) };
                cell.CellReference = address;
                var next = row.Elements<Cell>().FirstOrDefault(c => string.CompareOrdinal(c.CellReference!.Value, address) > 0);
                if (next is null) row.Append(cell);
                else row.InsertBefore(cell, next);
            }
            sheet.Save();
        }
        stream.Position = 0;
        return stream;
    }
}

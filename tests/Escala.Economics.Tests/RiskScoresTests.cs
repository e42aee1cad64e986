using Escala.Economics.Models;
using System.Globalization;
using System.IO.Compression;
using Escala.Economics.Packs;
using Escala.Numerics.Risk;

namespace Escala.Economics.Tests;

public sealed class RiskScoresTests
{
    private static readonly RiskScore s_who = RiskScores.All.Single(s => s.Name == "who");

    /// <summary>44,100 cells as transcribed in public; five are thought mistaken there, thirty lie just beyond rounding.</summary>
    [Fact]
    public void The_charts_of_all_regions_are_met_but_for_the_cells_known_to_be_off()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Repository.Reference("risk", "who-cvd-2019-chart-cells.csv.gz")), CompressionMode.Decompress));
        reader.ReadLine();
        int met = 0, cells = 0;
        while (reader.ReadLine() is { } line)
        {
            var cell = line.Split(',');
            var laboratory = cell[0] == "laboratory";
            var equation = s_who.Variants[laboratory ? 0 : 1];
            var region = equation.Covariates[0].Levels.ToList().IndexOf(cell[1]);
            var x = cell[3..].Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray();
            double[] values = [region, cell[2] == "female" ? 1 : 0, x[2], x[3], x[4], x[0], x[1]];
            cells++;
            if (Math.Abs(100 * equation.Risks(values).Total - x[5]) <= 0.5) met++;
        }
        Assert.Equal(44_100, cells);
        Assert.True(met >= 44_065, $"{met} cells met");
    }

    [Theory]
    [InlineData("Eastern Sub-Saharan Africa", 10.64, 14.54, 3.58, 19.50)]
    [InlineData("Central Latin America", 8.82, 13.36, 2.78, 18.58)]
    [InlineData("Southern Sub-Saharan Africa", 10.04, 16.28, 3.26, 21.67)]
    public void Worked_examples_of_the_seed_regions(string region, double first, double second, double third, double fourth)
    {
        Assert.Equal(first, Percent(region, ("sex", 0), ("age", 55), ("cholesterol", 5.1), ("sbp", 152), ("smoker", 1)), 0.006);
        Assert.Equal(second, Percent(region, ("sex", 1), ("age", 62), ("cholesterol", 5.8), ("sbp", 168), ("diabetes", 1)), 0.006);
        Assert.Equal(third, Percent(region, ("sex", 0), ("age", 47), ("bmi", 23.4), ("sbp", 145)), 0.006);
        Assert.Equal(fourth, Percent(region, ("sex", 1), ("age", 66), ("bmi", 31.2), ("sbp", 176), ("smoker", 1)), 0.006);
    }

    /// <summary>The lines that a workbook shows are the equation itself.</summary>
    [Fact]
    public void Equations_written_out_give_what_the_equations_give()
    {
        Dictionary<string, double> person = new() { ["sex"] = 1, ["region"] = 9, ["age"] = 57, ["sbp"] = 149, ["cholesterol"] = 5.3, ["bmi"] = 27, ["total_cholesterol"] = 205, ["hdl"] = 44, ["treated"] = 1, ["smoker"] = 1, ["diabetes"] = 1 };
        foreach (var equation in RiskScores.All.SelectMany(s => s.Variants))
        {
            double[] x = [.. equation.Covariates.Select(c => person[c.Name])];
            var given = string.Concat(equation.Covariates.Where(c => c.Kind != RiskCovariateKind.Category && c.Name != "age").Select(c => FormattableString.Invariant($"  {c.Name}: {person[c.Name]}\n")));
            var steps = string.Concat(equation.Steps(x).Select(s => $"  {s.Name}: {s.Formula}\n"));
            var run = DecisionModel.Load($"model: M\nsettings: {{horizon: 1 year, start_age: 57}}\nparameters:\n{given}{steps}strategies: {{a: }}\nstates: {{S: {{start: 1}}}}\nvalues: [{{outcome: r, at_start: risk}}]\n").Run();
            Assert.Equal(equation.Risks(x).Total, run.Strategies[0].Outcomes["r"], 1e-14);
        }
    }

    /// <summary>Three slopes of two tables carry a fifth decimal; so rounded they are the numbers that were given.</summary>
    [Fact]
    public void Only_three_numbers_of_the_regions_have_more_than_four_decimals() =>
        Assert.Equal(3, RiskScores.Regions.Rows.SelectMany(r => r.Skip(3)).Count(cell => cell.Split('.')[^1].Length > 4));

    [Fact]
    public void The_total_is_made_of_its_two_endpoints()
    {
        var risks = Estimate("Oceania", ("sex", 1), ("age", 66), ("bmi", 31.2), ("sbp", 176)).Risks;
        Assert.Equal(1 - (1 - risks.CoronaryHeartDisease) * (1 - risks.Stroke), risks.Total, 1e-15);
    }

    [Fact]
    public void Every_pack_says_where_it_comes_from_and_under_which_licence()
    {
        Assert.NotEmpty(DataPack.Names);
        Assert.All(DataPack.Names.Select(DataPack.Open), pack =>
        {
            Assert.NotEmpty(pack.Title);
            Assert.NotEmpty(pack.Citation);
            Assert.True(pack.IsShipped);
            Assert.Equal(64, pack.Hash.Length);
            Assert.NotEmpty(pack.Licence);
            Assert.NotEmpty(pack.Rows);
        });
    }

    private static double Percent(string region, params (string, double)[] values) => 100 * Estimate(region, values).Risks.Total;

    private static RiskEstimate Estimate(string region, params (string Name, double Value)[] values)
    {
        var given = values.ToDictionary(v => v.Name, v => v.Value);
        given["region"] = s_who.Variants[0].Covariates[0].Levels.ToList().IndexOf(region);
        return s_who.Choose(given.Keys).Estimate(given);
    }

    [Fact]
    public void A_ministry_s_own_pack_takes_the_place_of_the_shipped_one_and_says_so()
    {
        const string Model = "model: M\nsettings: {horizon: 1 year, start_age: 40, within_cycle: start}\ntables: {t: {pack: PACK}}\nstrategies: {a: }\nstates: {S: {start: 1}}\nvalues: [{outcome: r, state: S, per_year: t.female(age)}]\n";
        var folder = Directory.CreateTempSubdirectory("escala-packs-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "life-table-of-ours.csv"), "# title: Ours\n# citation: Statistics office\n# licence: open\nage,male,female\n0,0.1,0.25\n");
            Environment.SetEnvironmentVariable(DataPack.FolderVariable, folder);
            var model = DecisionModel.Load(Model.Replace("PACK", "life-table-of-ours"));
            Assert.Equal(0.25, model.Run().Strategies[0].Outcomes["r"], 1e-12);
            Assert.Contains("the user's own", model.Definition.Tables[0].Source);
            Assert.Contains("life-table-of-ours", DataPack.Names);
            // A name is no path.
            Assert.Throws<ModelException>(() => DataPack.Open("../packs/life-table-of-ours"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(DataPack.FolderVariable, null);
            Directory.Delete(folder, true);
        }
    }
}

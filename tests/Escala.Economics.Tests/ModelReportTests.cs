using System.Xml.Linq;
using Escala.Platform.Texts;

namespace Escala.Economics.Tests;

public sealed class ModelReportTests
{
    private static readonly Lazy<string> s_page = new(() =>
        DecisionModel.Load(File.ReadAllText(Repository.Sample("saia-htn.yaml")).Replace("draws: 2000", "draws: 100")).Report());

    [Fact]
    public void Every_item_of_CHEERS_is_reported_or_said_not_to_be()
    {
        var rows = Table("CHEERS 2022");
        Assert.Equal(Enumerable.Range(1, 28).Select(i => i.ToString()), rows.Select(r => r[0]));
        Assert.All(rows, r => Assert.True(r[2] == "Reported" ? r[3].Length > 0 && !r[3].StartsWith("To be filled") : r[2] == "Not reported" && r[3].StartsWith("To be filled")));
        Assert.Equal("Not reported", rows.Single(r => r[0] == "27")[2]);
        Assert.Equal(15, Table("ISPOR budget impact").Count);
    }

    [Fact]
    public void Each_parameter_shows_its_source_or_that_it_has_none()
    {
        var rows = Table("Parameters");
        Assert.Contains(rows, r => r[0] == "sbp_spread" && r[7].StartsWith("ASSUMPTION"));
        Assert.Contains(rows, r => r[0] == "dw_mi" && r[7].StartsWith("GBD 2019"));
        Assert.All(rows, r => Assert.NotEmpty(r[7]));
    }

    [Fact]
    public void What_is_still_assumed_is_listed_apart()
    {
        var open = Table("Assumptions to replace and parameters without a source");
        Assert.Contains(open, r => r[0] == "hr_hiv_death" && r[4] == "assumption to replace");
        Assert.DoesNotContain(open, r => r[0] is "control_now" or "dw_mi" or "sbp_fall");
        Assert.Equal(open.Count, Table("Parameters").Count(r => r[7].StartsWith("ASSUMPTION") || r[7] == "NO SOURCE"));
    }

    [Fact]
    public void A_number_in_a_formula_has_no_source_and_the_report_says_so()
    {
        var text = File.ReadAllText(Repository.Sample("saia-htn.yaml")).Replace("draws: 2000", "draws: 100").Replace("per_year: c_after,", "per_year: c_after + 37.5,");
        var page = DecisionModel.Load(text).Report();
        Assert.Matches("Numbers written in formulas[^<]*37.5", page);
        Assert.Contains("Numbers written in formulas", page);
        var clean = System.Text.RegularExpressions.Regex.IsMatch(s_page.Value, "Numbers written in formulas");
        Assert.Equal(clean ? "Not reported" : "Reported", Table("CHEERS 2022").Single(r => r[0] == "22")[2]);
    }

    [Fact]
    public void The_impact_inventory_names_every_consequence_and_who_counts_it()
    {
        var rows = Table("Impact inventory");
        Assert.Equal(19, rows.Count);
        Assert.Equal(["no", "yes"], rows.Single(r => r[1] == "Time of unpaid carers")[2..4]);
        Assert.Equal(["yes", "yes"], rows.Single(r => r[1] == "Length of life")[2..4]);
        Assert.Equal("not yet measured; the patient survey of the trial will tell", rows.Single(r => r[1] == "Care paid by patients")[4]);
    }

    [Fact]
    public void The_value_of_learning_single_parameters_is_shown_with_its_error() => Assert.Contains("Expected value of partial perfect information", s_page.Value);

    [Fact]
    public void The_page_speaks_the_reader_s_language_and_writes_numbers_as_it_does()
    {
        var text = File.ReadAllText(Repository.Sample("saia-htn.yaml")).Replace("draws: 2000", "draws: 100");
        var (pt, es) = (DecisionModel.Load(text, Language.Pt).Report(), DecisionModel.Load(text, Language.Es).Report());
        Assert.Contains("Pressupostos a substituir", pt);
        Assert.Contains("Supuestos por sustituir", es);
        Assert.Contains(">0,234<", pt);
        Assert.Contains(">0.234<", es);
        foreach (var page in new[] { pt, es })
        {
            Assert.Equal(28 + 15, page.Split("<h2 id=\"cheers\">")[1].Split("<tr>").Length - 1 - 2);
            Assert.DoesNotContain("Not reported", page);
        }
    }

    [Fact]
    public void The_page_is_well_formed_carries_its_figures_and_its_provenance()
    {
        var page = XDocument.Parse(s_page.Value.Replace("<!doctype html>", "").Replace("<meta charset=\"utf-8\">", ""));
        Assert.True(page.Descendants("svg").Count() >= 8);
        Assert.DoesNotContain("NaN", s_page.Value);
        Assert.Contains(DecisionModel.Load(File.ReadAllText(Repository.Sample("saia-htn.yaml")).Replace("draws: 2000", "draws: 100")).Hash, s_page.Value);
    }

    private static List<List<string>> Table(string heading)
    {
        var page = XDocument.Parse(s_page.Value.Replace("<!doctype html>", "").Replace("<meta charset=\"utf-8\">", ""));
        var title = page.Descendants("h2").Single(h => h.Value.EndsWith(heading));
        return [.. title.ElementsAfterSelf("table").First().Element("tbody")!.Elements("tr").Select(r => r.Elements("td").Select(c => c.Value).ToList())];
    }
}

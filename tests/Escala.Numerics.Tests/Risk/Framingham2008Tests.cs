using System.Text.Json;
using Escala.Numerics.Risk;

namespace Escala.Numerics.Tests.Risk;

public sealed class Framingham2008Tests
{
    [Fact]
    public void Twelve_published_and_recomputed_persons_agree_to_the_last_digits()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Reference.Path("risk", "framingham-2008.json")));
        foreach (var person in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            Dictionary<string, double> values = new() { ["sex"] = person.GetProperty("sex").GetString() == "F" ? 1 : 0 };
            foreach (var (there, here) in new[]
            {
                ("age", "age"), ("tc_mgdl", "total_cholesterol"), ("hdl_mgdl", "hdl"), ("bmi", "bmi"), ("sbp", "sbp"), ("treated", "treated"),
                ("smoker", "smoker"), ("diabetes", "diabetes"),
            })
            {
                if (person.TryGetProperty(there, out var value)) values[here] = value.GetDouble();
            }
            var estimate = Framingham2008.Score.Choose(values.Keys).Estimate(values);
            Assert.Equal(person.GetProperty("risk10").GetDouble(), estimate.Risks.Total, 1e-13);
            Assert.False(estimate.IsExtrapolated);
        }
    }

    [Fact]
    public void An_age_outside_the_range_is_extrapolated_and_said_so()
    {
        var estimate = Framingham2008.Office.Estimate(Person(age: 80));
        Assert.True(estimate.Risks.Total > Framingham2008.Office.Estimate(Person(age: 74)).Risks.Total);
        Assert.True(estimate.IsExtrapolated);
    }

    [Theory]
    [InlineData("bmi", 0)]
    [InlineData("bmi", double.NaN)]
    [InlineData("sbp", 12.4)]
    [InlineData("sex", 0.5)]
    [InlineData("hdl", 50)]
    public void Values_that_cannot_be_are_refused(string name, double value)
    {
        var person = Person(age: 50);
        person[name] = value;
        Assert.Throws<RiskInputException>(() => Framingham2008.Office.Estimate(person));
    }

    [Fact]
    public void Neither_variant_is_guessed_when_its_inputs_are_missing()
    {
        Assert.Throws<RiskInputException>(() => Framingham2008.Score.Choose(["sex", "age", "sbp"]));
        Assert.Throws<RiskInputException>(() => Framingham2008.Score.Choose(["sex", "age", "sbp", "bmi", "hdl"]));
    }

    private static Dictionary<string, double> Person(double age) => new() { ["sex"] = 1, ["age"] = age, ["bmi"] = 27, ["sbp"] = 150 };
}

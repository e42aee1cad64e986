using System.Text.Json;
using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Data;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;

namespace Escala.Numerics.Tests.CostEffectiveness;

public sealed class WithinTrialAnalysisTests
{
    private static readonly WithinTrialColumns s_fall = new("cost", "sbp", true, "district", "period", "treated") { Facility = "facility", Patient = "patient" };

    /// <summary>lme4 and pbkrtest on the same files; lme4's optimiser stops at about seven digits.</summary>
    [Theory]
    [InlineData("six", RatioSetKind.TwoRays)]
    [InlineData("twenty-four", RatioSetKind.Bounded)]
    public void Contrasts_correlation_and_Fieller_set_agree_with_R(string trial, RatioSetKind kind)
    {
        var result = Evaluate(trial, s_fall);
        using var file = JsonDocument.Parse(File.ReadAllText(TrialFile("within-trial.json")));
        var expected = file.RootElement.GetProperty(trial);
        Agrees(expected.GetProperty("cost"), result.Cost);
        Agrees(expected.GetProperty("fall"), result.Effect);
        Agrees(expected.GetProperty("adherent"), Evaluate(trial, s_fall with { Effect = "adherent", EffectIsHarm = false }).Effect);
        Assert.Equal(expected.GetProperty("correlation").GetDouble(), result.Joint.Correlation, 1e-5);
        Assert.Equal(kind, result.Fieller.Kind);
        Assert.Equal(expected.GetProperty("limits")[0].GetDouble(), result.Fieller.Lower, 1e-4);
        Assert.Equal(expected.GetProperty("limits")[1].GetDouble(), result.Fieller.Upper, 1e-4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Drift_within_clusters_widens_the_contrasts_and_is_told(bool drifts)
    {
        string[] rows =
        [
            .. from c in Enumerable.Range(0, 12)
               from t in Enumerable.Range(0, 4)
               from i in Enumerable.Range(0, 10)
               let shift = drifts ? (c * 37 + t * 53) % 17 - 8 : 0
               select $"d{c},{t},{(t > c % 3 ? 1 : 0)},{100 + 3 * (c % 5) + shift + (c * 7 + t * 11 + i * 29) % 13},{140 - (c % 4) - shift - (c * 5 + t * 3 + i * 17) % 11}",
        ];
        var data = DataFrame.ReadCsv(new StringReader("district,period,treated,cost,sbp\n" + string.Join('\n', rows)));
        var result = WithinTrialAnalysis.Evaluate(data, s_fall with { Facility = null, Patient = null }, 200, 1);
        var direct = Regression.Fit(data, new ModelSpecification("cost ~ factor(period) + treated + (1 | district) + (1 | district:period)")
        {
            Family = Family.Gaussian,
            DegreesOfFreedom = DegreesOfFreedom.KenwardRoger,
        })["treated"];
        Assert.Equal(direct.Lower, result.Drift.Cost.Lower, 1e-3);
        Assert.Equal(direct.Upper, result.Drift.Cost.Upper, 1e-3);
        Assert.Equal(drifts, result.Drift.IsMaterial);
        Assert.Equal(drifts, result.Drift.Cost.StandardError > 1.5 * result.Cost.StandardError);
    }

    [Fact]
    public void Few_clusters_make_the_model_primary_and_the_bootstrap_unreliable()
    {
        var few = Evaluate("six", s_fall);
        Assert.False(few.Bootstrap.IsReliable);
        Assert.False(few.IsBootstrapPrimary);
        // Replicates in several quadrants: no percentiles of a ratio.
        Assert.True(double.IsNaN(few.Bootstrap.RatioLower) && few.Bootstrap.Quadrants.Count(q => q > 0) > 1);
        var many = Evaluate("twenty-four", s_fall);
        Assert.True(many.IsBootstrapPrimary);
        Assert.InRange(many.Fieller.Ratio, many.Bootstrap.RatioLower, many.Bootstrap.RatioUpper);
    }

    [Fact]
    public void Bootstrap_and_joint_draws_centre_on_the_contrast_with_about_its_error()
    {
        var result = Evaluate("twenty-four", s_fall);
        double[] effects = result.Bootstrap.Sample.Effects(1).ToArray(), costs = result.Bootstrap.Sample.Costs(1).ToArray();
        Assert.Equal(result.Effect.Estimate, effects.Average(), 0.3 * result.Effect.StandardError);
        Assert.Equal(result.Cost.Estimate, costs.Average(), 0.3 * result.Cost.StandardError);
        Assert.InRange(Deviation(effects) / result.Effect.StandardError, 0.7, 1.4);
        var draws = result.Joint.Draw(20_000, 1, 8);
        // A t distribution with eight degrees of freedom has the variance 8/6.
        Assert.InRange(Deviation(draws.Effects(1).ToArray()) / (result.Effect.StandardError * Math.Sqrt(8.0 / 6)), 0.96, 1.04);
    }

    [Fact]
    public void A_patient_s_change_is_told_apart_from_the_effect()
    {
        var result = Evaluate("six", s_fall);
        Assert.Equal(108, result.BeforeAfter!.Patients);
        // Time alone lowers the pressure in these data; before and after takes it for the programme.
        Assert.True(result.BeforeAfter.MeanEffect > result.Effect.Estimate);
        Assert.Null(Evaluate("six", s_fall with { Patient = null }).BeforeAfter);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        double[] first = Evaluate("six", s_fall).Bootstrap.Sample.Costs(1).ToArray(), second = Evaluate("six", s_fall).Bootstrap.Sample.Costs(1).ToArray();
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("district,period,treated,cost,sbp\na,1,0,1,2\nb,1,0,1,3\n", "three")]
    [InlineData("district,period,treated,cost,sbp\na,1,0,1,2\nb,1,0,1,3\nc,1,0,2,3\n", "one period")]
    [InlineData("district,period,treated,cost,sbp\na,1,0,1,2\nb,2,0,1,3\nc,1,0,2,3\n", "every row")]
    [InlineData("district,period,treated,cost,sbp\na,1,0,1,2\nb,2,2,1,3\nc,1,1,2,3\n", "row 3")]
    [InlineData("district,period,treated,cost,sbp\na,1,0,x,2\nb,2,1,1,3\nc,1,1,2,3\n", "cost")]
    [InlineData("district,period,treated,cost\na,1,0,1\n", "sbp")]
    [InlineData("district,period,treated,cost,sbp\na,1,0,1,2\na,2,1,2,3\nb,1,0,1,4\nb,2,1,1,3\nc,1,0,2,3\nc,2,1,1,4\n", "cannot tell exposure")]
    public void Data_that_cannot_answer_are_refused(string text, string reason)
    {
        var data = DataFrame.ReadCsv(new StringReader(text));
        Assert.Contains(reason, Assert.ThrowsAny<ArgumentException>(() => WithinTrialAnalysis.Evaluate(data, new WithinTrialColumns("cost", "sbp", true, "district", "period", "treated"), 200, 1)).Message);
    }

    private static double Deviation(double[] x) => Math.Sqrt(x.Sum(v => (v - x.Average()) * (v - x.Average())) / (x.Length - 1));

    private static void Agrees(JsonElement expected, TrialContrast contrast)
    {
        Assert.Equal(expected.GetProperty("estimate").GetDouble(), contrast.Estimate, 1e-5);
        Assert.Equal(1, contrast.StandardError / expected.GetProperty("se").GetDouble(), 1e-4);
        Assert.Equal(1, contrast.DegreesOfFreedom / expected.GetProperty("df").GetDouble(), 1e-2);
    }

    private static WithinTrialResult Evaluate(string trial, WithinTrialColumns columns) =>
        WithinTrialAnalysis.Evaluate(DataFrame.ReadCsv(TrialFile($"within-trial-{trial}.csv")), columns, 1000, 1);

    private static string TrialFile(string file) => Reference.Path("cost-effectiveness", file);
}

using Escala.Numerics.SteppedWedge;

namespace Escala.Numerics.Tests.SteppedWedge;

public sealed class SmallSampleStudyTests
{
    private static readonly TrialLayout s_protocol = TrialLayout.SteppedWedge(3, 2, 4, 140);

    private static SmallSampleStudy Run(double cac, int replicates = 4000, ulong seed = 7) => SmallSampleStudy.Run(
        s_protocol, new CorrelationStructure { Icc = 0.2, ClusterAutocorrelation = cac }, TrialOutcome.Binary(0.234, 0.303).AsMeasurement(), replicates: replicates, seed: seed);

    [Fact]
    public void Six_districts_have_ninety_allocations_and_an_attainable_level_of_four_ninetieths()
    {
        var study = Run(1, replicates: 10);
        Assert.Equal(90, study.Allocations);
        Assert.True(study.AllAllocations);
        Assert.Equal(4 / 90.0, study.AttainableLevel, 1e-15);
    }

    [Theory] // an independent simulation of 8,000 trials of this design
    [InlineData("cells, cluster intercept, z", 0.072, 0.79)]
    [InlineData("cells, cluster intercept, t on clusters − 2", 0.016, 0.53)]
    [InlineData("cells, cluster intercept, t on residual df", 0.052, 0.74)]
    [InlineData("randomisation test", 0.043, 0.67)]
    public void Size_and_power_of_each_method_under_lasting_correlation(string name, double falsePositive, double power)
    {
        var method = Run(1).Methods.Single(m => m.Name == name);
        Assert.Equal(falsePositive, method.FalsePositive, 0.015);
        Assert.Equal(power, method.Power, 0.03);
    }

    [Theory]
    [InlineData(0.95, 0.23)]
    [InlineData(0.80, 0.50)]
    public void A_model_of_visits_without_a_period_term_finds_effects_that_are_not_there(double cac, double rate)
    {
        var study = Run(cac);
        Assert.Equal(rate, study.Methods[0].FalsePositive, 0.03);
        Assert.InRange(study.Methods.Single(m => m.Name == "randomisation test").FalsePositive, 0, 0.06);
    }

    [Fact]
    public void The_same_seed_gives_the_same_study_and_another_seed_another()
    {
        Assert.Equal(Run(0.9, 500).Methods, Run(0.9, 500).Methods);
        Assert.NotEqual(Run(0.9, 500).Methods, Run(0.9, 500, seed: 8).Methods);
    }

    [Fact]
    public void Proportions_near_a_boundary_have_less_power_than_their_normal_means_and_keep_their_level()
    {
        var study = SmallSampleStudy.Run(s_protocol, new CorrelationStructure { Icc = 0.2 }, TrialOutcome.Binary(0.234, 0.303), replicates: 4000, seed: 7);
        Assert.StartsWith("yes-or-no", study.Simulated, StringComparison.Ordinal);
        SmallSampleMethod Of(SmallSampleStudy s) => s.Methods.Single(m => m.Name == "cells, cluster intercept, t on residual df");
        Assert.Equal(0.05, Of(study).FalsePositive, 0.02);
        Assert.InRange(Of(study).Power, 0.5, Of(Run(1)).Power - 0.03);
    }

    [Fact]
    public void A_large_design_draws_its_allocations()
    {
        var study = SmallSampleStudy.Run(TrialLayout.SteppedWedge(4, 3, 5, 20), new CorrelationStructure { Icc = 0.05 }, TrialOutcome.Gaussian(0, 0.3, 1), replicates: 200);
        Assert.False(study.AllAllocations);
        Assert.Equal(SmallSampleStudy.MostAllocations, study.Allocations);
    }
}

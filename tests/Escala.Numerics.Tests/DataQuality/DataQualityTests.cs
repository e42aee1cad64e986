using Escala.Numerics.Comparison;
using Escala.Numerics.DataQuality;

namespace Escala.Numerics.Tests.DataQuality;

public sealed class DataQualityTests
{
    [Fact]
    public void Three_sites_whose_errors_cancel()
    {
        var summary = VerificationSummary.Of([VerificationFactor.Of(100, 95), VerificationFactor.Of(60, 48), VerificationFactor.Of(110, 120)]);
        Assert.Equal(0.974, summary.Pooled, 3);
        Assert.Equal((1, 3), (summary.Outside, summary.Sites));
        Assert.Equal([.95, .80, 1.09], summary.Factors.Select(f => Math.Round(f.Value, 2)));
        Assert.Equal(VerificationStatus.OverReported, summary.Factors[1].Status);
    }

    [Fact]
    public void Zero_reports_are_not_divided_by()
    {
        Assert.Equal((1, VerificationStatus.Agrees), (VerificationFactor.Of(0, 0).Value, VerificationFactor.Of(0, 0).Status));
        Assert.Equal(VerificationStatus.NotReported, VerificationFactor.Of(0, 7).Status);
        Assert.True(double.IsNaN(VerificationFactor.Of(0, 7).Value));
        Assert.Equal(VerificationStatus.Agrees, VerificationFactor.Of(100, 110).Status);
    }

    [Theory]
    [InlineData(19, 13, .80, .068, .50, .084)]
    public void Risks_of_a_lot_rule(int n, int d, double good, double reject, double bad, double accept)
    {
        var rule = LotQuality.WithErrors(n, n - d);
        Assert.Equal(reject, rule.RejectProbability(good), 3);
        Assert.Equal(accept, rule.AcceptProbability(bad), 3);
    }

    [Theory]
    [InlineData(93, 1, .762, .050)]
    [InlineData(30, 1, .964, .554)]
    public void Acceptance_by_errors(int n, int c, double atOnePercent, double atFivePercent)
    {
        Assert.Equal(atOnePercent, LotQuality.WithErrors(n, c).AcceptProbability(0.99), 3);
        Assert.Equal(atFivePercent, LotQuality.WithErrors(n, c).AcceptProbability(0.95), 3);
    }

    [Fact]
    public void The_smallest_sample_keeps_both_risks_and_one_fewer_does_not()
    {
        var rule = LotQuality.Smallest(0.8, 0.5, 0.1, 0.1)!.Value;
        Assert.True(rule.RejectProbability(0.8) <= 0.1 && rule.AcceptProbability(0.5) <= 0.1);
        Assert.DoesNotContain(Enumerable.Range(0, rule.Sample), c =>
            LotQuality.WithErrors(rule.Sample - 1, Math.Min(c, rule.Sample - 1)) is var r && r.RejectProbability(0.8) <= 0.1 && r.AcceptProbability(0.5) <= 0.1);
    }

    [Fact]
    public void Nine_errors_in_two_thousand_fields()
    {
        var rate = EntryError.Of(9, 2000);
        Assert.Equal(45, rate.PerTenThousand, 9);
        Assert.Equal(20.6, rate.Interval.Lower, 1);
        Assert.Equal(85.3, rate.Interval.Upper, 1);
    }

    [Fact]
    public void Double_entry_charges_each_clerk_with_own_errors()
    {
        var (differences, first, second) = EntryError.DoubleEntry(["140", "90", "M", "no"], ["140", "80", "F", "no"], new Dictionary<int, string> { [1] = "90", [2] = "F" });
        Assert.Equal((2, 1, 1), (differences.Errors, first!.Errors, second!.Errors));
        Assert.Contains("Field 3", Assert.Throws<UnfitInputException>(() => EntryError.DoubleEntry(["a", "b", "c"], ["a", "b", "d"], new Dictionary<int, string>())).Message);
    }

    [Fact]
    public void Records_that_err_alike_hide_part_of_the_effect()
    {
        var errors = Misclassification.Of(0.95, 0.97);
        var comparison = Misclassification.Compare(0.234, 0.303, errors, errors);
        Assert.Equal(0.2217, comparison.Unexposed, 4);
        Assert.Equal(0.2967, comparison.Exposed, 4);
        Assert.Equal(0.075, comparison.Difference, 3);
        Assert.Equal(1.423, comparison.RecordedOddsRatio, 3);
        Assert.Equal(1.481, comparison.OddsRatio, 3);
    }

    [Fact]
    public void Impossible_corrections_are_refused_or_flagged()
    {
        Assert.Contains("no more about the truth than chance", Assert.Throws<UnfitInputException>(() => Misclassification.Of(0.4, 0.6)).Message);
        Assert.Equal((0, true), Misclassification.Of(0.95, 0.9).Correct(0.05));
    }

    [Fact]
    public void The_tipping_point_is_the_first_count_at_which_the_interval_includes_one()
    {
        var table = new TwoByTwoTable(58, 84, 33, 107);
        var point = TippingPoint.Of(table);
        long k = point.Records!.Value;
        Assert.True(new TwoByTwoTable(58 - k, 84 + k, 33, 107).OddsRatio().Lower <= 1);
        Assert.True(new TwoByTwoTable(58 - k + 1, 84 + k - 1, 33, 107).OddsRatio().Lower > 1);
        Assert.Equal(k / 58.0, point.Rate, 12);
        Assert.Equal(0, TippingPoint.Of(new TwoByTwoTable(10, 10, 10, 10)).Records);
        Assert.Equal("missed outcomes", TippingPoint.Of(new TwoByTwoTable(33, 107, 58, 84)).Direction);
    }

    [Fact]
    public void Perfect_records_change_nothing_and_uncertain_ones_widen_the_interval()
    {
        RecordedCell[] cells = [new(303, 1000, true), new(234, 1000, false)];
        static (double, double) LogOddsRatio(IReadOnlyList<long> y)
        {
            double log = Math.Log(y[0] / (1000.0 - y[0]) / (y[1] / (1000.0 - y[1])));
            return (log, Math.Sqrt((1.0 / y[0]) + (1.0 / (1000 - y[0])) + (1.0 / y[1]) + (1.0 / (1000 - y[1]))));
        }
        var (recorded, error) = LogOddsRatio([303, 234]);
        var perfect = ProbabilisticMisclassification.Run(cells, new(1_000_000, 0, 1_000_000, 0), null, LogOddsRatio, 2000);
        Assert.Equal(recorded, perfect.Median, 2e-3);
        Assert.Equal(recorded - (1.96 * error), perfect.Total.Lower, 0.02);
        var audited = ProbabilisticMisclassification.Run(cells, new(95, 5, 97, 3), null, LogOddsRatio, 2000);
        Assert.Equal(Math.Log(1.481), audited.Median, 0.03);
        Assert.True(audited.Total.Upper - audited.Total.Lower > 2 * 1.96 * error);
        Assert.Equal(audited, ProbabilisticMisclassification.Run(cells, new(95, 5, 97, 3), null, LogOddsRatio, 2000));
    }

    [Fact]
    public void An_audit_is_drawn_by_stratum_and_can_be_drawn_again()
    {
        (string, string)[] units = [.. Enumerable.Range(1, 18).Select(k => ($"district {(k - 1) / 3}", $"facility {k:00}"))];
        var drawn = AuditSample.Draw(units, 1, 42);
        Assert.Equal(6, drawn.Select(d => d.Stratum).Distinct().Count());
        Assert.Equal(drawn, AuditSample.Draw(units.Reverse(), 1, 42));
        Assert.Contains(Enumerable.Range(1, 20), seed => !AuditSample.Draw(units, 1, (ulong)seed).SequenceEqual(drawn));
    }
}

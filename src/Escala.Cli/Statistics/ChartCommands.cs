using System.CommandLine;
using Escala.Numerics;
using Escala.Numerics.Charts;
using Escala.Numerics.Comparison;

namespace Escala.Cli.Statistics;

/// <summary>Control charts as figures.</summary>
internal static class ChartCommands
{
    public static IEnumerable<Command> All() => [RunRules(), Individuals(), Proportions(), Funnel()];

    private static Command RunRules()
    {
        var values = new ValueInputs();
        var baseline = new Option<int?>("--baseline") { Description = "First points that make the median; all unless said." };
        return TestCommand.With("run-chart", "Median, shifts, trends and runs.", [.. values.Options, baseline], result =>
        {
            var chart = RunChart.Create(values.Read(result), result.GetValue(baseline));
            return new
            {
                chart.Median,
                chart.UsefulPoints,
                chart.Runs,
                FewestRuns = chart.ExpectedRuns?.Fewest,
                MostRuns = chart.ExpectedRuns?.Most,
                chart.TooFewRuns,
                chart.TooManyRuns,
                chart.Shifts,
                chart.Trends,
                chart.HasSignal,
            };
        });
    }

    private static Command Individuals()
    {
        var values = new ValueInputs();
        return TestCommand.With("xmr-chart", "Individuals and moving range.", values.Options, result => Figures(ControlChart.XmR(values.Read(result))));
    }

    private static Command Proportions()
    {
        var counts = new Option<string>("--counts") { Description = "Proportions in time order: 30/100,33/110.", Required = true };
        var laney = new Option<bool>("--laney") { Description = "P′: limits scaled by the short-term spread." };
        return TestCommand.With("p-chart", "Proportions, plain or P′ (Laney).", [counts, laney], result =>
        {
            var (x, n) = TableInputs.Proportions(result.GetRequiredValue(counts), "--counts");
            return Figures(result.GetValue(laney) ? ControlChart.LaneyP(x, n) : ControlChart.P(x, n));
        });
    }

    private static Command Funnel()
    {
        var counts = new Option<string>("--counts") { Description = "Proportions of the units: 30/100,33/110.", Required = true };
        var target = new Option<double?>("--target") { Description = "Proportion that units are compared with; the pooled one unless said." };
        var limits = TableInputs.Choice("--limits", "Form of the limits.", "interpolated", "exact", "wilson");
        return TestCommand.With("funnel", "95 % and 99.8 % limits of units of different size.", [counts, target, limits], result =>
        {
            var (x, n) = TableInputs.Proportions(result.GetRequiredValue(counts), "--counts");
            double centre = result.GetValue(target) ?? ((double)x.Sum() / n.Sum());
            if (double.IsNaN(centre)) throw new UnfitInputException("numerics.option.nobody", "--counts: nobody was observed, so there is no pooled proportion. Give --target.");
            Func<double, long, FunnelLimits> form = result.GetValue(limits) switch
            {
                "exact" => FunnelLimits.ExactBinomial,
                "wilson" => FunnelLimits.WilsonScore,
                _ => FunnelLimits.InterpolatedBinomial,
            };
            return new
            {
                Target = centre,
                Units = x.Zip(n, (a, b) => new
                {
                    Numerator = a,
                    Denominator = b,
                    Proportion = (double)a / b,
                    Limits = form(centre, b),
                    Position = form(centre, b).Position((double)a / b).ToString(),
                    Interval = ProportionInterval.Wilson(a, b),
                }).ToArray(),
            };
        });
    }

    private static object Figures(ControlChart chart) => new
    {
        chart.Centre,
        chart.SigmaZ,
        chart.MovingRangeUpper,
        Points = chart.Points.Select((p, k) => new { Point = k + 1, p.Value, p.Lower, p.Upper, p.IsOutside }).ToArray(),
    };
}

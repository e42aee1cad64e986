using System.Globalization;
using Escala.Economics.Analysis;
using Escala.Economics.Packs;

namespace Escala.Cli.Economics;

/// <summary>Answers as tables for a terminal.</summary>
internal static class ModelText
{
    public static void Check(CheckAnswer answer)
    {
        Console.WriteLine($"{answer.Model}: can be run");
        foreach (var remark in answer.Remarks) Console.WriteLine("  " + remark);
    }

    public static void Run(RunAnswer answer)
    {
        Console.WriteLine(answer.Model);
        Line($"costs discounted {answer.Discount.Costs:P1}, effects {answer.Discount.Effects:P1} ({answer.Discount.Convention}); within cycle: {answer.Discount.WithinCycle}; perspective: {answer.Perspective}");
        foreach (var strategy in answer.Strategies)
        {
            Console.WriteLine();
            Console.WriteLine(strategy.Label);
            foreach (var (name, value) in strategy.Outcomes) Line($"  {name,-36} {value,18:N4}");
        }
        Console.WriteLine();
        Table(answer.Comparison, answer);
        foreach (var view in answer.Perspectives.Skip(1).Concat(answer.DiscountRates).Concat(answer.Scenarios))
        {
            Console.WriteLine();
            Console.WriteLine(view.Label);
            Table(view.Comparison, answer);
        }
        foreach (var warning in answer.Warnings) Console.WriteLine("warning: " + warning);
    }

    public static void Psa(RunAnswer answer)
    {
        var psa = answer.Psa!;
        Line($"{answer.Model}: {psa.Draws} draws, seed {answer.Seed}");
        foreach (var s in psa.Strategies) Line($"  {s.Id,-20} cost {s.Cost:N2} ({s.CostLow:N2} to {s.CostHigh:N2}), effect {s.Effect:N4} ({s.EffectLow:N4} to {s.EffectHigh:N4})");
        Line($"{"threshold",12} {"best",-20} {"probability",12} {"EVPI",12}");
        foreach (var (frontier, evpi) in psa.Ceaf.Zip(psa.Evpi)) Line($"{frontier.Threshold,12:N0} {frontier.Id,-20} {frontier.Probability,12:0.000} {evpi.Value,12:N3}");
    }

    public static void Sensitivity(object answer)
    {
        if (answer is TwoWayAnswer grid)
        {
            foreach (var (strategy, rows) in grid.NetBenefit)
            {
                Console.WriteLine($"net benefit of {strategy}; down {grid.First}, across {grid.Second}");
                Line($"{"",12}{string.Concat(grid.SecondValues.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v,12:G5}")))}");
                for (var i = 0; i < rows.Length; i++) Line($"{grid.FirstValues[i],12:G5}{string.Concat(rows[i].Select(v => string.Create(CultureInfo.InvariantCulture, $"{v,12:G5}")))}");
            }
            return;
        }
        var tornado = (TornadoAnswer)answer;
        Line($"{tornado.Model}: net benefit against {tornado.Reference} at {tornado.Threshold:N0}");
        foreach (var bar in tornado.Parameters)
        {
            foreach (var (low, high) in bar.AtLow.Zip(bar.AtHigh)) Line($"  {bar.Parameter,-24} {low.Id,-14} {bar.Low,12:G5} → {low.NetBenefit,12:N2}   {bar.High,12:G5} → {high.NetBenefit,12:N2}");
        }
        foreach (var even in tornado.BreakEven) Line($"  {even.Strategy} breaks even at {even.Parameter} = {even.Value:G6}");
    }

    public static void Budget(BudgetAnswer answer)
    {
        Line($"{answer.Model}: {answer.Strategy} instead of {answer.Reference}, {answer.Currency}, undiscounted");
        Line($"{"year",6} {"eligible",12} {"on programme",13} {"care without",14} {"care with",14} {"one-off",12} {"recurrent",12} {"net impact",14} {"of line",9}");
        foreach (var y in answer.Years) Line($"{y.Year,6} {y.People,12:N0} {y.OnProgramme,13:N0} {y.CareWithout,14:N0} {y.CareWith,14:N0} {y.OneOff,12:N0} {y.Recurrent,12:N0} {y.NetImpact,14:N0} {y.ShareOfLine,9:P2}");
        Line($"all years {answer.TotalNetImpact:N0}");
    }

    public static void Evppi(EvppiAnswer answer)
    {
        var at = answer.Evpi.Select((v, i) => (v.Value, i)).MaxBy(v => v.Value).i;
        Line($"{answer.Model}: {answer.Draws} draws; at the threshold {answer.Evpi[at].Threshold:N0} perfect information is worth {answer.Evpi[at].Value:N3} per person");
        foreach (var p in answer.Parameters) Line($"  {p.Parameter,-24} {p.Values[at].Value,12:N4} (SE {p.Values[at].StandardError:N4}), {p.Values[at].ShareOfEvpi:P0} of it");
    }

    public static void Packs(IReadOnlyList<PackAnswer> packs)
    {
        foreach (var p in packs)
        {
            Console.WriteLine($"{p.Name}{(p.Shipped ? "" : " (your own)")}");
            Line($"  {p.Title}; {p.Rows} rows of {string.Join(", ", p.Columns)}");
            Console.WriteLine($"  {p.Citation}");
            Console.WriteLine($"  licence: {p.Licence}");
            if (p.Note.Length > 0) Console.WriteLine($"  note: {p.Note}");
            Console.WriteLine($"  SHA-256 {p.Hash}");
        }
        Console.WriteLine($"A folder named by {DataPack.FolderVariable} is looked into first: a file NAME.csv there, with the same comment lines, takes the place of the shipped one.");
    }

    private static void Table(IReadOnlyList<ComparisonAnswer> rows, RunAnswer answer)
    {
        if (rows.Count == 0) return;
        Line($"{"",-20} {"cost, " + answer.Currency,16} {answer.Effect,16} {"more cost",14} {"more effect",14} {"ICER",14} status");
        foreach (var r in rows) Line($"{r.Id,-20} {r.Cost,16:N2} {r.Effect,16:N5} {r.IncrementalCost,14:N2} {r.IncrementalEffect,14:N5} {r.Icer,14:N2} {r.Status}");
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}

using Escala.Economics.Analysis;
using Escala.Economics.Packs;
using static Escala.Cli.Economics.Words;

namespace Escala.Cli.Economics;

/// <summary>Answers as tables for a terminal.</summary>
internal static class ModelText
{
    public static void Check(CheckAnswer answer)
    {
        Console.WriteLine(Say("check.good", ("model", answer.Model)));
        foreach (var remark in answer.Remarks) Console.WriteLine("  " + remark);
    }

    public static void Run(RunAnswer answer)
    {
        Console.WriteLine(answer.Model);
        Console.WriteLine(Say("run.discount", ("costs", Number(answer.Discount.Costs, "P1")), ("effects", Number(answer.Discount.Effects, "P1")),
            ("convention", answer.Discount.Convention), ("method", answer.Discount.WithinCycle), ("perspective", answer.Perspectives[0].Label)));
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
        foreach (var warning in answer.Warnings) Console.WriteLine(Say("warning", ("text", warning)));
    }

    public static void Psa(RunAnswer answer)
    {
        var psa = answer.Psa!;
        Console.WriteLine(Say("psa.head", ("model", answer.Model), ("draws", Number(psa.Draws, "N0")), ("seed", Seed(answer.Seed))));
        foreach (var s in psa.Strategies)
        {
            Console.WriteLine($"  {s.Id,-20} " + Say("psa.strategy", ("cost", Number(s.Cost, "N2")), ("costLow", Number(s.CostLow, "N2")), ("costHigh", Number(s.CostHigh, "N2")),
                ("effect", Number(s.Effect, "N4")), ("effectLow", Number(s.EffectLow, "N4")), ("effectHigh", Number(s.EffectHigh, "N4"))));
        }
        Line($"{Say("head.threshold"),12} {Say("head.best"),-20} {Say("head.probability"),14} {Say("head.evpi"),12}");
        foreach (var (frontier, evpi) in psa.Ceaf.Zip(psa.Evpi)) Line($"{frontier.Threshold,12:N0} {frontier.Id,-20} {frontier.Probability,14:0.000} {evpi.Value,12:N3}");
    }

    public static void Sensitivity(object answer)
    {
        if (answer is TwoWayAnswer grid)
        {
            foreach (var (strategy, rows) in grid.NetBenefit)
            {
                Console.WriteLine(Say("twoWay.head", ("strategy", strategy), ("threshold", Number(grid.Threshold, "N0")), ("first", grid.First), ("second", grid.Second)));
                Console.WriteLine(new string(' ', 12) + string.Concat(grid.SecondValues.Select(v => Number(v, "G5").PadLeft(12))));
                for (var i = 0; i < rows.Length; i++) Console.WriteLine(Number(grid.FirstValues[i], "G5").PadLeft(12) + string.Concat(rows[i].Select(v => Number(v, "G5").PadLeft(12))));
            }
            return;
        }
        var tornado = (TornadoAnswer)answer;
        Console.WriteLine(Say("tornado.head", ("model", tornado.Model), ("reference", tornado.Reference), ("threshold", Number(tornado.Threshold, "N0"))));
        foreach (var bar in tornado.Parameters)
        {
            foreach (var (low, high) in bar.AtLow.Zip(bar.AtHigh)) Line($"  {bar.Parameter,-24} {low.Id,-14} {bar.Low,12:G5} → {low.NetBenefit,12:N2}   {bar.High,12:G5} → {high.NetBenefit,12:N2}");
        }
        foreach (var even in tornado.BreakEven) Console.WriteLine("  " + Say("tornado.even", ("strategy", even.Strategy), ("parameter", even.Parameter), ("value", Number(even.Value, "G6"))));
    }

    public static void Budget(BudgetAnswer answer)
    {
        Console.WriteLine(Say("budget.head", ("model", answer.Model), ("strategy", answer.Strategy), ("reference", answer.Reference), ("currency", answer.Currency)));
        if (answer.BudgetLine is { } line) Console.WriteLine(Say("budget.lineName", ("line", line)));
        Line($"{Say("budget.year"),6} {Say("budget.people"),12} {Say("budget.covered"),13} {Say("budget.without"),14} {Say("budget.with"),14} {Say("budget.oneOff"),12} {Say("budget.recurrent"),12} {Say("budget.net"),14} {Say("budget.line"),11}");
        foreach (var y in answer.Years) Line($"{y.Year,6:0} {y.People,12:N0} {y.OnProgramme,13:N0} {y.CareWithout,14:N0} {y.CareWith,14:N0} {y.OneOff,12:N0} {y.Recurrent,12:N0} {y.NetImpact,14:N0} {y.ShareOfLine,11:P2}");
        Console.WriteLine(Say("budget.all", ("total", Number(answer.TotalNetImpact, "N0"))));
    }

    public static void Evppi(EvppiAnswer answer)
    {
        var at = answer.Evpi.Select((v, i) => (v.Value, i)).MaxBy(v => v.Value).i;
        Console.WriteLine(Say("evppi.head", ("model", answer.Model), ("draws", Number(answer.Draws, "N0")), ("threshold", Number(answer.Evpi[at].Threshold, "N0")), ("value", Number(answer.Evpi[at].Value, "N3"))));
        foreach (var p in answer.Parameters)
            Console.WriteLine($"  {p.Parameter,-24} " + Say("evppi.row", ("value", Number(p.Values[at].Value, "N4").PadLeft(12)), ("error", Number(p.Values[at].StandardError, "N4")), ("share", Number(p.Values[at].ShareOfEvpi, "P0"))));
    }

    public static void Packs(IReadOnlyList<PackAnswer> packs)
    {
        foreach (var p in packs)
        {
            Console.WriteLine(p.Name + (p.Shipped ? "" : " " + Say("packs.own")));
            Console.WriteLine("  " + Say("packs.rows", ("title", p.Title), ("n", p.Rows), ("columns", string.Join(", ", p.Columns))));
            Console.WriteLine("  " + p.Citation);
            Console.WriteLine("  " + Say("packs.licence", ("licence", p.Licence)));
            if (p.Note.Length > 0) Console.WriteLine("  " + Say("packs.note", ("note", p.Note)));
            Console.WriteLine("  SHA-256 " + p.Hash);
        }
        Console.WriteLine(Say("packs.folder", ("variable", DataPack.FolderVariable)));
    }

    /// <summary>The incremental table, of a model or of a sample made elsewhere.</summary>
    public static void Table(IReadOnlyList<ComparisonAnswer> rows, string cost, string effect)
    {
        if (rows.Count == 0) return;
        Line($"{"",-20} {cost,16} {effect,20} {Say("head.moreCost"),14} {Say("head.moreEffect"),14} {Say("head.icer"),14} {Say("head.status")}");
        foreach (var r in rows) Line($"{r.Id,-20} {r.Cost,16:N2} {r.Effect,20:N5} {r.IncrementalCost,14:N2} {r.IncrementalEffect,14:N5} {r.Icer,14:N2} {Say("status." + r.Status)}");
    }

    private static void Table(IReadOnlyList<ComparisonAnswer> rows, RunAnswer answer) => Table(rows, answer.Currency.Length > 0 ? Say("head.cost", ("currency", answer.Currency)) : Say("head.costAlone"), answer.Effect);

    private static string Seed(ulong seed) => seed.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

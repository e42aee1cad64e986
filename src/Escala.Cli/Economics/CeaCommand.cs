using System.CommandLine;
using System.Globalization;
using Escala.Economics.Analysis;
using Escala.Economics.Models;
using Escala.Numerics.CostEffectiveness;

namespace Escala.Cli.Economics;

/// <summary>The economic analysis of costs and effects that were made elsewhere.</summary>
internal static class CeaCommand
{
    private const long MaximumBytes = 500_000_000;
    private const int MaximumThresholds = 10_000;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Comma-separated: strategy, cost, effect, and draw where there are several rows per strategy." };
        var json = new Option<bool>("--json") { Description = "Answer in JSON." };
        var thresholds = new Option<string?>("--thresholds") { Description = "From, to and number of points, as in 0:3000:61, or a list 500,1000." };
        var command = new Command("cea", "Compare strategies from a sample of their costs and effects.") { file, json, thresholds, TrialCommand.Create() };
        command.SetAction(result => Failures.Guard(() =>
        {
            var (ids, sample) = Read(InputFile.ReadAllText(result.GetValue(file)!, MaximumBytes).ReplaceLineEndings("\n").Split('\n'));
            var answer = SampleAnalysis.Answer(ids, sample, Thresholds(result.GetValue(thresholds)));
            if (result.GetValue(json)) Output.WriteJson(new { answer.Comparison, Psa = sample.Draws > 1 ? answer : null });
            else Print(answer);
        }));
        return command;
    }

    private static void Print(PsaAnswer answer)
    {
        ModelText.Table(answer.Comparison, Words.Say("head.costAlone"), Words.Say("head.effect"));
        foreach (var (best, evpi) in answer.Ceaf.Zip(answer.Evpi))
            Console.WriteLine(Words.Say("cea.best", ("threshold", Words.Number(best.Threshold, "N0")), ("best", best.Id), ("probability", Words.Number(best.Probability, "0.000")), ("evpi", Words.Number(evpi.Value, "N3"))));
    }

    internal static List<double> Thresholds(string? text)
    {
        if (text is null) return [];
        if (text.Split(':') is not [var from, var to, var count]) return [.. text.Split(',').Select(ModelCommand.Number)];
        double low = ModelCommand.Number(from), high = ModelCommand.Number(to);
        return int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var points) && points is >= 2 and <= MaximumThresholds && high > low
            ? [.. Enumerable.Range(0, points).Select(i => low + (high - low) * i / (points - 1))]
            : throw new ModelException(default, "economics.threshold.grid", ("maximum", MaximumThresholds));
    }

    private static (List<string> Ids, ProbabilisticAnalysis Sample) Read(string[] lines)
    {
        if (lines.Length < 2) throw new ModelException(default, "economics.sample.rows");
        var heading = lines[0].TrimStart('\uFEFF').Split(',').Select(h => h.Trim().Trim('"').ToLowerInvariant()).ToList();
        int strategy = Column("strategy"), cost = Column("cost"), effect = Column("effect"), draw = heading.IndexOf("draw");
        List<string> ids = [];
        List<SortedDictionary<string, (double Cost, double Effect)>> rows = [];
        for (var line = 1; line < lines.Length; line++)
        {
            if (lines[line].Trim().Length == 0) continue;
            var cells = lines[line].Split(',').Select(c => c.Trim().Trim('"')).ToArray();
            if (cells.Length != heading.Count) throw new ModelException(At(line), "economics.sample.cells", ("cells", cells.Length), ("heading", heading.Count));
            var at = ids.IndexOf(cells[strategy]);
            if (at < 0)
            {
                at = ids.Count;
                ids.Add(cells[strategy]);
                rows.Add(new SortedDictionary<string, (double, double)>(StringComparer.Ordinal));
            }
            var key = draw >= 0 ? cells[draw] : rows[at].Count.ToString("D9", CultureInfo.InvariantCulture);
            if (!rows[at].TryAdd(key, (Cell(cells[cost], "cost", line), Cell(cells[effect], "effect", line)))) throw new ModelException(At(line), "economics.sample.twice", ("draw", key), ("strategy", cells[strategy]));
        }
        for (var s = 1; s < rows.Count; s++)
        {
            if (!rows[s].Keys.SequenceEqual(rows[0].Keys)) throw new ModelException(default, "economics.sample.draws", ("strategy", ids[s]), ("other", ids[0]));
        }
        return (ids, new ProbabilisticAnalysis([.. rows.Select(r => r.Values.Select(v => v.Cost).ToArray())], [.. rows.Select(r => r.Values.Select(v => v.Effect).ToArray())]));

        int Column(string name) => heading.IndexOf(name) is >= 0 and var at ? at : throw new ModelException(At(0), "economics.sample.column", ("column", name));

        static double Cell(string text, string name, int line) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && double.IsFinite(x) ? x : throw new ModelException(At(line), "economics.sample.number", ("column", name), ("text", text));

        static Position At(int line) => new(line + 1, 1);
    }
}

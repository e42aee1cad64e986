using System.CommandLine;
using Escala.Cli.Economics;
using Escala.Numerics;
using Escala.Numerics.SteppedWedge;

namespace Escala.Cli.Statistics;

/// <summary>The step diagram of a trial as SVG, with the names of an allocation when one was drawn.</summary>
internal static class DesignCommand
{
    public static Command Create()
    {
        var layout = new Option<string?>("--layout") { Description = "One word a sequence of 0, 1 and . (not analysed), such as 0111,0011,0001." };
        var sequences = new Option<int>("--sequences") { Description = "Or the number of sequences of a standard stepped wedge." };
        var perSequence = new Option<int>("--clusters-per-sequence") { Description = "Clusters in each.", DefaultValueFactory = _ => 1 };
        var periods = new Option<int?>("--periods") { Description = "Periods; one more than sequences unless said." };
        var transition = new Option<int>("--transition") { Description = "Periods after each cross-over that are not analysed." };
        var allocation = new Option<string?>("--allocation") { Description = "Record of an allocation, for the names of the clusters." };
        var title = new Option<string?>("--title") { Description = "Heading of the picture." };
        var output = new Option<string?>("--svg") { Description = "File to write; standard output unless said." };
        var json = new Option<bool>("--json") { Description = "Answer in JSON: who is exposed when; the picture only to --svg." };
        var command = new Command("design", "Draws the step diagram.") { layout, sequences, perSequence, periods, transition, allocation, title, output, json };
        command.SetAction(result => Failures.Guard(() =>
        {
            int waves = result.GetValue(sequences);
            if (result.GetValue(layout) is null && waves < 1) throw new UnfitInputException("numerics.option.sequences", "Give --sequences (at least 1), or a --layout.");
            var record = result.GetValue(allocation) is { } path ? AllocateCommand.ReadRecord(path) : null;
            TrialLayout Of(int clusters) => result.GetValue(layout) is { } words
                ? TrialLayout.Parse(words, clusters, 1)
                : TrialLayout.SteppedWedge(waves, clusters, result.GetValue(periods) ?? (waves + 1), 1, transitionPeriods: result.GetValue(transition));
            var design = Of(record is null ? result.GetValue(perSequence) : PerSequence(record));
            if (record is not null && design.Sequences != record.SequenceSizes.Count)
            {
                throw new UnfitInputException("numerics.option.allocation-layout", "The allocation has {allocated} sequences and the layout {sequences}.", ("allocated", record.SequenceSizes.Count), ("sequences", design.Sequences));
            }
            string[]? names = record is null ? null : [.. record.Clusters.OrderBy(c => c.Sequence).Select(c => c.Name)];
            var texts = new StepDiagramTexts(
                result.GetValue(title) ?? Vocabulary.Say("design.title"), Vocabulary.Say("design.period"), Vocabulary.Say("design.unexposed"), Vocabulary.Say("design.exposed"), Vocabulary.Say("design.notObserved"));
            string svg = StepDiagram.ToSvg(design, names, texts);
            if (result.GetValue(output) is { } target) File.WriteAllText(target, svg);
            if (result.GetValue(json)) Output.WriteJson(Shape(design, names, result.GetValue(output)));
            else if (result.GetValue(output) is null) Console.Write(svg);
        }));
        return command;
    }

    /// <summary>Exposure of each cluster by period: 0, 1, or null where it is not analysed.</summary>
    private static object Shape(TrialLayout design, string[]? names, string? svg) => new
    {
        Layout = design.ToString(),
        design.Clusters,
        design.Sequences,
        design.Periods,
        Schedule = Enumerable.Range(0, design.Clusters).Select(i => new
        {
            Name = names?[i],
            Sequence = design.SequenceOf[i] + 1,
            Exposure = Enumerable.Range(0, design.Periods).Select(t => design.IsObserved(i, t) ? design.Exposure(i, t) : (double?)null),
        }),
        Svg = svg,
    };

    private static int PerSequence(AllocationRecord record) => record.SequenceSizes.Distinct().Count() == 1
        ? record.SequenceSizes[0]
        : throw new UnfitInputException("numerics.option.unequal-sequences", "The diagram needs sequences of one size; the allocation has {sizes}.", ("sizes", string.Join(", ", record.SequenceSizes)));
}

using Escala.Cascades.Counters;

namespace Escala.Cascades.Sheets;

/// <summary>Groups of people by one characteristic, with the figure of each step, small groups hidden.</summary>
/// <param name="Groups">Indices of the strata, in order: of sexes or of age bands, as in <see cref="CountsShape"/>.</param>
/// <param name="Figures">By group, then step.</param>
public sealed record StrataSplit(IReadOnlyList<int> Groups, IReadOnlyList<IReadOnlyList<Figure>> Figures)
{
    public static StrataSplit BySex(SheetReader reader, CascadeSheet sheet) =>
        Of(reader, sheet, reader.Sum(sheet.Place, sheet.Window).Shape.Sexes, (shape, group) => Enumerable.Range(0, shape.AgeBands).Select(band => (group, band)));

    public static StrataSplit ByAgeBand(SheetReader reader, CascadeSheet sheet) =>
        Of(reader, sheet, reader.Sum(sheet.Place, sheet.Window).Shape.AgeBands, (shape, group) => Enumerable.Range(0, shape.Sexes).Select(sex => (sex, group)));

    private static StrataSplit Of(SheetReader reader, CascadeSheet sheet, int groups, Func<CountsShape, int, IEnumerable<(int Sex, int Band)>> strata)
    {
        var sum = reader.Sum(sheet.Place, sheet.Window);
        int[] shown = [.. Enumerable.Range(0, groups).Where(g => !IsEmptyByDefinition(sheet, groups, sum, g))];
        int[] measures = [.. sheet.Steps.Select(s => reader.IndexOf(s.Step.Measure))];
        var below = sheet.Programme.Strata.SuppressBelow;
        var parts = sheet.Place.IsSum
            ? sheet.Place.Facilities.Select(f => reader.Of(f.Code, sheet.Window)).OfType<Counts>().Select(c => Hidden(Table(c), below, null)).ToList()
            : [];
        var table = Table(sum);
        bool[][] shield = [.. measures.Select((_, step) => Suppression.ShieldParts(shown.Length, [.. parts.Select(p => p[step])]))];
        var hidden = Hidden(table, below, shield);
        return new StrataSplit(shown, [.. shown.Select((_, group) => table.Select((step, i) => hidden[i][group]
            ? Figure.Hidden
            : Figure.Of(step.Passed[group], step.Asked[group], sheet.Place.IsSum)).ToList())]);

        List<(int[] Asked, int[] Passed)> Table(Counts counts) =>
            [.. measures.Select(m => (Row(counts, m, CountKind.Denominator), Row(counts, m, CountKind.Numerator)))];

        int[] Row(Counts counts, int measure, CountKind kind) =>
            [.. shown.Select(g => strata(counts.Shape, g).Sum(s => counts.Stratum(measure, kind, s.Sex, s.Band)))];
    }

    /// <summary>
    /// What is hidden of each step. Where the people asked at a step are those who passed the one before, either table shows what the other hides,
    /// so both hide the same groups.
    /// </summary>
    private static bool[][] Hidden(List<(int[] Asked, int[] Passed)> table, int below, bool[][]? shield)
    {
        bool[][] hidden = [.. table.Select((step, i) => Suppression.Hide(step.Asked, below, shield?[i]))];
        for (var again = true; again;)
        {
            again = false;
            for (var i = 1; i < table.Count; i++)
            {
                if (!table[i].Asked.SequenceEqual(table[i - 1].Passed) || hidden[i].SequenceEqual(hidden[i - 1])) continue;
                bool[] either = [.. hidden[i].Zip(hidden[i - 1], (a, b) => a || b)];
                hidden[i] = Suppression.Hide(table[i].Asked, below, either);
                hidden[i - 1] = Suppression.Hide(table[i - 1].Asked, below, either);
                again = true;
            }
        }

        return hidden;
    }

    /// <summary>The band below the first bound holds nobody where the population begins at that age.</summary>
    private static bool IsEmptyByDefinition(CascadeSheet sheet, int groups, Counts sum, int group) =>
        groups == sum.Shape.AgeBands && group == 1 && sheet.Programme.Strata.AgeBands is [var first, ..] && sheet.Programme.Population.AgeFrom >= first;
}

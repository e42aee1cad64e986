using Escala.Cascades.Counters;

namespace Escala.Cascades.Sheets;

/// <summary>Groups of people by one characteristic, with the figure of each step, small groups hidden.</summary>
/// <param name="Groups">Indices of the strata, in order: of sexes or of age bands, as in <see cref="CountsShape"/>.</param>
/// <param name="Figures">By group, then step.</param>
/// <param name="Together">By step: the hidden groups as one, which the total less the others shows anyway; null where no group or every group is hidden.</param>
public sealed record StrataSplit(IReadOnlyList<int> Groups, IReadOnlyList<IReadOnlyList<Figure>> Figures, IReadOnlyList<Figure?> Together)
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
            ? sheet.Place.Facilities.Select(f => reader.Of(f.Code, sheet.Window)).OfType<Counts>().Select(Table).Select(table => (Table: table, Hidden: Hidden(table, below, null))).ToList()
            : [];
        var table = Table(sum);
        bool[][] shield = [.. measures.Select((_, step) => Suppression.ShieldParts(shown.Length, below, [.. parts.Select(p => ((IReadOnlyList<GroupCount>)p.Table[step], p.Hidden[step]))]))];
        var hidden = Hidden(table, below, shield);
        return new StrataSplit(
            shown,
            [.. shown.Select((_, group) => table.Select((step, i) => hidden[i][group] ? Figure.Hidden : FigureOf(step[group])).ToList())],
            [.. table.Select((step, i) => hidden[i].Contains(true) && hidden[i].Contains(false) ? FigureOf(Suppression.Sum(step.Where((_, group) => hidden[i][group]))) : null)]);

        Figure FigureOf(GroupCount count) => Figure.Of(count.Passed, count.Asked, sheet.Place.IsSum);

        List<GroupCount[]> Table(Counts counts) => [.. measures.Select(m => shown.Select(g => new GroupCount(
            Cell(counts, m, CountKind.Denominator, g), Cell(counts, m, CountKind.Numerator, g))).ToArray())];

        int Cell(Counts counts, int measure, CountKind kind, int group) => strata(counts.Shape, group).Sum(s => counts.Stratum(measure, kind, s.Sex, s.Band));
    }

    /// <summary>
    /// What is hidden of each step. Where the people asked at a step are those who passed the one before, either table shows what the other hides,
    /// so both hide the same groups.
    /// </summary>
    private static bool[][] Hidden(List<GroupCount[]> table, int below, bool[][]? shield)
    {
        bool[][] hidden = [.. table.Select((step, i) => Suppression.Hide(step, below, shield?[i]))];
        for (var again = true; again;)
        {
            again = false;
            for (var i = 1; i < table.Count; i++)
            {
                if (!table[i].Select(g => g.Asked).SequenceEqual(table[i - 1].Select(g => g.Passed)) || hidden[i].SequenceEqual(hidden[i - 1])) continue;
                bool[] either = [.. hidden[i].Zip(hidden[i - 1], (a, b) => a || b)];
                hidden[i] = Suppression.Hide(table[i], below, either);
                hidden[i - 1] = Suppression.Hide(table[i - 1], below, either);
                again = true;
            }
        }

        return hidden;
    }

    /// <summary>The band below the first bound holds nobody where the population begins at that age.</summary>
    private static bool IsEmptyByDefinition(CascadeSheet sheet, int groups, Counts sum, int group) =>
        groups == sum.Shape.AgeBands && group == 1 && sheet.Programme.Strata.AgeBands is [var first, ..] && sheet.Programme.Population.AgeFrom >= first;
}

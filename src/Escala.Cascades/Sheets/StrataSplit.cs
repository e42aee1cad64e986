using Escala.Cascades.Counters;
using Escala.Programmes.Measures;

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
        var parts = sheet.Place.IsSum ? sheet.Place.Facilities.Select(f => reader.Of(f.Code, sheet.Window)).OfType<Counts>().ToList() : [];
        int[] shown = [.. Enumerable.Range(0, groups).Where(g => !IsEmptyByDefinition(sheet, groups, sum, g))];
        var figures = shown.Select(_ => new Figure[sheet.Steps.Count]).ToArray();
        for (var step = 0; step < sheet.Steps.Count; step++)
        {
            var measure = sheet.Steps[step].Step.Measure;
            int[] People(Counts counts) => [.. shown.Select(g => Count(counts, measure, CountKind.Denominator, g))];
            var below = sheet.Programme.Strata.SuppressBelow;
            var shield = Suppression.ShieldParts(shown.Length, [.. parts.Select(p => Suppression.Hide(People(p), below))]);
            var people = People(sum);
            var hidden = Suppression.Hide(people, below, shield);
            for (var i = 0; i < shown.Length; i++)
            {
                figures[i][step] = hidden[i] ? Figure.Hidden : Figure.Of(Count(sum, measure, CountKind.Numerator, shown[i]), people[i], sheet.Place.IsSum);
            }
        }

        return new StrataSplit(shown, figures);

        int Count(Counts counts, Measure measure, CountKind kind, int group) =>
            strata(counts.Shape, group).Sum(s => counts.Stratum(reader.IndexOf(measure), kind, s.Sex, s.Band));
    }

    /// <summary>The band below the first bound holds nobody where the population begins at that age.</summary>
    private static bool IsEmptyByDefinition(CascadeSheet sheet, int groups, Counts sum, int group) =>
        groups == sum.Shape.AgeBands && group == 1 && sheet.Programme.Strata.AgeBands is [var first, ..] && sheet.Programme.Population.AgeFrom >= first;
}

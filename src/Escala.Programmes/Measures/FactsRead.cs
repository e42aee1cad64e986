using Escala.Programmes.Facts;

namespace Escala.Programmes.Measures;

/// <summary>Which facts measures read: without them a figure says nothing, or nobody.</summary>
public static class FactsRead
{
    /// <summary>Those of the cascade's steps and indicators, in the order of the register; where children are left out, birth dates too.</summary>
    public static IReadOnlyList<FactDefinition> By(Programme programme)
    {
        var measures = programme.Cascade.Steps.Select(s => s.Measure).Concat(programme.Cascade.Indicators).ToList();
        var slots = measures.SelectMany(m => Of(m.Anchor).Concat(Of(m.Denominator)).Concat(Of(m.Known)).Concat(Of(m.Numerator))).ToHashSet();
        if (programme.Population is { AgeFrom: not null, BirthDate: { } birth }) slots.Add(birth.Slot);
        return [.. programme.Register.Facts.Where(f => Enumerable.Range(f.Slot, f.SlotCount).Any(slots.Contains))];
    }

    private static IEnumerable<int> Of(Anchor anchor) => anchor switch { Anchor.FirstRow first => [first.Fact.Slot], Anchor.EachDate date => [date.Date.Slot], _ => [] };

    private static IEnumerable<int> Of(Condition? condition) => condition switch
    {
        Condition.All all => all.Of.SelectMany(Of),
        Condition.Some some => some.Of.SelectMany(Of),
        Condition.Not not => Of(not.Of),
        Condition.Any any => Of(any.Rows),
        Condition.Picked picked => Of(picked.Pick).Concat(Of(picked.Is)),
        Condition.Stands stands => [stands.Flag.Slot],
        Condition.SupplyReaches supply => [supply.Supply.Slot],
        Condition.SupplyShare share => Of(share.From).Prepend(share.Supply.Slot),
        Condition.Precedes days => Of(days.Earlier).Concat(Of(days.Later)),
        _ => [],
    };

    private static IEnumerable<int> Of(Rows rows) => [.. rows.Fact is { Slot: >= 0 and var slot } ? [slot] : Array.Empty<int>(), .. Of(rows.Is), .. Of(rows.From?.Day), .. Of(rows.To?.Day)];

    private static IEnumerable<int> Of(RowPick pick) => pick is RowPick.Nearest nearest ? Of(pick.Rows).Concat(Of(nearest.To)) : Of(pick.Rows);

    private static IEnumerable<int> Of(DayRef? day) => day is DayRef.OfRow row ? Of(row.Pick) : [];

    private static IEnumerable<int> Of(ValueTest? test) => test switch
    {
        ValueTest.All all => all.Of.SelectMany(Of),
        ValueTest.Some some => some.Of.SelectMany(Of),
        ValueTest.Not not => Of(not.Of),
        ValueTest.Compare compare => [compare.Slot],
        ValueTest.NotDetected detected => [detected.QualifierSlot],
        ValueTest.InCategory category => [category.Slot],
        ValueTest.DateInWindow date => [date.Slot],
        _ => [],
    };
}

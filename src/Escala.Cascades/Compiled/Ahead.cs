using Escala.Programmes.Measures;

namespace Escala.Cascades.Compiled;

/// <summary>
/// Whether a measure asks for rows of days after the window of its question. One that does not answers as before wherever a window ends before
/// the first row that changed, and need not be asked again there.
/// </summary>
internal static class Ahead
{
    public static bool Looks(Measure measure) => Looks(measure.Denominator) || Looks(measure.Known) || Looks(measure.Numerator);

    private static bool Looks(Condition? condition) => condition switch
    {
        null or Condition.Stands or Condition.SupplyReaches or Condition.Age => false,
        Condition.All all => all.Of.Any(Looks),
        Condition.Some some => some.Of.Any(Looks),
        Condition.Not not => Looks(not.Of),
        Condition.Any any => Looks(any.Rows),
        Condition.Picked picked => Looks(picked.Pick),
        Condition.Precedes precedes => Looks(precedes.Earlier) || Looks(precedes.Later),
        // Its days are counted from a row, and end where they end.
        _ => true,
    };

    private static bool Looks(RowPick pick) => Looks(pick.Rows) || (pick is RowPick.Nearest nearest && Looks(nearest.To));

    private static bool Looks(Rows rows) => (rows.From is { } from && Looks(from.Day)) || rows.To is { Day: DayRef.OfRow } || (rows.To is { } to && Looks(to.Day));

    private static bool Looks(DayRef day) => day is DayRef.OfRow row && Looks(row.Pick);
}

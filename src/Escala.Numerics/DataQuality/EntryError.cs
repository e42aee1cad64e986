using Escala.Numerics.Comparison;

namespace Escala.Numerics.DataQuality;

/// <summary>Errors of data entry, from double entry or from a comparison with the source.</summary>
/// <param name="Errors">Fields that are wrong or differ, at least 0.</param>
/// <param name="Fields">Fields compared, at least the errors.</param>
/// <param name="PerTenThousand">Errors in 10,000 fields; NaN when none was compared.</param>
/// <param name="Interval">Exact (Clopper–Pearson) 95 % interval of it, in 10,000 fields.</param>
public sealed record EntryError(long Errors, long Fields, double PerTenThousand, IntervalEstimate Interval)
{
    /// <summary>Common limit for all fields, in 10,000 (Good Clinical Data Management Practices).</summary>
    public const double CommonLimit = 50;

    /// <summary>Common limit for critical fields, in 10,000.</summary>
    public const double CriticalLimit = 10;

    /// <summary>Makes the rate.</summary>
    /// <param name="errors">Fields that are wrong or differ.</param>
    /// <param name="fields">Fields compared.</param>
    /// <returns>The rate with its interval.</returns>
    /// <exception cref="UnfitInputException">A count is negative, or there are more errors than fields.</exception>
    public static EntryError Of(long errors, long fields)
    {
        var interval = ProportionInterval.ClopperPearson(errors, fields);
        double rate = 10_000.0 * errors / fields;
        return new(errors, fields, rate, new(rate, 10_000 * interval.Lower, 10_000 * interval.Upper));
    }

    /// <summary>Compares two entries of the same fields, and each with the adjudicated value where the two differ.</summary>
    /// <param name="first">First entry, one text a field.</param>
    /// <param name="second">Second entry of the same fields in the same order.</param>
    /// <param name="adjudicated">The right value of the fields that differ, by place of the field from 0; null before adjudication.</param>
    /// <returns>Differences, and the errors of each clerk (null before adjudication).</returns>
    /// <exception cref="ArgumentException">The entries differ in length, or a field that differs is not adjudicated; the message names the field.</exception>
    public static (EntryError Differences, EntryError? First, EntryError? Second) DoubleEntry(
        IReadOnlyList<string> first, IReadOnlyList<string> second, IReadOnlyDictionary<int, string>? adjudicated = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count)
        {
            throw new UnfitInputException("numerics.quality.entry-lengths", "The first entry has {first} fields and the second {second}.", ("first", first.Count), ("second", second.Count));
        }
        int[] differing = [.. Enumerable.Range(0, first.Count).Where(k => first[k] != second[k])];
        var differences = Of(differing.Length, first.Count);
        if (adjudicated is null)
        {
            return (differences, null, null);
        }
        if (Array.Find(differing, k => !adjudicated.ContainsKey(k)) is var open && differing.Any(k => !adjudicated.ContainsKey(k)))
        {
            throw new UnfitInputException("numerics.quality.adjudicated", "Field {field} differs ('{first}', '{second}') and is not adjudicated.", ("field", open + 1), ("first", first[open]), ("second", second[open]));
        }
        return (differences, Of(differing.Count(k => first[k] != adjudicated[k]), first.Count), Of(differing.Count(k => second[k] != adjudicated[k]), second.Count));
    }
}

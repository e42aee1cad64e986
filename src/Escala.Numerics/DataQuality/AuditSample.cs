using Escala.Numerics.CostEffectiveness;

namespace Escala.Numerics.DataQuality;

/// <summary>A random audit: so many units of each stratum, drawn without replacement from a recorded seed.</summary>
public static class AuditSample
{
    /// <summary>Draws the units.</summary>
    /// <param name="units">Names of the units with their strata; names are unique.</param>
    /// <param name="perStratum">Units drawn of each stratum, at least 1; all of a smaller stratum.</param>
    /// <param name="seed">Seed of the draw. The draw of one stratum does not depend on the others, nor on the order of the units.</param>
    /// <returns>Names drawn, by stratum and name in ordinal order.</returns>
    /// <exception cref="ArgumentException">A name repeats.</exception>
    public static IReadOnlyList<(string Stratum, string Name)> Draw(IEnumerable<(string Stratum, string Name)> units, int perStratum, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(units);
        UnfitInputException.ThrowIfLessThan(perStratum, 1);
        (string Stratum, string Name)[] all = [.. units];
        if (all.GroupBy(u => u.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new UnfitInputException("numerics.quality.unit-twice", "The unit '{unit}' is given {times} times.", ("unit", twice.Key), ("times", twice.Count()));
        }
        return
        [
            .. all.GroupBy(u => u.Stratum, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                .SelectMany(g => g.Select(u => (Unit: u, Order: new CounterStream(seed, CounterStream.StreamOf(u.Name), 0).NextUniform()))
                    .OrderBy(u => u.Order).Take(perStratum).Select(u => u.Unit).OrderBy(u => u.Name, StringComparer.Ordinal)),
        ];
    }
}

using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>The tallies that stand, by which a file of counts is held against them.</summary>
public static class StandingTallies
{
    public static IReadOnlyDictionary<TallyKey, StandingTally> Of(Session session) =>
        RegistryTables.Current(session) is > 0 and var generation ? Tallies.Of(session, new Tables(generation)).ToDictionary(t => t.Key, t => t.Said) : new Dictionary<TallyKey, StandingTally>();
}

using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>The tallies that stand, by which a file of counts is held against them.</summary>
public static class StandingTallies
{
    public static IReadOnlyDictionary<TallyKey, (int Numerator, int Denominator, string? Register)> Of(Session session)
    {
        var generation = RegistryTables.Current(session);
        if (generation == 0 || !ProgrammeInForce.Load(session).TryGet(out var programme)) return new Dictionary<TallyKey, (int, int, string?)>();
        return Tallies.Of(session, new Tables(generation)).ToDictionary(
            t => new TallyKey(t.Key.Facility, new Programmes.Window(programme.Window, t.Key.Window).ToString(), t.Key.Step), t => (t.Said.Numerator, t.Said.Denominator, t.Said.Register));
    }
}

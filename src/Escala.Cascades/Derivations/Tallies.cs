using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>Counts of a step that a facility took from its paper register by hand: of one window the last said stands.</summary>
internal static class Tallies
{
    /// <summary>A tally that names no step or window of the programme would stand nowhere.</summary>
    public static Problem? Examine(Programme programme, Entry entry) => Read(programme, entry) is null ? Problem.Of("cascades.tally.unreadable") : null;

    /// <summary>Null for what is none, or is erased.</summary>
    public static (TallyKey Key, TallyCount Count)? Read(Programme programme, Entry entry) => TallyBody.Read(programme, entry.Facility, entry.Body);

    public static void Record(Session session, Tables tables, TallyKey key, StandingTally said) => session.Execute(
        $"""
        INSERT INTO {tables.Tally} (facility, window_number, step, numerator, denominator, register, position) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (facility, window_number, step) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator, register = excluded.register, position = excluded.position
        """, key.Facility, key.Window, key.Step, said.Count.Numerator, said.Count.Denominator, said.Count.Register, said.Position);

    /// <summary>All that the table holds.</summary>
    public static IEnumerable<(TallyKey Key, StandingTally Said)> Of(Session session, Tables tables)
    {
        using var rows = session.Query($"SELECT facility, window_number, step, numerator, denominator, register, position FROM {tables.Tally} ORDER BY facility, window_number, step");
        while (rows.Read()) yield return (new TallyKey(rows.Text(0), (int)rows.Int(1), rows.Text(2)), new StandingTally(new TallyCount((int)rows.Int(3), (int)rows.Int(4), rows.IsNull(5) ? null : rows.Text(5)), rows.Int(6)));
    }
}

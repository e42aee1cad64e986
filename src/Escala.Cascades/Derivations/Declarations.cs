using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>What sources say of their completeness: stretches of days, and rows counted on paper. What was said of a stretch stays said.</summary>
internal static class Declarations
{
    /// <summary>In place of a window's number in the row of a stretch of days, and of a day in the row of a window.</summary>
    public const int None = -1;

    public readonly record struct Key(string Source, string Facility, int Window, int From);

    /// <summary>One row of the table for each stretch and each window.</summary>
    public static IEnumerable<(Key Key, int? UpTo, int? Rows)> Rows(DeclarationBody body)
    {
        var facility = body.Facility ?? "";
        if (body is { From: { } from, To: { } to }) yield return (new Key(body.Source, facility, None, from.DayNumber), to.DayNumber, null);
        foreach (var (window, rows) in body.RowsExpected ?? new Dictionary<int, int>()) yield return (new Key(body.Source, facility, window, None), null, rows);
    }

    /// <summary>All that the table holds after some declarations, in the order in which they were made.</summary>
    public static Dictionary<Key, (int? UpTo, int? Rows)> Of(IEnumerable<DeclarationBody> bodies)
    {
        var all = new Dictionary<Key, (int? UpTo, int? Rows)>();
        foreach (var (key, upTo, rows) in bodies.SelectMany(Rows))
        {
            all[key] = all.TryGetValue(key, out var known) && known.UpTo > upTo ? known : (upTo, rows);
        }

        return all;
    }

    public static void Record(Session session, Tables tables, DeclarationBody body)
    {
        foreach (var (key, upTo, rows) in Rows(body))
        {
            session.Execute(
                $"""
                INSERT INTO {tables.Declaration} (source, facility, window_number, complete_from, complete_up_to, rows_expected) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (source, facility, window_number, complete_from) DO UPDATE SET
                complete_up_to = CASE WHEN excluded.complete_up_to > {tables.Declaration}.complete_up_to THEN excluded.complete_up_to ELSE {tables.Declaration}.complete_up_to END, rows_expected = excluded.rows_expected
                """, key.Source, key.Facility, key.Window, key.From, (long?)upTo, (long?)rows);
        }
    }
}

using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Cascades.Derivations;

/// <summary>What sources say of their completeness; a source that was complete up to a day stays so.</summary>
internal static class Declarations
{
    /// <summary>Window number of the row that holds the day up to which a source is complete.</summary>
    public const int NoWindow = -1;

    public static void Record(Session session, Tables tables, DeclarationBody body)
    {
        Put(session, tables, body.Source, body.Facility ?? "", NoWindow, body.To.DayNumber, null);
        foreach (var (window, rows) in body.RowsExpected ?? new Dictionary<int, int>()) Put(session, tables, body.Source, body.Facility ?? "", window, null, rows);
    }

    private static void Put(Session session, Tables tables, string source, string facility, int window, long? upTo, long? rows) => session.Execute(
        $"""
        INSERT INTO {tables.Declaration} (source, facility, complete_up_to, window_number, rows_expected) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (source, facility, window_number) DO UPDATE SET complete_up_to = CASE WHEN excluded.complete_up_to > {tables.Declaration}.complete_up_to THEN excluded.complete_up_to ELSE {tables.Declaration}.complete_up_to END, rows_expected = excluded.rows_expected
        """, source, facility, upTo, window, rows);
}

using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry.Timelines;

namespace Escala.Capture.Imports;

/// <summary>Sex and birth date of somebody whom the store knows, as last said, and by which rows (positions).</summary>
internal readonly record struct KnownDetails(double Sex, long SexAt, double Born, long BornAt)
{
    /// <summary>Null when no row says either.</summary>
    public static KnownDetails? Of(Timeline timeline, Programme programme)
    {
        var (sex, sexAt) = Last(timeline, programme.Population.Sex);
        var (born, bornAt) = Last(timeline, programme.Population.BirthDate);
        return sexAt + bornAt == 0 ? null : new KnownDetails(sex, sexAt, born, bornAt);
    }

    /// <summary>The row says otherwise, and it is of another source than the row that said so.</summary>
    public bool Differ(Session session, Programme programme, DecodedRow row, string source) =>
        (IsOther(programme.Population.Sex, row, Sex) && SourceAt(session, SexAt) != source) || (IsOther(programme.Population.BirthDate, row, Born) && SourceAt(session, BornAt) != source);

    private static bool IsOther(FactDefinition? fact, DecodedRow row, double known) => fact is not null && row.Slots[fact.Slot] is var said && !double.IsNaN(said) && !double.IsNaN(known) && said != known;

    private static (double Value, long Position) Last(Timeline timeline, FactDefinition? fact)
    {
        for (var i = timeline.Count - 1; fact is not null && i >= 0; i--)
        {
            if (timeline.Slot(i, fact.Slot) is var value && !double.IsNaN(value)) return (value, timeline.Heads[i].Position);
        }

        return (double.NaN, 0);
    }

    private static string? SourceAt(Session session, long position)
    {
        using var rows = session.Query("SELECT o.content FROM entry e JOIN origin o ON o.origin = e.origin WHERE e.position = $1", position);
        return rows.Read() ? Origin.Read(rows.Bytes(0)).Source : null;
    }
}

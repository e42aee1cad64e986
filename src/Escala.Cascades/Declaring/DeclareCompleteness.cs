using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Cascades.Declaring;

/// <summary>How many rows somebody counted in a facility's paper register.</summary>
public sealed record RowsExpected(string Facility, Window Window, int Rows);

/// <summary>Enters what a source says of its completeness, without an import.</summary>
public static class DeclareCompleteness
{
    /// <param name="facility">Code; null for every facility of the source.</param>
    /// <param name="from">Null: from the beginning.</param>
    public static Result<DeclarationBody> UpTo(LedgerWriter writer, Programme programme, string source, string? facility, DateOnly? from, DateOnly to, string? author, TimeProvider clock)
    {
        if (facility is not null && !IsFacility(programme, facility)) return Unknown(programme, facility);
        if (from > to) return Problem.Of("cascades.declare.order");
        var body = new DeclarationBody(source, facility, from ?? DateOnly.MinValue, to);
        Enter(writer, [body], author, clock);
        return body;
    }

    /// <summary>All of them or none. A later count of the same facility and window takes the place of an earlier one.</summary>
    public static Result<int> Rows(LedgerWriter writer, Programme programme, string source, IReadOnlyList<RowsExpected> counted, string? author, TimeProvider clock)
    {
        var unknown = counted.Select(c => c.Facility).Distinct(StringComparer.Ordinal).Where(f => !IsFacility(programme, f)).Select(f => Unknown(programme, f)).ToList();
        if (unknown.Count > 0) return Result<int>.Refused(unknown);
        Enter(writer, counted.GroupBy(c => c.Facility, StringComparer.Ordinal).Select(g => new DeclarationBody(
            source, g.Key, null, null, g.GroupBy(c => c.Window.Number).ToDictionary(w => w.Key, w => w.Last().Rows))), author, clock);
        return counted.Count;
    }

    private static void Enter(LedgerWriter writer, IEnumerable<DeclarationBody> bodies, string? author, TimeProvider clock)
    {
        Entry[] entries = [.. bodies.Select(b => new Entry
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Origin = new Origin { Kind = EntryKinds.Declaration, Class = EntryClasses.Delivery, Source = b.Source, Author = author },
            Facility = b.Facility,
            EventDay = (b.To ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)).DayNumber,
            RecordedAt = clock.Microseconds(),
            Body = JsonSerializer.SerializeToUtf8Bytes(b, BodiesJson.Default.DeclarationBody),
        })];
        writer.Run(transaction => transaction.Append(entries));
    }

    private static bool IsFacility(Programme programme, string code) => programme.Places.Any(p => p.Code == code && p.Level == programme.Levels[^1]);

    private static Problem Unknown(Programme programme, string code) => Problem.Of(
        "cascades.declare.unknown-facility", ("place", code), ("known", string.Join(", ", programme.Places.Where(p => p.Level == programme.Levels[^1]).Select(p => p.Code).Distinct().Take(12))));
}

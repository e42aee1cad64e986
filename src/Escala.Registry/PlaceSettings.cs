using System.Globalization;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Places;

namespace Escala.Registry;

/// <summary>
/// What the office sets for places over what the package says; a place without a setting of its own has that of the place above. Each change is an
/// entry with all settings, so that the ledger knows who changed what, and the latest is in force.
/// </summary>
/// <param name="LockMinutes">Minutes without a touch until a device locks, by code of the place.</param>
public sealed record PlaceSettings(IReadOnlyDictionary<string, int> LockMinutes)
{
    /// <summary>Where neither a place nor the package says anything.</summary>
    public const int UsualLock = 5;

    private const string Position = "place-settings";

    public static PlaceSettings None { get; } = new(new Dictionary<string, int>());

    public static PlaceSettings In(Session session)
    {
        if (Store.Info(session, Position) is not { } position) return None;
        using var rows = session.Query("SELECT content FROM body WHERE position = $1", long.Parse(position, CultureInfo.InvariantCulture));
        return rows.Read() ? JsonSerializer.Deserialize(rows.Bytes(0), BodiesJson.Default.PlaceSettings)! : None;
    }

    /// <summary>Minutes until a device at the place locks, as places lie on the day; <c>From</c> is the place that says so, null for the package.</summary>
    public (int Minutes, string? From) LockAt(Programme programme, PlaceHistory places, string place, DateOnly day)
    {
        for (var at = places.On(place, day); at is not null; at = at.ParentCode is { } parent ? places.On(parent, day) : null)
        {
            if (LockMinutes.TryGetValue(at.Code, out var minutes)) return (minutes, at.Code);
        }

        return (programme.Field?.LockMinutes ?? UsualLock, null);
    }

    /// <param name="minutes">1 to 120; null takes the place's own setting away.</param>
    public static Result<PlaceSettings> SetLock(LedgerWriter writer, PlaceHistory places, string place, int? minutes, string? author, TimeProvider clock)
    {
        if (!places.Knows(place)) return Problem.Of("registry.settings.place", ("place", place));
        if (minutes is < 1 or > FieldPlan.LongestLock) return Problem.Of("registry.settings.lock", ("most", FieldPlan.LongestLock));
        var settings = None;
        writer.Run(transaction =>
        {
            var before = In(transaction.Session);
            var changed = new SortedDictionary<string, int>(before.LockMinutes.ToDictionary(), StringComparer.Ordinal);
            if (minutes is { } said) changed[place] = said;
            else changed.Remove(place);
            settings = new PlaceSettings(changed);
            transaction.Append([Entry(settings, author, clock)]);
            Store.SetInfo(transaction.Session, Position, transaction.Head.ToString(CultureInfo.InvariantCulture));
        });
        return settings;
    }

    private static Entry Entry(PlaceSettings settings, string? author, TimeProvider clock) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = new Origin { Kind = EntryKinds.PlaceSettings, Class = EntryClasses.Delivery, Author = author },
        EventDay = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber,
        RecordedAt = clock.Microseconds(),
        Body = JsonSerializer.SerializeToUtf8Bytes(settings, BodiesJson.Default.PlaceSettings),
    };
}

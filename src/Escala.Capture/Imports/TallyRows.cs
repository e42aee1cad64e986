using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Places;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Capture.Imports;

/// <summary>What a record of counts says, or why it cannot be taken.</summary>
/// <param name="Facility">Code of the facility; null where the place is not known.</param>
/// <param name="WaitsFor">The place that is not known, as the file calls it.</param>
internal sealed record TallyRow(string? Facility, IReadOnlyList<TallySaid> Said, List<Problem> Problems, string? WaitsFor)
{
    /// <summary>Each count under its key. A place that is not known is so far what the file calls it.</summary>
    public IEnumerable<(TallyKey Key, TallySaid Said, TallyCount Count)> Counts => Said.Select(s => (new TallyKey(Facility ?? s.Facility.ToUpperInvariant(), s.Window.Number, s.Step), s, new TallyCount(s.Numerator, s.Denominator, s.Register)));
}

/// <summary>Reads rows of counts under a programme, and writes them as entries.</summary>
internal sealed class TallyRows(Programme programme, TimeProvider clock)
{
    private readonly RowIdentifiers _places = new(programme);
    private readonly PlaceHistory _history = new(programme.Places);
    private readonly int _today = new LocalDays(programme.Zone).On(clock.Microseconds());

    public static Origin OriginOf(Programme programme, Layout layout, string source, string batch, string? author) => new()
    {
        Kind = EntryKinds.Tally,
        Class = EntryClasses.Delivery,
        Form = programme.FormOf(layout),
        Programme = $"{programme.Id}@{programme.Version}",
        Zone = programme.Zone,
        Layout = layout.ToString(),
        Source = source,
        Batch = batch,
        Author = author,
    };

    public string? PlaceOf(TallyMapping mapping, string written) => _places.PlaceOf(mapping.Words, written);

    /// <summary>Nothing is said by a record that is empty.</summary>
    public TallyRow Read(TallyReader reader, TallyMapping mapping, CsvRecord fields)
    {
        var problems = new List<Problem>();
        var said = reader.Read(fields, problems);
        if (said.Count == 0) return new TallyRow(null, said, problems, null);
        var (written, window) = (said[0].Facility, said[0].Window);
        var facility = PlaceOf(mapping, written);
        if (window.FirstDay > _today) problems.Add(Problem.Of("capture.tally.ahead", ("column", mapping.WindowColumn), ("window", window)));
        else if (facility is not null && NotOpen(mapping, facility, window) is { } shut) problems.Add(shut);
        if (facility is not null || problems.Count > 0) return new TallyRow(facility, said, problems, null);
        return new TallyRow(null, said, problems, written);
    }

    /// <summary>Why a row whose place is not known is not taken.</summary>
    public static Problem UnknownPlace(TallyMapping mapping, string written) => Problem.Of("capture.row.unknown-place", ("place", written), ("column", mapping.FacilityColumn));

    /// <summary>As the field app writes it, but for the source.</summary>
    public Entry EntryOf(Origin origin, string facility, TallySaid said, int line) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = origin,
        Facility = facility,
        EventDay = Math.Min(said.Window.LastDay, _today),
        RecordedAt = clock.Microseconds(),
        Sequence = line,
        Body = new TallyBody(said.Window.ToString(), said.Step, said.Numerator, said.Denominator, said.Register).ToBytes(),
    };

    /// <summary>A facility that was open on no day of the window counted nobody.</summary>
    private Problem? NotOpen(TallyMapping mapping, string facility, Window window)
    {
        var place = _history.On(facility, DateOnly.FromDayNumber(window.LastDay)) ?? _history.On(facility, DateOnly.MaxValue);
        Problem Shut(string code, DateOnly day) => Problem.Of(code, ("column", mapping.WindowColumn), ("window", window), ("place", facility), ("day", day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
        if (place?.Opened is { } opened && opened.DayNumber > window.LastDay) return Shut("capture.tally.before-opening", opened);
        return place?.Closed is { } closed && closed.DayNumber < window.FirstDay ? Shut("capture.tally.after-closing", closed) : null;
    }
}

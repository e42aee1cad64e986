using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Capture.Forms;

/// <summary>A filled form as it stands: not corrected since, and not erased. What its envelope says.</summary>
/// <param name="Day"><see cref="DateOnly.DayNumber"/>.</param>
/// <param name="Author">The account's id.</param>
public sealed record StandingForm(long Position, Guid Id, string Form, string Version, Guid? Subject, string? Facility, int Day, string? Author);

/// <summary>Which filled forms are asked for.</summary>
/// <param name="Facilities">Codes; null for all, also what names no facility.</param>
/// <param name="From">The first <see cref="DateOnly.DayNumber"/>; null for the beginning.</param>
/// <param name="To">The last.</param>
public sealed record FormFilter(IReadOnlySet<string>? Facilities = null, int? From = null, int? To = null)
{
    public bool Takes(StandingForm form) =>
        (Facilities is null || (form.Facility is { } facility && Facilities.Contains(facility))) && (From is null || form.Day >= From) && (To is null || form.Day <= To);
}

/// <summary>The filled forms of a store, in the order of the ledger, found in one walk over its envelopes.</summary>
public static class StandingForms
{
    public static IReadOnlyList<StandingForm> Read(Session session, FormFilter filter)
    {
        var origins = LedgerReader.Origins(session).Where(o => o.Value.Origin is { Kind: EntryKinds.Form, Form: not null }).ToDictionary(o => o.Key, o => o.Value.Origin);
        if (origins.Count == 0) return [];
        var filled = new List<StandingForm>();
        // A form about one person corrects none about another, and none of another form.
        var replaced = new HashSet<(Guid, Guid?, string)>();
        using var rows = session.Query(
            $"SELECT e.position, e.id, e.origin, e.subject, e.facility, e.event_day, e.replaces FROM entry e JOIN body b ON b.position = e.position WHERE e.origin IN ({string.Join(", ", origins.Keys)}) AND b.content IS NOT NULL ORDER BY e.position");
        while (rows.Read())
        {
            var origin = origins[rows.Int(2)];
            var (form, version) = Parts(origin.Form!);
            Guid? subject = rows.IsNull(3) ? null : rows.Guid(3);
            if (!rows.IsNull(6)) replaced.Add((rows.Guid(6), subject, form));
            filled.Add(new StandingForm(rows.Int(0), rows.Guid(1), form, version, subject, rows.IsNull(4) ? null : rows.Text(4), (int)rows.Int(5), origin.Author));
        }

        return [.. filled.Where(f => filter.Takes(f) && !replaced.Contains((f.Id, f.Subject, f.Form)))];
    }

    internal static (string Form, string Version) Parts(string named) => (named.Split('@')[0], named.Split('@')[^1]);
}

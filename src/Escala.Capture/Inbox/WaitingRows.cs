using Escala.Capture.Imports;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Places;
using Escala.Registry.Timelines;

namespace Escala.Capture.Inbox;

/// <summary>
/// What waits in the inbox of a source while a file of it is imported. A row of the inbox is settled when a row of its key is taken, or known
/// already; where its key could not be read (or its place is not known), when the same line of a file of the same name is, about the same person.
/// </summary>
internal sealed class WaitingRows
{
    private readonly Dictionary<RowKey, List<Waiting>> _byKey = [];
    private readonly Dictionary<(string File, int Line), List<Waiting>> _byLine = [];
    private readonly Dictionary<ulong, List<Waiting>> _orphans = [];
    private readonly HashSet<long> _met = [];
    private readonly HashSet<long> _refusedAgain = [];

    private sealed record Waiting(long Number, string Person, int Day, long Content);

    /// <summary>Of a row that the file names and that was taken or known, and no row of it is refused again.</summary>
    public IReadOnlyCollection<long> Settled => [.. _met.Except(_refusedAgain)];

    public static WaitingRows Of(Func<Session> open, Programme programme, string source, string? part = null)
    {
        using var session = open();
        var waiting = new WaitingRows();
        var places = PlaceCodes.OfFacilities(programme);
        var row = new DecodedRow(programme.Register);
        foreach (var inbox in InboxTable.Read(session).Where(r => r.Source == source && Layout.Parse(r.Layout)?.Part == part))
        {
            // A row of a repeat has no line among the rows: it is settled when a row comes to which it was joined.
            if (inbox.Problems.Any(p => p.Code == RepeatedRows.Orphan))
            {
                foreach (var hash in HashesOf(programme, inbox)) Add(waiting._orphans, hash, new Waiting(inbox.Number, "", 0, inbox.ContentHash));
                continue;
            }

            var readable = inbox.ReadInto(programme, row);
            var one = new Waiting(inbox.Number, row.Person, row.Day, inbox.ContentHash);
            var key = readable ? KeyOf(row, places, source, inbox.Ordinal) : null;
            if (key is { } known) Add(waiting._byKey, known, one);
            if (key is null || inbox.WaitsFor is not null) Add(waiting._byLine, (inbox.File, inbox.Line), one);
        }

        return waiting;
    }

    /// <summary>A row of the file, just classified.</summary>
    public void Met(string file, CsvRecords records, Classifier row, bool taken)
    {
        if (_orphans.Count > 0 && taken && row.Repeated is { } repeated) _met.UnionWith(repeated.HashesOf(records.Fields).SelectMany(h => _orphans.GetValueOrDefault(h, [])).Select(w => w.Number));
        if (_byKey.Count == 0 && _byLine.Count == 0) return;
        var into = taken ? _met : _refusedAgain;
        if (row.Key is { } key && _byKey.TryGetValue(key, out var alike)) into.UnionWith(alike.Select(w => w.Number));
        if (!_byLine.TryGetValue((file, records.Line), out var here)) return;
        into.UnionWith(here.Where(w => (w.Person.Length == 0 || w.Person == row.Row.Person) && (w.Day == 0 || w.Day == row.Row.Day)).Select(w => w.Number));
    }

    /// <summary>Rows of the inbox that a row refused anew takes the place of; what is there to the letter stays.</summary>
    public IReadOnlyList<long> ReplacedBy(RefusedRow row, long content) =>
        row.Key is { } key && _byKey.TryGetValue(key, out var alike) ? [.. alike.Where(w => w.Content != content).Select(w => w.Number)] : [];

    private static IEnumerable<ulong> HashesOf(Programme programme, InboxRow row)
    {
        if (Layout.Parse(row.Layout) is not { } layout || programme.Mappings.FirstOrDefault(m => m.Name == layout.Mapping) is not { } mapping) return [];
        var fields = new CsvRecord((byte)layout.Delimiter);
        return fields.Fill(row.Content) ? [.. new RepeatedRows(mapping, layout).HashesOf(fields)] : [];
    }

    private static RowKey? KeyOf(DecodedRow row, PlaceCodes places, string source, int? ordinal)
    {
        if (row.RowId is { } id) return new RowKey(RowDecoder.HashOf(source, id), "", "", 0, 0);
        if (row.Person.Length == 0 || row.Facility.Length == 0 || row.Day == 0 || ordinal is not { } rank) return null;
        return new RowKey(0, row.Person, places.Find(row.Facility) ?? row.Facility, row.Day, rank);
    }

    private static void Add<TKey>(Dictionary<TKey, List<Waiting>> to, TKey key, Waiting waiting)
        where TKey : notnull
    {
        if (!to.TryGetValue(key, out var list)) to[key] = list = [];
        list.Add(waiting);
    }
}

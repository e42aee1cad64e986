using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Capture.Inbox;

/// <summary>
/// Gives rows of the inbox up: each becomes an entry of the ledger that says who and why and holds the row's bytes, about its person where that
/// can be read, so that an erasure reaches it.
/// </summary>
public static class DiscardRows
{
    /// <summary>Rows given up.</summary>
    public static Result<int> Run(Store store, LedgerWriter writer, Programme programme, IReadOnlyCollection<long> numbers, string reason, string? author, TimeProvider clock)
    {
        if (string.IsNullOrWhiteSpace(reason)) return Problem.Of("capture.discard.reason");
        using var session = store.Open(writable: false);
        var inbox = InboxTable.Read(session).ToDictionary(r => r.Number);
        var unknown = numbers.Where(n => !inbox.ContainsKey(n)).Select(n => Problem.Of("capture.discard.number", ("number", n))).ToList();
        if (unknown.Count > 0) return Result<int>.Refused(unknown);
        var people = new Dictionary<string, Guid>(StringComparer.Ordinal);
        var row = new DecodedRow(programme.Register);
        var entries = new List<Entry>();
        foreach (var number in numbers.Distinct())
        {
            var given = inbox[number];
            given.ReadInto(programme, row);
            var layout = Layout.Parse(given.Layout)!;
            entries.Add(new Entry
            {
                Id = Guid.CreateVersion7(clock.GetUtcNow()),
                Origin = new Origin
                {
                    Kind = EntryKinds.Discard,
                    Class = programme.TallyOf(layout) is null ? EntryClasses.Clinical : EntryClasses.Delivery,
                    Form = programme.FormOf(layout),
                    Programme = $"{programme.Id}@{programme.Version}",
                    Layout = given.Layout,
                    Source = given.Source,
                    Batch = given.Batch,
                    Author = author,
                    Reason = reason,
                },
                Subject = row.Person.Length > 0 ? PersonOf(row.Person) : null,
                EventDay = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber,
                RecordedAt = clock.Microseconds(),
                Sequence = given.Line,
                Body = given.Content,
            });
        }

        writer.Run(transaction =>
        {
            transaction.Append(entries);
            InboxTable.Remove(transaction.Session, numbers);
        });
        return entries.Count;

        Guid PersonOf(string identifier)
        {
            if (people.TryGetValue(identifier, out var known)) return known;
            return people[identifier] = FindPerson.Run(session, programme, identifier) ?? Guid.CreateVersion7(clock.GetUtcNow());
        }
    }
}

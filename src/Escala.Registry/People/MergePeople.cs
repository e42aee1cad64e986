using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;

namespace Escala.Registry.People;

/// <summary>Says that two records are one person, and takes it back. Both people's months are counted again at once.</summary>
public static class MergePeople
{
    public static Result<Guid> Merge(Store store, LedgerWriter writer, Programme programme, string person, string into, string reason, string? author, TimeProvider clock)
    {
        using var session = store.Open(writable: false);
        if (FindPerson.Run(session, programme, person) is not { } one || FindPerson.Run(session, programme, into) is not { } other) return Problem.Of("registry.person.unknown");
        if (HeadOf(session, one) == HeadOf(session, other)) return Problem.Of("registry.merge.already");
        var entry = NewEntry(EntryKinds.Merge, one, JsonSerializer.SerializeToUtf8Bytes(new MergeBody(other, reason), BodiesJson.Default.MergeBody), author, clock);
        writer.Run(transaction => transaction.Append([entry]));
        return one;
    }

    public static Result<Guid> Unmerge(Store store, LedgerWriter writer, Programme programme, string person, string reason, string? author, TimeProvider clock)
    {
        using var session = store.Open(writable: false);
        if (FindPerson.Run(session, programme, person) is not { } one) return Problem.Of("registry.person.unknown");
        var tables = new RegistryTables(RegistryTables.Current(session));
        if (session.Scalar($"SELECT merged_into FROM {tables.Person} WHERE id = $1", one) is null) return Problem.Of("registry.unmerge.not-merged");
        var entry = NewEntry(EntryKinds.Unmerge, one, JsonSerializer.SerializeToUtf8Bytes(new UnmergeBody(reason), BodiesJson.Default.UnmergeBody), author, clock);
        writer.Run(transaction => transaction.Append([entry]));
        return one;
    }

    internal static long? HeadOf(Session session, Guid person) =>
        session.Scalar($"SELECT head FROM {new RegistryTables(RegistryTables.Current(session)).Person} WHERE id = $1", person);

    internal static Entry NewEntry(string kind, Guid subject, byte[] body, string? author, TimeProvider clock) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = new Origin { Kind = kind, Class = EntryClasses.Clinical, Author = author },
        Subject = subject,
        EventDay = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber,
        RecordedAt = clock.Microseconds(),
        Body = body,
    };
}

using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;

namespace Escala.Registry.People;

/// <summary>Says that two who look like one person are two: they are not listed as likely the same again.</summary>
public static class KeepApart
{
    public static Result<Guid> Run(Store store, LedgerWriter writer, Programme programme, string person, string other, string reason, string? author, TimeProvider clock)
    {
        using var session = store.Open(writable: false);
        if (FindPerson.Run(session, programme, person) is not { } one || FindPerson.Run(session, programme, other) is not { } two) return Problem.Of("registry.person.unknown");
        if (MergePeople.HeadOf(session, one) == MergePeople.HeadOf(session, two)) return Problem.Of("registry.apart.same");
        var entry = MergePeople.NewEntry(EntryKinds.Apart, one, JsonSerializer.SerializeToUtf8Bytes(new ApartBody(two, reason), BodiesJson.Default.ApartBody), author, clock);
        writer.Run(transaction => transaction.Append([entry]));
        return one;
    }
}

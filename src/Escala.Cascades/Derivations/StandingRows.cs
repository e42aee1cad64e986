using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>
/// A correction or a withdrawal names a row that still stands: of two who change the same row unknown to each other, the second is told. Entries of
/// one commit are examined before any of them is written, so what they change is remembered until then.
/// </summary>
internal sealed class StandingRows(Tables tables)
{
    private readonly Dictionary<Guid, Guid> _new = [];
    private readonly HashSet<Guid> _gone = [];

    public Problem? Examine(Session session, Entry entry)
    {
        var target = entry.Origin.Kind == EntryKinds.Withdrawal ? entry.Withdraws : entry.Origin.Kind == EntryKinds.Visit ? entry.Replaces : null;
        if (entry.Origin.Kind == EntryKinds.Withdrawal && (target is null || entry.Subject is null)) return Problem.Of("cascades.visit.unreadable");
        if (target is { } id)
        {
            if (_gone.Contains(id) || !(_new.TryGetValue(id, out var subject) ? subject == entry.Subject : Stands(session, entry.Subject!.Value, id))) return Problem.Of("cascades.visit.changed", ("entry", id));
            _gone.Add(id);
        }

        if (entry is { Origin.Kind: EntryKinds.Visit, Subject: { } of }) _new[entry.Id] = of;
        return null;
    }

    public void Forget()
    {
        _new.Clear();
        _gone.Clear();
    }

    private bool Stands(Session session, Guid subject, Guid id)
    {
        if (session.Scalar("SELECT position FROM entry WHERE id = $1", id) is not { } position) return false;
        using var rows = session.Query($"SELECT t.content FROM {tables.Timeline} t JOIN {tables.Person} p ON p.person = t.person WHERE p.id = $1", subject);
        if (!rows.Read()) return false;
        return RowCode.Positions(rows.Bytes(0)).Contains(position);
    }
}

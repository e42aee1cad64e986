using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>
/// A correction or a withdrawal names a row that still stands, a correction of a filled form the same form of the same person: of two who change the same unknown to each other, the second is told. Entries of
/// one commit are examined before any of them is written, so what they change is remembered until then.
/// </summary>
internal sealed class StandingRows(Tables tables)
{
    private readonly Dictionary<Guid, Guid> _new = [];
    private readonly Dictionary<Guid, (Guid? Subject, string? Form)> _newForms = [];
    private readonly HashSet<Guid> _gone = [];

    public Problem? Examine(Session session, Entry entry)
    {
        if (entry.Origin.Kind == EntryKinds.Form) return ExamineForm(session, entry);
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

    private Problem? ExamineForm(Session session, Entry entry)
    {
        var own = (entry.Subject, Form: FormOf(entry.Origin));
        if (entry.Replaces is { } id)
        {
            if (_gone.Contains(id) || !(_newForms.TryGetValue(id, out var form) ? form == own : Stands(session, own, id))) return Problem.Of("cascades.form.changed", ("entry", id));
            _gone.Add(id);
        }

        _newForms[entry.Id] = own;
        return null;
    }

    private static string? FormOf(Origin origin) => origin.Form?.Split('@')[0];

    public void Forget()
    {
        _new.Clear();
        _newForms.Clear();
        _gone.Clear();
    }

    private bool Stands(Session session, Guid subject, Guid id)
    {
        if (session.Scalar("SELECT position FROM entry WHERE id = $1", id) is not { } position) return false;
        using var rows = session.Query($"SELECT t.content FROM {tables.Timeline} t JOIN {tables.Person} p ON p.person = t.person WHERE p.id = $1", subject);
        if (!rows.Read()) return false;
        return RowCode.Positions(rows.Bytes(0)).Contains(position);
    }

    private bool Stands(Session session, (Guid? Subject, string? Form) own, Guid id)
    {
        using (var rows = session.Query("SELECT e.subject, o.content FROM entry e JOIN origin o ON o.origin = e.origin WHERE e.id = $1", id))
        {
            if (!rows.Read() || (rows.IsNull(0) ? (Guid?)null : rows.Guid(0)) != own.Subject) return false;
            var origin = Origin.Read(rows.Bytes(1));
            if (origin.Kind != EntryKinds.Form || FormOf(origin) != own.Form) return false;
        }

        // Of a person's entries only those that are no rows are looked at; of forms about nobody known, the ledger.
        return own.Subject is { } subject && session.Scalar($"SELECT 1 FROM {tables.Person} WHERE id = $1", subject) is not null
            ? session.Scalar($"SELECT 1 FROM {tables.Statement} s JOIN {tables.Person} p ON p.person = s.person JOIN entry e ON e.position = s.position WHERE p.id = $1 AND e.replaces = $2 LIMIT 1", subject, id) is null
            : session.Scalar("SELECT 1 FROM entry WHERE replaces = $1 LIMIT 1", id) is null;
    }
}

using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;

namespace Escala.Capture.Exchange;

/// <summary>
/// What stands in the way of filled forms of one batch: answers that are no object, and answers that the programme keeps only under a consent
/// which the person has not given, or has withdrawn. A consent earlier in the same batch counts; one that the ledger has already stands where it stands there.
/// </summary>
internal sealed class FilledForms(Session session, Programme programme)
{
    private readonly Dictionary<(Guid Person, string Scope), bool> _said = [];
    private readonly HashSet<Guid> _heard = [];
    private readonly RegistryTables _tables = new(RegistryTables.Current(session));
    private HashSet<long>? _consents;

    public Problem? Refuse(Entry entry)
    {
        if (entry is { Origin.Kind: EntryKinds.Consent, Subject: { } somebody } && Consent(entry.Body) is { } consent && _heard.Add(entry.Id) && !PushBatch.IsKnown(session, entry.Id)) _said[(somebody, consent.Scope)] = consent.Given;
        if (entry.Origin.Kind != EntryKinds.Form) return null;
        if (!IsObject(entry.Body) || entry.Origin.Form?.Split('@')[0] is not { Length: > 0 } form) return Problem.Of("capture.exchange.form");
        if (programme.Field?.ConsentFor(form) is not { } scope) return null;
        return entry.Subject is { } person && Given(person, scope) ? null : Problem.Of("capture.exchange.consent", ("form", form), ("scope", scope));
    }

    private bool Given(Guid person, string scope)
    {
        if (_said.TryGetValue((person, scope), out var said)) return said;
        var given = false;
        _consents ??= LedgerReader.Origins(session).Where(o => o.Value.Origin.Kind == EntryKinds.Consent).Select(o => o.Key).ToHashSet();
        // Somebody who was merged has said what either record says.
        using var rows = session.Query(
            $"""
            SELECT e.origin, b.content FROM {_tables.Person} p JOIN {_tables.Person} q ON q.head = p.head JOIN {_tables.Statement} s ON s.person = q.person
            JOIN entry e ON e.position = s.position JOIN body b ON b.position = s.position WHERE p.id = $1 ORDER BY s.position
            """, person);
        while (rows.Read())
        {
            if (_consents.Contains(rows.Int(0)) && !rows.IsNull(1) && Consent(rows.Bytes(1)) is { } consent && consent.Scope == scope) given = consent.Given;
        }

        return _said[(person, scope)] = given;
    }

    private static (string Scope, bool Given)? Consent(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            return (json.RootElement.GetProperty("scope"u8).GetString()!, json.RootElement.GetProperty("given"u8).GetBoolean());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static bool IsObject(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

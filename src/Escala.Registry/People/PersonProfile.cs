using System.Text.Json;

namespace Escala.Registry.People;

/// <summary>A <c>person</c> entry as far as its fields go: where it stands, what its author had seen, on which device it was said.</summary>
/// <param name="BasedOn">Position up to which the author had seen the ledger.</param>
/// <param name="Author">The account's id; null for the office and for imports.</param>
public sealed record Saying(long Position, long BasedOn, string? Device, long Sequence, string? Author, int Day);

/// <summary>Two or more values of one field, none of whose authors had seen the others; the one that stands first.</summary>
public sealed record FieldConflict(string Field, IReadOnlyList<(string Value, Saying Said)> Values);

/// <summary>
/// What is said of somebody, field by field, by the rule of docs/methods/exchange.md (Profile): sayings that no later one had seen are heads; the head with the
/// highest position stands, and heads that differ are a conflict. <c>field/src/people/profile.ts</c> is the same for the app.
/// </summary>
public sealed class PersonProfile
{
    private readonly Dictionary<string, List<(string Value, Saying Said)>> _heads = new(StringComparer.Ordinal);

    /// <summary>Takes in what an entry says; entries come in the order of the ledger. A body that cannot be read says nothing.</summary>
    public void Say(Saying said, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return;
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("set"u8, out var set) || set.ValueKind != JsonValueKind.Object) return;
            foreach (var field in set.EnumerateObject()) Say(field.Name, field.Value.ToString(), said);
        }
        catch (JsonException)
        {
            // It was refused then, or is of a version that this one does not know.
        }
    }

    /// <summary>The value that stands; empty where nothing was said.</summary>
    public string this[string field] => _heads.TryGetValue(field, out var heads) ? heads.MaxBy(h => h.Said.Position).Value : "";

    public IReadOnlyList<FieldConflict> Conflicts =>
        [.. _heads.Where(h => h.Value.Select(v => v.Value).Distinct(StringComparer.Ordinal).Count() > 1).Select(h => new FieldConflict(h.Key, [.. h.Value.OrderByDescending(v => v.Said.Position)]))];

    private void Say(string field, string value, Saying said)
    {
        if (!_heads.TryGetValue(field, out var heads)) _heads[field] = heads = [];
        heads.RemoveAll(h => IsSeen(h.Said, said));
        // A device's entries may come in another order than it wrote them.
        if (!heads.Exists(h => IsSeen(said, h.Said))) heads.Add((value, said));
    }

    private static bool IsSeen(Saying earlier, Saying later) =>
        earlier.Device == later.Device ? earlier.Sequence < later.Sequence : earlier.Position <= later.BasedOn;
}

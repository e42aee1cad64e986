using System.Text.Json;
using Escala.Platform.Problems;
using Escala.Programmes;

namespace Escala.Registry.People;

/// <summary>An identifier: several a person, each of a system.</summary>
public readonly record struct Identifier(string System, string Value);

/// <summary>What a <c>person</c> entry says that is derived from: identifiers, and those that are used no more. Fields are read where they are shown.</summary>
public sealed record PersonBody(IReadOnlyList<Identifier> Identifiers, IReadOnlyList<Identifier> Retired)
{
    private const int MostIdentifiers = 20, LongestValue = 64;

    /// <summary>Null when the body is no person's.</summary>
    public static PersonBody? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || (root.TryGetProperty("set"u8, out var set) && !IsSet(set))) return null;
            return ListOf(root, "identifiers") is { } identifiers && ListOf(root, "retired") is { } retired ? new PersonBody(identifiers, retired) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The identifier as it is kept and found, however it was written.</summary>
    public static Identifier Normal(Programme programme, Identifier identifier) =>
        SystemOf(programme, identifier) is { } system ? identifier with { Value = system.Normal(identifier.Value) } : identifier with { Value = identifier.Value.Trim() };

    /// <summary>An identifier that is not of its system's form would never be found again.</summary>
    public Problem? Check(Programme programme)
    {
        foreach (var identifier in Identifiers)
        {
            if (SystemOf(programme, identifier) is { } system && !system.Fits(system.Normal(identifier.Value))) return Problem.Of("registry.identifier.form", ("system", system.System), ("format", system.Format ?? system.Pattern));
        }

        return null;
    }

    private static IdentifierSystem? SystemOf(Programme programme, Identifier identifier) => programme.Field?.Identifiers.FirstOrDefault(i => i.System == identifier.System);

    private static bool IsSet(JsonElement set) =>
        set.ValueKind == JsonValueKind.Object && set.EnumerateObject().All(f => f.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null);

    private static List<Identifier>? ListOf(JsonElement root, string name)
    {
        var list = new List<Identifier>();
        if (!root.TryGetProperty(name, out var said) || said.ValueKind == JsonValueKind.Null) return list;
        if (said.ValueKind != JsonValueKind.Array || said.GetArrayLength() > MostIdentifiers) return null;
        foreach (var one in said.EnumerateArray())
        {
            var (system, value) = (one.GetProperty("system"u8).GetString(), one.GetProperty("value"u8).GetString());
            if (string.IsNullOrWhiteSpace(system) || string.IsNullOrWhiteSpace(value) || system.Length > LongestValue || value.Length > LongestValue) return null;
            list.Add(new Identifier(system, value));
        }

        return list;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Escala.Programmes;

namespace Escala.Registry;

/// <summary>A facility's code, a window by its number, and the id of a step: of each one tally stands.</summary>
public readonly record struct TallyKey(string Facility, int Window, string Step);

/// <summary>So many of so many people, counted by hand; and from which register, where that was said.</summary>
public readonly record struct TallyCount(int Numerator, int Denominator, string? Register);

/// <summary>The count that stands, and the position of the entry that said it.</summary>
public readonly record struct StandingTally(TallyCount Count, long Position);

/// <summary>A count of a step that a facility took from its paper register; the facility is the envelope's.</summary>
/// <param name="Window">As it is written: 2025-03.</param>
public sealed record TallyBody([property: JsonRequired] string Window, [property: JsonRequired] string Step, [property: JsonRequired] int Numerator, [property: JsonRequired] int Denominator,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Register = null)
{
    private const int LongestRegister = 200;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, BodiesJson.Default.TallyBody);

    /// <summary>Null for what names no step or window of the programme, and for what is erased.</summary>
    public static (TallyKey Key, TallyCount Count)? Read(Programme programme, string? facility, ReadOnlySpan<byte> body)
    {
        if (facility is null || body.IsEmpty) return null;
        try
        {
            if (JsonSerializer.Deserialize(body, BodiesJson.Default.TallyBody) is not { Window: not null, Step: not null } said) return null;
            if (programme.Cascade.Steps.All(s => s.Measure.Id != said.Step) || said.Register?.Length > LongestRegister || said.Numerator < 0 || said.Denominator < 0) return null;
            return Programmes.Window.Parse(programme.Window, said.Window) is { } window ? (new TallyKey(facility, window.Number, said.Step), new TallyCount(said.Numerator, said.Denominator, said.Register)) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

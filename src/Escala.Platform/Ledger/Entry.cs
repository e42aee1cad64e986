using System.Text.Json;
using System.Text.Json.Serialization;

namespace Escala.Platform.Ledger;

/// <summary>The part of an envelope that many entries share. Kept once, by content; part of every entry's hash.</summary>
public sealed record Origin
{
    /// <summary>What kind of thing was said; unknown kinds are kept and passed on.</summary>
    public required string Kind { get; init; }

    public int EnvelopeVersion { get; init; } = 1;

    /// <summary>Class of access: clinical, delivery, improvement, inquiry, money.</summary>
    public required string Class { get; init; }

    /// <summary>Form and version by which the body is read.</summary>
    public string? Form { get; init; }

    /// <summary>How the bytes of the body are laid out (delimiter, decimal mark, order of dates, columns), where the form leaves it open.</summary>
    public string? Layout { get; init; }

    /// <summary>Programme and version under which it was said.</summary>
    public string? Programme { get; init; }

    /// <summary>IANA zone of the place.</summary>
    public string? Zone { get; init; }

    /// <summary>Offset from UTC, in minutes, that the device claimed.</summary>
    public int RecordedOffset { get; init; }

    public string? Author { get; init; }

    public string? Device { get; init; }

    /// <summary>The register or system that the entry was taken from, by the name under which it speaks of its completeness.</summary>
    public string? Source { get; init; }

    /// <summary>The file of the source, by name and hash.</summary>
    public string? Batch { get; init; }

    /// <summary>Why it was said, where the body is somebody else's words. No personal data.</summary>
    public string? Reason { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, OriginJson.Default.Origin);

    public static Origin Read(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize(bytes, OriginJson.Default.Origin)!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Origin))]
internal sealed partial class OriginJson : JsonSerializerContext;

/// <summary>An immutable thing somebody said. A correction is a new entry that names the one it replaces.</summary>
public sealed record Entry
{
    /// <summary>Version 7, made where it was said.</summary>
    public required Guid Id { get; init; }

    public required Origin Origin { get; init; }

    /// <summary>The person spoken of.</summary>
    public Guid? Subject { get; init; }

    public string? Facility { get; init; }

    /// <summary>Local date of the event, as <see cref="DateOnly.DayNumber"/>.</summary>
    public required int EventDay { get; init; }

    /// <summary>UTC microseconds since 1970, the device's claim.</summary>
    public required long RecordedAt { get; init; }

    /// <summary>Number on the device, or line of the source.</summary>
    public long Sequence { get; init; }

    public Guid? Replaces { get; init; }

    public Guid? Withdraws { get; init; }

    /// <summary>Position up to which the author had seen the ledger.</summary>
    public long? BasedOn { get; init; }

    /// <summary>The answers, exactly the bytes received.</summary>
    public required byte[] Body { get; init; }
}

/// <summary>An entry at its position.</summary>
public sealed record LedgerEntry(long Position, long ReceivedAt, Entry Entry);

public enum ReceiptStatus
{
    Accepted,

    /// <summary>The same id with the same bytes is already there.</summary>
    Duplicate,

    Refused,
}

/// <summary>Given only after the disk has the entry and everything derived from it is up to date.</summary>
public sealed record Receipt(Guid Id, ReceiptStatus Status, long Position, Problems.Problem? Problem = null);

public static class Instants
{
    public static long Microseconds(this TimeProvider clock) => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}

namespace Escala.Programmes.Places;

/// <summary>What a place was called and belonged to from a day on. A code may repeat with a later <see cref="ValidFrom"/>.</summary>
public sealed record PlaceRecord
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    public required string Level { get; init; }

    public string? ParentCode { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    public DateOnly? Opened { get; init; }

    public DateOnly? Closed { get; init; }

    /// <summary>Null: from the beginning.</summary>
    public DateOnly? ValidFrom { get; init; }
}

/// <summary>A dated fact of a place (patient volume, staff trained, distance…), kept for evaluation.</summary>
public sealed record PlaceFact(string Code, DateOnly Date, string Fact, string Value, string Source);

using System.Text.Json.Serialization;

namespace Escala.Registry;

/// <summary>The person into whom the subject is merged.</summary>
public sealed record MergeBody(Guid Into, string Reason);

public sealed record UnmergeBody(string Reason);

/// <summary>Somebody who is not the subject, however alike they look.</summary>
public sealed record ApartBody(Guid Other, string Reason);

/// <summary>
/// Whose bodies are destroyed, who asked for it and why; and which rows of the inbox. Holds no personal data, and is enough to erase again
/// in a store restored from an older backup.
/// </summary>
public sealed record ErasureBody(IReadOnlyList<Guid> People, string Reason, IReadOnlyList<ErasedInboxRow>? InboxRows = null, IReadOnlyList<byte[]>? Numbers = null);

/// <summary>A row of the inbox by its number and the instant it came in; numbers alone are given again.</summary>
public sealed record ErasedInboxRow(long Number, long ReceivedAt);

/// <summary>
/// A source's word on its completeness. <see cref="Facility"/> null: every facility of the source. All rows from one day to another are in
/// (null where only rows were counted), and so many rows the paper register has in a window, by its number.
/// </summary>
public sealed record DeclarationBody(string Source, string? Facility, DateOnly? From, DateOnly? To, IReadOnlyDictionary<int, int>? RowsExpected = null);

/// <summary>Files of a package or of places, by name.</summary>
public sealed record FilesBody(IReadOnlyDictionary<string, byte[]> Files);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MergeBody))]
[JsonSerializable(typeof(UnmergeBody))]
[JsonSerializable(typeof(ApartBody))]
[JsonSerializable(typeof(ErasureBody))]
[JsonSerializable(typeof(DeclarationBody))]
[JsonSerializable(typeof(FilesBody))]
[JsonSerializable(typeof(PlaceSettings))]
[JsonSerializable(typeof(TallyBody))]
public sealed partial class BodiesJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Escala.Registry;

/// <summary>The person into whom the subject is merged.</summary>
public sealed record MergeBody(Guid Into, string Reason);

public sealed record UnmergeBody(string Reason);

/// <summary>Whose bodies are destroyed, who asked for it and why. Holds no personal data.</summary>
public sealed record ErasureBody(IReadOnlyList<Guid> People, string Reason);

/// <summary>A source's word on its completeness. <see cref="Facility"/> null: every facility of the source. Windows by number.</summary>
public sealed record DeclarationBody(string Source, string? Facility, DateOnly From, DateOnly To, IReadOnlyDictionary<int, int>? RowsExpected = null);

/// <summary>Files of a package or of places, by name.</summary>
public sealed record FilesBody(IReadOnlyDictionary<string, byte[]> Files);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MergeBody))]
[JsonSerializable(typeof(UnmergeBody))]
[JsonSerializable(typeof(ErasureBody))]
[JsonSerializable(typeof(DeclarationBody))]
[JsonSerializable(typeof(FilesBody))]
public sealed partial class BodiesJson : JsonSerializerContext;

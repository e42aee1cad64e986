using Escala.Programmes.Facts;

namespace Escala.Capture.Registers;

/// <summary>What the user says of a file's layout; what is null is found in the file, or asked for.</summary>
public sealed record Told(char? Delimiter = null, char? DecimalMark = null, DateOrder? Dates = null, string? Mapping = null);

using System.Text;

namespace Escala.Programmes.Simulation;

/// <summary>Words of a register as bytes of a CSV cell.</summary>
internal static class CsvCell
{
    public static readonly byte[] One = "1"u8.ToArray();
    public static readonly byte[] Zero = "0"u8.ToArray();
    public static readonly byte[] NotDetected = "ND"u8.ToArray();
    public static readonly byte[] Below = "<"u8.ToArray();
    public static readonly byte[] Above = ">"u8.ToArray();

    public static byte[] Of(string text) => Encoding.UTF8.GetBytes(Quoted(text));

    /// <summary>In quotes where a comma, quote or line end would break the row (RFC 4180).</summary>
    public static string Quoted(string? text) =>
        text is null ? "" : text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}

using System.Globalization;

namespace Escala.Capture.Registers;

/// <summary>
/// Text that a spreadsheet shows and does not carry out: a field that begins as a formula does gets an apostrophe before it (OWASP, CSV injection).
/// Numbers stay numbers.
/// </summary>
internal static class SpreadsheetText
{
    public static string Harmless(string field) =>
        Begins(field) && !double.TryParse(field, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) ? "'" + field : field;

    /// <summary>The text that <see cref="Harmless"/> was given.</summary>
    public static string Restored(string field) => field.StartsWith('\'') && Begins(field[1..]) ? field[1..] : field;

    /// <summary>Also behind an apostrophe of its own, so that one can be told from ours.</summary>
    private static bool Begins(string field) => field.TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];
}

namespace Escala.Capture.Registers;

/// <summary>
/// Text that a spreadsheet shows and does not carry out: a field that begins as a formula does gets an apostrophe before it (OWASP, CSV injection),
/// also where its signs are the wide ones of East Asia. Numbers stay numbers.
/// </summary>
internal static class SpreadsheetText
{
    public static string Harmless(string field) =>
        Begins(field) && !IsNumber(field) ? "'" + field : field;

    /// <summary>The text that <see cref="Harmless"/> was given.</summary>
    public static string Restored(string field) => field.StartsWith('\'') && Begins(field[1..]) ? field[1..] : field;

    private static bool IsNumber(string field) =>
        field is ['+' or '-', _, ..] && char.IsAsciiDigit(field[^1]) && field.Skip(1).All(c => char.IsAsciiDigit(c) || c == '.') && field.AsSpan().Count('.') <= 1;

    /// <summary>Also behind an apostrophe of its own, so that one can be told from ours.</summary>
    private static bool Begins(string field) => field.TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠', ..];
}

using System.Text.RegularExpressions;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Capture.Imports;

/// <summary>Numbers of people, codes of places and ids of rows that can be none, so that a row that shifted its columns makes nobody.</summary>
internal static partial class UnfitNumbers
{
    /// <summary>Characters of a number, a code or an id.</summary>
    public const int Longest = 256;

    public static Problem? Of(DecodedRow row, Register register)
    {
        if (row.Facility.Length > Longest) return TooLong(register.FacilityColumn);
        if (row.RowId is { } id && OfNumber(id, register.RowIdColumn!) is { } ofRow) return ofRow;
        foreach (var (of, value) in row.Identifiers)
        {
            if (OfNumber(value, of.Column) is { } ofPerson) return ofPerson;
        }

        return OfNumber(row.Person, register.PersonColumn);
    }

    private static Problem? OfNumber(string number, string column) =>
        number.Length > Longest ? TooLong(column) : Shortened.IsMatch(number) ? Problem.Of("capture.row.number-cut", ("column", column)) : null;

    private static Problem TooLong(string column) => Problem.Of("capture.row.number-too-long", ("column", column), ("most", Longest));

    /// <summary>As a spreadsheet writes a number of many digits: 1.23457E+15 is many people's.</summary>
    [GeneratedRegex(@"^[0-9]([.,][0-9]+)?E\+[0-9]+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Shortened { get; }
}

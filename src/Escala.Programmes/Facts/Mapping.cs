using Escala.Platform.Texts;

namespace Escala.Programmes.Facts;

/// <summary>
/// How a file of another system is read as rows of the programme's register: <see cref="Register"/> has the same facts in the same slots, filled
/// from the source's own columns and words. Rows are kept as the source wrote them and read through the mapping wherever they are needed.
/// </summary>
public sealed record Mapping
{
    /// <summary>Before a question that <c>escala mapping new</c> left for somebody to answer: with one the mapping is refused.</summary>
    public const string OpenQuestion = "?? ";

    /// <summary>Rows among which the column names may stand.</summary>
    public const int MostHeader = 50;

    public required string Name { get; init; }

    public required int Version { get; init; }

    public required LocalText Title { get; init; }

    /// <summary>Its file in the package.</summary>
    public string File { get; init; } = "";

    /// <summary>Columns by which a file of the source is recognised; it may be named with <c>--mapping</c> instead.</summary>
    public required IReadOnlyList<string> Recognised { get; init; }

    /// <summary>Of a workbook, the sheet with the rows; null for the first with the telling columns.</summary>
    public string? Sheet { get; init; }

    /// <summary>The row of the column names, from 1; null for the first with the telling columns.</summary>
    public int? Header { get; init; }

    /// <summary>Groups of questions that were asked several times, whose rows lie on sheets or in files of their own.</summary>
    public IReadOnlyList<Repeat> Repeats { get; init; } = [];

    public required Register Register { get; init; }

    /// <summary>Rows whose column says one of the words are not read.</summary>
    public IReadOnlyList<(string Column, IReadOnlyList<string> Words)> LeftOut { get; init; } = [];

    /// <summary>The source's own moment at which a row was changed: of two states of a row the later stands. Null where it has none.</summary>
    public string? ChangedColumn { get; init; }

    /// <summary>A row is read once for each of these: null for its own day, and the column of each day on which some of its facts hold.</summary>
    public IReadOnlyList<string?> Parts
    {
        get
        {
            string?[] dated = [.. Register.Facts.Select(f => f.On).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
            return Register.DateColumn.Length > 0 || dated.Length == 0 ? [null, .. dated] : dated;
        }
    }

    /// <summary>The register by which a part is read: the facts of its day, and where rows have no day of their own also those that hold on any.</summary>
    public Register Of(string? part)
    {
        if (Parts is [null]) return Register;
        var hasOwnDay = Register.DateColumn.Length > 0;
        bool IsOf(FactDefinition fact) => part is null ? fact.On is null : string.Equals(fact.On, part, StringComparison.OrdinalIgnoreCase) || (fact.On is null && !hasOwnDay);
        return Register with
        {
            DateColumn = part ?? Register.DateColumn,
            Facts = [.. Register.Facts.Select(f => IsOf(f) ? f : f with { Columns = [] })],
            Source = Register.Source! with { Part = part, TellingColumns = [.. Register.Facts.Where(f => f.On is not null && IsOf(f)).SelectMany(f => f.Columns)] },
        };
    }

    /// <summary>Columns with details of a person, by the field of a <c>person</c> entry that they fill.</summary>
    public required IReadOnlyDictionary<string, string> PersonFields { get; init; }

    /// <summary>All columns that say something to Escala.</summary>
    public IEnumerable<string> Columns => Register.ReadColumns.Concat(PersonFields.Values).Concat(Register.Facts.Select(f => f.On).OfType<string>()).Concat(LeftOut.Select(l => l.Column)).Append(ChangedColumn).OfType<string>().Where(c => c.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase);
}

/// <summary>
/// Rows that belong to a row, on a sheet or in a file of their own. They are joined to it: column c of the second row of the repeat bp is called
/// <c>bp.2.c</c>.
/// </summary>
/// <param name="Name">Before the number and the column.</param>
/// <param name="Sheet">Of the same workbook; null for a file.</param>
/// <param name="File">Beside the file, with * for its name without extension; null for a sheet.</param>
/// <param name="Key">Column of the repeat that names the row it belongs to.</param>
/// <param name="Of">Column of the row with the same.</param>
/// <param name="Order">Column with numbers by which the repeat's rows are ordered; null for their order in the file.</param>
/// <param name="Most">Of so many rows facts are read that name the repeat; further ones are kept with the row.</param>
public sealed record Repeat(string Name, string? Sheet, string? File, string Key, string Of, string? Order, int Most)
{
    /// <summary>Column in the joined row.</summary>
    public string Column(int row, string column) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Name}.{row}.{column}");

    /// <summary>Of a row of the repeat that belongs to none: its number in its sheet or file.</summary>
    public string OrphanColumn => Name + ".row";

    /// <summary>What it is read from, for whoever looks for it.</summary>
    public string Source => Sheet ?? File ?? Name;
}

/// <summary>A column with numbers of people. Those of a facility are its own: the same number at another facility is somebody else.</summary>
public sealed record IdentifierColumn(string Column, string System, bool IsOfFacility);

/// <summary>What a source writes otherwise than a register of ours.</summary>
public sealed record SourceWords
{
    /// <summary>All columns with identifiers, the person's own first.</summary>
    public required IReadOnlyList<IdentifierColumn> Identifiers { get; init; }

    /// <summary>What stands in a field where nothing was recorded, such as <c>---</c>.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>The facility column has names, not codes.</summary>
    public required bool FacilityIsName { get; init; }

    /// <summary>Codes of facilities that the source calls otherwise than the places do.</summary>
    public required IReadOnlyDictionary<string, string> FacilityNames { get; init; }

    /// <summary>The zone of times without an offset; null when they are local.</summary>
    public required TimeZoneInfo? Zone { get; init; }

    /// <summary>How the source writes dates that are not ISO; null where each of its files shows it.</summary>
    public DateOrder? Dates { get; init; }

    /// <summary>The source's decimal mark; null where each of its files shows it.</summary>
    public char? DecimalMark { get; init; }

    /// <summary>The column of the day, of rows that say what holds on one of several; null for the row's own.</summary>
    public string? Part { get; init; }

    /// <summary>Of such rows, the columns that say something on that day: when all are empty and the day is too, nothing is said.</summary>
    public IReadOnlyList<string> TellingColumns { get; init; } = [];

    /// <summary>The day belongs to a row's id: a later day is another row, not a correction.</summary>
    public bool IsRowADay { get; init; }

    /// <summary>Rows were joined to rows: a value too many has moved the fields behind it.</summary>
    public bool IsJoined { get; init; }

    /// <summary>The programme's zone, in which a visit has its day.</summary>
    public required TimeZoneInfo Local { get; init; }
}

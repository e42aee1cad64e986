using Escala.Platform.Texts;
using Escala.Programmes.Facts;
using Escala.Programmes.Measures;
using Escala.Programmes.Places;
using Escala.Programmes.Trials;

namespace Escala.Programmes;

/// <summary>
/// A programme as its package says it: what is written in its register, what is measured and shown, where and when. Made by
/// the package reader; nothing about any disease is known outside such a package.
/// </summary>
public sealed record Programme
{
    public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary>SHA-256 of the package's files (names and bytes, in ordinal order of their names), lower-case hex: <see cref="Packages.PackageFiles.Hash"/>.</summary>
    public required string Hash { get; init; }

    public required LocalText Name { get; init; }

    public required LocalText About { get; init; }

    /// <summary>Places and people are invented; every page says so.</summary>
    public required bool Example { get; init; }

    /// <summary>IANA zone in which a day at a facility begins and ends.</summary>
    public required string Zone { get; init; }

    public required WindowKind Window { get; init; }

    public required Population Population { get; init; }

    public required Strata Strata { get; init; }

    /// <summary>Names of the levels of places, widest first; the last is the level at which visits are written.</summary>
    public required IReadOnlyList<string> Levels { get; init; }

    public required Register Register { get; init; }

    public required MeasureSet Measures { get; init; }

    public required Cascade Cascade { get; init; }

    /// <summary>Files of other systems that can be read as rows of the register.</summary>
    public IReadOnlyList<Mapping> Mappings { get; init; } = [];

    /// <summary>Files with counts of facilities that can be read.</summary>
    public IReadOnlyList<TallyMapping> Tallies { get; init; } = [];

    /// <summary>Name and version of what rows of a layout are read by: the register, or a mapping of rows or of counts.</summary>
    public string FormOf(Layout layout) =>
        Mappings.FirstOrDefault(m => m.Name == layout.Mapping) is { } mapping ? $"{mapping.Name}@{mapping.Version}" : TallyOf(layout) is { } tally ? $"{tally.Name}@{tally.Version}" : $"{Register.Name}@{Register.Version}";

    /// <summary>What counts of a layout are read by; null where its rows are no counts.</summary>
    public TallyMapping? TallyOf(Layout layout) => Tallies.FirstOrDefault(t => t.Name == layout.Mapping);

    /// <summary>Columns that rows of a layout are read from.</summary>
    public IEnumerable<string> ColumnsOf(Layout layout) =>
        layout.Mapping is { } name && Mappings.FirstOrDefault(m => m.Name == name) is { } mapping ? mapping.Columns : Register.ReadColumns;

    /// <summary>Some rows may have an id of their source's own.</summary>
    public bool HasRowIds => Register.RowIdColumn is not null || Mappings.Any(m => m.Register.RowIdColumn is not null);

    /// <summary>The register, or the mapping's, by which rows of a layout are read; null when the package has no such mapping.</summary>
    public Register? RegisterOf(Layout layout) => layout.Mapping is { } name ? Mappings.FirstOrDefault(m => m.Name == name)?.Of(layout.Part) : Register;

    /// <summary>The screens of the field app; null where the package has none.</summary>
    public FieldPlan? Field { get; init; }

    /// <summary>Places that the package brings; a store may replace them.</summary>
    public required IReadOnlyList<PlaceRecord> Places { get; init; }

    public required IReadOnlyList<PlaceFact> PlaceFacts { get; init; }

    /// <summary>Compiled forms by the name of their file, as bytes: Capture reads them, the app's pack carries them.</summary>
    public IReadOnlyDictionary<string, byte[]> Forms { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>The stepped-wedge trial, where the programme is one.</summary>
    public Trial? Trial { get; init; }
}

/// <summary>Whom the measures speak of: rows before the birthday <see cref="AgeFrom"/> are ignored by every measure; unknown birth dates count.</summary>
public sealed record Population(int? AgeFrom, FactDefinition? BirthDate, FactDefinition? Sex);

/// <summary>How sheets are split. <see cref="AgeBands"/> are lower bounds in years, ascending; a cell with fewer than <see cref="SuppressBelow"/> people is not shown.</summary>
public sealed record Strata(IReadOnlyList<int> AgeBands, int SuppressBelow);

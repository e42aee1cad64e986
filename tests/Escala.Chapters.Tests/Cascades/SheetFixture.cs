using Escala.Cascades.Counters;
using Escala.Cascades.Sheets;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Programmes.Places;

namespace Escala.Chapters.Tests.Cascades;

/// <summary>Counts written by hand, where the counters would be.</summary>
internal sealed class SheetFixture
{
    public static readonly Window March = Month(2025, 3);

    private static readonly Programme s_programme = PackageReader.Read(Repository.PathTo("programmes", "saia-htn")).Value;

    private readonly Dictionary<(string Facility, Window Window), Counts> _counts = [];
    private readonly Dictionary<string, FacilityRecord> _records = [];
    private readonly List<PlaceRecord> _places =
    [
        Place("P1", "Província Exemplo", "province", null), Place("D1", "Chicumbe", "district", "P1"), Place("D5", "Nhacuenda", "district", "P1"),
        Place("F101", "Chicumbe Sede", "facility", "D1"), Place("F102", "Mavila", "facility", "D1"), Place("F103", "Nhamuanga", "facility", "D1"),
        Place("F501", "Nhacuenda Sede", "facility", "D5"),
    ];

    public Programme Programme { get; init; } = s_programme;

    /// <summary>All eighteen facilities instead of four.</summary>
    public bool PlacesOfThePackage { get; init; }

    /// <summary>Example A of domain.md 1.2, closed; d, x of the six steps.</summary>
    public static (int D, int X)[] Closed => [(400, 300), (300, 90), (90, 72), (72, 60), (60, 42), (42, 14)];

    /// <summary>Example B, open, with five steps; the yield is followed by prescribing as in the text.</summary>
    public static (int D, int X)[] Open => [(400, 300), (300, 72), (110, 95), (140, 98), (98, 30)];

    public SheetReader Reader => new(Source);

    public SheetSource Source => new()
    {
        Programme = Programme,
        Places = new PlaceHistory(PlacesOfThePackage ? Programme.Places : _places),
        Counts = window => _counts.Where(c => c.Key.Window == window).ToDictionary(c => c.Key.Facility, c => c.Value),
        Facilities = () => _records,
        Position = () => 42,
    };

    public static Window Month(int year, int month) => Window.Holding(WindowKind.Month, new DateOnly(year, month, 1).DayNumber);

    public static PlaceRecord Place(string code, string name, string level, string? parent, DateOnly? from = null) =>
        new() { Code = code, Name = name, Level = level, ParentCode = parent, ValidFrom = from };

    public SheetFixture With(PlaceRecord place)
    {
        _places.Add(place);
        return this;
    }

    /// <summary>Declares the facility complete up to a day.</summary>
    public SheetFixture Complete(string facility, DateOnly upTo, DateOnly? lastEvent = null)
    {
        _records[facility] = new FacilityRecord(facility, lastEvent ?? upTo, [new DeclaredDays(null, [(0, upTo.DayNumber)])]);
        return this;
    }

    public SheetFixture NotDeclared(string facility, DateOnly lastEvent)
    {
        _records[facility] = new FacilityRecord(facility, lastEvent, []);
        return this;
    }

    public SheetFixture Expect(string facility, Window window, int rows)
    {
        _records[facility] = _records[facility] with { RowsExpected = new Dictionary<int, int> { [window.Number] = rows } };
        return this;
    }

    /// <summary>Writes the steps of the cascade, all people women aged 35 to 44.</summary>
    public SheetFixture Steps(string facility, Window window, params (int D, int X)[] steps)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            Set(facility, window, Programme.Cascade.Steps[i].Measure.Id, 1, 4, steps[i].D, steps[i].X);
        }

        return this;
    }

    public SheetFixture Set(string facility, Window window, string measure, int sex, int band, int denominator, int numerator, int missing = 0)
    {
        if (!_counts.TryGetValue((facility, window), out var counts))
        {
            counts = new Counts(new CountsShape(Programme.Measures.Measures.Count, 1 + Programme.Population.Sex!.Categories.Count, 2 + Programme.Strata.AgeBands.Count))
            {
                RowsByDay = [412],
                People = 400,
            };
            _counts.Add((facility, window), counts);
        }

        var at = Programme.Measures.Measures.ToList().FindIndex(m => m.Id == measure);
        var stratum = (sex * counts.Shape.AgeBands) + band;
        counts.Cells[counts.Shape.Cell(at, CountKind.Denominator, stratum)] = denominator;
        counts.Cells[counts.Shape.Cell(at, CountKind.Numerator, stratum)] = numerator;
        counts.Cells[counts.Shape.Cell(at, CountKind.Missing, stratum)] = missing;
        return this;
    }
}

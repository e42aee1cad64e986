using System.Text;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Places;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Chapters.Tests.Programmes;

public sealed class PlacesTests
{
    private static readonly string[] s_levels = ["province", "district", "facility"];

    private const string Header = "code,name,level,parent_code,latitude,longitude,opened,closed,valid_from\n";

    private const string Moved = Header + """
        P1,Província,province,,,,,,
        D1,Norte,district,P1,,,,,
        D2,Sul,district,P1,,,,,2024-01-01
        F1,Sede,facility,D1,-19.5,33.25,,,
        F1,Sede Nova,facility,D2,-19.5,33.25,,,2024-03-15
        F2,Posto,facility,D1,,,,,
        """;

    [Fact]
    public void A_place_is_what_the_record_in_force_on_the_day_says()
    {
        var places = new PlaceHistory(Read(Moved).Value);
        Assert.Equal(("Sede", "D1"), (places.On("F1", new(2024, 3, 14))!.Name, places.Above("F1", "district", new DateOnly(2024, 3, 14))!.Code));
        Assert.Equal(("Sede Nova", "D2"), (places.On("F1", new(2024, 3, 15))!.Name, places.Above("F1", "district", new DateOnly(2024, 3, 15))!.Code));
        Assert.Equal(["F1", "F2"], places.Children("D1", new(2024, 3, 14)).Select(p => p.Code));
        Assert.Equal(["F2"], places.Children("D1", new(2024, 3, 15)).Select(p => p.Code));
        Assert.Null(places.On("D2", new(2023, 12, 31)));
        Assert.Equal(["D1"], places.OfLevel("district", new(2023, 12, 31)).Select(p => p.Code));
        Assert.Equal(["F1", "F2"], places.Below("P1", "facility", new(2024, 6, 1)).Select(p => p.Code));
        Assert.Equal("P1", places.Above("F1", "province", new DateOnly(2024, 6, 1))!.Code);
    }

    [Fact]
    public void A_facility_that_moves_within_a_month_belongs_to_the_new_district_for_all_of_it()
    {
        var places = new PlaceHistory(Read(Moved).Value);
        Assert.Equal("D1", places.Above("F1", "district", Month(2024, 2))!.Code);
        Assert.Equal("D2", places.Above("F1", "district", Month(2024, 3))!.Code);
    }

    [Fact]
    public void Semicolons_a_byte_order_mark_quotes_and_decimal_commas_are_read()
    {
        var text = "\uFEFFcode;name;level;parent_code;latitude\r\nP1;\"Norte; alto \"\"A\"\"\";province;;-19,5\r\n";
        var place = Assert.Single(Read(text).Value);
        Assert.Equal(("Norte; alto \"A\"", -19.5), (place.Name, place.Latitude));
    }

    [Theory]
    [InlineData("P1,A,province,\nD1,B,district,P9\n", "places.parent-unknown", 3, "parent_code", "P9")]
    [InlineData("P1,A,province,\nD1,B,district,D2\nD2,C,district,D1\n", "places.parent-not-wider", 3, "parent_code", "D2")]
    [InlineData("D1,B,district,D1\n", "places.parent-not-wider", 2, "parent_code", "D1")]
    [InlineData("P1,A,province,\nF1,B,facility,\n", "places.parent-missing", 3, "parent_code", "F1")]
    [InlineData("P1,A,province,\nP1,B,province,\n", "places.twice", 3, "code", "P1")]
    [InlineData("P1,A,provinze,\n", "places.level-unknown", 2, "level", "provinze")]
    [InlineData("P1,A,province,,91\n", "csv.number-expected", 2, "latitude", "91")]
    [InlineData("P1,A,province,,,,31/12/2020\n", "csv.date-expected", 2, "opened", "31/12/2020")]
    [InlineData("P1,A,province,,,,2024-01-02,2024-01-01\n", "places.closed-before-opened", 2, "closed", "P1")]
    [InlineData("P1,,province,\n", "csv.value-missing", 2, "name", "")]
    [InlineData("P1,\"A,province,\n", "csv.quotes", 2, "", "")]
    [InlineData("P1,A,province,,,,,,,,surplus\n", "csv.too-many-fields", 2, "", "surplus")]
    [InlineData("", "csv.no-rows", 1, "", "")]
    public void A_mistake_is_told_with_its_line_and_column(string rows, string code, int line, string column, string name)
    {
        var problem = Read(Header + rows).Problems[0];
        Assert.Equal("programmes." + code, problem.Code);
        Assert.Equal((line.ToString(), column, name), (problem.Details["line"], problem.Details["column"], problem.Details["name"]));
        PackageReaderTests.AssertSentences(problem);
    }

    [Theory]
    [InlineData("code,name,level,parent\n", "csv.column-unknown", "csv.column-missing")]
    [InlineData("code name level\n", "csv.header-expected")]
    [InlineData("code,name,level,parent_code,name\n", "csv.column-twice")]
    [InlineData("code,name;level,parent_code\n", "csv.header-expected")]
    public void A_header_that_is_not_ours_is_refused(string header, params string[] codes)
    {
        Assert.Equal(codes.Select(c => "programmes." + c), Read(header + "P1,A,province,\n").Problems.Select(p => p.Code));
    }

    [Fact]
    public void A_parent_must_be_there_and_wider_for_as_long_as_it_is_named()
    {
        Assert.Equal(["programmes.places.parent-later"], Codes("P1,A,province,,,,,,\nD1,B,district,P1,,,,,\nF1,C,facility,D2,,,,,2023-12-31\nD2,N,district,P1,,,,,2024-01-01\n"));
        Assert.Equal(["programmes.places.parent-not-wider"], Codes("P1,A,province,,,,,,\nD1,B,district,P1,,,,,\nF1,C,facility,D1,,,,,\nD1,B,facility,P1,,,,,2024-01-01\n"));
        Assert.Empty(Codes("P1,A,province,,,,,,\nD1,B,district,P1,,,,,\nF1,C,facility,D1,,,,,\nF1,C,facility,P1,,,,,2024-01-01\nD1,B,facility,P1,,,,,2024-01-01\n"));
    }

    [Fact]
    public void A_facility_fact_names_a_place_that_is_there_once_a_day()
    {
        var facts = "code,date,fact,value,source\nF1,2022-11-01,distance_km,28,example\nF9,2022-11-01,distance_km,28,example\nF1,2022-11-01,distance_km,29,example\n";
        var problems = PlaceFactsFile.Read("facility-facts.csv", Encoding.UTF8.GetBytes(facts), ["F1"]).Problems;
        Assert.Equal([("programmes.places.unknown", "3"), ("programmes.places.fact-twice", "4")], problems.Select(p => (p.Code, p.Details["line"])));
        foreach (var problem in problems) PackageReaderTests.AssertSentences(problem);
        var first = string.Join('\n', facts.Split('\n').Take(3));
        Assert.Equal(new PlaceFact("F9", new(2022, 11, 1), "distance_km", "28", "example"), PlaceFactsFile.Read("x.csv", Encoding.UTF8.GetBytes(first), null).Value[1]);
    }

    /// <summary>However places are renamed and moved, a history without faults answers every day without going round in circles.</summary>
    [Fact]
    public void On_every_day_a_facility_lies_in_one_district_whose_child_it_is()
    {
        var day = Gen.Choose(0, 40).Select(d => (DateOnly?)new DateOnly(2024, 1, 1).AddDays(d));
        var facility = from f in Gen.Choose(1, 4) from d in Gen.Choose(1, 3) from v in day select Place($"F{f}", "facility", $"D{d}", v);
        var histories = facility.ListOf().Select(list => (PlaceRecord[])
            [Place("P1", "province", null, null), .. Enumerable.Range(1, 3).Select(d => Place($"D{d}", "district", "P1", null)), .. list.DistinctBy(r => (r.Code, r.ValidFrom))]);
        Check.QuickThrowOnFailure(Prop.ForAll(histories.ToArbitrary(), records =>
        {
            Assert.Empty(PlaceFaults.Of(records, s_levels));
            var places = new PlaceHistory(records);
            for (var at = new DateOnly(2023, 12, 31); at < new DateOnly(2024, 2, 15); at = at.AddDays(1))
            {
                foreach (var known in places.OfLevel("facility", at))
                {
                    var district = places.Above(known.Code, "district", at)!;
                    Assert.Contains(known, places.Children(district.Code, at));
                    Assert.Contains(known, places.Below("P1", "facility", at));
                }

                Assert.Equal(places.OfLevel("facility", at), places.Below("P1", "facility", at));
            }
        }));
    }

    private static PlaceRecord Place(string code, string level, string? parent, DateOnly? from) =>
        new() { Code = code, Name = code, Level = level, ParentCode = parent, ValidFrom = from };

    private static IEnumerable<string> Codes(string rows) => Read(Header + rows).Problems.Select(p => p.Code);

    private static Result<PlaceRecord[]> Read(string text) => PlacesFile.Read("places.csv", Encoding.UTF8.GetBytes(text), s_levels);

    private static Window Month(int year, int month) => Window.Holding(WindowKind.Month, new DateOnly(year, month, 1).DayNumber);
}

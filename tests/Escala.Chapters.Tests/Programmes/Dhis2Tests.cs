using System.Text;
using Escala.Programmes.Places;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>Organisation units of a DHIS2 as places.</summary>
public sealed class Dhis2Tests
{
    private static readonly string[] s_levels = ["province", "district", "facility"];

    private const string Json = """
        {"organisationUnits":[
          {"id":"ImspTQPwCqd","code":"MZ","name":"Country","openingDate":"1970-01-01T00:00:00.000"},
          {"id":"O6uvpzGd5pu","code":"P1","name":"Province, one","parent":{"id":"ImspTQPwCqd"}},
          {"id":"fdc6uOvgoji","name":"District","parent":{"id":"O6uvpzGd5pu"}},
          {"id":"DiszpKrYNg8","code":"F1","name":"Centre \"A\"","parent":{"id":"fdc6uOvgoji"},"openingDate":"2010-03-01","closedDate":"2025-01-31","geometry":{"type":"Point","coordinates":[34.8,-19.8]}}]}
        """;

    [Fact]
    public void Units_of_the_named_levels_become_places_that_can_be_applied()
    {
        var units = Dhis2OrganisationUnits.Read("ou.json", Encoding.UTF8.GetBytes(Json)).Value;
        Assert.Equal([1, 1, 1, 1], units.Depths);
        // Four levels are not three: somebody has to say which.
        Assert.Equal("programmes.organisation-units.levels", units.Places([1, 2, 3, 4], s_levels).Problems.Single().Code);
        var places = PlacesFile.Read("places.csv", Encoding.UTF8.GetBytes(PlacesFile.Write(units.Places([2, 3, 4], s_levels).Value)), s_levels).Value;
        Assert.Equal([("P1", null, "province"), ("fdc6uOvgoji", "P1", "district"), ("F1", "fdc6uOvgoji", "facility")], places.Select(p => (p.Code, p.ParentCode, p.Level)));
        Assert.Equal(("Centre \"A\"", -19.8, new DateOnly(2010, 3, 1), new DateOnly(2025, 1, 31)), (places[2].Name, places[2].Latitude, places[2].Opened, places[2].Closed));
        Assert.Null(places[0].Opened);
    }

    [Fact]
    public void Its_csv_says_the_same()
    {
        var csv = "Name,UID,Code,Parent UID,Short name,Description,Opening date,Closed date\nProvince,a1,P1,,P,,1970-01-01,\nDistrict,b1,D1,a1,D,,,\n\"Centre, A\",c1,,b1,C,,2010-03-01,\n";
        var units = Dhis2OrganisationUnits.Read("ou.csv", Encoding.UTF8.GetBytes(csv)).Value;
        Assert.Equal(["P1", "D1", "c1"], units.Places([1, 2, 3], s_levels).Value.Select(p => p.Code));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"organisationUnits\":[{\"id\":1}]}")]
    [InlineData("name,code\nA,B\n")]
    [InlineData("[[[[")]
    [InlineData("")]
    public void Anything_else_is_refused(string text) => Assert.Equal("programmes.organisation-units.unreadable", Dhis2OrganisationUnits.Read("x", Encoding.UTF8.GetBytes(text)).Problems.Single().Code);

    [Fact]
    public void A_unit_above_itself_is_named() =>
        Assert.Equal("programmes.organisation-units.circle", Dhis2OrganisationUnits.Read("x", """[{"id":"a","name":"A","parent":{"id":"b"}},{"id":"b","name":"B","parent":{"id":"a"}}]"""u8.ToArray()).Problems.Single().Code);
}

using Escala.Fuzz.Mutation;
using Escala.Programmes.Places;

namespace Escala.Fuzz.Targets;

/// <summary>Organisation units of a DHIS2, as JSON or CSV, made places.</summary>
internal sealed class OrganisationUnitsTarget : Target
{
    private static readonly string[] s_levels = ["province", "district"];

    public override string Name => "organisation-units";

    public override int Share => 14;

    public override Structure Structure => Structure.Words;

    public override int MostBytes => 2048;

    public override IReadOnlyList<string> Words => ["\"parent\":{\"id\":\"a\"}", "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}", "\"coordinates\":[]", "1970-01-01T00:00:00.000", "\\u0000", "\\ud800", "1e400"];

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("""{"organisationUnits":[{"id":"a","name":"Country","openingDate":"1970-01-01T00:00:00.000"},{"id":"b","code":"P1","name":"North","parent":{"id":"a"}},{"id":"c","displayName":"East","parent":{"id":"b"},"closedDate":"2020-12-31","geometry":{"type":"Point","coordinates":[33.5,-19.25]}}]}"""),
        Bytes("name,uid,code,parent,short name,description,opening date,closed date\nNorth,b,P1,,,,1970-01-01,\n\"East, x\",c,,b,,,2001-02-03,\n"),
    ];

    public override void Try(byte[] input)
    {
        var read = Dhis2OrganisationUnits.Read("units.json", input);
        HoldProblems(read.Problems);
        if (!read.TryGet(out var units)) return;
        Hold(units.Depths.Sum() == units.Count, "a unit is at no depth");
        for (var first = 1; first <= 2; first++)
        {
            var places = units.Places([first, first + 1], s_levels);
            HoldProblems(places.Problems);
            if (places.TryGet(out var made)) HoldProblems(PlacesFile.Read("places.csv", Bytes(PlacesFile.Write(made)), s_levels).Problems);
        }
    }
}

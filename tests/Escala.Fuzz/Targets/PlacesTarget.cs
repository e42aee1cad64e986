using Escala.Fuzz.Mutation;
using Escala.Programmes.Places;

namespace Escala.Fuzz.Targets;

/// <summary>Places as CSV: those that are read are the same when they are written and read again.</summary>
internal sealed class PlacesTarget : Target
{
    private static readonly string[] s_levels = ["province", "district", "facility"];

    public override string Name => "places";

    public override int Share => 10;

    public override Structure Structure => Structure.Table;

    public override int MostBytes => 1024;

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("code,name,level,parent_code,latitude,longitude,opened,closed,valid_from\nP1,Província,province,,,,,,\nD1,Chicumbe,district,P1,-19.5,33.25,,,\nF1,\"Sede, Norte\",facility,D1,,,2001-01-31,2020-12-31,2010-01-01\n"),
        Bytes("code;name;level;parent_code;latitude\nP1;P;province;;-1,5\n"),
    ];

    public override void Try(byte[] input)
    {
        var read = PlacesFile.Read("places.csv", input, s_levels);
        HoldProblems(read.Problems);
        if (read.TryGet(out var places)) HoldWritten(places, s_levels);
    }

    internal static void HoldWritten(IReadOnlyList<PlaceRecord> places, IReadOnlyList<string> levels)
    {
        var again = PlacesFile.Read("places.csv", Bytes(PlacesFile.Write(places)), levels);
        Hold(again.IsOk, "places that were written are refused");
        Hold(again.Value.SequenceEqual(places), "places are others when they are written");
    }
}

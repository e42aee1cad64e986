using Escala.Economics.Models;
using Escala.Numerics.Risk;

namespace Escala.Economics.Packs;

/// <summary>The risk scores that can be used at the command line and in a model's expressions, with their regional packs.</summary>
public static class RiskScores
{
    private const string RegionsName = "who-cvd-2019-regions";

    private static readonly Lazy<DataPack> s_regions = new(() => DataPack.Open(RegionsName));

    private static readonly Lazy<RiskScore> s_who = new(() => CreateWho(Regions));

    public static IReadOnlyList<RiskScore> All => [Framingham2008.Score, s_who.Value];

    /// <summary>The pack behind the WHO equations, for the provenance of results.</summary>
    public static DataPack Regions => s_regions.Value;

    private static RiskScore CreateWho(DataPack pack)
    {
        try
        {
            return Who2019.Create(ReadRegions(pack));
        }
        catch (ArgumentException)
        {
            throw new ModelException(default, "economics.pack.regions", ("pack", pack.Name));
        }
    }

    /// <summary>What is wrong with the inputs of a score, for people.</summary>
    public static ModelProblem ProblemOf(RiskInputException unfit, Position at) => new(at, unfit.Fault switch
    {
        RiskInputFault.Unknown => "economics.risk.unknown",
        RiskInputFault.Sets => "economics.risk.sets",
        RiskInputFault.Missing => "economics.risk.missing",
        _ => "economics.risk.range",
    }, ("input", unfit.Input), ("accepted", unfit.Accepted));

    private static RegionalRecalibration[] ReadRegions(DataPack pack)
    {
        double[] a = pack.Numbers("chd_constant"), b = pack.Numbers("chd_slope"), c = pack.Numbers("stroke_constant"), d = pack.Numbers("stroke_slope");
        return [.. pack.Rows.Select((row, i) => new RegionalRecalibration(
            row[1], row[0] == "laboratory", row[2] == "female", new Recalibration(a[i], b[i]), new Recalibration(c[i], d[i])))];
    }
}

using System.Globalization;
using System.Text;
using Escala.Platform.Problems;

namespace Escala.Programmes.Simulation;

/// <summary>The registers of a simulation that was written.</summary>
public sealed record SimulationFiles(IReadOnlyList<SimulatedFile> Registers)
{
    public long Rows => Registers.Sum(r => r.Rows);
}

/// <summary>Writes a simulation into a folder of its own: registers, places.csv and truth.json.</summary>
public static class SimulationFolder
{
    /// <summary>The bytes of all files follow from package, options and version of the generator alone.</summary>
    public static Result<SimulationFiles> Write(SimulatedWorld world, string folder, bool oneFile, int threads)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            return Problem.Of("programmes.simulation.folder-not-empty", ("folder", folder));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "places.csv"), Places(world));
        var files = SimulatedRegisters.Write(world, folder, oneFile, threads);
        File.WriteAllText(Path.Combine(folder, SimulationTruth.FileName), SimulationTruth.Of(world, files));
        return new SimulationFiles(files);
    }

    private static string Places(SimulatedWorld world)
    {
        var text = new StringBuilder("code,name,level,parent_code,latitude,longitude,opened,closed\n");
        foreach (var place in world.Places)
        {
            string?[] cells =
            [
                place.Code, place.Name, place.Level, place.ParentCode, Number(place.Latitude), Number(place.Longitude), Day(place.Opened), Day(place.Closed),
            ];
            text.AppendJoin(',', cells.Select(CsvCell.Quoted)).Append('\n');
        }

        return text.ToString();
    }

    private static string? Number(double? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.Json;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Programmes.Simulation;

namespace Escala.Chapters.Tests.Simulation;

/// <summary>A simulation of the shipped package, written to a folder of its own and read back as text.</summary>
internal sealed class SimulatedTrial : IDisposable
{
    private SimulatedTrial(SimulatedWorld world, bool oneFile, int threads)
    {
        World = world;
        Folder = Directory.CreateTempSubdirectory("escala-simulation-").FullName;
        Files = SimulationFolder.Write(world, Folder, oneFile, threads).Value;
    }

    public static Programme Programme { get; } = ProgrammeOf("saia-htn");

    public static SimulationPlan Plan { get; } = PlanOf(Programme);

    public SimulatedWorld World { get; }

    public string Folder { get; }

    public SimulationFiles Files { get; }

    public JsonElement Truth => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "truth.json"))).RootElement;

    public static SimulatedTrial Of(SimulationOptions options, SimulationPlan? plan = null, bool oneFile = false, int threads = 2) =>
        new(SimulatedWorld.Create(Programme, plan ?? Plan, options).Value, oneFile, threads);

    public static SimulatedTrial OfPackage(string name, SimulationOptions options)
    {
        var programme = ProgrammeOf(name);
        return new(SimulatedWorld.Create(programme, PlanOf(programme), options).Value, oneFile: false, threads: 2);
    }

    public IEnumerable<Row> Rows() => Files.Registers.SelectMany(f => RowsOf(f.Name));

    public IEnumerable<Row> RowsOf(string file)
    {
        var lines = File.ReadLines(Path.Combine(Folder, file));
        var columns = lines.First().Split(',').Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i, StringComparer.Ordinal);
        return lines.Skip(1).Select(l => new Row(columns, l.Split(',')));
    }

    public Dictionary<string, DateOnly> InitiationOfFacility()
    {
        var districts = World.Places.Where(p => p.Level == "facility").ToDictionary(p => p.Code, p => p.ParentCode!, StringComparer.Ordinal);
        var initiations = World.Waves.SelectMany(w => w.Places.Select(p => (p, w.Initiation))).ToDictionary(StringComparer.Ordinal);
        return districts.ToDictionary(d => d.Key, d => initiations[d.Value], StringComparer.Ordinal);
    }

    private static Programme ProgrammeOf(string name) => PackageReader.Read(Repository.PathTo("programmes", name)).Value;

    private static SimulationPlan PlanOf(Programme programme) => SimulationReader.Read(Repository.PathTo("programmes", programme.Id), programme).Value;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>One visit of a register.</summary>
internal sealed record Row(Dictionary<string, int> Columns, string[] Cells)
{
    public string this[string column] => Cells[Columns[column]];

    public string Person => this["patient_id"];

    public string Facility => this["facility_code"];

    public DateOnly Date => Day("visit_date")!.Value;

    public DateOnly? Day(string column) => this[column].Length == 0 ? null : DateOnly.ParseExact(this[column], "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The mean of the last two complete pairs, or the only one.</summary>
    public (double Systolic, double Diastolic)? Pressure()
    {
        var pairs = new[] { 1, 2, 3 }.Select(i => (First: this[$"sbp_{i}"], Second: this[$"dbp_{i}"]))
            .Where(p => p.First.Length > 0 && p.Second.Length > 0)
            .Select(p => (Systolic: double.Parse(p.First, CultureInfo.InvariantCulture), Diastolic: double.Parse(p.Second, CultureInfo.InvariantCulture)))
            .TakeLast(2).ToList();
        return pairs.Count == 0 ? null : (pairs.Average(p => p.Systolic), pairs.Average(p => p.Diastolic));
    }
}

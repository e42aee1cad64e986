using System.Globalization;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>The derived tables of one generation, by name.</summary>
internal sealed class Tables(long generation)
{
    private static readonly string[] s_names = ["person", "identifier", "facility", "source_row", "timeline", "counter", "facility_source", "declaration", "tally", "presence", "statement"];

    public long Generation { get; } = generation;

    public RegistryTables Registry { get; } = new(generation);

    public string Person => Registry.Person;

    public string Identifier => Registry.Identifier;

    public string Facility => Registry.Facility;

    public string Timeline => Registry.Timeline;

    public string SourceRow => Registry.SourceRow;

    public string Presence => Registry.Presence;

    public string Statement => Registry.Statement;

    public string Counter { get; } = RegistryTables.Named("counter", generation);

    public string FacilitySource { get; } = RegistryTables.Named("facility_source", generation);

    public string Declaration { get; } = RegistryTables.Named("declaration", generation);

    public string Tally { get; } = RegistryTables.Named("tally", generation);

    public void Create(Session session)
    {
        var number = Generation.ToString(CultureInfo.InvariantCulture);
        foreach (var script in new[] { Store.ScriptOf(typeof(Timeline).Assembly, "registry.sql"), Store.ScriptOf(typeof(Tables).Assembly, "cascades.sql") })
        {
            session.Script(script.Replace("{generation}", number, StringComparison.Ordinal));
        }
    }

    public void Drop(Session session)
    {
        foreach (var name in s_names) session.Script($"DROP TABLE IF EXISTS {RegistryTables.Named(name, Generation)}");
    }
}

using System.Globalization;
using Escala.Platform.Storage;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>The derived tables of one generation, by name.</summary>
internal sealed class Tables(long generation)
{
    private static readonly string[] s_names = ["person", "identifier", "facility", "timeline", "counter", "facility_source", "declaration"];

    public long Generation { get; } = generation;

    public string Person { get; } = Named("person", generation);

    public string Identifier { get; } = Named("identifier", generation);

    public string Facility { get; } = Named("facility", generation);

    public string Timeline { get; } = Named("timeline", generation);

    public string Counter { get; } = Named("counter", generation);

    public string FacilitySource { get; } = Named("facility_source", generation);

    public string Declaration { get; } = Named("declaration", generation);

    /// <summary>The generation that readers see; 0 before the first.</summary>
    public static long Current(Session session) => long.Parse(Store.Info(session, "generation") ?? "0", CultureInfo.InvariantCulture);

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
        foreach (var name in s_names) session.Script($"DROP TABLE IF EXISTS {Named(name, Generation)}");
    }

    private static string Named(string table, long generation) => string.Create(CultureInfo.InvariantCulture, $"{table}_{generation}");
}

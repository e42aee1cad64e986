using System.Globalization;
using Escala.Platform.Storage;

namespace Escala.Registry;

/// <summary>Names of the derived tables of people and rows in one generation.</summary>
public sealed class RegistryTables(long generation)
{
    public string Person { get; } = Named("person", generation);

    public string Identifier { get; } = Named("identifier", generation);

    public string Facility { get; } = Named("facility", generation);

    public string Presence { get; } = Named("presence", generation);

    public string Statement { get; } = Named("statement", generation);

    public string Timeline { get; } = Named("timeline", generation);

    public string SourceRow { get; } = Named("source_row", generation);

    /// <summary>False for a generation that an earlier version built: it is read until everything has been counted anew.</summary>
    public bool AreOfThisVersion(Session session) => session.TableExists(Named("tally", generation));

    /// <summary>The generation that readers see; 0 before the first.</summary>
    public static long Current(Session session) => long.Parse(Store.Info(session, "generation") ?? "0", CultureInfo.InvariantCulture);

    public static string Named(string table, long generation) => string.Create(CultureInfo.InvariantCulture, $"{table}_{generation}");
}

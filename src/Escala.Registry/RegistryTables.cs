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

    /// <summary>What the tables hold and how it is counted; raised whenever either changes, so that stores count anew.</summary>
    public const int Version = 3;

    /// <summary>False while readers see what an earlier version derived: everything must be counted anew first.</summary>
    public static bool AreOfThisVersion(Session session) =>
        Current(session) == 0 || Store.Info(session, "derivation") == Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>From now on readers see <paramref name="generation"/>, built by this version.</summary>
    public static void MakeCurrent(Session session, long generation)
    {
        Store.SetInfo(session, "generation", generation.ToString(CultureInfo.InvariantCulture));
        Store.SetInfo(session, "derivation", Version.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The generation that readers see; 0 before the first.</summary>
    public static long Current(Session session) => long.Parse(Store.Info(session, "generation") ?? "0", CultureInfo.InvariantCulture);

    public static string Named(string table, long generation) => string.Create(CultureInfo.InvariantCulture, $"{table}_{generation}");
}

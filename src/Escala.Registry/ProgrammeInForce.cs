using System.Globalization;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Programmes.Places;

namespace Escala.Registry;

/// <summary>The package and the places that the ledger has in force. The folder they came from is not read again.</summary>
public static class ProgrammeInForce
{
    private const string ProgrammePosition = "programme", PlacesPosition = "places";

    public static Result<Programme> Load(Session session)
    {
        if (FilesAt(session, ProgrammePosition) is not { } package) return Problem.Of("registry.programme.none");
        var programme = PackageReader.Read(package.Files);
        return programme.TryGet(out var read) ? WithPlacesInForce(session, read) : programme;
    }

    /// <summary>Places that were given to the store replace those of the package; with them it is no example any more.</summary>
    public static Result<Programme> WithPlacesInForce(Session session, Programme programme)
    {
        if (FilesAt(session, PlacesPosition) is not { } places) return programme;
        var records = PlacesFile.Read(PackageFiles.Places, places.Files[PackageFiles.Places], programme.Levels);
        return records.TryGet(out var read) ? programme with { Places = read, Example = false } : Result<Programme>.Refused(records.Problems);
    }

    /// <summary>The package in force with one mapping more, or another in place of that of its name.</summary>
    public static PackageFiles Package(Session session, string mapping, byte[] yaml)
    {
        var files = FilesAt(session, ProgrammePosition)?.Files ?? new Dictionary<string, byte[]>();
        var old = new PackageFiles(files).Mappings.Where(m => PackageReader.NameOf(m.File, m.Bytes) == mapping).Select(m => m.File).ToList();
        var bytes = files.Where(f => !old.Contains(f.Key)).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
        bytes[$"{PackageFiles.MappingsFolder}{mapping}.yaml"] = yaml;
        return new PackageFiles(bytes);
    }

    /// <summary>An entry with a package or with places takes force; part of the transaction that wrote it or that switches to it.</summary>
    public static void Put(Session session, string kind, long position) =>
        Store.SetInfo(session, kind == EntryKinds.Programme ? ProgrammePosition : PlacesPosition, position.ToString(CultureInfo.InvariantCulture));

    /// <summary>Where the package and the places in force stand in the ledger; null for none.</summary>
    internal static IEnumerable<string?> Positions(Session session) => [Store.Info(session, ProgrammePosition), Store.Info(session, PlacesPosition)];

    public static Entry NewEntry(string kind, FilesBody files, string? author, TimeProvider clock) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Origin = new Origin { Kind = kind, Class = EntryClasses.Delivery, Author = author },
        EventDay = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber,
        RecordedAt = clock.Microseconds(),
        Body = JsonSerializer.SerializeToUtf8Bytes(files, BodiesJson.Default.FilesBody),
    };

    private static FilesBody? FilesAt(Session session, string name)
    {
        if (Store.Info(session, name) is not { } position) return null;
        using var rows = session.Query("SELECT content FROM body WHERE position = $1", long.Parse(position, CultureInfo.InvariantCulture));
        return rows.Read() ? JsonSerializer.Deserialize(rows.Bytes(0), BodiesJson.Default.FilesBody) : null;
    }
}

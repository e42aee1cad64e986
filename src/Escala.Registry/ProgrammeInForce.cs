using System.Globalization;
using System.Text.Json;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Packages;

namespace Escala.Registry;

/// <summary>The package and the places that the ledger has in force. The folder they came from is not read again.</summary>
public static class ProgrammeInForce
{
    private const string ProgrammePosition = "programme", PlacesPosition = "places";

    public static Result<Programme> Load(Session session)
    {
        if (FilesAt(session, ProgrammePosition) is not { } files) return Problem.Of("registry.programme.none");
        var package = new Dictionary<string, byte[]>(files.Files, StringComparer.Ordinal);
        if (FilesAt(session, PlacesPosition) is { } places)
        {
            foreach (var (name, content) in places.Files) package[name] = content;
        }

        var read = PackageReader.Read(package);
        // The package keeps its own hash, whatever places the store put in their stead.
        return read.TryGet(out var programme) && Store.Info(session, "programme-hash") is { } hash ? programme with { Hash = hash } : read;
    }

    /// <summary>Position of the entry in force of <see cref="EntryKinds.Programme"/> or <see cref="EntryKinds.Places"/>; part of the ledger's own transaction.</summary>
    public static void PutInForce(Session session, LedgerEntry entry)
    {
        var name = entry.Entry.Origin.Kind == EntryKinds.Programme ? ProgrammePosition : PlacesPosition;
        Store.SetInfo(session, name, entry.Position.ToString(CultureInfo.InvariantCulture));
    }

    private static FilesBody? FilesAt(Session session, string name)
    {
        if (Store.Info(session, name) is not { } position) return null;
        using var rows = session.Query("SELECT content FROM body WHERE position = $1", long.Parse(position, CultureInfo.InvariantCulture));
        return rows.Read() ? JsonSerializer.Deserialize(rows.Bytes(0), BodiesJson.Default.FilesBody) : null;
    }
}

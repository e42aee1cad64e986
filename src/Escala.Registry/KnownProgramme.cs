using System.Globalization;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Places;

namespace Escala.Registry;

/// <summary>
/// The programme in force, kept from one reading of the store to the next: it is read anew only when other entries are in force, told by the
/// chain's hashes at their positions. May be asked by several threads.
/// </summary>
public sealed class KnownProgramme
{
    private volatile Kept? _kept;

    public Result<Programme> Load(Session session)
    {
        var inForce = In(session);
        return inForce.TryGet(out var now) ? now.Programme : Result<Programme>.Refused(inForce.Problems);
    }

    /// <summary>The programme with the history of its places.</summary>
    public Result<(Programme Programme, PlaceHistory Places)> In(Session session)
    {
        var key = string.Join(' ', ProgrammeInForce.Positions(session).Select(p => HashAt(session, p)));
        if (_kept is { } kept && kept.Key == key) return (kept.Programme, kept.Places);
        var loaded = ProgrammeInForce.Load(session);
        if (!loaded.TryGet(out var programme)) return Result<(Programme, PlaceHistory)>.Refused(loaded.Problems);
        _kept = kept = new Kept(key, programme, new PlaceHistory(programme.Places));
        return (kept.Programme, kept.Places);
    }

    private static string HashAt(Session session, string? position)
    {
        if (position is null) return "none";
        using var rows = session.Query("SELECT chain FROM entry WHERE position = $1", long.Parse(position, CultureInfo.InvariantCulture));
        return rows.Read() ? Convert.ToHexStringLower(rows.Bytes(0)) : "none";
    }

    private sealed record Kept(string Key, Programme Programme, PlaceHistory Places);
}

using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Places;

namespace Escala.Registry;

/// <summary>The programme in force and its places, read again only when another took force: reading a package costs more than most requests.</summary>
public sealed class CurrentProgramme
{
    private readonly Lock _lock = new();
    private (string? Package, string? Places) _of;
    private (Programme Programme, PlaceHistory Places)? _read;

    public Result<(Programme Programme, PlaceHistory Places)> In(Session session)
    {
        var now = ProgrammeInForce.Positions(session);
        lock (_lock)
        {
            if (_read is { } known && _of == now) return known;
        }

        var loaded = ProgrammeInForce.Load(session);
        if (!loaded.TryGet(out var programme)) return Result<(Programme, PlaceHistory)>.Refused(loaded.Problems);
        var read = (programme, new PlaceHistory(programme.Places));
        lock (_lock) (_of, _read) = (now, read);
        return read;
    }
}

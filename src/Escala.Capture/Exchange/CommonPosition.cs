using Escala.Platform.Storage;

namespace Escala.Capture.Exchange;

/// <summary>The last position at which a device and the store hold the same chain: where they parted when the store was restored from a backup.</summary>
public static class CommonPosition
{
    /// <summary>0 when none of the checkpoints is ours.</summary>
    public static long Find(Session session, IEnumerable<(long Position, string Chain)> checkpoints)
    {
        foreach (var (position, chain) in checkpoints.OrderByDescending(c => c.Position))
        {
            using var rows = session.Query("SELECT chain FROM entry WHERE position = $1", position);
            if (rows.Read() && Convert.ToHexStringLower(rows.Bytes(0)).Equals(chain, StringComparison.OrdinalIgnoreCase)) return position;
        }

        return 0;
    }
}

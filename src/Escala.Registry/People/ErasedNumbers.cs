using System.Security.Cryptography;
using System.Text;
using Escala.Platform.Storage;

namespace Escala.Registry.People;

/// <summary>
/// Identifiers of people who were erased, as keyed hashes (HMAC-SHA-256 under the hash of the ledger's first entry, 16 bytes): so that a register that is
/// sent again does not bring back whom somebody asked to forget. The identifiers themselves are gone.
/// </summary>
public sealed class ErasedNumbers
{
    private const int HashSize = 16;

    private readonly HashSet<UInt128> _hashes = [];
    private readonly byte[] _key;

    public ErasedNumbers(Session session)
    {
        _key = KeyOf(session);
        using var rows = session.Query("SELECT hash FROM erased_number");
        while (rows.Read()) _hashes.Add(Number(rows.Bytes(0)));
    }

    public bool Holds(string system, string value) => _hashes.Count > 0 && _hashes.Contains(Number(Hash(_key, system, value)));

    internal static IReadOnlyList<byte[]> Hashes(Session session, IEnumerable<Identifier> identifiers)
    {
        var key = KeyOf(session);
        return [.. identifiers.Distinct().Select(i => Hash(key, i.System, i.Value))];
    }

    internal static void Add(Session session, IEnumerable<byte[]> hashes)
    {
        foreach (var hash in hashes) session.Execute("INSERT INTO erased_number (hash) VALUES ($1) ON CONFLICT (hash) DO NOTHING", hash);
    }

    private static byte[] KeyOf(Session session)
    {
        using var rows = session.Query("SELECT chain FROM entry WHERE position = $1", 1L);
        return rows.Read() ? rows.Bytes(0).ToArray() : [];
    }

    private static byte[] Hash(byte[] key, string system, string value) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{system}\0{value}"))[..HashSize];

    private static UInt128 Number(ReadOnlySpan<byte> hash) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
}

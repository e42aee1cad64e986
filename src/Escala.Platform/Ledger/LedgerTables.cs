using System.Security.Cryptography;
using Escala.Platform.Storage;

namespace Escala.Platform.Ledger;

/// <summary>
/// Appends to the ledger's tables within the caller's transaction, giving positions in order and carrying the chain on. One per writing
/// connection; after a rollback it must be <see cref="Reload"/>ed.
/// </summary>
internal sealed class LedgerTables
{
    private const int MostRemembered = 16_384;

    private readonly Dictionary<Origin, (long Number, byte[] Hash)> _origins = [];
    private readonly byte[] _chain = new byte[EntryHash.Size];
    private byte[] _salts = [];
    private byte[] _hashes = [];

    public long Head { get; private set; }

    public void Reload(Session session)
    {
        _origins.Clear();
        EntryHash.Genesis.CopyTo(_chain, 0);
        Head = 0;
        using var rows = session.Query("SELECT position, chain FROM entry ORDER BY position DESC LIMIT 1");
        if (!rows.Read()) return;
        Head = rows.Int(0);
        rows.Bytes(1).CopyTo(_chain);
    }

    /// <summary>Appends entries that are known to be new.</summary>
    public void Append(Session session, IReadOnlyList<Entry> entries, long receivedAt)
    {
        var head = Head;
        DrawSalts(entries.Count);
        var origins = new (long Number, byte[] Hash)[entries.Count];
        for (var i = 0; i < origins.Length; i++)
        {
            // Entries of one source share the object: its words are compared once, not once an entry.
            origins[i] = i > 0 && ReferenceEquals(entries[i].Origin, entries[i - 1].Origin) ? origins[i - 1] : OriginOf(session, entries[i].Origin);
        }

        using (var bulk = session.Bulk(
            "entry", "position", "id", "origin", "subject", "facility", "event_day", "recorded_at", "received_at", "sequence", "replaces", "withdraws", "based_on", "body_hash", "chain"))
        {
            for (var i = 0; i < entries.Count; i++)
            {
                var entry = entries[i];
                var hash = _hashes.AsSpan(i * EntryHash.Size, EntryHash.Size);
                EntryHash.OfBody(Salt(i), entry.Body, hash);
                var envelope = new Envelope
                {
                    Id = entry.Id,
                    OriginHash = origins[i].Hash,
                    Subject = entry.Subject,
                    Facility = entry.Facility,
                    EventDay = entry.EventDay,
                    RecordedAt = entry.RecordedAt,
                    ReceivedAt = receivedAt,
                    Sequence = entry.Sequence,
                    Replaces = entry.Replaces,
                    Withdraws = entry.Withdraws,
                    BasedOn = entry.BasedOn,
                };
                EntryHash.Chain(_chain, envelope, hash, _chain);
                bulk.Write(++head);
                bulk.Write(entry.Id);
                bulk.Write(origins[i].Number);
                WriteOptional(bulk, entry.Subject);
                if (entry.Facility is null) bulk.WriteNull();
                else bulk.Write(entry.Facility);
                bulk.Write(entry.EventDay);
                bulk.Write(entry.RecordedAt);
                bulk.Write(receivedAt);
                bulk.Write(entry.Sequence);
                WriteOptional(bulk, entry.Replaces);
                WriteOptional(bulk, entry.Withdraws);
                if (entry.BasedOn is { } basedOn) bulk.Write(basedOn);
                else bulk.WriteNull();
                bulk.Write(hash);
                bulk.Write(_chain);
                bulk.EndRow();
            }

            bulk.Complete();
        }

        using var bodyRows = session.Bulk("body", "position", "salt", "content");
        for (var i = 0; i < entries.Count; i++)
        {
            bodyRows.Write(Head + 1 + i);
            bodyRows.Write(Salt(i));
            bodyRows.Write(entries[i].Body);
            bodyRows.EndRow();
        }

        bodyRows.Complete();
        Head = head;
    }

    private static void WriteOptional(BulkWriter bulk, Guid? id)
    {
        if (id is { } value) bulk.Write(value);
        else bulk.WriteNull();
    }

    private (long Number, byte[] Hash) OriginOf(Session session, Origin origin)
    {
        if (_origins.TryGetValue(origin, out var known)) return known;
        var content = origin.ToBytes();
        var hash = SHA256.HashData(content);
        var number = session.Scalar("SELECT origin FROM origin WHERE hash = $1", hash);
        if (number is null)
        {
            number = (session.Scalar("SELECT MAX(origin) FROM origin") ?? 0) + 1;
            session.Execute("INSERT INTO origin (origin, hash, content) VALUES ($1, $2, $3)", number, hash, content);
        }

        // Devices name their own origins: no number of them may fill memory.
        if (_origins.Count >= MostRemembered) _origins.Clear();
        return _origins[origin] = (number.Value, hash);
    }

    private ReadOnlySpan<byte> Salt(int entry) => _salts.AsSpan(entry * EntryHash.SaltSize, EntryHash.SaltSize);

    private void DrawSalts(int count)
    {
        if (_salts.Length < count * EntryHash.SaltSize)
        {
            _salts = new byte[count * EntryHash.SaltSize];
            _hashes = new byte[count * EntryHash.Size];
        }

        RandomNumberGenerator.Fill(_salts.AsSpan(0, count * EntryHash.SaltSize));
    }
}

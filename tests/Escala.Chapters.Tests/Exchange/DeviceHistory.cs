using System.Text;
using Escala.Capture.Exchange;
using Escala.Cascades.Derivations;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>
/// Tablets and a server through a random history: what is written offline, pushed late, twice, in pieces, in another order, with answers lost; and the
/// server restored from an older backup with tablets ahead. Each tablet is the plainest account of the contract (docs/methods/exchange.md).
/// </summary>
internal sealed class DeviceHistory : IDisposable
{
    private static readonly string[] s_facilities = ["F1", "F2", "F3"];

    private readonly Random _chance;
    private readonly string _folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "escala-devices-" + Path.GetRandomFileName());
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<Device> _devices = [];
    private readonly Dictionary<Guid, Entry> _said = [];
    private Server _server;
    private string? _backup;
    private int _stores;

    public DeviceHistory(int seed, DeviceTemplate template)
    {
        _chance = new Random(seed);
        var store = NewFolder();
        EscalaProcess.Copy(template.Folder, store);
        _server = new Server(store, _clock);
        for (var i = 0; i < 3; i++) _devices.Add(new Device(template.Devices[i], template.Accounts[i], s_facilities[i % 2]));
    }

    public List<string> Told { get; } = [];

    public void Live(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            _clock.Move();
            var device = _devices[_chance.Next(_devices.Count)];
            Action step = _chance.Next(20) switch
            {
                < 4 => () => Visit(device),
                < 5 => () => Register(device),
                < 8 => () => Change(device),
                < 13 => () => Push(device),
                < 18 => () => Pull(device, pages: 1),
                < 19 => TakeBackup,
                _ => Restore,
            };
            step();
        }
    }

    /// <summary>Everybody exchanges until nothing is left; then all hold the same, and nothing that was said is missing or there twice.</summary>
    public void Settle()
    {
        for (var round = 0; round < 3; round++)
        {
            foreach (var device in _devices)
            {
                while (device.Unsent.Count > 0) PushWell(device);
                Pull(device, pages: int.MaxValue);
                while (device.Unsent.Count > 0) PushWell(device);
            }
        }

        using var session = _server.Store.Open(writable: false);
        var ledger = LedgerReader.Entries(session, 1, long.MaxValue).Where(e => e.Entry.Origin.Device is not null).ToList();
        Assert.Equal(ledger.Count, ledger.Select(e => e.Entry.Id).Distinct().Count());
        // Of a line that was damaged on the way not even the id may be left: what was said in it stays on the device and is sent again.
        var refused = RefusedEntries.Read(session).Select(r => r.Id).OfType<Guid>().Concat(SettledEntries.Latest(session).Select(s => s.Id)).ToHashSet();
        var present = ledger.Select(e => e.Entry.Id).ToHashSet();
        foreach (var (id, entry) in _said)
        {
            Assert.True(present.Contains(id) || refused.Contains(id), $"{entry.Origin.Kind} {id} is nowhere");
            if (present.Contains(id)) Assert.Equal(Encoding.UTF8.GetString(entry.Body), Encoding.UTF8.GetString(ledger.Single(e => e.Entry.Id == id).Entry.Body));
        }

        Assert.Empty(present.Except(_said.Keys));
        foreach (var device in _devices)
        {
            // Every refusal was told to whoever said it.
            Assert.Empty(device.Refused.Keys.Except(refused).Except(present));
            var people = ledger.Where(e => e.Entry.Facility == device.Facility && e.Entry.Subject is not null).Select(e => e.Entry.Subject!.Value).ToHashSet();
            var expected = ledger.Where(e => e.Entry.Facility == device.Facility || (e.Entry.Subject is { } s && people.Contains(s))).Select(e => e.Entry.Id).ToHashSet();
            // Corrections and withdrawals that were over when somebody arrived are not sent: what they changed is not there either.
            var missing = expected.Except(device.Held.Keys).ToList();
            Assert.All(missing, id => Assert.NotEqual(device.Facility, ledger.Single(e => e.Entry.Id == id).Entry.Facility));
            Assert.Empty(device.Held.Keys.Except(expected));
        }

        var differs = DerivedCheck.Run(_server.Store, _server.Programme, null, default);
        Assert.True(differs is null, differs?.ToString());
        Assert.Null(ChainCheck.Walk(session, null, default).Problem);
    }

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string NewFolder() => Path.Combine(_folder, "store-" + ++_stores);

    private void Say(Device device, Entry entry)
    {
        device.Unsent.Add(entry);
        _said[entry.Id] = entry;
        Told.Add($"{device.Facility} says {entry.Origin.Kind} {entry.Id:N}{(entry.Replaces is { } r ? " for " + r.ToString("N") : "")}{(entry.Withdraws is { } w ? " against " + w.ToString("N") : "")}");
    }

    private Entry New(Device device, string kind, Guid? subject, string body) => Written.Entry(_clock, device.Id, device.Account, ++device.Sequence, kind, subject, body, device.Facility);

    private string Row(Guid person, string facility) => Stores.Register.Line(new Visit(person.ToString(), facility, "2025-11-" + _chance.Next(1, 29).ToString("00")) { Pressure = _chance.Next(2) == 0 ? "150/95" : "120/80", Born = "1970-05-01" });

    private void Visit(Device device)
    {
        var known = device.Held.Values.Concat(device.Unsent).Select(e => e.Subject).OfType<Guid>().Distinct().ToList();
        var person = known.Count > 0 && _chance.Next(3) > 0 ? known[_chance.Next(known.Count)] : _said.Values.Select(e => e.Subject).OfType<Guid>().OrderBy(_ => _chance.Next()).Take(_chance.Next(2)).SingleOrDefault();
        if (person == Guid.Empty) person = Guid.CreateVersion7(_clock.GetUtcNow());
        Say(device, Written.Row(New(device, EntryKinds.Visit, person, Row(person, device.Facility))));
    }

    private void Register(Device device) => Say(device, New(device, EntryKinds.Person, Guid.CreateVersion7(_clock.GetUtcNow()), """{"set":{"given":"x"}}"""));

    /// <summary>Corrects or withdraws a row that the device believes to stand.</summary>
    private void Change(Device device)
    {
        var all = device.Held.Values.Concat(device.Unsent).DistinctBy(e => e.Id).ToList();
        var gone = all.Select(e => e.Replaces ?? e.Withdraws).OfType<Guid>().ToHashSet();
        var rows = all.Where(e => e.Origin.Kind == EntryKinds.Visit && e.Facility == device.Facility && !gone.Contains(e.Id) && !device.Refused.ContainsKey(e.Id)).ToList();
        if (rows.Count == 0) return;
        var row = rows[_chance.Next(rows.Count)];
        Say(device, _chance.Next(3) == 0
            ? New(device, EntryKinds.Withdrawal, row.Subject, "") with { Withdraws = row.Id }
            : Written.Row(New(device, EntryKinds.Visit, row.Subject, Row(row.Subject!.Value, device.Facility))) with { Replaces = row.Id });
    }

    /// <summary>With whatever may happen to a batch on a bad line.</summary>
    private void Push(Device device)
    {
        if (device.Unsent.Count == 0) return;
        var some = device.Unsent.Take(_chance.Next(1, device.Unsent.Count + 1)).ToList();
        switch (_chance.Next(7))
        {
            case 0:
                Told.Add($"{device.Facility} pushes {some.Count}, the answer is lost");
                _server.Push(device, some);
                break;
            case 1:
                Told.Add($"{device.Facility} pushes {some.Count} twice over");
                Heard(device, _server.Push(device, [.. some, .. some]));
                break;
            case 2:
                Told.Add($"{device.Facility} pushes {some.Count} that break off");
                var batch = Written.Batch(device.Id, some);
                if (_server.Push(device, batch[..(batch.Length * _chance.Next(1, 100) / 100)]) is { } answer) Heard(device, answer);
                break;
            case 3:
                Told.Add($"{device.Facility} pushes {some.Count} that change on the way");
                var changed = Written.Batch(device.Id, some);
                changed[_chance.Next(2, changed.Length)] ^= (byte)(1 << _chance.Next(8));
                if (_server.Push(device, changed) is { } heard) Heard(device, heard);
                break;
            default:
                Told.Add($"{device.Facility} pushes {some.Count}");
                Heard(device, _server.Push(device, some));
                break;
        }
    }

    private void PushWell(Device device) => Heard(device, _server.Push(device, [.. device.Unsent]));

    private static void Heard(Device device, PushAnswer answer)
    {
        // A device that has never pulled knows by the answer of which epoch the server is that has its entries.
        device.Epoch ??= answer.Epoch;
        foreach (var receipt in answer.Receipts.Where(r => r.Id is not null))
        {
            if (device.Unsent.Find(e => e.Id == receipt.Id) is not { } entry) continue;
            device.Unsent.Remove(entry);
            // Kept until a verified backup covers it: in these histories, always.
            if (receipt.Status == ReceiptStatus.Refused) device.Refused[entry.Id] = entry;
            else device.Own[entry.Id] = entry;
        }
    }

    private void Pull(Device device, int pages)
    {
        for (var page = 0; page < pages; page++)
        {
            var (epoch, next, head, chain, entries) = _server.Pull(device);
            if (device.Epoch is not null && device.Epoch != epoch)
            {
                Told.Add($"{device.Facility} meets another epoch");
                Meet(device, epoch);
                continue;
            }

            device.Epoch = epoch;
            if (_chance.Next(5) == 0 && pages == 1)
            {
                Told.Add($"{device.Facility} pulls, the answer is lost");
                return;
            }

            foreach (var (position, entry) in entries) (device.Held[entry.Id], device.Positions[entry.Id]) = (entry, position);
            if (next > device.Cursor) device.Checkpoints.Add((next, chain));
            var isDone = next == head || next == device.Cursor;
            device.Cursor = next;
            if (isDone) return;
        }
    }

    /// <summary>The store was restored: everything behind the last common position is offered, one's own and others', and what was refused.</summary>
    private void Meet(Device device, string epoch)
    {
        var common = _server.Common(device.Checkpoints);
        device.Epoch = epoch;
        device.Cursor = common;
        device.Checkpoints.RemoveAll(c => c.Position > common);
        var behind = device.Held.Values.Where(e => device.Positions[e.Id] > common).OrderBy(e => device.Positions[e.Id]).ToList();
        foreach (var entry in behind) device.Held.Remove(entry.Id);
        // In the order in which they came, others' before what was said upon them.
        var offered = behind.Where(e => e.Origin.Device is not null).Concat(device.Own.Values).Concat(device.Refused.Values).Concat(device.Unsent).DistinctBy(e => e.Id).OrderBy(e => device.Positions.GetValueOrDefault(e.Id, long.MaxValue)).ThenBy(e => e.Id).ToList();
        device.Refused.Clear();
        device.Unsent.Clear();
        device.Unsent.AddRange(offered);
    }

    private void TakeBackup()
    {
        Told.Add("backup");
        _backup = Path.Combine(_folder, $"backup-{++_stores}.db");
        Assert.True(Backup.Take(_server.Store, _backup, null, default).IsOk);
    }

    private void Restore()
    {
        if (_backup is null) return;
        Told.Add("restore");
        _server.Dispose();
        var folder = NewFolder();
        using (var store = Store.At(folder)) Assert.True(Backup.Restore(_backup, store, _clock, null, default).IsOk);
        _server = new Server(folder, _clock);
        Assert.Null(Rebuild.Run(_server.Store, _server.Writer, _server.Programme, [], null, null, default));
        _server.Writer.Run(Backup.Finish);
    }

    /// <summary>A tablet. <see cref="Held"/> is what it pulled, <see cref="Own"/> what it said and has a receipt for.</summary>
    internal sealed class Device(Guid id, Guid account, string facility)
    {
        public Guid Id { get; } = id;

        public Guid Account { get; } = account;

        public string Facility { get; } = facility;

        public long Sequence { get; set; }

        public long Cursor { get; set; }

        public string? Epoch { get; set; }

        public List<Entry> Unsent { get; } = [];

        public Dictionary<Guid, Entry> Own { get; } = [];

        public Dictionary<Guid, Entry> Held { get; } = [];

        public Dictionary<Guid, long> Positions { get; } = [];

        public Dictionary<Guid, Entry> Refused { get; } = [];

        public List<(long Position, string Chain)> Checkpoints { get; } = [];
    }

    private sealed class Server : IDisposable
    {
        private readonly SessionPool _sessions;
        private readonly PushBatch _push;
        private readonly PullEntries _pull;

        public Server(string folder, TimeProvider clock)
        {
            Store = Store.At(folder);
            Writer = new LedgerWriter(Store.TakeLease().Value, new LiveDerivation().Hook, clock);
            _sessions = new SessionPool(Store);
            _push = new PushBatch(_sessions, Writer, new KnownProgramme(), clock);
            _pull = new PullEntries(new KnownProgramme(), clock);
            using var session = Store.Open(writable: false);
            Programme = ProgrammeInForce.Load(session).Value;
        }

        public Store Store { get; }

        public LedgerWriter Writer { get; }

        public Programme Programme { get; }

        public PushAnswer Push(Device device, IEnumerable<Entry> entries) => Push(device, Written.Batch(device.Id, entries))!;

        /// <summary>Null when the batch is refused as a whole.</summary>
        public PushAnswer? Push(Device device, byte[] batch)
        {
            var account = _sessions.Read(s => AccountTable.Read(s, device.Account))!;
            var result = _push.Run(new MemoryStream(batch), new Caller(account, device.Id)).GetAwaiter().GetResult();
            return result.IsOk ? result.Value : null;
        }

        public (string Epoch, long Next, long Head, string Chain, IReadOnlyList<(long Position, Entry Entry)> Entries) Pull(Device device)
        {
            var batch = _sessions.Read(s => _pull.Run(s, [device.Facility], device.Cursor, out _));
            return Written.Read(batch);
        }

        public long Common(IEnumerable<(long Position, string Chain)> checkpoints) => _sessions.Read(s => CommonPosition.Find(s, checkpoints));

        public void Dispose()
        {
            _sessions.Dispose();
            Writer.Dispose();
            Store.Dispose();
        }
    }
}

/// <summary>A store with accounts that have signed in on three devices, made once and copied for each history.</summary>
internal sealed class DeviceTemplate : IDisposable
{
    public DeviceTemplate()
    {
        using var store = new RunningStore(Engine.Sqlite, FieldSite.Places);
        for (var i = 0; i < 3; i++)
        {
            // All see the district of the first two facilities, so that what one offers for another is of its scope.
            var account = FieldSite.AddAccount(store, "nurse" + i, Role.Nurse, "D1");
            var device = Guid.CreateVersion7();
            Accounts.Add(account.Id);
            Devices.Add(device);
            store.Writer.Run(t =>
            {
                t.Session.Execute("INSERT INTO device (device, name, device_key, enrolled_at, seen_at) VALUES ($1, $2, $3, $4, $4)", device, "", new byte[32], 0L);
                t.Session.Execute("INSERT INTO device_account (device, account, since) VALUES ($1, $2, $3)", device, account.Id, 0L);
            });
        }

        // Nothing is left in the write-ahead log: the file alone is the store.
        Assert.True(store.Writer.Forget());
        Folder = Directory.CreateTempSubdirectory("escala-template-").FullName;
        File.Copy(Path.Combine(store.Location, "store.db"), Path.Combine(Folder, "store.db"));
    }

    public string Folder { get; }

    public List<Guid> Accounts { get; } = [];

    public List<Guid> Devices { get; } = [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

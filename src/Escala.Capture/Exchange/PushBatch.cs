using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes.Facts;
using Escala.Programmes.Places;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Capture.Exchange;

/// <summary>What a device hears of a batch: a receipt an entry, in order; the ledger's end and how far a verified backup covers it.</summary>
public sealed record PushAnswer(string Epoch, long Head, long BackedUp, IReadOnlyList<EntryReceipt> Receipts);

/// <summary>Null id: a line of which not even that could be read.</summary>
public sealed record EntryReceipt(Guid? Id, int Line, ReceiptStatus Status, long Position, Problem? Problem);

/// <summary>
/// Takes a batch of a device into the ledger. An entry is answered when the disk has it and the counters have counted it; one that is refused stands
/// in the inbox as it came and holds up none of the others.
/// </summary>
public sealed class PushBatch(SessionPool sessions, LedgerWriter writer, KnownProgramme programme, TimeProvider clock)
{
    private const int LongestName = 256, LongestLayout = 8_192, MostBody = 128 << 10;

    /// <summary>Minutes from UTC: no zone is further off.</summary>
    private const int MostOffset = 840;

    // Microseconds: the year 2100. A clock behind it, or before 1970, was never set.
    private static readonly long s_endOfClocks = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;

    /// <summary>A batch over the net: whole in memory, for only its end tells whether it came unchanged.</summary>
    public async Task<Result<PushAnswer>> Run(Stream batch, Caller caller)
    {
        using var reader = BatchReader.Open(batch, BatchLimits.Push);
        var lines = reader.Lines().ToList();
        if (reader.Fault is { } fault) return fault;
        // What breaks off has no check sum: changed bytes can look like it. The device sends it again.
        if (reader.BrokenOff) return Problem.Of("capture.exchange.damaged");
        if (reader.SentAt is { } sent && caller.Device is { } device && (lines.Count > 0 || reader.Device == device)) await NoteClock(device, sent);
        return await Take(lines, caller, isFile: false, atOffice: false);
    }

    /// <summary>Takes lines that were read. From a file nobody need have signed in: whoever has the command line of the server vouches for it.</summary>
    /// <param name="caller">Who offers them, or did.</param>
    /// <param name="atOffice">They come by a file, or are tried again there.</param>
    /// <param name="by">Who tries them again.</param>
    internal async Task<Result<PushAnswer>> Take(IReadOnlyList<BatchLine> lines, Caller? caller, bool isFile, bool atOffice, string? by = null)
    {
        var examined = sessions.Read(session => Examine(session, lines, caller, isFile));
        if (!examined.TryGet(out var problems)) return Result<PushAnswer>.Refused(examined.Problems);
        var offered = new List<Entry>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (problems[i] is null) offered.Add(lines[i].Entry!);
        }

        var given = offered.Count > 0 ? await writer.Commit(offered) : [];
        var receipts = new EntryReceipt[lines.Count];
        var next = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            var receipt = problems[i] is { } problem ? new Receipt(default, ReceiptStatus.Refused, 0, problem) : given[next++];
            receipts[i] = new EntryReceipt(lines[i].Id, lines[i].Number, receipt.Status, receipt.Position, receipt.Problem);
        }

        // What was refused is durable too before anybody is told.
        if (receipts.Any(r => r.Status == ReceiptStatus.Refused)) writer.Run(transaction => Keep(new SpokenFor(transaction, atOffice, by, clock), transaction.Session, lines, problems, receipts, caller));
        return sessions.Read(session =>
        {
            var settling = SpokenFor.Settling(session, [.. lines.Where((_, i) => receipts[i].Status != ReceiptStatus.Refused)]);
            if (settling.Count > 0) writer.Run(transaction => Settle(new SpokenFor(transaction, atOffice, by, clock), settling));
            return new PushAnswer(Store.Info(session, "epoch")!, writer.Head, BackedUp(session), receipts);
        });
    }

    private static void Settle(SpokenFor spoken, IReadOnlyList<BatchLine> taken)
    {
        foreach (var line in taken) spoken.Settle(line);
    }

    /// <summary>Keeps what was refused, but for withdrawals of it, which the ledger could refuse only because it never took what they name.</summary>
    private void Keep(SpokenFor withdrawn, Session session, IReadOnlyList<BatchLine> lines, Problem?[] examined, EntryReceipt[] receipts, Caller? caller)
    {
        var refused = Enumerable.Range(0, lines.Count).Where(i => receipts[i].Status == ReceiptStatus.Refused).ToLookup(i => examined[i] is null && lines[i].Entry!.Origin.Kind == EntryKinds.Withdrawal);
        Add(refused[false]);
        foreach (var i in refused[true])
        {
            if (withdrawn.Withdraw(lines[i]) is { } position) receipts[i] = receipts[i] with { Status = ReceiptStatus.Accepted, Position = position, Problem = null };
        }

        Add(refused[true].Where(i => receipts[i].Status == ReceiptStatus.Refused));

        void Add(IEnumerable<int> some) => RefusedEntries.Add(session, [.. some.Select(i => (lines[i], receipts[i].Problem!))], caller?.Account.Id, caller?.Device, clock);
    }

    /// <summary>Up to which position a verified backup holds the ledger; 0 without one.</summary>
    internal static long BackedUp(Session session) =>
        long.TryParse(Store.Info(session, "backed-up"), System.Globalization.CultureInfo.InvariantCulture, out var position) ? position : 0;

    /// <summary>When a device last spoke and how wrong its clock was: noted when there is something new to say, for each note is a commit.</summary>
    private async Task NoteClock(Guid device, long sentAt)
    {
        var now = clock.Microseconds();
        var ahead = (sentAt * 1000) - now;
        if (sessions.Read(session => DeviceTable.IsNoted(session, device, ahead, now))) return;
        await Task.Run(() => writer.Run(transaction => DeviceTable.Seen(transaction.Session, device, ahead, clock)));
    }

    private Result<Problem?[]> Examine(Session session, IReadOnlyList<BatchLine> lines, Caller? caller, bool isFile)
    {
        var inForce = programme.In(session);
        if (!inForce.TryGet(out var now)) return Result<Problem?[]>.Refused(inForce.Problems);
        var authors = new Authors(session, caller, isFile, now.Places);
        var columns = FieldPack.LayoutOf(now.Programme.Register).Columns.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var forms = new FilledForms(session, now.Programme);
        var problems = new Problem?[lines.Count];
        var isAnyOver = SettledEntries.IsAny(session);
        for (var i = 0; i < lines.Count; i++)
        {
            problems[i] = lines[i].Problem;
            if (lines[i].Entry is not { } entry) continue;
            // What the ledger has already was allowed when it came: the writer says that it is a duplicate.
            var over = isAnyOver && SettledEntries.IsOver(session, entry.Id) ? Problem.Of("capture.exchange.settled") : null;
            if ((over ?? Envelope(entry, columns) ?? authors.Refuse(entry) ?? forms.Refuse(entry)) is { } refusal && !IsKnown(session, entry.Id)) problems[i] = refusal;
        }

        return problems;
    }

    internal static bool IsKnown(Session session, Guid id) => session.Scalar("SELECT position FROM entry WHERE id = $1", id) is not null;

    private static Problem? Envelope(Entry entry, HashSet<string> columns)
    {
        var origin = entry.Origin;
        string?[] names = [origin.Kind, origin.Class, origin.Form, origin.Programme, origin.Zone, origin.Author, origin.Device, entry.Facility];
        if (names.Any(n => n?.Length > LongestName) || origin.Layout?.Length > LongestLayout) return Problem.Of("capture.exchange.envelope");
        if (entry.Body.Length > MostBody) return Problem.Of("capture.exchange.body", ("most", MostBody));
        // Erasures, merges, programmes: what changes others' entries is said at the office.
        if (!DeviceKinds.All.Contains(origin.Kind)) return Problem.Of("capture.exchange.kind", ("kind", origin.Kind));
        // A device speaks for no register: what it says can then be taken back by no extract of one.
        return DeviceKinds.ClassOf(origin.Kind) == origin.Class
            && origin is { Source: null, Batch: null, Reason: null, RecordedOffset: >= -MostOffset and <= MostOffset }
            && entry is { Sequence: >= 0, BasedOn: null or >= 0, RecordedAt: >= 0 } && entry.RecordedAt < s_endOfClocks
            && (origin.Layout is null || IsOfDevices(origin.Layout, columns)) ? null : Problem.Of("capture.exchange.envelope");
    }

    private static bool IsOfDevices(string text, HashSet<string> columns) =>
        Layout.Parse(text) is { Mapping: null, Delimiter: ',', DecimalMark: '.', Dates: DateOrder.Iso } layout && layout.Columns.All(columns.Contains);

    /// <summary>Who may author what: somebody who has signed in on the device, at places of a scope that they have or had.</summary>
    private sealed class Authors(Session session, Caller? caller, bool isFile, PlaceHistory places)
    {
        private readonly Dictionary<string, Account?> _known = new(StringComparer.Ordinal);
        private readonly Dictionary<Guid, (string Place, DateOnly Day)> _offered = [];
        private readonly bool _restored = Backup.RestoredAt(session) is not null;

        public Problem? Refuse(Entry entry)
        {
            var origin = entry.Origin;
            if (!Guid.TryParse(origin.Device, out var device)) return Problem.Of("capture.exchange.author");
            if (entry.Facility is not { } facility || !places.Knows(facility)) return Problem.Of("capture.exchange.place", ("place", entry.Facility));
            // Entries of other devices come back by whoever holds them, and only to a store that has forgotten some.
            if (caller is not null && device != caller.Device) return _restored ? OutsideOf(caller.Account, entry, facility) : Problem.Of("capture.exchange.other-device");
            if (AuthorOf(origin.Author, device) is not { } author)
            {
                // Of accounts made, or signed in there, after the backup a restored store knows nothing: whoever offers their entries answers for them.
                if (!_restored || !Guid.TryParse(origin.Author, out _)) return Problem.Of("capture.exchange.author");
                return caller is null ? null : OutsideOf(caller.Account, entry, facility);
            }

            return author.Role.May(Act.WriteEntries) ? OutsideOf(author, entry, facility) : Problem.Of("capture.exchange.author");
        }

        /// <summary>Where the entry is written, and where that stands which it replaces or withdraws, must both be the account's.</summary>
        private Problem? OutsideOf(Account account, Entry entry, string facility)
        {
            var day = DateOnly.FromDayNumber(entry.EventDay);
            if (!account.Covered(places, facility, day)) return Outside(facility, day);
            _offered[entry.Id] = (facility, day);
            foreach (var target in (ReadOnlySpan<Guid?>)[entry.Replaces, entry.Withdraws])
            {
                if (target is { } id && PlaceOf(id) is var (place, then) && !account.Covered(places, place, then)) return Outside(place, then);
            }

            return null;
        }

        private (string Place, DateOnly Day)? PlaceOf(Guid id)
        {
            using var rows = session.Query("SELECT facility, event_day FROM entry WHERE id = $1", id);
            if (rows.Read()) return (rows.IsNull(0) ? "" : rows.Text(0), DateOnly.FromDayNumber((int)rows.Int(1)));
            return _offered.TryGetValue(id, out var offered) ? offered : null;
        }

        private static Problem Outside(string facility, DateOnly day) => Problem.Of("capture.exchange.outside", ("place", facility), ("day", day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));

        private Account? AuthorOf(string? author, Guid device)
        {
            var key = $"{author} {device}";
            if (_known.TryGetValue(key, out var known)) return known;
            var account = Guid.TryParse(author, out var id) && (isFile || DeviceTable.IsEnrolled(session, device, id)) ? AccountTable.Read(session, id) : null;
            return _known[key] = account;
        }
    }
}

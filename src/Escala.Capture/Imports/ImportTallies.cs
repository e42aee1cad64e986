using System.Text.Json;
using Escala.Capture.Inbox;
using Escala.Capture.Registers;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;
using Escala.Registry.People;

namespace Escala.Capture.Imports;

/// <summary>What a file of counts came to. A row may say several steps; tallies are counted, not rows, but for those that are refused or wait.</summary>
public sealed record TallyReport
{
    public required string File { get; init; }

    /// <summary>Name and version of what the rows were read by.</summary>
    public required string Form { get; init; }

    public long Read { get; set; }

    public long Taken { get; set; }

    /// <summary>As they stand already.</summary>
    public long Same { get; set; }

    /// <summary>Other numbers than those that stood: these take their place.</summary>
    public long Corrected { get; set; }

    /// <summary>Rows that cannot be read.</summary>
    public long Refused { get; set; }

    /// <summary>Rows of places that are not known yet.</summary>
    public long Waiting { get; set; }

    /// <summary>Some of the tallies that were or would be taken.</summary>
    public List<(int Line, string Facility, TallySaid Said)> First { get; } = [];

    /// <summary>Each reason for which rows are not taken, how many there are, and the first line.</summary>
    public Dictionary<string, (Problem Problem, long Rows, int Line)> Reasons { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// Takes counts of facilities from a file into the ledger, as a tablet enters them: of a facility, window and step the last said stands, beside rows and
/// never among them. What is refused is kept in the inbox.
/// </summary>
/// <param name="standing">The tallies that stand, from a session.</param>
public sealed class ImportTallies(Store store, LedgerWriter? writer, Programme programme, TimeProvider clock, Func<Session, IReadOnlyDictionary<TallyKey, (int Numerator, int Denominator, string? Register)>> standing)
{
    private const int Shown = 5, TalliesACommit = 2_000;

    private readonly RowIdentifiers _places = new(programme);

    /// <summary>The mapping of counts that a file is read by; null for a file of rows.</summary>
    public static TallyMapping? MappingOf(string path, Programme programme, Told told)
    {
        if (told.Mapping is { } name) return programme.Tallies.FirstOrDefault(t => t.Name == name);
        if (programme.Tallies.Count == 0 || !FlatFile.Of(path).TryGet(out var flat)) return null;
        using (flat)
        {
            return LayoutDetection.Header(flat.Open, told.Delimiter).TryGet(out var head)
                ? programme.Tallies.FirstOrDefault(t => t.Recognised.All(c => head.Columns.Contains(c, StringComparer.OrdinalIgnoreCase))) : null;
        }
    }

    /// <summary>Reads a file and, where there is a writer, enters what it says.</summary>
    public Result<TallyReport> Run(string path, TallyMapping mapping, Told told, string? source, string? author, CancellationToken stop)
    {
        var opened = FlatFile.Of(path);
        if (!opened.TryGet(out var flat)) return Result<TallyReport>.Refused(RegisterFile.InFile(opened.Problems, path));
        using (flat)
        {
            var header = LayoutDetection.Header(flat.Open, told.Delimiter);
            if (!header.TryGet(out var head)) return Result<TallyReport>.Refused(RegisterFile.InFile(header.Problems, path));
            var layout = new Layout(head.Delimiter, '.', told.Dates ?? DateOrder.Iso, head.Columns) { Mapping = mapping.Name };
            var reader = TallyReader.For(programme, mapping, head.Columns, layout.Dates);
            if (!reader.TryGet(out var made)) return Result<TallyReport>.Refused(RegisterFile.InFile(reader.Problems, path));
            using var records = new CsvRecords(flat.Open(), (byte)head.Delimiter);
            return Read(path, records, made, mapping, OriginOf(programme, mapping, layout, source ?? mapping.Name, $"{Path.GetFileName(path)}#{HashOf(path)}", author), layout, stop);
        }
    }

    /// <summary>
    /// Tries rows of the inbox again that can be read now, as when their place has come. What contradicts a count that stands, or another row that waited, stays and
    /// says so: nobody knows which of them is the later. Rows taken.
    /// </summary>
    internal static long Retry(LedgerWriter writer, Programme programme, TimeProvider clock, IReadOnlyDictionary<TallyKey, (int Numerator, int Denominator, string? Register)> stands, IEnumerable<OfferedRow> rows)
    {
        var places = new RowIdentifiers(programme);
        var read = new List<(OfferedRow Row, string Facility, TallyMapping Mapping, IReadOnlyList<TallySaid> Said)>();
        foreach (var row in rows)
        {
            if (ReaderOf(programme, row.Layout, row.Content) is not var (reader, mapping, fields)) continue;
            var said = reader.Read(fields, []);
            if (said.Count > 0 && places.PlaceOf(mapping.Words, said[0].Facility) is { } facility) read.Add((row, facility, mapping, said));
        }

        if (read.Count == 0) return 0;
        var waited = read.SelectMany(r => r.Said.Select(s => (Key: KeyOf(r.Facility, s), Numbers: NumbersOf(s)))).ToLookup(s => s.Key, s => s.Numbers);
        List<Entry> entries = [];
        List<long> leaving = [];
        List<(OfferedRow Row, Problem Problem)> staying = [];
        var taken = new HashSet<TallyKey>();
        foreach (var (row, facility, mapping, said) in read)
        {
            bool IsContradicted(TallySaid one) => (stands.TryGetValue(KeyOf(facility, one), out var standing) && standing != NumbersOf(one)) || waited[KeyOf(facility, one)].Any(other => other != NumbersOf(one));
            if (said.FirstOrDefault(IsContradicted) is { } unclear)
            {
                staying.Add((row, Problem.Of("capture.tally.contradicts", ("step", unclear.Step), ("month", unclear.Window))));
                continue;
            }

            entries.AddRange(said.Where(s => !stands.ContainsKey(KeyOf(facility, s)) && taken.Add(KeyOf(facility, s)))
                .Select(s => EntryOf(programme, clock, OriginOf(programme, mapping, row.Layout, row.Row.Source, row.Row.Batch, null), facility, s, row.Line)));
            leaving.Add(row.Row.Number);
        }

        writer.Run(transaction =>
        {
            if (entries.Count > 0) transaction.Append(entries);
            InboxTable.Remove(transaction.Session, leaving);
            foreach (var (row, problem) in staying) InboxTable.Replace(transaction.Session, row.Row.Number, row.Layout, new RefusedRow(row.Line, [problem], row.Content, null, row.Row.WaitsFor, null, false));
        });
        return leaving.Count;
    }

    private static TallyKey KeyOf(string facility, TallySaid said) => new(facility, said.Window.ToString(), said.Step);

    private static (int Numerator, int Denominator, string? Register) NumbersOf(TallySaid said) => (said.Numerator, said.Denominator, said.Register);

    private static Origin OriginOf(Programme programme, TallyMapping mapping, Layout layout, string source, string batch, string? author) => new()
    {
        Kind = EntryKinds.Tally,
        Class = EntryClasses.Delivery,
        Form = $"{mapping.Name}@{mapping.Version}",
        Programme = $"{programme.Id}@{programme.Version}",
        Zone = programme.Zone,
        Layout = layout.ToString(),
        Source = source,
        Batch = batch,
        Author = author,
    };

    private TallyReport Read(string path, CsvRecords records, TallyReader reader, TallyMapping mapping, Origin origin, Layout layout, CancellationToken stop)
    {
        var report = new TallyReport { File = Path.GetFileName(path), Form = origin.Form! };
        using var session = store.Open(writable: false);
        var known = new Dictionary<TallyKey, (int, int, string?)>(standing(session));
        var inFile = new Dictionary<(bool IsKnown, TallyKey Key), (int Line, (int, int, string?) Said)>();
        var entries = new List<Entry>();
        var refused = new List<RefusedRow>();
        var settled = new Dictionary<int, (string Facility, Window Window, string? Step)>();
        records.Read();
        while (records.Read())
        {
            stop.ThrowIfCancellationRequested();
            report.Read++;
            var problems = new List<Problem>();
            if (records.Fault is { } fault) problems.Add(Problem.Of("capture.row." + fault, ("line", records.Line)));
            var said = problems.Count > 0 ? [] : reader.Read(records.Fields, problems);
            var facility = said.Count > 0 ? _places.PlaceOf(mapping.Words, said[0].Facility) : null;
            // A place that is not known is so far what the file calls it.
            (bool, TallyKey) KeyInFile(TallySaid one) => (facility is not null, KeyOf(facility ?? one.Facility.ToUpperInvariant(), one));
            problems.AddRange(said.Where(s => inFile.TryGetValue(KeyInFile(s), out var other) && other.Said != NumbersOf(s)).Select(s => Problem.Of("capture.tally.twice", ("step", s.Step), ("otherLine", inFile[KeyInFile(s)].Line))));
            foreach (var one in said.Where(_ => problems.Count == 0)) inFile[KeyInFile(one)] = (records.Line, NumbersOf(one));
            var waits = problems.Count == 0 && said.Count > 0 && facility is null ? said[0].Facility : null;
            if (waits is not null) problems.Add(Problem.Of("capture.row.unknown-place", ("place", waits), ("column", mapping.FacilityColumn)));
            if (problems.Count > 0)
            {
                if (waits is null) report.Refused++;
                else report.Waiting++;
                foreach (var problem in problems) report.Reasons[Reason(problem)] = report.Reasons.TryGetValue(Reason(problem), out var before) ? before with { Rows = before.Rows + 1 } : (problem, 1, records.Line);
                refused.Add(new RefusedRow(records.Line, problems, records.Raw.ToArray(), null, waits, null, false));
                continue;
            }

            if (reader.About(records.Fields) is { } about) settled[records.Line] = about with { Facility = facility! };
            foreach (var one in said)
            {
                var (key, now) = (KeyOf(facility!, one), NumbersOf(one));
                if (report.First.Count < Shown) report.First.Add((records.Line, facility!, one));
                if (known.TryGetValue(key, out var stands) && stands == now)
                {
                    report.Same++;
                    continue;
                }

                if (known.ContainsKey(key)) report.Corrected++;
                else report.Taken++;
                known[key] = now;
                entries.Add(EntryOf(programme, clock, origin, facility!, one, records.Line));
            }
        }

        Enter(entries, refused, settled, origin, layout, report.File);
        return report;
    }

    private static string Reason(Problem problem) => problem.Code + "|" + problem.Details.GetValueOrDefault("column") + "|" + problem.Details.GetValueOrDefault("place");

    /// <summary>As the field app writes it, but for the source.</summary>
    private static Entry EntryOf(Programme programme, TimeProvider clock, Origin origin, string facility, TallySaid said, int line)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("window", said.Window.ToString());
            json.WriteString("step", said.Step);
            json.WriteNumber("numerator", said.Numerator);
            json.WriteNumber("denominator", said.Denominator);
            if (said.Register is { } register) json.WriteString("register", register);
            json.WriteEndObject();
        }

        return new Entry
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Origin = origin,
            Facility = facility,
            EventDay = Math.Min(said.Window.LastDay, new LocalDays(programme.Zone).On(clock.Microseconds())),
            RecordedAt = clock.Microseconds(),
            Sequence = line,
            Body = bytes.ToArray(),
        };
    }

    private void Enter(List<Entry> entries, List<RefusedRow> refused, Dictionary<int, (string Facility, Window Window, string? Step)> settled, Origin origin, Layout layout, string file)
    {
        if (writer is null) return;
        foreach (var some in entries.Chunk(TalliesACommit)) writer.Run(transaction => transaction.Append(some));
        var waiting = WaitingRows.Of(() => store.Open(writable: false), programme, origin.Source!);
        writer.Run(transaction =>
        {
            // A row of the inbox is settled when the same line of a file of its name can be read now and is about the same: files of each month may have one name.
            var done = InboxTable.Read(transaction.Session).Where(r => r.Source == origin.Source && r.File == file && settled.TryGetValue(r.Line, out var now) && AboutOf(r) == now).Select(r => r.Number);
            InboxTable.Remove(transaction.Session, done);
            InboxTable.Add(transaction.Session, origin.Source!, origin.Batch!, layout, refused, clock.Microseconds(), waiting);
        });
    }

    /// <summary>Place, window and step of a row of the inbox; null where they cannot be read or the place is not known.</summary>
    private (string Facility, Window Window, string? Step)? AboutOf(InboxRow row) =>
        Layout.Parse(row.Layout) is { } layout && ReaderOf(programme, layout, row.Content) is ({ } reader, var mapping, var fields) && reader.About(fields) is { } about && _places.PlaceOf(mapping.Words, about.Facility) is { } facility
            ? about with { Facility = facility } : null;

    /// <summary>Reads a row of the inbox again; null where its fields cannot be told apart or its mapping is there no more.</summary>
    private static (TallyReader Reader, TallyMapping Mapping, CsvRecord Fields)? ReaderOf(Programme programme, Layout layout, byte[] content)
    {
        var fields = new CsvRecord((byte)layout.Delimiter);
        return programme.Tallies.FirstOrDefault(t => t.Name == layout.Mapping) is { } mapping && TallyReader.For(programme, mapping, layout.Columns, layout.Dates).TryGet(out var reader)
            && System.Text.Unicode.Utf8.IsValid(content) && !content.Contains((byte)0) && fields.Fill(content) ? (reader, mapping, fields) : null;
    }

    private static string HashOf(string path)
    {
        using var bytes = FlatFile.OpenBytes(path);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..16];
    }
}

using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Escala.Capture.Exchange;
using Escala.Capture.Imports;
using Escala.Cascades.Derivations;
using Escala.Cascades.Sheets;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Web;
using Escala.Web.Field;

namespace Escala.Bench;

/// <summary>What the field asks of a server over HTTP, on a store that was made empty for it: `init`, then this.</summary>
internal static class ExchangeBench
{
    private const int People = 10_000, ReadingsEach = 6, Connections = 16, Pushes = 20, VisitsAPush = 500, ImportedPeople = 40_000, ImportedMonths = 8, QueueOfADay = 40, HoursOfADay = 8;
    private const string Pin = "280413", Facility = "F101";

    public static async Task Run(Store store)
    {
        using var writer = new LedgerWriter(store.TakeLease().Value, new LiveDerivation().Hook, TimeProvider.System);
        using var field = new FieldServer(store, writer, TimeProvider.System, null);
        await using var site = EscalaSite.Build(() => SheetSource.Open(store, TimeProvider.System).Value, 0, field);
        await site.StartAsync();
        var (programme, places) = field.Sessions.Read(field.Programme.In).Value;
        writer.Run(t =>
        {
            if (AccountTable.Find(t.Session, "bench") is null) AccountTable.Add(t.Session, "bench", Role.Nurse, [Facility], Pin, places, TimeProvider.System);
        });
        var wire = new Wire();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, ConnectCallback = wire.Connect }) { BaseAddress = new Uri(site.Address.GetLeftPart(UriPartial.Authority)) };
        var tablet = await Tablet.SignIn(client, programme);

        Load();
        await Visits(tablet);
        await FirstLoad(tablet);
        await DeltaOfADay(tablet, wire);
        await ClinicDay(tablet, wire);
        await SixteenConnections(tablet);
        await BehindAnImport(tablet, store, writer, programme);
        Load();
    }

    private static void Load()
    {
        if (File.Exists("/proc/loadavg")) Console.WriteLine($"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} on {Environment.ProcessorCount} processors");
    }

    /// <summary>The visits of a day written without a line and sent in the evening; and the same day fetched by another tablet of the place.</summary>
    private static async Task DeltaOfADay(Tablet tablet, Wire wire)
    {
        var before = await tablet.Pull(long.MaxValue);
        var (sent, received) = (wire.Sent, wire.Received);
        await tablet.Push(Enumerable.Range(0, QueueOfADay).Select(_ => tablet.Visit(Guid.CreateVersion7(), 0)));
        var pushed = wire.Sent + wire.Received - sent - received;
        (sent, received) = (wire.Sent, wire.Received);
        await tablet.Pull(before);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a clinic day of {QueueOfADay} visits at once: {pushed / 1000.0:0.0} kB to send, {(wire.Sent + wire.Received - sent - received) / 1000.0:0.0} kB to fetch, heads and answers too"));
    }

    /// <summary>
    /// What a tablet and the server say to each other on a day with a queue of forty: after each visit, and every five minutes between, as the app does; requests and answers with their
    /// heads, without what TLS adds.
    /// </summary>
    private static async Task ClinicDay(Tablet tablet, Wire wire)
    {
        using var pack = await tablet.Client.GetAsync("/field/pack?facility=" + Facility);
        var tag = pack.Headers.ETag!;
        var after = await tablet.Pull(long.MaxValue);
        var (sent, received) = (wire.Sent, wire.Received);
        const int Rounds = HoursOfADay * 12;
        for (var round = 0; round < Rounds; round++)
        {
            if (round * QueueOfADay / Rounds != (round + 1) * QueueOfADay / Rounds) await tablet.Push([tablet.Visit(Guid.CreateVersion7(), 0)]);
            after = await tablet.Pull(after);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/field/pack?facility=" + Facility);
            request.Headers.IfNoneMatch.Add(tag);
            using var same = await tablet.Client.SendAsync(request);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a clinic day of {QueueOfADay} visits and {Rounds} exchanges: {(wire.Sent - sent) / 1000.0:0.0} kB up, {(wire.Received - received) / 1000.0:0.0} kB down"));
    }

    /// <summary>One visit at a time while a register is imported and everything is counted anew.</summary>
    private static async Task BehindAnImport(Tablet tablet, Store store, LedgerWriter writer, Programme programme)
    {
        var folder = Directory.CreateTempSubdirectory("escala-bench-").FullName;
        var file = Path.Combine(folder, "register.csv");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, ImportedPeople * ImportedMonths).Select(i => Tablet.Row("i" + (i / ImportedMonths), i % ImportedMonths).Row).Prepend(string.Join(',', FieldPack.LayoutOf(programme.Register).Columns)));
        var importer = new Importer(store, writer, programme, TimeProvider.System, (batches, _) => Rebuild.RunWith(store, writer, programme, batches, null, default));
        var times = new List<(double Milliseconds, double At)>();
        var watch = Stopwatch.StartNew();
        var importing = Task.Run(() => importer.Import([file], new ImportOptions { OnChange = (_, _) => OnChange.Replace, Source = "bench" }, null, default));
        while (!importing.IsCompleted)
        {
            var at = watch.Elapsed.TotalSeconds;
            times.Add(((await tablet.Push([tablet.Visit(Guid.CreateVersion7(), 0)])).Milliseconds, at));
        }

        var imported = await importing;
        Directory.Delete(folder, recursive: true);
        if (!imported.IsOk) throw new InvalidOperationException(imported.Problems[0].ToString());
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Count} live entries one after the other beside an import of {ImportedPeople * ImportedMonths} rows ({watch.Elapsed.TotalSeconds:0.0} s): p50 {times[times.Count / 2].Milliseconds:0.0} ms, p99 {times[times.Count * 99 / 100].Milliseconds:0.0} ms, the slowest {string.Join(", ", times.TakeLast(5).Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Milliseconds:0} ms at {t.At:0.0} s")))}"));
    }

    /// <summary>A day's offline work: 500 repeat visits of known people in one push.</summary>
    private static async Task Visits(Tablet tablet)
    {
        var people = Enumerable.Range(0, People).Select(_ => Guid.CreateVersion7()).ToList();
        for (var from = 0; from < People; from += 2_000) await tablet.Push(people.Skip(from).Take(2_000).Select(tablet.Register));
        for (var reading = 0; reading < ReadingsEach - 1; reading++)
        {
            for (var from = 0; from < People; from += 2_000) await tablet.Push(people.Skip(from).Take(2_000).Select(p => tablet.Visit(p, reading)));
        }

        var times = new List<double>();
        long bytes = 0, back = 0;
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        for (var push = 0; push < Pushes; push++)
        {
            var (sent, received, time) = await tablet.Push(people.Skip(push * VisitsAPush).Take(VisitsAPush).Select(p => tablet.Visit(p, ReadingsEach)));
            times.Add(time);
            (bytes, back) = (bytes + sent, back + received);
        }

        times.Sort();
        var spent = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalMilliseconds / Pushes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"push of {VisitsAPush} visits: {times[times.Count / 2]:0} ms (median of {Pushes}, {times[0]:0} to {times[^1]:0}; {spent:0} ms of processor, client's too), {bytes / Pushes / 1000.0:0.0} kB up, {back / Pushes / 1000.0:0.0} kB down"));
    }

    private static async Task FirstLoad(Tablet tablet)
    {
        var watch = Stopwatch.StartNew();
        long bytes = 0, after = 0;
        var pages = 0;
        while (true)
        {
            var page = await tablet.Client.GetByteArrayAsync($"/field/exchange/pull?facility={Facility}&after={after}");
            bytes += page.Length;
            pages++;
            using var plain = new StreamReader(new GZipStream(new MemoryStream(page), CompressionMode.Decompress));
            var last = (await plain.ReadToEndAsync()).TrimEnd('\n').Split('\n')[^1];
            using var tail = JsonDocument.Parse(last);
            after = tail.RootElement.GetProperty("next").GetInt64();
            if (after == tail.RootElement.GetProperty("head").GetInt64()) break;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first load of {People} people with {People * ReadingsEach} readings: {bytes / 1e6:0.00} MB in {pages} pulls, {watch.Elapsed.TotalSeconds:0.0} s of server and client; {bytes * 8 / 1e6:0} s at 1 Mbit/s"));
    }

    private static async Task SixteenConnections(Tablet tablet)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var watch = Stopwatch.StartNew();
        var slowest = 0.0;
        var counts = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            while (!stop.IsCancellationRequested)
            {
                var (_, _, time) = await tablet.Push([tablet.Visit(Guid.CreateVersion7(), 0)]);
                lock (stop) slowest = Math.Max(slowest, time);
                count++;
            }

            return count;
        })));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Connections} connections, one visit a push: {counts.Sum() / watch.Elapsed.TotalSeconds:0}/s, the slowest {slowest:0} ms"));
    }

    private sealed class Tablet(HttpClient client, Programme programme, Guid device, string account)
    {
        private readonly string _layout = FieldPack.LayoutOf(programme.Register).ToString();
        private long _sequence;

        public HttpClient Client => client;

        public static async Task<Tablet> SignIn(HttpClient client, Programme programme)
        {
            var device = Guid.CreateVersion7();
            using var answer = await client.PostAsJsonAsync("/field/sign-in", new { account = "bench", pin = Pin, device = new { id = device, name = "" }, facility = Facility });
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", said.GetProperty("token").GetString());
            client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
            return new Tablet(client, programme, device, said.GetProperty("account").GetProperty("id").GetString()!);
        }

        public Entry Register(Guid person) => New(EntryKinds.Person, person, null, """{"set":{"given":"Maria","family":"Macuácua","sex":"female","birthDate":"1971-03-05","phone":"841234567","village":"Bairro Central"}}""");

        public Entry Visit(Guid person, int month)
        {
            var (row, day) = Row(person.ToString(), month, person.ToByteArray()[^1]);
            return New(EntryKinds.Visit, person, _layout, row) with { EventDay = day.DayNumber };
        }

        /// <summary>Pulls what is new; gives the position to go on from, at most the ledger's end.</summary>
        public async Task<long> Pull(long after)
        {
            var page = await client.GetByteArrayAsync(string.Create(CultureInfo.InvariantCulture, $"/field/exchange/pull?facility={Facility}&after={after}"));
            using var plain = new StreamReader(new GZipStream(new MemoryStream(page), CompressionMode.Decompress));
            using var tail = JsonDocument.Parse((await plain.ReadToEndAsync()).TrimEnd('\n').Split('\n')[^1]);
            return tail.RootElement.GetProperty("next").GetInt64();
        }

        public static (string Row, DateOnly Day) Row(string person, int month, int chance = 0)
        {
            chance += month;
            var day = new DateOnly(2025, 1, 6).AddDays((month * 30) + (chance % 12));
            var row = string.Create(CultureInfo.InvariantCulture, $"{person},{Facility},{day:yyyy-MM-dd},F,1971-03-05,{120 + (chance % 60)},{70 + (chance % 30)},{118 + (chance % 60)},{70 + (chance % 28)},,,1,1,30,,,{day.AddDays(30):yyyy-MM-dd}");
            return (row.PadRight(row.Length + 7, ','), day);
        }

        public async Task<(long Sent, long Received, double Milliseconds)> Push(IEnumerable<Entry> entries)
        {
            using var batch = new BatchWriter();
            batch.Head(device, "", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), null);
            foreach (var entry in entries) batch.Entry(entry);
            var bytes = batch.ToArray();
            var watch = Stopwatch.StartNew();
            using var content = new ByteArrayContent(bytes);
            using var answer = await client.PostAsync("/field/exchange/push", content);
            var said = await answer.Content.ReadAsByteArrayAsync();
            var time = watch.Elapsed.TotalMilliseconds;
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(Encoding.UTF8.GetString(said));
            return (bytes.Length, said.Length, time);
        }

        private Entry New(string kind, Guid person, string? layout, string body) => new()
        {
            Id = Guid.CreateVersion7(),
            Origin = new Origin
            {
                Kind = kind,
                Class = EntryClasses.Clinical,
                Layout = layout,
                Form = layout is null ? null : "visit@1",
                Programme = $"{programme.Id}@{programme.Version}",
                Zone = programme.Zone,
                RecordedOffset = 120,
                Author = account,
                Device = device.ToString(),
            },
            Subject = person,
            Facility = Facility,
            EventDay = new DateOnly(2025, 1, 6).DayNumber,
            RecordedAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
            Sequence = Interlocked.Increment(ref _sequence),
            Body = Encoding.UTF8.GetBytes(body),
        };
    }

    /// <summary>Counts the bytes of all connections.</summary>
    private sealed class Wire
    {
        private long _sent;
        private long _received;

        public long Sent => Volatile.Read(ref _sent);

        public long Received => Volatile.Read(ref _received);

        public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken stop)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, stop);
            return new Counted(this, new NetworkStream(socket, ownsSocket: true));
        }

        private sealed class Counted(Wire wire, NetworkStream inner) : Stream
        {
            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => true;

            public override long Length => throw new NotSupportedException();

            public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

            public override void Flush() => inner.Flush();

            public override int Read(byte[] buffer, int offset, int count) => Noted(inner.Read(buffer, offset, count));

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Noted(await inner.ReadAsync(buffer, cancellationToken));

            public override void Write(byte[] buffer, int offset, int count)
            {
                Interlocked.Add(ref wire._sent, count);
                inner.Write(buffer, offset, count);
            }

            public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                Interlocked.Add(ref wire._sent, buffer.Length);
                return inner.WriteAsync(buffer, cancellationToken);
            }

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            protected override void Dispose(bool disposing)
            {
                if (disposing) inner.Dispose();
                base.Dispose(disposing);
            }

            private int Noted(int read)
            {
                Interlocked.Add(ref wire._received, read);
                return read;
            }
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Escala.Capture.Exchange;
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
    private const int People = 10_000, ReadingsEach = 6, Connections = 16, Pushes = 20, VisitsAPush = 500;
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
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { BaseAddress = new Uri(site.Address.GetLeftPart(UriPartial.Authority)) };
        var tablet = await Tablet.SignIn(client, programme);

        await Visits(tablet);
        await FirstLoad(tablet);
        await SixteenConnections(tablet);
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
        for (var push = 0; push < Pushes; push++)
        {
            var (sent, received, time) = await tablet.Push(people.Skip(push * VisitsAPush).Take(VisitsAPush).Select(p => tablet.Visit(p, ReadingsEach)));
            times.Add(time);
            (bytes, back) = (bytes + sent, back + received);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"push of {VisitsAPush} visits: {times[times.Count / 2]:0} ms (median of {Pushes}, {times[0]:0} to {times[^1]:0}), {bytes / Pushes / 1000.0:0.0} kB up, {back / Pushes / 1000.0:0.0} kB down"));
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
            var chance = person.ToByteArray()[^1] + month;
            var day = new DateOnly(2025, 1, 6).AddDays((month * 30) + (chance % 12));
            var row = string.Create(CultureInfo.InvariantCulture, $"{person},{Facility},{day:yyyy-MM-dd},F,1971-03-05,{120 + (chance % 60)},{70 + (chance % 30)},{118 + (chance % 60)},{70 + (chance % 28)},,,1,1,30,,,{day.AddDays(30):yyyy-MM-dd}");
            return New(EntryKinds.Visit, person, _layout, row.PadRight(row.Length + 7, ',')) with { EventDay = day.DayNumber };
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
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Escala.Cascades.Counters;
using Escala.Cascades.Derivations;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

// bench/road runs this on a store that `escala import` filled from `escala simulate`; see bench/README.md.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var store = Store.At(args[1]);
switch (args[0])
{
    case "read":
        Reading(store);
        break;
    case "live":
        Live(store, connections: 16, seconds: 10);
        break;
    case "rebuild":
        RebuildBesideLiveWriting(store);
        break;
    case "exchange":
        await Escala.Bench.ExchangeBench.Run(store);
        break;
    default:
        Console.Error.WriteLine("read|live|rebuild|exchange STORE");
        return 2;
}

Console.WriteLine($"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB");
return 0;

static void Reading(Store store)
{
    using var reader = CounterReader.Open(store, TimeProvider.System).Value;
    // In the middle of the simulated trial, so that 36 months lie within it.
    var month = Window.Holding(reader.Programme.Window, new DateOnly(2025, 3, 1).DayNumber);
    var first = new Window(month.Kind, month.Number - 28);
    var facilities = 0;
    Report("one month, every facility, totals (warm)", Median(50, () => reader.ReadTotals(month, month, (_, _, _) => facilities++)));
    Report("one month, every facility, all strata (warm)", Median(50, () => reader.Read(month)));
    facilities = 0;
    Report("36 months × every facility, totals", Median(9, () => reader.ReadTotals(first, new Window(month.Kind, first.Number + 35), (_, _, _) => facilities++)));
}

static void Live(Store store, int connections, int seconds)
{
    using var lease = store.TakeLease().Value;
    var bare = Bare(store, connections, seconds);
    var derivation = new LiveDerivation();
    using var writer = new LedgerWriter(lease, derivation.Hook, TimeProvider.System);
    var visits = Visits(store, derivation.Programme!);
    var (count, latencies) = Run(connections, seconds, i => writer.Commit([visits(i)]).GetAwaiter().GetResult());
    Console.WriteLine($"live entries, durable and derived, {connections} connections: {count / (double)seconds:0}/s, p50 {latencies[latencies.Count / 2]:0.0} ms, p99 {latencies[latencies.Count * 99 / 100]:0.0} ms");
    Console.WriteLine($"bare group commit of the same bytes, same minute: {bare:0}/s; ratio {count / (double)seconds / bare:0.00}");
}

static double Bare(Store store, int connections, int seconds)
{
    using var session = store.Open(writable: true);
    session.Script("CREATE TABLE IF NOT EXISTS bench_bare (position {int64} PRIMARY KEY, content {bytes})");
    var position = session.Scalar("SELECT MAX(position) FROM bench_bare") ?? 0;
    var gate = new object();
    var waiting = new List<TaskCompletionSource>();
    using var stop = new CancellationTokenSource();
    var body = new byte[400];
    var thread = new Thread(() =>
    {
        while (!stop.IsCancellationRequested)
        {
            List<TaskCompletionSource> group;
            lock (gate)
            {
                while (waiting.Count == 0 && !stop.IsCancellationRequested) Monitor.Wait(gate, 50);
                (group, waiting) = (waiting, []);
            }

            session.InTransaction(() =>
            {
                foreach (var _ in group) session.Execute("INSERT INTO bench_bare (position, content) VALUES ($1, $2)", ++position, body);
            });
            foreach (var one in group) one.SetResult();
        }
    });
    thread.Start();
    var (count, _) = Run(connections, seconds, _ =>
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Add(done);
            Monitor.Pulse(gate);
        }

        done.Task.GetAwaiter().GetResult();
    });
    stop.Cancel();
    thread.Join();
    session.Script("DROP TABLE bench_bare");
    return count / (double)seconds;
}

static (int Count, List<double> Milliseconds) Run(int connections, int seconds, Action<int> one)
{
    var latencies = new List<double>();
    var clock = Stopwatch.StartNew();
    var threads = Enumerable.Range(0, connections).Select(c => new Thread(() =>
    {
        var own = new List<double>();
        for (var i = c; clock.Elapsed.TotalSeconds < seconds; i += connections)
        {
            var began = clock.Elapsed;
            one(i);
            own.Add((clock.Elapsed - began).TotalMilliseconds);
        }

        lock (latencies) latencies.AddRange(own);
    })).ToList();
    threads.ForEach(t => t.Start());
    threads.ForEach(t => t.Join());
    latencies.Sort();
    return (latencies.Count, latencies);
}

static Func<int, Entry> Visits(Store store, Programme programme)
{
    using var session = store.Open(writable: false);
    var people = new List<(Guid Id, string Number)>();
    using (var rows = session.Query($"SELECT p.id, i.value FROM identifier_{RegistryTables.Current(session)} i JOIN person_{RegistryTables.Current(session)} p ON p.person = i.person LIMIT 50000"))
    {
        while (rows.Read()) people.Add((rows.Guid(0), rows.Text(1)));
    }

    var layout = new Layout(',', '.', DateOrder.Iso, ["patient_id", "facility_code", "visit_date", "sex", "birth_date", "sbp_1", "dbp_1", "sbp_2", "dbp_2", "sbp_3", "dbp_3",
        "hypertension_diagnosed", "antihypertensive_prescribed", "dispensed_days", "viral_load", "art_start_date", "next_visit_date"]);
    var origin = new Origin { Kind = EntryKinds.Visit, Class = EntryClasses.Clinical, Layout = layout.ToString(), Source = "bench", Form = "visit@1" };
    var facility = programme.Places.First(p => p.Level == programme.Levels[^1]).Code;
    var day = new DateOnly(2025, 6, 2);
    return i =>
    {
        var (id, number) = people[i * 7919 % people.Count];
        return new Entry
        {
            Id = Guid.CreateVersion7(),
            Origin = origin,
            Subject = id,
            Facility = facility,
            EventDay = day.DayNumber,
            RecordedAt = TimeProvider.System.Microseconds(),
            Sequence = i,
            Body = Encoding.UTF8.GetBytes($"{number},{facility},{day:yyyy-MM-dd},F,1980-01-01,{130 + (i % 30)},85,{128 + (i % 30)},84,,,1,1,30,,,2025-07-02"),
        };
    };
}

static void RebuildBesideLiveWriting(Store store)
{
    using var lease = store.TakeLease().Value;
    var derivation = new LiveDerivation();
    using var writer = new LedgerWriter(lease, derivation.Hook, TimeProvider.System);
    var programme = derivation.Programme!;
    var visits = Visits(store, programme);
    using var stop = new CancellationTokenSource();
    var written = 0;
    var slowest = new List<(double Milliseconds, double At)>();
    var clock = Stopwatch.StartNew();
    var live = new Thread(() =>
    {
        // A busy facility: a live entry every 20 ms or so, while everything is counted anew.
        while (!stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            writer.Commit([visits(written++)]).GetAwaiter().GetResult();
            slowest.Add((Stopwatch.GetElapsedTime(began).TotalMilliseconds, clock.Elapsed.TotalSeconds));
            stop.Token.WaitHandle.WaitOne(20);
        }
    });
    live.Start();
    Rebuild.Run(store, writer, programme, [], null, null, CancellationToken.None);
    var seconds = clock.Elapsed.TotalSeconds;
    stop.Cancel();
    live.Join();
    Console.WriteLine($"rebuild of {writer.Head} entries: {seconds:0.0} s, {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0} s of processor; {written} live entries meanwhile, the slowest {string.Join(", ", slowest.OrderDescending().Take(5).Select(s => $"{s.Milliseconds:0} ms at {s.At:0.0} s"))}");
}

static double Median(int times, Action work)
{
    var took = new List<double>();
    for (var i = 0; i < times; i++)
    {
        var began = Stopwatch.GetTimestamp();
        work();
        took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    took.Sort();
    return took[times / 2];
}

static void Report(string what, double milliseconds) => Console.WriteLine($"{what}: {milliseconds:0.00} ms");

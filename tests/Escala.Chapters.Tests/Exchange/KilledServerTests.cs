using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>The server is killed while a tablet pushes. What was answered is there; what was not is sent again and is there once.</summary>
[Trait("Speed", "Slow")]
public sealed class KilledServerTests : IDisposable
{
    private const int BatchesEach = 6, EntriesABatch = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("escala-killed-").FullName;

    private static int Instants => Environment.GetEnvironmentVariable("ESCALA_TEST_LONG") == "1" ? 40 : 3;

    [Fact]
    public async Task What_was_answered_is_there_once_and_the_rest_comes_with_the_next_try()
    {
        var store = Path.Combine(_folder, "store");
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
        var pin = EscalaProcess.Does("account", "add", "ana", "--role", "nurse", "--place", "F101", "--store", store).Split(' ')[^1].Trim();
        var device = Guid.CreateVersion7();
        var clock = new SettableClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var chance = new Random(5);
        var answered = new HashSet<Guid>();
        var unsent = new List<Entry>();
        long sequence = 0;
        for (var instant = 0; instant <= Instants; instant++)
        {
            using var server = EscalaProcess.Start(["serve", "--store", store, "--port", "0"]);
            var address = new Uri((await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            using var client = new HttpClient { BaseAddress = new Uri(address.GetLeftPart(UriPartial.Authority)) };
            using var signedIn = await client.PostAsJsonAsync("/field/sign-in", new { account = "ana", pin, device = new { id = device, name = "" }, facility = "F101" }, TestContext.Current.CancellationToken);
            var said = await signedIn.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", said.GetProperty("token").GetString());
            var account = Guid.Parse(said.GetProperty("account").GetProperty("id").GetString()!);
            for (var i = 0; i < BatchesEach * EntriesABatch; i++)
            {
                clock.Move();
                var person = Guid.CreateVersion7(clock.GetUtcNow());
                var visit = new Visit(person.ToString(), "F101", "2025-11-03") { Pressure = "150/95" };
                unsent.Add(Written.Row(Written.Entry(clock, device, account, ++sequence, EntryKinds.Visit, person, Stores.Register.Line(visit), "F101")));
            }

            // The last time nobody kills it.
            var killing = instant == Instants ? Task.CompletedTask : Kill(server, chance.Next(40, 600));
            try
            {
                while (unsent.Count > 0)
                {
                    using var batch = new ByteArrayContent(Written.Batch(device, unsent.Take(EntriesABatch)));
                    using var answer = await client.PostAsync("/field/exchange/push", batch, TestContext.Current.CancellationToken);
                    var heard = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
                    var taken = heard.GetProperty("receipts").EnumerateArray().Where(r => r.GetProperty("status").GetString() != "refused").Select(r => r.GetProperty("id").GetGuid()).ToHashSet();
                    answered.UnionWith(taken);
                    unsent.RemoveAll(e => taken.Contains(e.Id));
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException && instant < Instants)
            {
                // Killed meanwhile: what had no answer stays unsent.
            }

            await killing;
            if (!server.HasExited) server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
            EscalaProcess.Does("verify", "--store", store);
            using var open = Store.At(store);
            using var session = open.Open(writable: false);
            var there = LedgerReader.Entries(session, 1, long.MaxValue).Where(e => e.Entry.Origin.Kind == EntryKinds.Visit).Select(e => e.Entry.Id).ToList();
            Assert.Equal(there.Count, there.Distinct().Count());
            Assert.Empty(answered.Except(there));
        }

        Assert.Empty(unsent);
        Assert.Equal((Instants + 1) * BatchesEach * EntriesABatch, answered.Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task Kill(System.Diagnostics.Process server, int milliseconds)
    {
        await Task.Delay(milliseconds);
        server.Kill();
    }
}

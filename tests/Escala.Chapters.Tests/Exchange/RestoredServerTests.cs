using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Ledger;
using Escala.Registry;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>A server lost and restored from yesterday's backup, as its operator sees it at the command line, with two tablets that are ahead.</summary>
public sealed class RestoredServerTests
{
    [Fact, Trait("Speed", "Slow")]
    public async Task Two_tablets_ahead_of_the_backup_bring_back_what_they_hold_and_the_operator_sees_who_has_called()
    {
        var folder = Directory.CreateTempSubdirectory("escala-restored-").FullName;
        try
        {
            var (store, backup, restored) = (Path.Combine(folder, "store"), Path.Combine(folder, "yesterday.db"), Path.Combine(folder, "restored"));
            EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
            Assert.Contains("Nobody has signed in", EscalaProcess.Does("device", "list", "--store", store), StringComparison.Ordinal);
            var pin = EscalaProcess.Does("account", "add", "ana", "--role", "nurse", "--place", "F101", "--store", store).Trim().Split(' ')[^1];
            Assert.Contains("Nothing to end", EscalaProcess.Does("device", "all-back", "--store", store), StringComparison.Ordinal);
            Tablet one, two;
            Entry yesterday, today, others;
            using (var server = new Server(store))
            {
                (one, two) = (await server.SignIn(pin, "blue"), await server.SignIn(pin, "green"));
                yesterday = one.Register();
                Assert.Equal(["accepted"], await server.Push(one, yesterday));
                EscalaProcess.Does("backup", backup, "--store", store);
                (today, others) = (one.Register(), two.Register());
                Assert.Equal(["accepted"], await server.Push(one, today));
                Assert.Equal(["accepted"], await server.Push(two, others));
            }

            Assert.Contains("2 devices may hold what this backup lacks", EscalaProcess.Does("restore", backup, "--store", restored), StringComparison.Ordinal);
            using (var server = new Server(restored))
            {
                var list = EscalaProcess.Does("device", "list", "--store", restored);
                Assert.Equal(2, list.Split("has not called since the restore").Length - 1);
                Assert.Contains("2 to come", list, StringComparison.Ordinal);

                // Blue offers its own and what it had pulled of green's, which never calls again before the operator asks.
                Assert.Equal(["duplicate", "accepted", "accepted"], await server.Push(one, yesterday, today, others));
                Assert.Contains("1 to come", EscalaProcess.Does("device", "list", "--store", restored), StringComparison.Ordinal);
                var refusal = EscalaProcess.Refusal(EscalaProcess.Run(["device", "all-back", "--store", restored]));
                Assert.Contains("green", refusal, StringComparison.Ordinal);
                Assert.DoesNotContain("blue", refusal, StringComparison.Ordinal);

                // A call that brings nothing is a call.
                await server.Ask(two, "/field/pack?facility=F101");
                Assert.Contains("0 to come", EscalaProcess.Does("device", "list", "--store", restored), StringComparison.Ordinal);
                Assert.Contains("Ended", EscalaProcess.Does("device", "all-back", "--store", restored), StringComparison.Ordinal);
                Assert.DoesNotContain("restored", EscalaProcess.Does("device", "list", "--store", restored), StringComparison.Ordinal);
                Assert.Equal(["refused", "accepted"], await server.Push(one, two.Register(), one.Register()));
            }

            EscalaProcess.Does("verify", "--store", restored);
            using var open = Platform.Storage.Store.At(restored);
            using var session = open.Open(writable: false);
            Assert.Equal(4, LedgerReader.Entries(session, 1, long.MaxValue).Count(e => e.Entry.Origin.Kind == EntryKinds.Person));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Tablet(Guid device, Guid account, string token)
    {
        private readonly SettableClock _clock = new(TimeProvider.System.GetUtcNow());
        private long _sequence;

        public Guid Device => device;

        public string Token => token;

        public Entry Register() => Written.Entry(_clock, device, account, ++_sequence, EntryKinds.Person, Guid.CreateVersion7(), """{"set":{"given":"Rosa"}}""", "F101");
    }

    /// <summary>A store served by a process of its own.</summary>
    private sealed class Server : IDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _client;

        public Server(string store)
        {
            _process = EscalaProcess.Start(["serve", "--store", store, "--port", "0"]);
            _client = new HttpClient { BaseAddress = new Uri(new Uri(_process.StandardOutput.ReadLine()!).GetLeftPart(UriPartial.Authority)) };
        }

        public async Task<Tablet> SignIn(string pin, string name)
        {
            var device = Guid.CreateVersion7();
            using var answer = await _client.PostAsJsonAsync("/field/sign-in", new { account = "ana", pin, device = new { id = device, name }, facility = "F101" });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return new Tablet(device, said.GetProperty("account").GetProperty("id").GetGuid(), said.GetProperty("token").GetString()!);
        }

        public async Task<IReadOnlyList<string?>> Push(Tablet tablet, params Entry[] entries)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/field/exchange/push") { Content = new ByteArrayContent(Written.Batch(tablet.Device, entries, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())) };
            using var answer = await Send(request, tablet);
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return [.. said.GetProperty("receipts").EnumerateArray().Select(r => r.GetProperty("status").GetString())];
        }

        public async Task Ask(Tablet tablet, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var answer = await Send(request, tablet);
        }

        public void Dispose()
        {
            _client.Dispose();
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        private async Task<HttpResponseMessage> Send(HttpRequestMessage request, Tablet tablet)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tablet.Token);
            var answer = await _client.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return answer;
        }
    }
}

using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Escala.Chapters.Tests.Stores;
using Escala.Cli.HandOver;
using Escala.Platform.Storage;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>While a store is served, commands that write are carried out by the serving process, and their words come back.</summary>
public sealed class HandOverTests
{
    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines)), Trait("Speed", "Slow")]
    public void Commands_are_carried_out_by_the_process_that_serves(Engine engine)
    {
        var folder = Directory.CreateTempSubdirectory("escala-served-").FullName;
        using var any = AnyStore.New(engine);
        var store = any.Location;
        Process? server = null;
        try
        {
            EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
            server = EscalaProcess.Start(["serve", "--store", store, "--port", "0"]);
            Assert.Contains("token=", server.StandardOutput.ReadLine(), StringComparison.Ordinal);
            var register = Path.Combine(folder, "r.csv");
            File.WriteAllText(register, Stores.Register.Csv([new Visit("a1", "F101", "2025-03-03"), new Visit("a2", "F101", "2025-03-03"), new Visit("a3", "NOWHERE", "2025-03-03")]));
            var (code, output, _) = EscalaProcess.Run(["import", register, "--store", store]);
            Assert.Equal(1, code);
            Assert.Contains("2", output, StringComparison.Ordinal);
            Assert.Contains("NOWHERE", EscalaProcess.Does("inbox", "list", "--store", store), StringComparison.Ordinal);
            Assert.Contains("PIN", EscalaProcess.Does("account", "add", "ana", "--role", "nurse", "--place", "F101", "--store", store), StringComparison.Ordinal);
            Assert.Contains("ana", EscalaProcess.Does("account", "list", "--store", store), StringComparison.Ordinal);
            EscalaProcess.Does("merge", "--person", "a1", "--into", "a2", "--reason", "test", "--store", store);
            EscalaProcess.Refusal(EscalaProcess.Run(["erase", "--person", "nobody", "--reason", "test", "--store", store]));
            EscalaProcess.Does("erase", "--person", "a1", "--reason", "test", "--store", store);
            EscalaProcess.Does("backup", Path.Combine(folder, "backup.db"), "--store", store);
            EscalaProcess.Does("verify", "--store", store);
            using (var open = Store.At(store))
            {
                using var session = open.Open(writable: false);
                Assert.Equal(session.Scalar("SELECT MAX(position) FROM entry")!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), Store.Info(session, "backed-up"));
            }

            server.Kill();
            server.WaitForExit();
            // The socket of a process that is gone stands in nobody's way.
            EscalaProcess.Does("account", "disable", "ana", "--store", store);
        }
        finally
        {
            if (server is { HasExited: false }) server.Kill();
            server?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Words that happen to name something where the caller is stay words, and files lie where the caller is, not where the server is.</summary>
    [Fact, Trait("Speed", "Slow")]
    public void Files_are_named_from_where_the_caller_is()
    {
        using var served = new Served();
        var here = Directory.CreateDirectory(Path.Combine(served.Folder, "here")).FullName;
        Directory.CreateDirectory(Path.Combine(here, "backup"));
        File.WriteAllText(Path.Combine(here, "ana"), "");
        File.WriteAllText(Path.Combine(here, "r.csv"), Stores.Register.Csv([new Visit("a1", "F101", "2025-03-03"), new Visit("a2", "NOWHERE", "2025-03-03")]));
        Assert.Equal(1, served.RunIn(here, "import", "r.csv").Code);
        Assert.Equal(0, served.RunIn(here, "inbox", "export", "rows.csv").Code);
        Assert.Contains("NOWHERE", File.ReadAllText(Path.Combine(here, "rows.csv")), StringComparison.Ordinal);
        Assert.Equal(1, served.RunIn(here, "inbox", "mend", "rows.csv").Code);
        Assert.Equal(0, served.RunIn(here, "backup", "today.db").Code);
        Assert.True(File.Exists(Path.Combine(here, "today.db")));
        Assert.StartsWith("ana nurse", served.RunIn(here, "account", "add", "ana", "--role", "nurse", "--place", "F101").Output, StringComparison.Ordinal);
        Assert.Equal(0, served.RunIn(here, "programme", "apply", "saia-htn").Code);
    }

    /// <summary>Where another process carries the command out nobody is asked, even of one who says so, and no value is shown.</summary>
    [Fact, Trait("Speed", "Slow")]
    public void A_command_that_was_handed_over_neither_asks_nor_shows_values()
    {
        using var served = new Served();
        var register = Path.Combine(served.Folder, "r.csv");
        File.WriteAllText(register, Stores.Register.Csv([new Visit("a1", "F101", "2025-03-03") { Pressure = "151/90" }]));
        Assert.Equal(0, served.RunIn(null, "import", register).Code);
        File.WriteAllText(register, Stores.Register.Csv([new Visit("a1", "F101", "2025-03-03") { Pressure = "163/90" }]));
        foreach (var told in (string[][])[[], ["--on-change", "ask"]])
        {
            var (code, output, error) = served.RunIn(null, ["import", register, .. told]);
            Assert.Equal(2, code);
            Assert.DoesNotContain("163", output + error, StringComparison.Ordinal);
            Assert.DoesNotContain("[", output, StringComparison.Ordinal);
            Assert.Contains("values are shown on a terminal only", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_waits_for_another_command_is_told_and_one_that_does_not_listen_holds_nobody()
    {
        var folder = Directory.CreateTempSubdirectory("escala-turn-").FullName;
        var (output, error, input) = (Console.Out, Console.Error, Console.In);
        try
        {
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            async Task<int> Run(string[] arguments)
            {
                if (arguments[0] == "wait")
                {
                    begun.SetResult();
                    await release.Task;
                }

                if (arguments[0] == "flood")
                {
                    while (!HandedCommand.Current!.Stop.IsCancellationRequested) await Console.Out.WriteLineAsync(new string('x', 4096));
                }

                return 7;
            }

            using var server = CommandServer.Start(folder, Run, TimeSpan.FromMilliseconds(200));
            using var first = Hand(folder, "wait");
            await begun.Task;
            using var second = Hand(folder, "quick");
            var (kind, text) = Read(second);
            Assert.Equal(CommandSocket.ErrorFrame, kind);
            Assert.Contains("Another command is running", Encoding.UTF8.GetString(text), StringComparison.Ordinal);
            release.SetResult();
            Assert.Equal(7, BitConverter.ToInt32(Read(second).Bytes));
            using var deaf = Hand(folder, "flood");
            using var third = Hand(folder, "quick");
            (byte Kind, byte[] Bytes) last;
            do last = Read(third);
            while (last.Kind != CommandSocket.EndFrame);
            Assert.Equal(7, BitConverter.ToInt32(last.Bytes));
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
            Console.SetIn(input);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static NetworkStream Hand(string store, string command)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(CommandSocket.PathOf(store)!));
        var stream = new NetworkStream(socket, ownsSocket: true);
        stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new CommandSocket.Request([command], store, false, "en", "")) + "\n"));
        return stream;
    }

    private static (byte Kind, byte[] Bytes) Read(NetworkStream stream)
    {
        var head = new byte[5];
        stream.ReadExactly(head);
        var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1))];
        stream.ReadExactly(bytes);
        return (head[0], bytes);
    }

    /// <summary>A new store that a process of its own serves.</summary>
    private sealed class Served : IDisposable
    {
        private readonly Process _server;

        public Served()
        {
            EscalaProcess.Does("init", "--programme", "saia-htn", "--store", Store);
            _server = EscalaProcess.Start(["serve", "--store", Store, "--port", "0"]);
            Assert.Contains("token=", _server.StandardOutput.ReadLine(), StringComparison.Ordinal);
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("escala-served-").FullName;

        private string Store => Path.Combine(Folder, "store");

        public (int Code, string Output, string Error) RunIn(string? folder, params string[] arguments) => EscalaProcess.RunIn(folder, [.. arguments, "--store", Store]);

        public void Dispose()
        {
            _server.Kill();
            _server.WaitForExit();
            _server.Dispose();
            Directory.Delete(Folder, recursive: true);
        }
    }
}

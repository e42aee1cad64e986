using System.Buffers.Binary;
using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Escala.Platform.Texts;

namespace Escala.Cli.HandOver;

/// <summary>
/// A socket in the store's folder, for the folder's owner alone: while a store is served, the serving process is its one writer, and commands that write
/// are handed to it. A request is a line of JSON; what comes back are frames of a kind, a length and bytes.
/// </summary>
internal static class CommandSocket
{
    public const byte OutputFrame = 1, ErrorFrame = 2, EndFrame = 3;

    // The kernel's limit for the path of a socket.
    private const int LongestPath = 100;

    public static string? PathIn(string store)
    {
        var path = Path.Combine(Path.GetFullPath(store), "command.sock");
        return Encoding.UTF8.GetByteCount(path) <= LongestPath ? path : null;
    }

    public sealed record Request(IReadOnlyList<string> Arguments, string Language, string Input);
}

/// <summary>Carries out what other processes hand over, one command at a time.</summary>
internal sealed class CommandServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly Func<string[], Task<int>> _run;
    private readonly SemaphoreSlim _one = new(1);

    private CommandServer(string path, Func<string[], Task<int>> run)
    {
        (_path, _run) = (path, run);
        // We hold the lease: a socket that lies there is of a process that is gone.
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _socket.Listen(8);
        _ = Task.Run(Accept);
    }

    /// <summary>Null where the store has no folder, or one whose path is too long.</summary>
    public static CommandServer? Start(string store, Func<string[], Task<int>> run)
    {
        if (!Directory.Exists(store) || CommandSocket.PathIn(store) is not { } path) return null;
        Console.SetOut(new RoutedWriter(Console.Out, h => h.Output));
        Console.SetError(new RoutedWriter(Console.Error, h => h.Error));
        Console.SetIn(new RoutedReader(Console.In));
        return new CommandServer(path, run);
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
        _one.Dispose();
    }

    private async Task Accept()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _socket.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => Serve(client));
        }
    }

    private async Task Serve(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            using var reader = new StreamReader(stream, Encoding.UTF8, false, 4096, leaveOpen: true);
            if (await reader.ReadLineAsync() is not { } line || JsonSerializer.Deserialize<CommandSocket.Request>(line) is not { } request) return;
            using var stop = new CancellationTokenSource();
            // Whoever handed the command over writes nothing more; when the line ends, by Ctrl+C or otherwise, the command is asked to stop.
            var hangUp = reader.ReadAsync(new char[1], 0, 1).ContinueWith(_ => stop.Cancel(), TaskScheduler.Default);
            await using var output = new FrameWriter(stream, CommandSocket.OutputFrame);
            await using var error = new FrameWriter(stream, CommandSocket.ErrorFrame);
            await _one.WaitAsync();
            try
            {
                HandedCommand.Current = new HandedCommand(output, error, new StringReader(request.Input), Languages.Parse(request.Language), stop.Token);
                var code = await _run([.. request.Arguments]);
                await output.FlushAsync();
                await error.FlushAsync();
                FrameWriter.Send(stream, CommandSocket.EndFrame, BitConverter.GetBytes(code));
            }
            finally
            {
                HandedCommand.Current = null;
                _one.Release();
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or JsonException)
        {
            // Whoever asked has gone; what was committed stays.
        }
    }

    private sealed class FrameWriter(Stream stream, byte kind) : TextWriter
    {
        private readonly StringBuilder _line = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_line) _line.Append(value);
            if (value is '\n' or '\r') Flush();
        }

        public override void Write(string? value)
        {
            lock (_line) _line.Append(value);
            if (value?.AsSpan().ContainsAny('\n', '\r') == true) Flush();
        }

        public override void Flush()
        {
            byte[] bytes;
            lock (_line)
            {
                if (_line.Length == 0) return;
                bytes = Encoding.UTF8.GetBytes(_line.ToString());
                _line.Clear();
            }

            Send(stream, kind, bytes);
        }

        public static void Send(Stream to, byte kind, ReadOnlySpan<byte> bytes)
        {
            Span<byte> head = stackalloc byte[5];
            head[0] = kind;
            BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
            lock (to)
            {
                to.Write(head);
                to.Write(bytes);
            }
        }
    }
}

/// <summary>Hands a command over to the process that serves the store, and shows what it says.</summary>
internal static class CommandClient
{
    private static readonly HashSet<string> s_writing = new(["import", "erase", "merge", "unmerge", "inbox", "declare", "places", "programme", "account", "device", "rebuild", "backup"], StringComparer.Ordinal);

    /// <summary>The command's exit code; null when nobody serves the store or the command writes nothing.</summary>
    public static int? TryRun(ParseResult parsed, string[] arguments, string location)
    {
        if (parsed.Errors.Count > 0 || parsed.Action is null || !s_writing.Contains(NameOf(parsed)) || CommandSocket.PathIn(location) is not { } path || !File.Exists(path)) return null;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            return null;
        }

        using var stream = new NetworkStream(socket);
        var request = new CommandSocket.Request([.. WithoutStore(arguments).Select(Absolute), "--store", Path.GetFullPath(location)], Stores.Terminal.Language.Code(), arguments.Contains("--pin-from-stdin") ? Console.In.ReadToEnd() : "");
        stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(request) + "\n"));
        var stop = Stores.Terminal.Interrupt();
        using var asked = stop.Register(() => socket.Shutdown(SocketShutdown.Send));
        return Show(stream);
    }

    private static int Show(NetworkStream stream)
    {
        var head = new byte[5];
        while (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1))];
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) break;
            if (head[0] == CommandSocket.EndFrame) return BitConverter.ToInt32(bytes);
            (head[0] == CommandSocket.OutputFrame ? Console.Out : Console.Error).Write(Encoding.UTF8.GetString(bytes));
        }

        return Stores.Terminal.Refuse([Platform.Problems.Problem.Of("platform.store.server-gone")]);
    }

    private static IEnumerable<string> WithoutStore(string[] arguments)
    {
        const string Store = "--store";
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == Store) i++;
            else if (!arguments[i].StartsWith(Store + "=", StringComparison.Ordinal) && !arguments[i].StartsWith(Store + ":", StringComparison.Ordinal)) yield return arguments[i];
        }
    }

    /// <summary>The server has a folder of its own: what names a file here is named in full.</summary>
    private static string Absolute(string argument) => !argument.StartsWith('-') && Path.Exists(argument) ? Path.GetFullPath(argument) : argument;

    private static string NameOf(ParseResult parsed)
    {
        var command = parsed.CommandResult;
        while (command.Parent is System.CommandLine.Parsing.CommandResult { Parent: not null } parent) command = parent;
        return command.Command.Name;
    }
}

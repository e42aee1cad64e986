using System.Buffers.Binary;
using System.CommandLine;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Escala.Cli.Stores;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Platform.Texts;

namespace Escala.Cli.HandOver;

/// <summary>
/// A socket in the store's folder, or for a database in the home of whoever serves it, for its owner alone: while a store is served, the serving process is
/// its one writer, and commands that write are handed to it. A request is a line of JSON; what comes back are frames of a kind, a length and bytes.
/// </summary>
internal static class CommandSocket
{
    public const byte OutputFrame = 1, ErrorFrame = 2, EndFrame = 3;

    // The kernel's limit for the path of a socket.
    private const int LongestPath = 100;

    /// <summary>Null where there is no place for one.</summary>
    public static string? PathOf(string store)
    {
        var identity = Store.IdentityOf(store);
        var path = Store.IsPostgres(store)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "escala", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..16] + ".sock")
            : Path.Combine(identity, "command.sock");
        return Path.IsPathRooted(path) && Encoding.UTF8.GetByteCount(path) <= LongestPath ? path : null;
    }

    /// <param name="Arguments">As they were typed.</param>
    /// <param name="Folder">The caller's working directory, in full.</param>
    /// <param name="ShowsProgress">Whether the caller's error output is a terminal.</param>
    /// <param name="Input">What the command reads; empty where it reads nothing.</param>
    public sealed record Request(IReadOnlyList<string> Arguments, string Folder, bool ShowsProgress, string Language, string Input);
}

/// <summary>Carries out what other processes hand over, one command at a time.</summary>
internal sealed class CommandServer : IDisposable
{
    /// <summary>How long a caller may leave unread what it is told, before its command is asked to stop.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly string _store;
    private readonly Func<string[], Task<int>> _run;
    private readonly TimeSpan _patience;
    private readonly SemaphoreSlim _one = new(1);
    private volatile bool _isDisposed;

    private CommandServer(string path, string store, Func<string[], Task<int>> run, TimeSpan patience)
    {
        (_path, _store, _run, _patience) = (path, store, run, patience);
        // We hold the lease: a socket that lies there is of a process that is gone.
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _socket.Listen(8);
        _ = Task.Run(Accept);
    }

    /// <summary>Null where there is no place for the socket, or one whose path is too long.</summary>
    public static CommandServer? Start(string store, Func<string[], Task<int>> run, TimeSpan patience)
    {
        // Windows before 1803 has no such sockets: there, who wants to write stops the server first, and is told so.
        if (!Socket.OSSupportsUnixDomainSockets || CommandSocket.PathOf(store) is not { } path) return null;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        else Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Console.SetOut(new RoutedWriter(Console.Out, h => h.Output));
        Console.SetError(new RoutedWriter(Console.Error, h => h.Error));
        Console.SetIn(new RoutedReader(Console.In));
        return new CommandServer(path, Store.IsPostgres(store) ? store : Path.GetFullPath(store), run, patience);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _socket.Dispose();
        File.Delete(_path);
        _one.Dispose();
    }

    private async Task Accept()
    {
        while (!_isDisposed)
        {
            try
            {
                var client = await _socket.AcceptAsync();
                client.SendTimeout = (int)_patience.TotalMilliseconds;
                _ = Task.Run(() => Serve(client));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // A caller that left at once, or no file handle free: others still come, unless the socket itself is gone. The pause keeps a lasting fault from spinning.
                if (!_isDisposed) await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
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
            var caller = new Caller(stream, stop);
            await using var output = new FrameWriter(caller, CommandSocket.OutputFrame);
            await using var error = new FrameWriter(caller, CommandSocket.ErrorFrame);
            var handed = new HandedCommand(output, error, new StringReader(request.Input), Languages.Parse(request.Language), request.Folder, _store, request.ShowsProgress, stop.Token);
            var code = await WaitForTurn(handed) ? await Run(handed, request) : Terminal.Stopped;
            await output.FlushAsync();
            await error.FlushAsync();
            caller.Send(CommandSocket.EndFrame, BitConverter.GetBytes(code));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or JsonException)
        {
            // Whoever asked has gone; what was committed stays.
        }
    }

    /// <summary>False when the caller gave up meanwhile.</summary>
    private async Task<bool> WaitForTurn(HandedCommand handed)
    {
        if (_one.Wait(0)) return true;
        await handed.Error.WriteLineAsync(Terminal.Texts.Say(handed.Language ?? Terminal.Language, "handed.waits"));
        try
        {
            await _one.WaitAsync(handed.Stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<int> Run(HandedCommand handed, CommandSocket.Request request)
    {
        try
        {
            HandedCommand.Current = handed;
            return await _run([.. request.Arguments]);
        }
        finally
        {
            HandedCommand.Current = null;
            _one.Release();
        }
    }

    /// <summary>Who handed the command over; once what it is told cannot be sent, nothing more is, and the command is asked to stop.</summary>
    private sealed class Caller(Stream stream, CancellationTokenSource stop)
    {
        private bool _isGone;

        public void Send(byte kind, ReadOnlySpan<byte> bytes)
        {
            Span<byte> head = stackalloc byte[5];
            head[0] = kind;
            BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
            lock (stream)
            {
                if (_isGone) return;
                try
                {
                    stream.Write(head);
                    stream.Write(bytes);
                }
                catch (IOException)
                {
                    _isGone = true;
                    stop.Cancel();
                }
            }
        }
    }

    private sealed class FrameWriter(Caller caller, byte kind) : TextWriter
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

            caller.Send(kind, bytes);
        }
    }
}

/// <summary>Hands a command over to the process that serves the store, and shows what it says.</summary>
internal static class CommandClient
{
    /// <summary>What only reads does so beside the serving process.</summary>
    private static readonly HashSet<string> s_writing = new(
        [
            "import", "erase", "merge", "unmerge", "inbox mend", "inbox retry", "inbox discard", "declare", "places apply", "places lock", "programme apply", "mapping add", "account add", "account disable",
            "account pin", "account hand-over", "device revoke", "device all-back", "rebuild", "backup note",
        ],
        StringComparer.Ordinal);

    /// <summary>The command's exit code; null when nobody serves the store or the command writes nothing.</summary>
    public static int? TryRun(ParseResult parsed, string[] arguments, string location) =>
        parsed.Errors.Count > 0 || parsed.Action is null || !s_writing.Contains(NamesOf(parsed)) || ImportCommand.IsDryRun(parsed) ? null : Hand(arguments, location);

    /// <summary>Gives a command to the process that serves the store; null when none does.</summary>
    public static int? Hand(string[] arguments, string location)
    {
        if (CommandSocket.PathOf(location) is not { } path || !File.Exists(path) || !Socket.OSSupportsUnixDomainSockets) return null;
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
        var input = arguments.Contains("--pin-from-stdin") ? Console.In.ReadToEnd() : "";
        var request = new CommandSocket.Request(arguments, Environment.CurrentDirectory, Terminal.ShowsProgress, Terminal.Language.Code(), input);
        stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(request) + "\n"));
        var stop = Terminal.Interrupt();
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

        return Terminal.Refuse([Problem.Of("platform.store.server-gone")]);
    }

    /// <summary>The command with those above it, as typed: account add.</summary>
    private static string NamesOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var command = parsed.CommandResult; command?.Parent is not null; command = command.Parent as System.CommandLine.Parsing.CommandResult) names.Push(command.Command.Name);
        return string.Join(' ', names);
    }
}

using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace Escala.Fuzz;

/// <summary>What a long run has come to, so that it can be stopped and resumed: counts, inputs that reached something, findings.</summary>
internal sealed class StateFolder : IDisposable
{
    private const int MostBytes = 1 << 20;

    private readonly MemoryMappedFile _current;
    private readonly MemoryMappedViewAccessor _tried;

    public StateFolder(string folder)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        _current = MemoryMappedFile.CreateFromFile(Path.Combine(Folder, "current"), FileMode.OpenOrCreate, null, MostBytes);
        _tried = _current.CreateViewAccessor();
    }

    public string Folder { get; }

    /// <summary>Executions so far by target.</summary>
    public Dictionary<string, long> Executions() => File.Exists(CountFile)
        ? File.ReadAllLines(CountFile).Select(l => l.Split(' ')).ToDictionary(p => p[0], p => long.Parse(p[1], CultureInfo.InvariantCulture), StringComparer.Ordinal)
        : [];

    public void Count(Dictionary<string, long> executions)
    {
        File.WriteAllLines(CountFile + ".new", executions.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Key} {e.Value}")));
        File.Move(CountFile + ".new", CountFile, overwrite: true);
    }

    public IEnumerable<byte[]> Corpus(string target) => Directory.Exists(Of(target, "corpus")) ? Directory.EnumerateFiles(Of(target, "corpus")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];

    public void Keep(string target, byte[] input) => File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Of(target, "corpus")).FullName, Hash(input)), input);

    public void Found(string target, Finding finding, byte[] input)
    {
        var file = Path.Combine(Directory.CreateDirectory(Of(target, "findings")).FullName, Hash(System.Text.Encoding.UTF8.GetBytes(finding.Kind)));
        File.WriteAllBytes(file, input);
        File.WriteAllText(file + ".txt", finding.Kind + "\n" + finding.Told + "\n");
    }

    public int Findings(string target) => Directory.Exists(Of(target, "findings")) ? Directory.EnumerateFiles(Of(target, "findings"), "*.txt").Count() : 0;

    /// <summary>The input that is tried next lies where it outlives the process.</summary>
    public void Trying(int target, byte[] input)
    {
        _tried.Write(0, target);
        _tried.Write(sizeof(int), input.Length);
        _tried.WriteArray(2 * sizeof(int), input, 0, input.Length);
    }

    /// <summary>The input that was tried last, by a process that is no more.</summary>
    public (int Target, byte[] Input) Tried()
    {
        var input = new byte[_tried.ReadInt32(sizeof(int))];
        _tried.ReadArray(2 * sizeof(int), input, 0, input.Length);
        return (_tried.ReadInt32(0), input);
    }

    public void Dispose()
    {
        _tried.Dispose();
        _current.Dispose();
    }

    private string CountFile => Path.Combine(Folder, "executions");

    private string Of(string target, string kind) => Path.Combine(Folder, target, kind);

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}

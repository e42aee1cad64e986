using System.Security.Cryptography;
using System.Text;
using Escala.Platform.Problems;

namespace Escala.Programmes.Packages;

/// <summary>The files of a package by name, as bytes: what the ledger keeps. Nothing else of the folder is read or hashed.</summary>
public sealed record PackageFiles(IReadOnlyDictionary<string, byte[]> Bytes)
{
    public const string Places = "places.csv";
    public const string PlaceFacts = "facility-facts.csv";

    /// <summary>Where compiled forms stand: <c>forms/household.json</c>. What they were compiled from may lie beside them.</summary>
    public const string FormsFolder = "forms/";

    /// <summary>Where it stands how files of other systems are read: <c>mappings/hearts360.yaml</c>.</summary>
    public const string MappingsFolder = "mappings/";

    /// <summary>Where it stands how files with counts of facilities are read: <c>tallies/monthly-counts.yaml</c>.</summary>
    public const string TalliesFolder = "tallies/";

    private const string FormExtension = ".json", MappingExtension = ".yaml";
    private const long MostBytes = 16_000_000;

    internal static readonly IReadOnlyList<string> Needed = [ProgrammeFile.Name, RegisterFile.Name, MeasuresFile.Name];
    internal static readonly IReadOnlyList<string> Known = [.. Needed, FieldFile.Name, Places, PlaceFacts];

    private static readonly string[] s_ours = [".yaml", ".yml", ".csv"];

    /// <summary>SHA-256, in lower-case hex, over each file in ordinal order of names: the name in UTF-8, a zero byte, the SHA-256 of the bytes.</summary>
    public string Hash
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var (name, bytes) in Bytes.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(name));
                hash.AppendData([0]);
                hash.AppendData(SHA256.HashData(bytes));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>
    /// The package in a folder, the compiled forms in its folder forms and the mappings in its folder mappings. Notes, licences and the simulation beside it are passed over; a YAML or CSV file of another name is refused, for it is
    /// most likely one of ours misspelt.
    /// </summary>
    public static Result<PackageFiles> In(string folder)
    {
        if (!Directory.Exists(folder)) return Problem.Of("programmes.package.folder-missing", ("name", folder));
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (name.StartsWith('.') || name == Simulation.SimulationReader.FileName || !s_ours.Contains(Path.GetExtension(name))) continue;
            if (!Known.Contains(name)) problems.Add(Unknown(name));
            else if (new FileInfo(path).Length > MostBytes) problems.Add(Located(name, "file-too-large", ("most", MostBytes)));
            else if (Read(path) is { } bytes) files.Add(name, bytes);
            else problems.Add(Located(name, "file-unreadable"));
        }

        ReadFolder(folder, FormsFolder, FormExtension, files, problems);
        ReadFolder(folder, MappingsFolder, MappingExtension, files, problems);
        ReadFolder(folder, TalliesFolder, MappingExtension, files, problems);
        return problems.Count > 0 ? Result<PackageFiles>.Refused(problems) : new PackageFiles(files);
    }

    /// <summary>The compiled forms by name, without folder and extension.</summary>
    public IEnumerable<(string Name, byte[] Bytes)> Forms =>
        Bytes.Where(f => IsForm(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key[FormsFolder.Length..^FormExtension.Length], f.Value));

    /// <summary>The mappings by the name of their file.</summary>
    public IEnumerable<(string File, byte[] Bytes)> Mappings => Bytes.Where(f => IsMapping(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, f.Value));

    /// <summary>The mappings of counts by the name of their file.</summary>
    public IEnumerable<(string File, byte[] Bytes)> Tallies => Bytes.Where(f => IsTally(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, f.Value));

    private static void ReadFolder(string package, string folder, string extension, Dictionary<string, byte[]> files, List<Problem> problems)
    {
        var inner = Path.Combine(package, folder);
        if (!Directory.Exists(inner)) return;
        foreach (var path in Directory.EnumerateFiles(inner, "*" + extension).Order(StringComparer.Ordinal))
        {
            var name = folder + Path.GetFileName(path);
            if (!IsIn(name, folder, extension)) continue;
            if (new FileInfo(path).Length > MostBytes) problems.Add(Located(name, "file-too-large", ("most", MostBytes)));
            else if (Read(path) is { } bytes) files.Add(name, bytes);
            else problems.Add(Located(name, "file-unreadable"));
        }
    }

    private static bool IsForm(string name) => IsIn(name, FormsFolder, FormExtension);

    private static bool IsMapping(string name) => IsIn(name, MappingsFolder, MappingExtension);

    private static bool IsTally(string name) => IsIn(name, TalliesFolder, MappingExtension);

    private static bool IsIn(string name, string folder, string extension) =>
        name.StartsWith(folder, StringComparison.Ordinal) && name.EndsWith(extension, StringComparison.Ordinal)
        && name.Length > folder.Length + extension.Length && name[folder.Length] != '.' && name.IndexOfAny(['/', '\\'], folder.Length) < 0;

    internal IReadOnlyList<Problem> Check() =>
    [
        .. Bytes.Keys.Where(n => !Known.Contains(n) && !IsForm(n) && !IsMapping(n) && !IsTally(n)).Select(Unknown),
        .. Needed.Where(n => !Bytes.ContainsKey(n)).Select(n => Located(n, "file-missing")),
        .. Bytes.Where(f => f.Value.Length > MostBytes).Select(f => Located(f.Key, "file-too-large", ("most", MostBytes))),
    ];

    private static Problem Unknown(string name) =>
        Located(name, "file-unknown", ("nearest", Nearest.To(name, Known)), ("known", string.Join(", ", Known)));

    private static Problem Located(string name, string reason, params (string Key, object? Value)[] details) =>
        Problem.Of("programmes.package." + reason, [("file", name), ("line", 1), ("column", 1), ("name", name), .. details]);

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

using System.Security.Cryptography;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Registers;

/// <summary>A register as CSV or .xlsx: its layout, and its rows as often as they are asked for.</summary>
public sealed class RegisterFile : IDisposable
{
    private readonly string _path;
    private readonly FlatFile _flat;

    private RegisterFile(string path, FlatFile flat, Layout layout, string hash) => (_path, _flat, Layout, Hash) = (path, flat, layout, hash);

    /// <summary>Name of the column that says whom a row is about.</summary>
    public required string PersonColumn { get; init; }

    /// <summary>Of a workbook: further sheets with rows, which are not read.</summary>
    public IReadOnlyList<string> OtherSheets { get; private init; } = [];

    /// <summary>Columns that the register, or the mapping, reads and the file has not.</summary>
    public required IReadOnlyList<string> Absent { get; init; }

    /// <summary>Columns of the file that nothing reads.</summary>
    public required IReadOnlyList<string> Unread { get; init; }

    public string Name => Path.GetFileName(_path);

    public Layout Layout { get; }

    /// <summary>SHA-256 of the file, lower-case hex.</summary>
    public string Hash { get; }

    /// <summary>Name and hash: the batch by which its rows are known.</summary>
    public string Batch => Name + "#" + Hash[..16];

    /// <summary>Where the rows that cannot be taken are written for the user: beside the file.</summary>
    public string ProblemPath => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, Path.GetFileNameWithoutExtension(_path) + ".problems.csv");

    public long Length => _flat.Length;

    /// <summary>Files beside this one whose rows were joined to its rows.</summary>
    public IReadOnlyList<string> Joined { get; private init; } = [];

    /// <summary>Opens files; one whose rows belong to the rows of another is read with that one.</summary>
    public static Result<List<RegisterFile>> OpenAll(IReadOnlyList<string> paths, Programme programme, Told told)
    {
        var opened = new List<(string Path, Result<RegisterFile> File)>();
        try
        {
            foreach (var path in paths) opened.Add((Path.GetFullPath(path), Open(path, programme, told)));
        }
        catch
        {
            foreach (var (_, file) in opened.Where(o => o.File.IsOk)) file.Value.Dispose();
            throw;
        }

        var joined = opened.Where(o => o.File.IsOk).SelectMany(o => o.File.Value.Joined).ToHashSet(StringComparer.Ordinal);
        var own = opened.Where(o => !joined.Contains(o.Path)).ToList();
        var problems = own.SelectMany(o => o.File.Problems).ToList();
        foreach (var (_, file) in opened.Where(o => o.File.IsOk && (problems.Count > 0 || joined.Contains(o.Path)))) file.Value.Dispose();
        return problems.Count > 0 ? Result<List<RegisterFile>>.Refused(problems) : own.SelectMany(o => o.File.Value.Parts(programme)).ToList();
    }

    /// <summary>The file once for each day on which facts of its rows hold; of nearly all mappings that is once.</summary>
    private IEnumerable<RegisterFile> Parts(Programme programme) =>
        programme.Mappings.FirstOrDefault(m => m.Name == Layout.Mapping)?.Parts is { } parts and not [null] ? parts.Select(Of) : [this];

    private RegisterFile Of(string? part) => part is null ? this
        : new RegisterFile(_path, _flat, Layout with { Part = part }, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Hash + part))))
        {
            PersonColumn = PersonColumn,
            Absent = Absent,
            Unread = Unread,
            Joined = Joined,
        };

    /// <summary>Finds the layout; what cannot be found must be told.</summary>
    public static Result<RegisterFile> Open(string path, Programme programme, Told told)
    {
        var read = FileHead.Of(path, told.Delimiter);
        if (!read.TryGet(out var head)) return Result<RegisterFile>.Refused(InFile(read.Problems, path));
        var table = head.TableOf(programme, told);
        if (!table.TryGet(out var place)) return Result<RegisterFile>.Refused(InFile(table.Problems, path));
        var opened = Prepare(path, place.Place, place.Mapping, told);
        if (!opened.TryGet(out var flat)) return Result<RegisterFile>.Refused(InFile(opened.Problems, path));
        try
        {
            var found = Find(path, flat, place.Mapping, programme, told);
            if (!found.IsOk) flat.Dispose();
            return found;
        }
        catch
        {
            flat.Dispose();
            throw;
        }
    }

    private static Result<RegisterFile> Find(string path, FlatFile flat, Mapping? mapping, Programme programme, Told told)
    {
        var layout = LayoutDetection.Find(flat.Open, programme, told, mapping);
        if (!layout.TryGet(out var found)) return Result<RegisterFile>.Refused(InFile(layout.Problems, path));
        List<string> joined = [.. (mapping?.Repeats ?? []).Where(r => r.File is not null).Select(r => JoinRepeats.FileOf(path, r))];
        return new RegisterFile(path, flat, found, HashOf([path, .. joined.Where(File.Exists)]))
        {
            PersonColumn = programme.RegisterOf(found)!.PersonColumn,
            Absent = [.. programme.ColumnsOf(found).Except(found.Columns, StringComparer.OrdinalIgnoreCase).Where(c => mapping is null || !JoinRepeats.IsFurtherRow(mapping, c))],
            Unread = [.. found.Columns.Except(programme.ColumnsOf(found), StringComparer.OrdinalIgnoreCase).Where(c => mapping is null || !(JoinRepeats.IsOurs(mapping, c) || JoinRepeats.IsLaterRow(mapping, c)))],
            OtherSheets = [.. flat.OtherSheets.Except(mapping?.Repeats.Select(r => r.Sheet).OfType<string>() ?? [], StringComparer.OrdinalIgnoreCase)],
            Joined = joined,
        };
    }

    /// <summary>The rows of the table, with those of the mapping's repeats joined to them.</summary>
    private static Result<FlatFile> Prepare(string path, TablePlace place, Mapping? mapping, Told told)
    {
        var opened = FlatFile.Of(path, place);
        if (mapping is null || mapping.Repeats.Count == 0 || !opened.TryGet(out var flat)) return opened;
        try
        {
            var joined = JoinRepeats.Run(path, flat, told.Delimiter, mapping.Repeats);
            // The sheet is read no more; what was made of it is.
            if (!joined.TryGet(out var made) || made != flat) flat.Dispose();
            return joined;
        }
        catch
        {
            flat.Dispose();
            throw;
        }
    }

    /// <summary>SHA-256 of the file; of several, of their hashes.</summary>
    private static string HashOf(IReadOnlyList<string> paths)
    {
        List<byte[]> hashes = [];
        foreach (var path in paths)
        {
            using var bytes = FlatFile.OpenBytes(path);
            hashes.Add(SHA256.HashData(bytes));
        }

        return Convert.ToHexStringLower(hashes.Count == 1 ? hashes[0] : SHA256.HashData(hashes.SelectMany(h => h).ToArray()));
    }

    /// <summary>The records, the header first.</summary>
    public CsvRecords Records() => new(_flat.Open(), (byte)Layout.Delimiter);

    /// <summary>The problems with the file's name.</summary>
    internal IReadOnlyList<Problem> Named(IEnumerable<Problem> problems) => InFile(problems, _path);

    public void Dispose() => _flat.Dispose();

    internal static List<Problem> InFile(IEnumerable<Problem> problems, string path) =>
        [.. problems.Select(p => p.Details.ContainsKey("file") ? p : p with { Details = new Dictionary<string, string>(p.Details, StringComparer.Ordinal) { ["file"] = Path.GetFileName(path) } })];
}

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

    /// <summary>Finds the layout; what cannot be found must be told.</summary>
    public static Result<RegisterFile> Open(string path, Programme programme, Told told)
    {
        var opened = FlatFile.Of(path);
        if (!opened.TryGet(out var flat)) return Result<RegisterFile>.Refused(InFile(opened.Problems, path));
        var layout = LayoutDetection.Find(flat.Open, programme, told);
        if (!layout.TryGet(out var found))
        {
            flat.Dispose();
            return Result<RegisterFile>.Refused(InFile(layout.Problems, path));
        }

        using var bytes = FlatFile.OpenBytes(path);
        return new RegisterFile(path, flat, found, Convert.ToHexStringLower(SHA256.HashData(bytes)))
        {
            PersonColumn = programme.RegisterOf(found)!.PersonColumn,
            Absent = [.. programme.ColumnsOf(found).Except(found.Columns, StringComparer.OrdinalIgnoreCase)],
            Unread = [.. found.Columns.Except(programme.ColumnsOf(found), StringComparer.OrdinalIgnoreCase)],
            OtherSheets = flat.OtherSheets,
        };
    }

    /// <summary>The records, the header first.</summary>
    public CsvRecords Records() => new(_flat.Open(), (byte)Layout.Delimiter);

    public void Dispose() => _flat.Dispose();

    internal static List<Problem> InFile(IEnumerable<Problem> problems, string path) =>
        [.. problems.Select(p => p.Details.ContainsKey("file") ? p : p with { Details = new Dictionary<string, string>(p.Details, StringComparer.Ordinal) { ["file"] = Path.GetFileName(path) } })];
}

using System.Security.Cryptography;
using Escala.Platform.Problems;
using Escala.Programmes;
using Escala.Programmes.Facts;

namespace Escala.Capture.Registers;

/// <summary>A register as CSV or .xlsx: its layout, and its rows as often as they are asked for.</summary>
public sealed class RegisterFile : IDisposable
{
    private readonly string _path;
    private readonly string? _temporary;

    private RegisterFile(string path, string? temporary, Layout layout, string hash) => (_path, _temporary, Layout, Hash) = (path, temporary, layout, hash);

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

    public long Length => new FileInfo(_temporary ?? _path).Length;

    /// <summary>Finds the layout; what cannot be found must be told.</summary>
    public static Result<RegisterFile> Open(string path, Programme programme, Told told)
    {
        if (!File.Exists(path)) return Problem.Of("capture.file.missing", ("file", path));
        string? temporary = null;
        IReadOnlyList<string> otherSheets = [];
        if (IsZip(path))
        {
            var sheet = Spreadsheet.ToCsv(path);
            if (!sheet.IsOk) return Result<RegisterFile>.Refused(InFile(sheet.Problems, path));
            (temporary, otherSheets) = sheet.Value;
        }

        var layout = LayoutDetection.Find(() => OpenBytes(temporary ?? path), programme, told);
        if (!layout.TryGet(out var found))
        {
            if (temporary is not null) File.Delete(temporary);
            return Result<RegisterFile>.Refused(InFile(layout.Problems, path));
        }

        using var bytes = OpenBytes(path);
        return new RegisterFile(path, temporary, found, Convert.ToHexStringLower(SHA256.HashData(bytes))) { PersonColumn = programme.RegisterOf(found)!.PersonColumn, Absent = [.. programme.ColumnsOf(found).Except(found.Columns, StringComparer.OrdinalIgnoreCase)], Unread = [.. found.Columns.Except(programme.ColumnsOf(found), StringComparer.OrdinalIgnoreCase)], OtherSheets = otherSheets };
    }

    /// <summary>The records, the header first.</summary>
    public CsvRecords Records() => new(OpenBytes(_temporary ?? _path), (byte)Layout.Delimiter);

    /// <summary>The problems with the file's name.</summary>
    internal IReadOnlyList<Problem> Named(IEnumerable<Problem> problems) => InFile(problems, _path);

    public void Dispose()
    {
        if (_temporary is not null) File.Delete(_temporary);
    }

    private static FileStream OpenBytes(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);

    private static bool IsZip(string path)
    {
        using var stream = OpenBytes(path);
        Span<byte> head = stackalloc byte[4];
        return stream.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4 && head.SequenceEqual("PK\u0003\u0004"u8);
    }

    private static List<Problem> InFile(IEnumerable<Problem> problems, string path) =>
        [.. problems.Select(p => p with { Details = new Dictionary<string, string>(p.Details, StringComparer.Ordinal) { ["file"] = Path.GetFileName(path) } })];
}

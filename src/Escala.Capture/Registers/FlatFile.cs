using Escala.Platform.Problems;

namespace Escala.Capture.Registers;

/// <summary>A file as CSV, read as often as it is asked for: itself, or what was made of a sheet and is deleted behind it.</summary>
internal sealed class FlatFile : IDisposable
{
    private readonly string _csv;
    private readonly bool _isTemporary;

    private FlatFile(string csv, bool isTemporary) => (_csv, _isTemporary) = (csv, isTemporary);

    /// <summary>Of a workbook: further sheets with rows.</summary>
    public IReadOnlyList<string> OtherSheets { get; private init; } = [];

    public long Length => new FileInfo(_csv).Length;

    /// <param name="path">A CSV file or a workbook.</param>
    /// <param name="sheet">Of a workbook; null for the first.</param>
    public static Result<FlatFile> Of(string path, string? sheet = null)
    {
        if (!File.Exists(path)) return Problem.Of("capture.file.missing", ("file", path));
        // Of a sheet that was saved as text there is one.
        if (!IsZip(path)) return new FlatFile(path, isTemporary: false);
        var read = Spreadsheet.ToCsv(path, sheet);
        return read.TryGet(out var made) ? new FlatFile(made.Csv, isTemporary: true) { OtherSheets = made.OtherSheets } : Result<FlatFile>.Refused(read.Problems);
    }

    /// <summary>What was made of several, deleted behind whoever reads it.</summary>
    public static FlatFile Made(string csv, IReadOnlyList<string> otherSheets) => new(csv, isTemporary: true) { OtherSheets = otherSheets };

    public Stream Open() => OpenBytes(_csv);

    public static FileStream OpenBytes(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);

    public void Dispose()
    {
        if (_isTemporary) File.Delete(_csv);
    }

    private static bool IsZip(string path)
    {
        using var stream = OpenBytes(path);
        Span<byte> head = stackalloc byte[4];
        return stream.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4 && head.SequenceEqual("PK\u0003\u0004"u8);
    }
}

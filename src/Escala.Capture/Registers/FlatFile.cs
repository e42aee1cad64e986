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
    /// <param name="place">Where its rows stand; titles above the column names become empty lines, so that lines stay what the user sees.</param>
    public static Result<FlatFile> Of(string path, TablePlace place)
    {
        if (!File.Exists(path)) return Problem.Of("capture.file.missing", ("file", path));
        // Of a sheet that was saved as text there is one.
        if (!IsZip(path)) return place.Header == 1 ? new FlatFile(path, isTemporary: false) : new FlatFile(WithoutTitles(path, place.Header), isTemporary: true);
        var read = Spreadsheet.ToCsv(path, place);
        return read.TryGet(out var made) ? new FlatFile(made.Csv, isTemporary: true) { OtherSheets = made.OtherSheets } : Result<FlatFile>.Refused(read.Problems);
    }

    /// <summary>What was made of several, deleted behind whoever reads it.</summary>
    public static FlatFile Made(string csv, IReadOnlyList<string> otherSheets) => new(csv, isTemporary: true) { OtherSheets = otherSheets };

    public Stream Open() => OpenBytes(_csv);

    public static FileStream OpenBytes(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);

    /// <summary>Writes a text file with empty lines in place of those before the column names.</summary>
    internal static void WriteWithoutTitles(Stream text, Stream target, int header)
    {
        var left = header - 1;
        var buffer = new byte[1 << 16];
        while (text.Read(buffer) is var count and > 0)
        {
            var rest = buffer.AsSpan(0, count);
            while (left > 0 && rest.IndexOf((byte)'\n') is var found and >= 0)
            {
                target.WriteByte((byte)'\n');
                rest = rest[(found + 1)..];
                left--;
            }

            if (left == 0) target.Write(rest);
        }
    }

    private static string WithoutTitles(string path, int header)
    {
        var target = Path.Combine(Path.GetTempPath(), "escala-" + Path.GetRandomFileName());
        var written = false;
        try
        {
            using var text = OpenBytes(path);
            using var copy = Spreadsheet.OpenPrivate(target);
            WriteWithoutTitles(text, copy, header);
            written = true;
            return target;
        }
        finally
        {
            // Of a full disk no patient's rows stay behind.
            if (!written) File.Delete(target);
        }
    }

    public void Dispose()
    {
        if (_isTemporary) File.Delete(_csv);
    }

    internal static bool IsZip(string path)
    {
        using var stream = OpenBytes(path);
        Span<byte> head = stackalloc byte[4];
        return stream.ReadAtLeast(head, 4, throwOnEndOfStream: false) == 4 && head.SequenceEqual("PK\u0003\u0004"u8);
    }
}

using System.IO.Compression;
using System.Text;

namespace Escala.Fuzz.Mutation;

/// <summary>
/// Several files as one input that can be read and changed: each behind a line <c>@@ name</c>. An .xlsx is kept so and packed when it is tried;
/// an input that begins like an archive is one, as it stands.
/// </summary>
internal static class Parts
{
    private static readonly byte[] s_mark = "@@ "u8.ToArray();

    public static List<(string Name, byte[] Content)> Read(byte[] bytes)
    {
        var parts = new List<(string, byte[])>();
        if (!bytes.AsSpan().StartsWith(s_mark)) return parts;
        var at = 0;
        while (at < bytes.Length)
        {
            var lineEnd = bytes.AsSpan(at).IndexOf((byte)'\n') is var end and >= 0 ? at + end : bytes.Length;
            var name = Encoding.UTF8.GetString(bytes.AsSpan(at + s_mark.Length, Math.Max(0, lineEnd - at - s_mark.Length)));
            var body = Math.Min(bytes.Length, lineEnd + 1);
            var next = bytes.AsSpan(body).IndexOf([(byte)'\n', .. s_mark]);
            var bodyEnd = next < 0 ? bytes.Length : body + next;
            parts.Add((name, bytes[body..bodyEnd]));
            at = next < 0 ? bytes.Length : bodyEnd + 1;
        }

        return parts;
    }

    public static byte[] Write(IEnumerable<(string Name, byte[] Content)> parts)
    {
        var bytes = new List<byte>();
        foreach (var (name, content) in parts)
        {
            if (bytes.Count > 0) bytes.Add((byte)'\n');
            bytes.AddRange([.. s_mark, .. Encoding.UTF8.GetBytes(name), (byte)'\n', .. content]);
        }

        return [.. bytes];
    }

    /// <summary>The archive that an input stands for.</summary>
    public static MemoryStream Packed(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith("PK"u8)) return new MemoryStream(bytes);
        var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in Read(bytes))
            {
                using var part = archive.CreateEntry(name.Length == 0 ? "-" : name, CompressionLevel.NoCompression).Open();
                part.Write(content);
            }
        }

        packed.Position = 0;
        return packed;
    }

    public static byte[] Unpacked(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        return Write(archive.Entries.Select(e =>
        {
            using var content = e.Open();
            var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return (e.FullName, bytes.ToArray());
        }));
    }
}

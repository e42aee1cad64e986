using System.IO.Compression;
using System.Security.Cryptography;

namespace Escala.Fuzz;

/// <summary>tests/reference/fuzz-corpus: an archive of inputs a target, and a folder of those that once found something.</summary>
internal static class ReferenceCorpus
{
    /// <summary>Bytes of an archive before its last input: short inputs come first, and the repository stays small.</summary>
    private const int MostBytes = 90_000;

    private static readonly DateTimeOffset s_sameDay = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<(string Name, byte[] Input)> Of(Target target)
    {
        var findings = Path.Combine(Repository.Corpus, "findings", target.Name);
        if (Directory.Exists(findings))
        {
            foreach (var file in Directory.EnumerateFiles(findings).Order(StringComparer.Ordinal)) yield return (Path.GetFileName(file), File.ReadAllBytes(file));
        }

        if (!File.Exists(ArchiveOf(target))) yield break;
        using var archive = ZipFile.OpenRead(ArchiveOf(target));
        foreach (var entry in archive.Entries)
        {
            using var content = entry.Open();
            var bytes = new MemoryStream();
            content.CopyTo(bytes);
            yield return (entry.Name, bytes.ToArray());
        }
    }

    /// <summary>Writes the archive anew with as many of the inputs as it takes; the same inputs give the same bytes. Gives how many.</summary>
    public static int Write(Target target, IReadOnlyList<byte[]> inputs)
    {
        Directory.CreateDirectory(Repository.Corpus);
        var written = 0;
        using var file = File.Create(ArchiveOf(target));
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var input in inputs)
            {
                if (file.Position > MostBytes) break;
                written++;
                var entry = archive.CreateEntry(Convert.ToHexStringLower(SHA256.HashData(input))[..12], CompressionLevel.SmallestSize);
                entry.LastWriteTime = s_sameDay;
                using var content = entry.Open();
                content.Write(input);
            }
        }

        return written;
    }

    private static string ArchiveOf(Target target) => Path.Combine(Repository.Corpus, target.Name + ".zip");
}

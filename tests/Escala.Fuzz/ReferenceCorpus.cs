using System.IO.Compression;
using System.Security.Cryptography;

namespace Escala.Fuzz;

/// <summary>tests/reference/fuzz-corpus: an archive of inputs a target, and a folder of those that once found something.</summary>
internal static class ReferenceCorpus
{
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

    /// <summary>Writes the archive anew; the same inputs give the same bytes. Gives its length.</summary>
    public static long Write(Target target, IReadOnlyList<byte[]> inputs)
    {
        Directory.CreateDirectory(Repository.Corpus);
        File.Delete(ArchiveOf(target));
        using (var archive = ZipFile.Open(ArchiveOf(target), ZipArchiveMode.Create))
        {
            foreach (var input in inputs)
            {
                var entry = archive.CreateEntry(Convert.ToHexStringLower(SHA256.HashData(input))[..12], CompressionLevel.SmallestSize);
                entry.LastWriteTime = s_sameDay;
                using var content = entry.Open();
                content.Write(input);
            }
        }

        return new FileInfo(ArchiveOf(target)).Length;
    }

    private static string ArchiveOf(Target target) => Path.Combine(Repository.Corpus, target.Name + ".zip");
}

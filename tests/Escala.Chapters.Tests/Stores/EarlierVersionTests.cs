using System.IO.Compression;
using System.Text.Json;

namespace Escala.Chapters.Tests.Stores;

/// <summary>Stores and backups as earlier versions wrote them (tests/reference/stores).</summary>
public sealed class EarlierVersionTests : IDisposable
{
    private const string Chain = "4b9846290d373a6e3ecc176ad82a8b1e246a2fcbf54495c68c292fc564ab8e07";

    private readonly string _folder = Directory.CreateTempSubdirectory("escala-earlier-").FullName;

    private string Store => Path.Combine(_folder, "store");

    [Fact]
    public void A_store_of_version_1_says_how_to_bring_it_up_and_then_counts_as_before()
    {
        Directory.CreateDirectory(Store);
        Unpack("version-1.store.gz", Path.Combine(Store, "store.db"));
        foreach (var command in (string[][])[["cascade", "--all", "--month", "2022-11"], ["inbox", "list"], ["verify"], ["backup", Path.Combine(_folder, "b.db")]])
            Assert.Contains("escala rebuild", EscalaProcess.Refusal(EscalaProcess.Run([.. command, "--store", Store])), StringComparison.Ordinal);
        EscalaProcess.Does("rebuild", "--store", Store);
        AssertWhole();
    }

    [Fact]
    public void A_backup_of_version_1_is_restored_whole()
    {
        var backup = Path.Combine(_folder, "backup.db");
        Unpack("version-1.backup.gz", backup);
        EscalaProcess.Does("restore", backup, "--store", Store);
        AssertWhole();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Unpack(string name, string to)
    {
        using var packed = new GZipStream(File.OpenRead(Repository.PathTo("tests", "reference", "stores", name)), CompressionMode.Decompress);
        using var file = File.Create(to);
        packed.CopyTo(file);
    }

    private void AssertWhole()
    {
        Assert.Contains(Chain, EscalaProcess.Does("verify", "--store", Store), StringComparison.Ordinal);
        Assert.Contains("ZZZ", EscalaProcess.Does("inbox", "list", "--store", Store), StringComparison.Ordinal);
        using var sheet = JsonDocument.Parse(EscalaProcess.Does("cascade", "--facility", "F101", "--month", "2022-11", "--json", "--store", Store));
        var counts = sheet.RootElement.GetProperty("steps").EnumerateArray()
            .Select(s => (s.GetProperty("id").GetString(), s.GetProperty("numerator").GetInt32(), s.GetProperty("denominator").GetInt32()));
        Assert.Equal([("screened", 1, 3), ("raised-or-known", 1, 1), ("diagnosed", 1, 1), ("treated", 2, 2), ("picked-up", 1, 2), ("controlled", 0, 0)], counts);
    }
}

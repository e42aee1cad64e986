using Escala.Platform.Storage;

namespace Escala.Chapters.Tests.Stores;

public sealed class ServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("escala-service-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact, Trait("Speed", "Slow")]
    public void What_a_service_would_be_is_shown_without_a_password_and_nothing_is_changed()
    {
        var shown = EscalaProcess.Does("service", "install", "--print", "--backups", _folder, "--at", "03:15", "--keep", "7", "--port", "8080", "--store", "Host=db;Username=escala;Password=not-told;Database=escala");
        Assert.DoesNotContain("not-told", shown, StringComparison.Ordinal);
        Assert.Contains("--no-token", shown, StringComparison.Ordinal);
        Assert.Contains("03:15", shown, StringComparison.Ordinal);
        Assert.Contains("escala-backups", shown, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Assert.Contains("25:00", EscalaProcess.Refusal(EscalaProcess.Run(["service", "install", "--backups", _folder, "--at", "25:00", "--store", _folder])), StringComparison.Ordinal);
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_folder_of_backups_keeps_as_many_as_were_asked_and_is_never_made_on_the_wrong_disk()
    {
        var (store, backups) = (Path.Combine(_folder, "store"), Path.Combine(_folder, "usb"));
        EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
        Assert.Contains(backups, EscalaProcess.Refusal(EscalaProcess.Run(["backup", "--into", backups, "--store", store])), StringComparison.Ordinal);
        Directory.CreateDirectory(backups);
        File.WriteAllText(Path.Combine(backups, "letter.txt"), "");
        string epoch;
        using (var open = Store.At(store))
        {
            using var session = open.Open(writable: false);
            epoch = Store.Info(session, "epoch")![..8];
        }

        const string OfAnother = "escala-0a0b0c0d-20240101-023000.backup";
        string[] older = [$"escala-{epoch}-20250101-023000.backup", $"escala-{epoch}-20250102-023000.backup"];
        foreach (var name in (string[])[.. older, OfAnother]) File.WriteAllText(Path.Combine(backups, name), "");
        Assert.Contains("can be restored", EscalaProcess.Does("backup", "--into", backups, "--keep", "2", "--store", store), StringComparison.Ordinal);
        var left = Directory.GetFileSystemEntries(backups).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(4, left.Count);
        Assert.Contains("letter.txt", left);
        Assert.Contains(OfAnother, left);
        Assert.Contains(older[1], left);
        EscalaProcess.Refusal(EscalaProcess.Run(["backup", "--store", store]));
        Assert.Contains("--keep", EscalaProcess.Refusal(EscalaProcess.Run(["backup", "--into", backups, "--keep", "0", "--store", store])), StringComparison.Ordinal);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Pages_are_read_from_a_copy_of_the_same_store_and_of_no_other()
    {
        using var main = AnyStore.New(Engine.Postgres);
        using var other = AnyStore.New(Engine.Postgres);
        foreach (var store in (string[])[main.Location, other.Location]) EscalaProcess.Does("init", "--programme", "saia-htn", "--store", store);
        Assert.Contains("--read-from", EscalaProcess.Refusal(EscalaProcess.Run(["serve", "--port", "0", "--store", main.Location, "--read-from", other.Location])), StringComparison.Ordinal);
        using var server = EscalaProcess.Start(["serve", "--port", "0", "--store", main.Location, "--read-from", main.Location]);
        try
        {
            using var browser = new HttpClient();
            var address = new Uri((await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            Assert.Contains("saia-htn", await browser.GetStringAsync(address, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            server.Kill();
        }
    }
}

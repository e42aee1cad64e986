using System.Net;
using System.Text.Json;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Storage;
using Escala.Programmes.Places;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>What the office sets for places: who said it is known, the place above lends it, and tablets hear of it.</summary>
public sealed class PlaceSettingsTests
{
    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_lock_time_of_the_district_holds_at_its_facilities_until_one_has_its_own_and_tablets_hear_of_it(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        Assert.Equal(PlaceSettings.UsualLock, await LockAt(site, tablet, "F1"));
        Set(site, "D1", 12);
        Assert.Equal(12, await LockAt(site, tablet, "F1"));
        Set(site, "F1", 3);
        Assert.Equal(3, await LockAt(site, tablet, "F1"));
        Set(site, "F1", null);
        Assert.Equal(12, await LockAt(site, tablet, "F1"));

        // Everything that was ever set stands in the ledger, with who set it; nothing of it goes to tablets.
        Assert.Equal(["office", "office", "office"], site.Store.Entries(EntryKinds.PlaceSettings).Select(e => e.Entry.Origin.Author));
        await tablet.Pull();
        Assert.Empty(tablet.Pulled);
        site.Store.AssertSound();
    }

    [Fact]
    public async Task A_place_that_is_not_there_or_a_time_out_of_range_changes_nothing()
    {
        await using var site = await FieldSite.Start();
        var places = new PlaceHistory(site.Store.Programme.Places);
        Assert.Equal("registry.settings.place", PlaceSettings.SetLock(site.Store.Writer, places, "F9", 5, null, site.Store.Clock).Problems[0].Code);
        foreach (var minutes in (int[])[0, -1, 121]) Assert.Equal("registry.settings.lock", PlaceSettings.SetLock(site.Store.Writer, places, "F1", minutes, null, site.Store.Clock).Problems[0].Code);
        Assert.Empty(site.Store.Entries(EntryKinds.PlaceSettings));
    }

    [Fact]
    public async Task What_was_set_comes_back_with_a_backup()
    {
        await using var site = await FieldSite.Start();
        Set(site, "D1", 12);
        var folder = Directory.CreateTempSubdirectory("escala-settings-").FullName;
        try
        {
            Assert.True(Backup.Take(site.Store.Store, Path.Combine(folder, "b.db"), null, default).IsOk);
            using var restored = Store.At(Path.Combine(folder, "restored"));
            Assert.True(Backup.Restore(Path.Combine(folder, "b.db"), restored, site.Store.Clock, null, default).IsOk);
            using var session = restored.ReadUnfinished().Value;
            Assert.Equal(12, PlaceSettings.In(session).LockMinutes["D1"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_administrator_sets_it_on_the_page_and_is_told_what_is_wrong()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("rita", Role.Administrator);
        site.AddAccount("eva", Role.Supervisor, "D1");
        var rita = await site.Office("rita");
        Assert.Equal(HttpStatusCode.Redirect, (await rita.Post("/accounts", ("place", "F1"), ("minutes", "7"))).Status);
        Assert.Contains("<td class=\"number\">7</td>", (await rita.Get("/accounts?lang=en")).Html, StringComparison.Ordinal);
        var (status, html) = await rita.Post("/accounts?lang=en", ("place", "F1"), ("minutes", "many"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("1 to 120", html, StringComparison.Ordinal);
        var eva = await site.Office("eva");
        Assert.Equal(HttpStatusCode.Forbidden, (await eva.Post("/accounts", ("place", "F1"), ("minutes", "7"))).Status);
        Assert.DoesNotContain("href=\"/accounts\"", (await eva.Get("/")).Html, StringComparison.Ordinal);
        Assert.Equal("rita", Assert.Single(site.Store.Entries(EntryKinds.PlaceSettings)).Entry.Origin.Author);
    }

    private static void Set(FieldSite site, string place, int? minutes) =>
        Assert.True(PlaceSettings.SetLock(site.Store.Writer, new PlaceHistory(site.Store.Programme.Places), place, minutes, "office", site.Store.Clock).IsOk);

    /// <summary>As a sign-in and the pack say it.</summary>
    private static async Task<int> LockAt(FieldSite site, Tablet tablet, string facility)
    {
        using var pack = JsonDocument.Parse((await site.Ask(HttpMethod.Get, "/field/pack?facility=" + facility, tablet.Token)).Body);
        var body = JsonSerializer.SerializeToUtf8Bytes(new { account = "ana", pin = FieldSite.Pin, device = new { id = tablet.Device, name = "tablet" }, facility });
        using var signedIn = JsonDocument.Parse((await site.Ask(HttpMethod.Post, "/field/sign-in", null, body)).Body);
        var minutes = pack.RootElement.GetProperty("lockMinutes").GetInt32();
        Assert.Equal(minutes, signedIn.RootElement.GetProperty("lockMinutes").GetInt32());
        return minutes;
    }
}

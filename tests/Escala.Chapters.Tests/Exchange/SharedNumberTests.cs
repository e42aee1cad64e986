using System.Net;
using System.Text.Json;
using Escala.Chapters.Tests.Stores;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>Two devices that give one number to two people, neither knowing of the other: both are told, and the office settles it.</summary>
public sealed class SharedNumberTests
{
    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Both_devices_hear_of_both_people_until_the_office_merges_them(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        var (one, two) = await Tablets(site);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await one.Push(Registered(one, first, "0077", "Rosa"));
        Assert.Empty(await Shared(site, one));
        Assert.Equal("accepted", (await two.Push(Registered(two, second, "0077", "Rosa Maria")))[0].Status);
        foreach (var tablet in (Tablet[])[one, two])
        {
            var shared = Assert.Single(await Shared(site, tablet));
            Assert.Equal(("nid", "0077"), (shared.GetProperty("system").GetString(), shared.GetProperty("value").GetString()));
            Assert.Equal([(first, "F1"), (second, "F3")], shared.GetProperty("people").EnumerateArray().Select(p => (p.GetProperty("id").GetGuid(), p.GetProperty("facility").GetString())));
        }

        // Neither is found by the number alone, and nobody elsewhere hears of it.
        var stranger = await site.SignIn("leo", "F2");
        Assert.Empty(await Shared(site, stranger));

        site.AddAccount("rita", Role.Administrator);
        var rita = await site.Office("rita");
        var (_, html) = await rita.Get("/inbox?lang=en");
        Assert.Contains("Rosa Maria", html, StringComparison.Ordinal);
        (string, string)[] merge = [("system", "nid"), ("value", "0077"), ("person", second.ToString()), ("into", first.ToString())];
        Assert.Equal(HttpStatusCode.BadRequest, (await rita.Post("/inbox", merge)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await rita.Post("/inbox", [.. merge, ("reason", "the same woman")])).Status);
        Assert.Empty(await Shared(site, one));
        Assert.Empty(await Shared(site, two));
        var entry = Assert.Single(site.Store.Entries(EntryKinds.Merge)).Entry;
        Assert.Equal((second, "rita"), (entry.Subject!.Value, entry.Origin.Author));
        Assert.Equal(HttpStatusCode.BadRequest, (await rita.Post("/inbox", [.. merge, ("reason", "again")])).Status);

        // Taken back, they are two again, and both are told again.
        Assert.True(MergePeople.Unmerge(site.Store.Store, site.Store.Writer, site.Store.Programme, second.ToString(), "not the same", null, site.Store.Clock).IsOk);
        Assert.Single(await Shared(site, one));
        site.Store.AssertSound();
    }

    [Fact]
    public async Task A_number_that_one_of_them_gives_up_is_shared_no_more_and_one_of_long_ago_is_found_after_a_restart()
    {
        await using var site = await FieldSite.Start();
        var (one, two) = await Tablets(site);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await one.Push(Registered(one, first, "0077", "Rosa"));
        await two.Push(Registered(two, second, "0077", "Ana"));
        using (var session = site.Store.Store.Open(writable: false)) Assert.Single(new SharedIdentifiers(new KnownProgramme()).Of(session, _ => true));
        await two.Push(two.Say(EntryKinds.Person, second, """{"identifiers":[{"system":"nid","value":"0078"}],"retired":[{"system":"nid","value":"0077"}]}"""));
        Assert.Empty(await Shared(site, one));
        Assert.Empty(await Shared(site, two));
    }

    [Fact]
    public async Task The_office_of_another_place_neither_sees_nor_merges_them()
    {
        await using var site = await FieldSite.Start();
        var (one, two) = await Tablets(site);
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await one.Push(Registered(one, first, "0077", "Rosa"));
        await two.Push(Registered(two, second, "0077", "Ana"));
        var leo = await site.Office("leo");
        Assert.DoesNotContain("0077", (await leo.Get("/inbox")).Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await leo.Post("/inbox", ("system", "nid"), ("value", "0077"), ("person", second.ToString()), ("into", first.ToString()), ("reason", "x"))).Status);
        Assert.Empty(site.Store.Entries(EntryKinds.Merge));
    }

    private static async Task<(Tablet One, Tablet Two)> Tablets(FieldSite site)
    {
        foreach (var (name, place) in ((string, string)[])[("ana", "F1"), ("gil", "F3"), ("leo", "F2")]) site.AddAccount(name, Role.Nurse, place);
        return (await site.SignIn("ana", "F1"), await site.SignIn("gil", "F3"));
    }

    private static Platform.Ledger.Entry Registered(Tablet tablet, Guid person, string number, string name) =>
        tablet.Say(EntryKinds.Person, person, $$$"""{"set":{"given":"{{{name}}}"},"identifiers":[{"system":"nid","value":"{{{number}}}"}]}""");

    private static async Task<IReadOnlyList<JsonElement>> Shared(FieldSite site, Tablet tablet)
    {
        var (status, body) = await site.Ask(HttpMethod.Get, $"/field/exchange/pull?facility={tablet.Facility}&after=0", tablet.Token);
        Assert.Equal(HttpStatusCode.OK, status);
        var last = System.Text.Encoding.UTF8.GetString(Written.Plain(body)).TrimEnd('\n').Split('\n')[^1];
        return JsonDocument.Parse(last).RootElement.TryGetProperty("shared", out var shared) ? [.. shared.EnumerateArray()] : [];
    }
}

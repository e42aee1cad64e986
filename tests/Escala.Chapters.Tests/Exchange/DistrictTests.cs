using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Escala.Capture.Exchange;
using Escala.Chapters.Tests.Stores;
using Escala.Programmes.Places;
using Escala.Registry.Accounts;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>Whoever supervises a district takes the people of all its facilities along, and nobody else does.</summary>
public sealed class DistrictTests
{
    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_supervisor_pulls_the_people_of_all_facilities_of_the_district_each_with_what_was_said_before(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        foreach (var (name, place) in ((string, string)[])[("ana", "F1"), ("rui", "F2"), ("gil", "F3")]) site.AddAccount(name, Role.Nurse, place);
        site.AddAccount("eva", Role.Supervisor, "D1");
        var (one, two, three) = (await site.SignIn("ana", "F1"), await site.SignIn("rui", "F2"), await site.SignIn("gil", "F3"));
        var (first, second, other, comer) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await one.Push(one.Visit(At(first, "F1"), first));
        await two.Push(two.Visit(At(second, "F2"), second));
        await three.Push(three.Visit(At(other, "F3"), other), three.Visit(At(comer, "F3"), comer));
        await two.Push(two.Visit(At(comer, "F2"), comer));
        var tablet = await site.SignIn("eva", "F1");
        var takes = (await Pack(site, tablet, "F1")).GetProperty("takes");
        Assert.Equal(("D1", tablet.Account), (takes.GetProperty("place").GetString(), takes.GetProperty("account").GetGuid()));
        var district = tablet.At(takes.GetProperty("place").GetString()!);
        await district.Pull();
        var subjects = district.Pulled.Values.Select(p => p.Entry.Subject!.Value).ToList();
        Assert.Equal(new[] { first, second, comer, comer }.Order(), subjects.Order());

        // What is written later at any of them comes too, and once.
        await two.Push(two.Visit(At(first, "F2", "2025-11-10"), first));
        await district.Pull();
        Assert.Equal(5, district.Pulled.Count);
    }

    [Fact]
    public async Task A_supervisor_may_take_one_facility_alone_and_is_told_at_sign_in_what_may_be_taken_whole()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("eva", Role.Supervisor, "D1", "D2");
        site.AddAccount("ana", Role.Nurse, "F1", "F2");
        var tablet = await site.SignIn("eva", "F1");
        var (status, body) = await site.Ask(HttpMethod.Get, "/field/pack?facility=F1&alone=true", tablet.Token);
        Assert.Equal(HttpStatusCode.OK, status);
        using var pack = JsonDocument.Parse(body);
        var takes = pack.RootElement.GetProperty("takes");
        Assert.Equal(("F1", "F1", "D1"), (takes.GetProperty("place").GetString(), takes.GetProperty("key").GetString(), takes.GetProperty("whole").GetProperty("code").GetString()));

        async Task<JsonElement> SignIn(string account)
        {
            using var answer = await site.Client.PostAsJsonAsync("/field/sign-in", new { account, pin = FieldSite.Pin, device = new { id = Guid.CreateVersion7(), name = "t" } });
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }

        // A district of a single facility is that facility.
        Assert.Equal(["D1 F1"], (await SignIn("eva")).GetProperty("wholes").EnumerateArray().Select(w => $"{w.GetProperty("code").GetString()} {w.GetProperty("facility").GetString()}"));
        var ana = await SignIn("ana");
        Assert.Equal(["F1", "F2"], ana.GetProperty("account").GetProperty("places").EnumerateArray().Select(p => p.GetProperty("code").GetString()));
        Assert.Equal(0, ana.GetProperty("wholes").GetArrayLength());
    }

    [Fact]
    public async Task Others_take_their_facility_and_ask_in_vain_for_the_district()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("eva", Role.Supervisor, "F1");
        foreach (var name in (string[])["ana", "eva"])
        {
            var tablet = await site.SignIn(name, "F1");
            Assert.Equal("F1", (await Pack(site, tablet, "F1")).GetProperty("takes").GetProperty("place").GetString());
            Assert.Equal(HttpStatusCode.Forbidden, (await site.Ask(HttpMethod.Get, "/field/exchange/pull?facility=D1&after=0", tablet.Token)).Status);
        }
    }

    [Fact]
    public async Task A_facility_that_joins_the_district_makes_the_device_pull_from_the_beginning()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("eva", Role.Supervisor, "D1", "D2");
        var tablet = await site.SignIn("eva", "F1");
        var before = (await Pack(site, tablet, "F1")).GetProperty("takes").GetProperty("key").GetString();
        site.Store.Apply(Stores.Register.Places(["F1", "F2", "F4"]) + Stores.Register.Places(["F3"], "D2").Split('\n', 5)[^1]);
        var after = (await Pack(site, tablet, "F1")).GetProperty("takes").GetProperty("key").GetString();
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task Above_the_budget_it_is_the_facility_alone_and_the_pack_says_why()
    {
        await using var site = await FieldSite.Start();
        var account = site.AddAccount("eva", Role.Supervisor, "D1");
        site.Store.Import(Stores.Register.Csv([.. Enumerable.Range(0, TakenPlace.MostPeople + 1).Select(i => new Visit($"p{i}", i % 2 == 0 ? "F1" : "F2", "2025-11-03"))]));
        using var session = site.Store.Store.Open(writable: false);
        var taken = TakenPlace.Of(session, site.Store.Programme, new PlaceHistory(site.Store.Programme.Places), "F1", account, new DateOnly(2026, 1, 1));
        Assert.Equal(("F1", TakenPlace.MostPeople + 100), (taken.Place, taken.People));
        Assert.True((await Pack(site, await site.SignIn("eva", "F1"), "F1")).GetProperty("takes").GetProperty("people").GetInt32() > TakenPlace.MostPeople);
    }

    [Fact]
    public async Task The_pack_names_who_writes_at_the_place_and_on_which_tablet_and_nobody_elsewhere()
    {
        await using var site = await FieldSite.Start();
        foreach (var (name, role, place) in ((string, Role, string)[])[("ana", Role.Nurse, "F1"), ("eva", Role.Supervisor, "D1"), ("gil", Role.Nurse, "F3"), ("leo", Role.Viewer, "F1")]) site.AddAccount(name, role, place);
        var tablet = await site.SignIn("ana", "F1");
        var elsewhere = await site.SignIn("gil", "F3");
        var pack = await Pack(site, tablet, "F1");
        Assert.Equal(["ana", "eva"], pack.GetProperty("staff").EnumerateArray().Select(s => s.GetProperty("name").GetString()).Order());
        Assert.Equal(tablet.Device, Assert.Single(pack.GetProperty("devices").EnumerateArray()).GetProperty("id").GetGuid());
        Assert.NotEqual(tablet.Device, elsewhere.Device);

        // Whoever left still stands behind what he wrote.
        site.Write(s => AccountTable.HandOver(s, AccountTable.Find(s, "ana")!, AccountTable.Find(s, "eva")!, site.Store.Clock));
        var eva = await site.SignIn("eva", "F1");
        Assert.Contains("ana", (await Pack(site, eva, "F1")).GetProperty("staff").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
    }

    private static Visit At(Guid person, string facility, string day = "2025-11-03") => new(person.ToString(), facility, day) { Pressure = "150/95" };

    private static async Task<JsonElement> Pack(FieldSite site, Tablet tablet, string facility)
    {
        var (status, body) = await site.Ask(HttpMethod.Get, "/field/pack?facility=" + facility, tablet.Token);
        Assert.True(status == HttpStatusCode.OK, System.Text.Encoding.UTF8.GetString(body));
        return JsonDocument.Parse(body).RootElement;
    }
}

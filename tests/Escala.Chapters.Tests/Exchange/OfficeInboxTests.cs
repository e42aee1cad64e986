using System.Net;
using Escala.Chapters.Tests.Stores;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>What waits for somebody at the office, in words.</summary>
public sealed class OfficeInboxTests
{
    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Two_answers_written_unknown_to_each_other_are_listed_with_who_wrote_them_on_what_until_one_has_seen_both(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rui", Role.Clerk, "F1");
        site.AddAccount("eva", Role.Supervisor, "D1");
        site.AddAccount("gil", Role.Supervisor, "D2");
        var (one, two) = (await site.SignIn("ana", "F1", name: "blue tablet"), await site.SignIn("rui", "F1", name: "desk"));
        var person = Guid.CreateVersion7();
        await one.Push(one.Say(EntryKinds.Person, person, """{"set":{"given":"Rosa","family":"Cossa","phone":"841"}}"""));
        var seen = site.Store.Writer.Head;
        await one.Push(one.Say(EntryKinds.Person, person, """{"set":{"phone":"842"}}""") with { BasedOn = seen });
        await two.Push(two.Say(EntryKinds.Person, person, """{"set":{"phone":"843"}}""") with { BasedOn = seen });
        var eva = await site.Office("eva");
        var (status, html) = await eva.Get("/inbox?lang=en");
        Assert.Equal(HttpStatusCode.OK, status);
        foreach (var said in (string[])["Rosa Cossa", "phone", "842", "843", "ana · blue tablet", "rui · desk"]) Assert.Contains(said, html, StringComparison.Ordinal);
        Assert.DoesNotContain("841", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Cossa", (await (await site.Office("gil")).Get("/inbox")).Html, StringComparison.Ordinal);

        await two.Push(two.Say(EntryKinds.Person, person, """{"set":{"phone":"842"}}""") with { BasedOn = site.Store.Writer.Head });
        Assert.DoesNotContain("843", (await eva.Get("/inbox")).Html, StringComparison.Ordinal);
    }

    /// <summary>What was typed on a tablet is shown at the office as it was typed, and carries nothing out there.</summary>
    [Fact]
    public async Task Script_in_what_people_and_tablets_are_called_is_shown_and_not_run()
    {
        const string Script = """x' onmouseover=alert(1) '><img src=x onerror=alert(1)><script>alert(1)</script>""";
        await using var site = await FieldSite.Start(Engine.Sqlite);
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rui", Role.Clerk, "F1");
        site.AddAccount("adm", Role.Administrator);
        var (one, two) = (await site.SignIn("ana", "F1", name: Script[..40]), await site.SignIn("rui", "F1", name: "<b>desk</b>"));
        var person = Guid.CreateVersion7();
        await one.Push(one.Say(EntryKinds.Person, person, System.Text.Json.JsonSerializer.Serialize(new { set = new { given = Script, family = Script, phone = "841" } })));
        var seen = site.Store.Writer.Head;
        await one.Push(one.Say(EntryKinds.Person, person, System.Text.Json.JsonSerializer.Serialize(new { set = new { phone = Script } })) with { BasedOn = seen });
        await two.Push(two.Say(EntryKinds.Person, person, """{"set":{"phone":"=1+1"}}""") with { BasedOn = seen });
        var office = await site.Office("adm");
        foreach (var page in (string[])["/inbox", "/accounts", "/forms", "/"])
        {
            var (status, html) = await office.Source(page + "?lang=en");
            Assert.Equal(HttpStatusCode.OK, status);
            foreach (var live in (string[])["<img src=x", "<script>alert", "<b>desk", "x' onmouseover"]) Assert.DoesNotContain(live, html, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("onerror=alert(1)", (await office.Get("/inbox")).Html, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Two_answers_of_records_that_were_merged_across_districts_are_listed_to_both(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rui", Role.Nurse, "F3");
        site.AddAccount("eva", Role.Supervisor, "D1");
        site.AddAccount("gil", Role.Supervisor, "D2");
        var (one, two) = (await site.SignIn("ana", "F1"), await site.SignIn("rui", "F3"));
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await one.Push(one.Say(EntryKinds.Person, first, """{"set":{"given":"Rosa","family":"Cossa","phone":"842"}}"""), one.Visit(new Visit(first.ToString(), "F1", "2025-11-03"), first));
        await two.Push(two.Say(EntryKinds.Person, second, """{"set":{"phone":"843"}}"""), two.Visit(new Visit(second.ToString(), "F3", "2025-11-04"), second));
        var (eva, gil) = (await site.Office("eva"), await site.Office("gil"));
        Assert.DoesNotContain("843", (await eva.Get("/inbox")).Html, StringComparison.Ordinal);
        Assert.True(MergePeople.Merge(site.Store.Store, site.Store.Writer, site.Store.Programme, first.ToString(), second.ToString(), "test", null, site.Store.Clock).IsOk);
        // Also to whoever works where only one of the records has been since.
        site.AddAccount("lia", Role.Nurse, "F2");
        var three = await site.SignIn("lia", "F2");
        await three.Push(three.Visit(new Visit(first.ToString(), "F2", "2025-11-05"), first));
        foreach (var office in new[] { eva, gil, await site.Office("lia") })
        {
            var (_, html) = await office.Get("/inbox?lang=en");
            foreach (var said in (string[])["842", "843"]) Assert.Contains(said, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_refused_entry_is_named_in_words_with_its_remedy_and_leaves_the_list_when_it_is_taken()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rita", Role.Administrator);
        var tablet = await site.SignIn("ana", "F1", name: "blue tablet");
        var person = Guid.CreateVersion7();
        var elsewhere = tablet.Visit(new Visit(person.ToString(), "F3", "2025-11-03"), person);
        await tablet.Push(elsewhere);
        var rita = await site.Office("rita");
        foreach (var (language, kind, remedy) in ((string, string, string)[])[("en", "visit", "An administrator can add the place"), ("pt", "consulta", "Um administrador pode dar-lhe o lugar"), ("es", "consulta", "Un administrador puede darle el lugar")])
        {
            var (_, html) = await rita.Get("/inbox?lang=" + language);
            Assert.Contains($"<th scope=\"row\">{kind} ", html, StringComparison.Ordinal);
            Assert.Contains("ana · blue tablet", html, StringComparison.Ordinal);
            Assert.Contains(remedy, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        }

        // Of no concern to whoever works elsewhere.
        Assert.DoesNotContain("blue tablet", (await (await site.Office("ana")).Get("/inbox")).Html, StringComparison.Ordinal);
        site.Write(s => s.Execute("INSERT INTO account_place (account, place, ended_at) VALUES ($1, $2, $3)", tablet.Account, "D2", null));
        await tablet.Push(elsewhere);
        var (_, now) = await rita.Get("/inbox?lang=en");
        Assert.DoesNotContain("An administrator can add the place", now, StringComparison.Ordinal);
        Assert.Contains("Taken: ana", now, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_is_what_the_exchange_says_whatever_the_order_in_which_a_devices_entries_came()
    {
        var profile = new PersonProfile();
        profile.Say(new Saying(1, 0, "a", 2, "ana", 1), """{"set":{"phone":"2"}}"""u8);
        profile.Say(new Saying(2, 0, "a", 1, "ana", 1), """{"set":{"phone":"1"}}"""u8);
        Assert.Equal("2", profile["phone"]);
        Assert.Empty(profile.Conflicts);
        profile.Say(new Saying(3, 1, "b", 1, "rui", 1), """{"set":{"phone":"3"}}"""u8);
        Assert.Equal("3", profile["phone"]);
        Assert.Empty(profile.Conflicts);
        profile.Say(new Saying(4, 2, "c", 1, "gil", 1), """{"set":{"phone":"4","village":"x"}}"""u8);
        var conflict = Assert.Single(profile.Conflicts);
        Assert.Equal(["4", "3"], conflict.Values.Select(v => v.Value));
    }
}

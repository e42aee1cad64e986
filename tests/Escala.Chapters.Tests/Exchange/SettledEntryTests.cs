using System.Net;
using System.Text;
using System.Text.Json;
using Escala.Capture.Exchange;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>An entry that was refused waits until somebody has said what becomes of it; then nobody is asked again, and its device is told.</summary>
public sealed class SettledEntryTests
{
    private static readonly Visit s_visit = new("", "F1", "2025-11-03") { Born = "1970-05-01", Pressure = "150/95", Diagnosed = "1", Prescribed = "1", Days = "many" };

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    private static Entry Unreadable(Tablet tablet, Guid person) => tablet.Visit(s_visit with { Person = person.ToString() }, person);

    private static Entry Readable(Tablet tablet, Guid person) => tablet.Visit(s_visit with { Person = person.ToString(), Days = "30" }, person);

    /// <summary>A batch of one entry that its device says to stand for refused ones.</summary>
    private static byte[] StandingFor(Tablet tablet, Entry entry, params Guid[] refused) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Written.Plain(Written.Batch(tablet.Device, [entry]))).Replace("\"q\":", $"\"x\":{JsonSerializer.Serialize(refused)},\"q\":", StringComparison.Ordinal));

    private static async Task<IReadOnlyList<(Guid Id, string Outcome, long Position, string? By, string? Reason)>> Ask(FieldSite site, Tablet tablet, params Guid[] ids)
    {
        var (status, body) = await site.Ask(HttpMethod.Post, "/field/exchange/refused", tablet.Token, JsonSerializer.SerializeToUtf8Bytes(new { ids }));
        Assert.Equal(HttpStatusCode.OK, status);
        using var json = JsonDocument.Parse(body);
        return [.. json.RootElement.GetProperty("settled").EnumerateArray().Select(s => (
            s.GetProperty("id").GetGuid(), s.GetProperty("outcome").GetString()!, s.GetProperty("position").GetInt64(), s.GetProperty("by").GetString(), s.GetProperty("reason").GetString()))];
    }

    private static IReadOnlyList<RefusedEntry> Waiting(FieldSite site)
    {
        using var session = site.Store.Store.Open(writable: false);
        return RefusedEntries.Read(session);
    }

    private static List<Entry> Discards(FieldSite site)
    {
        using var session = site.Store.Store.Open(writable: false);
        return [.. LedgerReader.Entries(session, 1, long.MaxValue).Select(e => e.Entry).Where(e => e.Origin.Kind == EntryKinds.EntryDiscard)];
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Withdrawing_what_was_never_taken_settles_it_also_within_one_batch_and_no_entry_waits(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var (one, two) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var first = Unreadable(tablet, one);
        Assert.Equal("refused", (await tablet.Push(first))[0].Status);
        var withdrawal = tablet.Say(EntryKinds.Withdrawal, one, "", first.Id);
        Assert.Equal("accepted", (await tablet.Push(withdrawal))[0].Status);
        Assert.Equal("duplicate", (await tablet.Push(withdrawal))[0].Status);

        var second = Unreadable(tablet, two);
        Assert.Equal(["refused", "accepted"], (await tablet.Push(second, tablet.Say(EntryKinds.Withdrawal, two, "", second.Id))).Select(r => r.Status));
        Assert.Empty(Waiting(site));
        Assert.All(await Ask(site, tablet, first.Id, second.Id), s => Assert.Equal(("withdrawn", "ana"), (s.Outcome, s.By)));
        // What was said stays in the ledger, and goes to nobody else.
        Assert.Equal([first.Id, second.Id], Discards(site).Select(d => d.Withdraws!.Value));
        Assert.Contains(",many", Encoding.UTF8.GetString(Discards(site)[0].Body), StringComparison.Ordinal);
        await tablet.Pull();
        Assert.DoesNotContain(tablet.Pulled.Values, p => p.Entry.Origin.Kind == EntryKinds.EntryDiscard);
        site.Store.AssertSound();

        // It comes once more, from a file or after a restore: nobody is asked about it again.
        Assert.Equal("capture.exchange.settled", (await tablet.Push(first))[0].Problem);
        Assert.Empty(Waiting(site));
    }

    [Fact]
    public async Task A_device_that_knows_of_a_refusal_is_believed_by_a_store_that_does_not_and_none_speaks_for_another()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var (tablet, other) = (await site.SignIn("ana", "F1"), await site.SignIn("ana", "F1"));
        var person = Guid.CreateVersion7();
        var unheard = tablet.Say(EntryKinds.Withdrawal, person, "", Guid.CreateVersion7());
        Assert.Equal("cascades.visit.changed", (await tablet.Push(unheard))[0].Problem);
        Assert.Equal("accepted", (await tablet.Push(StandingFor(tablet, unheard, unheard.Withdraws!.Value)))[0].Status);
        Assert.Empty(Waiting(site));
        // What the store had forgotten comes from a file afterwards: it does not count beside what stands for it.
        var forgotten = Readable(tablet, person);
        await tablet.Push(StandingFor(tablet, Readable(tablet, person), forgotten.Id));
        Assert.Equal(["capture.exchange.settled", "capture.exchange.settled"], (await tablet.Push(forgotten, forgotten with { Id = unheard.Withdraws!.Value })).Select(r => r.Problem));

        var refused = Unreadable(tablet, person);
        await tablet.Push(refused);
        Assert.Equal("cascades.visit.changed", (await other.Push(other.Say(EntryKinds.Withdrawal, person, "", refused.Id)))[0].Problem);
        Assert.Equal("accepted", (await other.Push(StandingFor(other, Readable(other, person), refused.Id)))[0].Status);
        Assert.Equal("cascades.visit.changed", (await other.Push(StandingFor(other, other.Say(EntryKinds.Withdrawal, person, "", refused.Id), refused.Id)))[0].Problem);
        Assert.Contains(Waiting(site), r => r.Id == refused.Id);
        Assert.Empty(await Ask(site, other, refused.Id));
        Assert.Empty(Discards(site));

        // Under the same id the other says something of its own, and takes that back: no more than that goes.
        Assert.Equal("refused", (await other.Push(Unreadable(other, person) with { Id = refused.Id }))[0].Status);
        Assert.Equal(2, Waiting(site).Count(r => r.Id == refused.Id));
        Assert.Equal("accepted", (await other.Push(other.Say(EntryKinds.Withdrawal, person, "", refused.Id)))[0].Status);
        Assert.Equal(tablet.Device, Assert.Single(Waiting(site), r => r.Id == refused.Id).Device);
        Assert.Single(Discards(site));
        Assert.Equal("accepted", (await tablet.Push(Readable(tablet, person) with { Id = refused.Id }))[0].Status);
        Assert.DoesNotContain(Waiting(site), r => r.Id == refused.Id);
        Assert.Equal(2, Discards(site).Count);
        using var session = site.Store.Store.Open(writable: false);
        Assert.Equal((Outcome.Taken, tablet.Device), SettledEntries.Latest(session).Where(s => s.Id == refused.Id).Select(s => (s.Outcome, s.Device!.Value)).Single());
        // Where it stands in the ledger is told to its own device alone.
        Assert.Equal("taken", Assert.Single(await Ask(site, tablet, refused.Id)).Outcome);
        Assert.Empty(await Ask(site, other, refused.Id));
    }

    [Fact]
    public async Task A_correction_that_stands_for_refused_ones_takes_them_off_the_offices_list()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("eva", Role.Supervisor, "D1");
        var tablet = await site.SignIn("ana", "F1", name: "blue tablet");
        var person = Guid.CreateVersion7();
        var (first, second) = (Unreadable(tablet, person), Unreadable(tablet, person));
        await tablet.Push(first, second);
        Assert.Equal(2, Waiting(site).Count);
        var ofSomebodyElse = StandingFor(tablet, tablet.Say(EntryKinds.Person, Guid.CreateVersion7(), """{"set":{"given":"Eva"}}"""), first.Id);
        Assert.Equal("accepted", (await tablet.Push(ofSomebodyElse))[0].Status);
        Assert.Equal(2, Waiting(site).Count);
        await tablet.Push(StandingFor(tablet, Readable(tablet, person), second.Id, first.Id));
        Assert.Empty(Waiting(site));
        // Nothing that was said is lost, and none of it counts beside what stands for it.
        Assert.Equal([second.Id, first.Id], Discards(site).Select(d => d.Withdraws!.Value));
        Assert.Equal("capture.exchange.settled", (await tablet.Push(Readable(tablet, person) with { Id = first.Id }))[0].Problem);
        Assert.Empty(Waiting(site));
        var (_, html) = await (await site.Office("eva")).Get("/inbox?lang=en");
        Assert.Contains("Mended on the device: ana", html, StringComparison.Ordinal);
        Assert.Equal((1, 1, 0), site.Store.Count("screened", "F1", "2025-11"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_the_office_gives_up_is_told_to_its_device_with_who_and_why_and_an_erasure_reaches_it(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("eva", Role.Supervisor, "D1");
        site.AddAccount("gil", Role.Supervisor, "D2");
        var tablet = await site.SignIn("ana", "F1", name: "blue tablet");
        var person = Guid.CreateVersion7();
        var refused = Unreadable(tablet, person);
        await tablet.Push(refused);
        Assert.Empty(await Ask(site, tablet, refused.Id));
        var number = Waiting(site).Single().Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var (eva, gil) = (await site.Office("eva"), await site.Office("gil"));
        Assert.Equal(HttpStatusCode.BadRequest, (await gil.Post("/inbox?handler=GiveUp", ("number", number), ("reason", "mine"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await eva.Post("/inbox?handler=GiveUp", ("number", number), ("reason", " "))).Status);
        Assert.Single(Waiting(site));
        Assert.Equal(HttpStatusCode.Redirect, (await eva.Post("/inbox?handler=GiveUp", ("number", number), ("reason", "page torn"))).Status);
        Assert.Empty(Waiting(site));
        Assert.Equal((refused.Id, "given-up", 0L, "eva", "page torn"), Assert.Single(await Ask(site, tablet, refused.Id)));
        var (_, html) = await eva.Get("/inbox?lang=en");
        foreach (var said in (string[])["Given up: eva", "page torn", "ana · blue tablet"]) Assert.Contains(said, html, StringComparison.Ordinal);
        Assert.DoesNotContain("page torn", (await gil.Get("/inbox")).Html, StringComparison.Ordinal);
        site.Store.AssertSound();

        Assert.True(ErasePerson.Run(site.Store.Store, site.Store.Writer, site.Store.Programme, person.ToString(), "law", null, site.Store.Clock).IsOk);
        Assert.Empty(Assert.Single(Discards(site)).Body);
    }

    [Fact]
    public async Task What_is_taken_at_the_office_once_nothing_stands_in_its_way_is_told_to_its_device_with_its_place()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rita", Role.Administrator);
        var tablet = await site.SignIn("ana", "F1");
        var person = Guid.CreateVersion7();
        var elsewhere = tablet.Visit(s_visit with { Person = person.ToString(), Facility = "F3", Days = "30" }, person);
        await tablet.Push(elsewhere, Unreadable(tablet, person));
        var rita = await site.Office("rita");
        var number = Waiting(site)[0].Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(HttpStatusCode.BadRequest, (await rita.Post("/inbox?handler=Again", ("number", number))).Status);
        Assert.Equal(2, Waiting(site).Count);
        site.Write(s => s.Execute("INSERT INTO account_place (account, place, ended_at) VALUES ($1, $2, $3)", tablet.Account, "D2", null));
        Assert.Equal(HttpStatusCode.Redirect, (await rita.Post("/inbox?handler=Again", ("number", number))).Status);
        Assert.Single(Waiting(site));
        Assert.Equal((1, 1, 0), site.Store.Count("screened", "F3", "2025-11"));
        var told = Assert.Single(await Ask(site, tablet, elsewhere.Id));
        Assert.Equal((elsewhere.Id, "taken", "rita"), (told.Id, told.Outcome, told.By));
        Assert.Equal(site.Store.Writer.Head, told.Position);
    }

    [Fact]
    public async Task What_was_given_up_while_the_ledger_took_it_is_taken_for_everybody()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var person = Guid.CreateVersion7();
        var elsewhere = tablet.Visit(s_visit with { Person = person.ToString(), Facility = "F3", Days = "30" }, person);
        await tablet.Push(elsewhere);
        Assert.True(SettleRefused.GiveUp(site.Store.Writer, [1], "torn", "eva", site.Store.Clock).IsOk);
        await site.Store.Writer.Commit([elsewhere]);
        Assert.Equal("duplicate", (await tablet.Push(elsewhere))[0].Status);
        using var session = site.Store.Store.Open(writable: false);
        Assert.Equal((Outcome.Taken, null), SettledEntries.Latest(session).Select(s => (s.Outcome, s.Reason)).Single());
        Assert.Equal("taken", Assert.Single(await Ask(site, tablet, elsewhere.Id)).Outcome);
    }

    [Fact]
    public async Task The_page_takes_nothing_that_its_device_might_not_say_and_gives_up_nothing_of_other_places()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var bea = site.AddAccount("bea", Role.Nurse, "F1");
        site.AddAccount("eva", Role.Supervisor, "D1");
        var (tablet, other) = (await site.SignIn("ana", "F1"), await site.SignIn("ana", "F1"));
        var person = Guid.CreateVersion7();
        var visit = Readable(tablet, person);
        var asBea = visit with { Origin = visit.Origin with { Author = bea.Id.ToString() } };
        var asOther = Readable(other, person);
        Assert.Equal(["capture.exchange.author", "capture.exchange.other-device"], (await tablet.Push(asBea, asOther)).Select(r => r.Problem));
        var eva = await site.Office("eva");
        foreach (var number in (string[])["1", "2"]) Assert.Equal(HttpStatusCode.BadRequest, (await eva.Post("/inbox?handler=Again", ("number", number))).Status);
        Assert.Equal(2, Waiting(site).Count);
        Assert.Equal((0, 0, 0), site.Store.Count("screened", "F1", "2025-11"));

        // Under the same id, at a place that is not eva's.
        await tablet.Push(tablet.Visit(s_visit with { Person = person.ToString(), Facility = "F3" }, person) with { Id = asBea.Id });
        Assert.Equal(HttpStatusCode.Redirect, (await eva.Post("/inbox?handler=GiveUp", ("number", "1"), ("reason", "not bea"))).Status);
        Assert.Equal(["F1", "F3"], Waiting(site).Select(r => r.Facility));
        Assert.Single(Discards(site));
    }

    [Fact]
    public async Task Who_settled_what_outlives_a_restore()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var refused = Unreadable(tablet, Guid.CreateVersion7());
        await tablet.Push(refused);
        Assert.Equal("capture.discard.number", SettleRefused.GiveUp(site.Store.Writer, [99], "torn", "eva", site.Store.Clock).Problems[0].Code);
        Assert.True(SettleRefused.GiveUp(site.Store.Writer, [1], "torn", "eva", site.Store.Clock).IsOk);
        var folder = Directory.CreateTempSubdirectory("escala-settled-").FullName;
        try
        {
            var file = Path.Combine(folder, "backup.db");
            Assert.True(Backup.Take(site.Store.Store, file, null, default).IsOk);
            using var restored = Store.At(Path.Combine(folder, "store"));
            Assert.True(Backup.Restore(file, restored, site.Store.Clock, null, default).IsOk);
            using var session = restored.Open(writable: false);
            var settled = Assert.Single(SettledEntries.Latest(session));
            Assert.Equal((refused.Id, Outcome.GivenUp, "eva", "torn"), (settled.Id, settled.Outcome, settled.By, settled.Reason));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

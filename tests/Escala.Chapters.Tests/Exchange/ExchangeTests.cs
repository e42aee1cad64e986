using System.Net;
using System.Text;
using Escala.Capture.Exchange;
using Escala.Chapters.Tests.Stores;
using Escala.Platform.Ledger;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Registry.People;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>What a nurse's tablet may rely on, through HTTP: nothing lost, nothing twice, nothing taken that came changed.</summary>
public sealed class ExchangeTests
{
    private static readonly Visit s_visit = new("", "F1", "2025-11-03") { Born = "1970-05-01", Pressure = "150/95", Diagnosed = "1", Prescribed = "1", Days = "30" };

    private static Visit VisitOf(Guid person, string facility = "F1", string day = "2025-11-03") => s_visit with { Person = person.ToString(), Facility = facility, Day = day };

    public static IEnumerable<TheoryDataRow<Engine>> Engines => AnyStore.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task An_entry_is_counted_when_it_is_answered_and_a_batch_sent_again_or_in_another_order_changes_nothing(Engine engine)
    {
        await using var site = await FieldSite.Start(engine);
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var people = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToList();
        var entries = people.Select(p => tablet.Visit(VisitOf(p), p)).ToArray();
        Assert.All(await tablet.Push(entries), r => Assert.Equal("accepted", r.Status));
        Assert.Equal((5, 5, 0), site.Store.Count("screened", "F1", "2025-11"));

        Assert.All(await tablet.Push(entries), r => Assert.Equal("duplicate", r.Status));
        Assert.All(await tablet.Push([.. entries.Reverse(), entries[0]]), r => Assert.Equal("duplicate", r.Status));
        Assert.Equal((5, 5, 0), site.Store.Count("screened", "F1", "2025-11"));
        var other = entries[0] with { Body = [.. entries[0].Body, (byte)' '] };
        Assert.Equal("platform.ledger.id-taken", (await tablet.Push(other))[0].Problem);
        site.Store.AssertSound();
    }

    [Fact]
    public async Task Of_a_batch_that_breaks_off_nothing_is_taken_wherever_it_breaks()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var entries = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7()).Select(p => tablet.Visit(VisitOf(p), p)).ToArray();
        var batch = Written.Batch(tablet.Device, entries);
        var head = site.Store.Writer.Head;
        foreach (var cut in Enumerable.Range(1, 12).Select(i => batch.Length * i / 13))
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await site.Ask(HttpMethod.Post, "/field/exchange/push", tablet.Token, batch[..cut])).Status);
        }

        Assert.Equal(head, site.Store.Writer.Head);
        Assert.Equal(40, (await tablet.Push(batch)).Count);
        Assert.Equal(40, site.Store.Count("screened", "F1", "2025-11").Denominator);
    }

    [Fact]
    public async Task Of_a_batch_whose_bytes_changed_on_the_way_nothing_is_taken_that_was_not_sent()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var chance = new Random(7);
        var sent = new Dictionary<Guid, Entry>();
        for (var i = 0; i < 200; i++)
        {
            var entries = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).Select(p => tablet.Visit(VisitOf(p), p)).ToArray();
            foreach (var entry in entries) sent[entry.Id] = entry;
            var batch = Written.Batch(tablet.Device, entries);
            batch[chance.Next(batch.Length)] ^= (byte)(1 << chance.Next(8));
            await site.Ask(HttpMethod.Post, "/field/exchange/push", tablet.Token, batch);
        }

        using var session = site.Store.Store.Open(writable: false);
        var visits = LedgerReader.Entries(session, 1, long.MaxValue).Where(e => e.Entry.Origin.Kind == EntryKinds.Visit).ToList();
        Assert.All(visits, v => Assert.Equal(Encoding.UTF8.GetString(sent[v.Entry.Id].Body), Encoding.UTF8.GetString(v.Entry.Body)));
        site.Store.AssertSound();
    }

    [Fact]
    public async Task A_bomb_or_a_stranger_takes_nothing_and_costs_little()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        using var bomb = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(bomb, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var i = 0; i < 64; i++) gzip.Write(new byte[1 << 20]);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await site.Ask(HttpMethod.Post, "/field/exchange/push", tablet.Token, bomb.ToArray())).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await site.Ask(HttpMethod.Post, "/field/exchange/push", tablet.Token, new byte[5 << 20])).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Ask(HttpMethod.Post, "/field/exchange/push", "guess", [])).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Ask(HttpMethod.Get, "/field/exchange/pull?facility=F1&after=0", null)).Status);
    }

    [Fact]
    public async Task What_is_refused_stays_as_it_came_and_holds_up_none_of_the_others()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var (one, two) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var unreadable = tablet.Visit(VisitOf(one) with { Days = "many" }, one);
        var elsewhere = tablet.Visit(VisitOf(two, "F3"), two);
        var stranger = tablet.Visit(VisitOf(two), two);
        stranger = stranger with { Origin = stranger.Origin with { Author = Guid.CreateVersion7().ToString() } };
        var erasure = tablet.Say(EntryKinds.Call, two, "{}");
        erasure = erasure with { Origin = erasure.Origin with { Kind = EntryKinds.Erasure } };
        var good = tablet.Visit(VisitOf(two), two);
        var receipts = await tablet.Push(unreadable, elsewhere, stranger, erasure, good);
        Assert.Equal(["programmes.register.not-whole-days", "capture.exchange.outside", "capture.exchange.author", "capture.exchange.kind", null], receipts.Select(r => r.Problem));
        Assert.Equal("accepted", receipts[4].Status);
        await tablet.Push(unreadable, elsewhere);
        using (var session = site.Store.Store.Open(writable: false)) Assert.Equal(4, RefusedEntries.Read(session).Count);

        // Once the place is the account's, the same entry is taken, and waits no more.
        site.Write(s => s.Execute("INSERT INTO account_place (account, place, ended_at) VALUES ($1, $2, $3)", tablet.Account, "D2", null));
        Assert.Equal("accepted", (await tablet.Push(elsewhere))[0].Status);
        using (var session = site.Store.Store.Open(writable: false)) Assert.Equal(3, RefusedEntries.Read(session).Count);
    }

    [Theory]
    [InlineData("\"d\":", "\"x\":")]
    [InlineData("\"t\":", "\"x\":")]
    [InlineData("\"d\":\"2025-11-03\"", "\"d\":null")]
    [InlineData("\"body\":\"", "\"body\":null,\"x\":\"")]
    [InlineData("\"t\":", "\"t\":9999999999999999,\"x\":")]
    [InlineData("\"kind\":\"visit\"", "\"kind\":null")]
    [InlineData("\"class\":\"clinical\"", "\"class\":null")]
    public async Task A_malformed_line_is_refused_and_the_rest_of_the_queue_goes_on(string whole, string malformed)
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var (one, two) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var good = Written.Plain(Written.Batch(tablet.Device, [tablet.Visit(VisitOf(two), two)]));
        var bad = Encoding.UTF8.GetString(Written.Plain(Written.Batch(tablet.Device, [tablet.Visit(VisitOf(one), one)])));
        var changed = bad.Replace(whole, malformed, StringComparison.Ordinal);
        Assert.NotEqual(bad, changed);
        var receipts = await tablet.Push([.. Encoding.UTF8.GetBytes(changed), .. good[(Array.IndexOf(good, (byte)'\n') + 1)..]]);
        Assert.Equal(["capture.exchange.unreadable", null], receipts.Select(r => r.Problem));
        Assert.Equal("accepted", receipts[1].Status);
    }

    [Fact]
    public async Task A_row_of_another_place_is_neither_moved_nor_withdrawn_by_naming_ones_own()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rui", Role.Nurse, "F3");
        var (one, two) = (await site.SignIn("ana", "F1"), await site.SignIn("rui", "F3"));
        var person = Guid.CreateVersion7();
        var theirs = two.Visit(VisitOf(person, "F3"), person);
        Assert.Equal("accepted", (await two.Push(theirs))[0].Status);
        Assert.Equal(["capture.exchange.outside", "capture.exchange.outside"], (await one.Push(one.Say(EntryKinds.Withdrawal, person, "", theirs.Id), one.Visit(VisitOf(person), person, theirs.Id))).Select(r => r.Problem));
        Assert.Equal(1, site.Store.Count("screened", "F3", "2025-11").Denominator);
    }

    [Fact]
    public async Task A_device_speaks_for_no_register_and_by_no_impossible_clock_or_layout()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var visit = tablet.Visit(VisitOf(Guid.CreateVersion7()), Guid.CreateVersion7());
        var layout = visit.Origin.Layout!;
        Origin[] origins =
        [
            visit.Origin with { Source = "emr" }, visit.Origin with { Batch = "file" }, visit.Origin with { Reason = "so" }, visit.Origin with { RecordedOffset = 841 }, visit.Origin with { RecordedOffset = -841 },
            visit.Origin with { Layout = layout + "|invented" }, visit.Origin with { Layout = "csv:emr" + layout[3..] }, visit.Origin with { Layout = "text" },
        ];
        var offered = origins.Select(o => visit with { Id = Guid.CreateVersion7(), Origin = o }).Concat([visit with { RecordedAt = -1_000 }, visit with { RecordedAt = 4_102_444_800_000_000 }]).ToArray();
        Assert.All(await tablet.Push(offered), r => Assert.Equal("capture.exchange.envelope", r.Problem));
    }

    [Fact]
    public async Task Of_somebody_erased_no_refusal_keeps_what_was_said_whatever_else_is_wrong_with_it()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var person = Guid.CreateVersion7();
        var visit = tablet.Visit(VisitOf(person), person);
        await tablet.Push(visit);
        Assert.True(ErasePerson.Run(site.Store.Store, site.Store.Writer, site.Store.Programme, person.ToString(), "test", null, site.Store.Clock).IsOk);
        var late = Encoding.UTF8.GetString(Written.Plain(Written.Batch(tablet.Device, [tablet.Visit(VisitOf(person), person)])));
        Assert.Equal("capture.exchange.outside", (await tablet.Push(tablet.Visit(VisitOf(person, "F3"), person)))[0].Problem);
        Assert.Equal("capture.exchange.unreadable", (await tablet.Push(Encoding.UTF8.GetBytes(late.Replace("\"d\":", "\"x\":", StringComparison.Ordinal))))[0].Problem);
        using var session = site.Store.Store.Open(writable: false);
        Assert.Equal(2, RefusedEntries.Read(session).Count);
        Assert.Equal(0, session.Scalar("SELECT COUNT(*) FROM refused_entry WHERE LENGTH(content) > 0"));
    }

    [Fact]
    public async Task A_restored_store_takes_what_accounts_it_has_forgotten_wrote_at_the_callers_places_until_everybody_is_back()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        Entry Forgotten(string facility)
        {
            var person = Guid.CreateVersion7();
            var visit = tablet.Visit(VisitOf(person, facility), person);
            return visit with { Origin = visit.Origin with { Author = Guid.CreateVersion7().ToString() } };
        }

        Assert.Equal("capture.exchange.author", (await tablet.Push(Forgotten("F1")))[0].Problem);
        site.Write(s => Platform.Storage.Store.SetInfo(s, "restored", "1"));
        Assert.Equal([null, "capture.exchange.outside"], (await tablet.Push(Forgotten("F1"), Forgotten("F3"))).Select(r => r.Problem));
        site.Write(Platform.Storage.Backup.EndReturn);
        Assert.Equal("capture.exchange.author", (await tablet.Push(Forgotten("F1")))[0].Problem);
    }

    [Fact]
    public async Task Who_was_given_a_pack_or_sheets_of_a_place_stands_in_the_access_log()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("eva", Role.Supervisor, "D1");
        var tablet = await site.SignIn("eva", "F1");
        await site.Ask(HttpMethod.Get, "/field/pack?facility=F1", tablet.Token);
        await site.Ask(HttpMethod.Get, "/field/sheets?district=D1", tablet.Token);
        using var session = site.Store.Store.Open(writable: false);
        Assert.Equal(1, session.Scalar("SELECT COUNT(*) FROM access_log WHERE action = 'pack' AND place = 'F1'"));
        Assert.Equal(1, session.Scalar("SELECT COUNT(*) FROM access_log WHERE action = 'sheets' AND place = 'D1'"));
    }

    [Fact]
    public async Task Of_two_who_correct_the_same_row_unknown_to_each_other_the_second_is_told_and_both_are_kept()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rui", Role.Clerk, "F1");
        var (one, two) = (await site.SignIn("ana", "F1"), await site.SignIn("rui", "F1"));
        var person = Guid.CreateVersion7();
        var visit = one.Visit(VisitOf(person), person);
        await one.Push(visit);
        await two.Pull();
        Assert.Contains(visit.Id, two.Pulled.Keys);
        var (mine, theirs) = (one.Visit(VisitOf(person) with { Pressure = "120/80" }, person, visit.Id), two.Visit(VisitOf(person) with { Pressure = "180/100" }, person, visit.Id));
        Assert.Equal("accepted", (await two.Push(theirs))[0].Status);
        Assert.Equal("cascades.visit.changed", (await one.Push(mine))[0].Problem);
        Assert.Equal("cascades.visit.changed", (await one.Push(one.Say(EntryKinds.Withdrawal, person, "", visit.Id)))[0].Problem);
        await one.Pull();
        Assert.Contains(theirs.Id, one.Pulled.Keys);
        // Having seen it, the first corrects the row that stands; a row and its correction may come in one batch.
        var seen = one.Visit(VisitOf(person) with { Pressure = "120/80" }, person, theirs.Id);
        Assert.Equal(["accepted", "accepted"], (await one.Push(seen, one.Visit(VisitOf(person), person, seen.Id))).Select(r => r.Status));
        Assert.Equal(1, site.Store.Count("screened", "F1", "2025-11").Denominator);
        site.Store.AssertSound();
    }

    [Fact]
    public async Task Whoever_comes_to_a_facility_for_the_first_time_brings_along_what_was_said_before_and_nobody_else_is_sent()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rui", Role.Nurse, "F3");
        var (one, two) = (await site.SignIn("ana", "F1"), await site.SignIn("rui", "F3"));
        var (moving, staying) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Entry[] before = [one.Say(EntryKinds.Person, moving, """{"set":{"given":"Rosa"},"identifiers":[{"system":"register-number","value":"77"}]}"""), one.Visit(VisitOf(moving, day: "2025-11-01"), moving), one.Visit(VisitOf(staying), staying)];
        await one.Push(before);
        await two.Pull();
        Assert.Empty(two.Pulled);
        var arrival = two.Visit(VisitOf(moving, "F3", "2025-11-05"), moving);
        await two.Push(arrival);
        await two.Pull();
        Assert.Equal(new[] { before[0].Id, before[1].Id, arrival.Id }.Order(), two.Pulled.Keys.Order());
        await one.Pull();
        Assert.Contains(arrival.Id, one.Pulled.Keys);

        // A merge brings the other record along, an erasure is told, and the erased is taken no more.
        await one.Push(one.Visit(VisitOf(staying, day: "2025-11-20"), staying));
        Assert.True(MergePeople.Merge(site.Store.Store, site.Store.Writer, site.Store.Programme, staying.ToString(), moving.ToString(), "test", null, site.Store.Clock).IsOk);
        await two.Pull();
        Assert.Equal(2, two.Pulled.Values.Count(l => l.Entry.Subject == staying && l.Entry.Origin.Kind == EntryKinds.Visit));
        Assert.True(ErasePerson.Run(site.Store.Store, site.Store.Writer, site.Store.Programme, "77", "test", null, site.Store.Clock).IsOk);
        await two.Pull();
        Assert.Contains(two.Pulled.Values, l => l.Entry.Origin.Kind == EntryKinds.Erasure);
        Assert.Equal("registry.person.erased", (await two.Push(two.Visit(VisitOf(moving, "F3", "2025-11-25"), moving)))[0].Problem);
        using var session = site.Store.Store.Open(writable: false);
        Assert.Equal(0, session.Scalar("SELECT COUNT(*) FROM refused_entry WHERE LENGTH(content) > 0"));
        site.Store.AssertSound();
    }

    [Fact]
    public async Task A_session_ends_when_it_is_revoked_disabled_or_not_used_for_ninety_days_and_a_wrong_clock_orders_nothing()
    {
        await using var site = await FieldSite.Start();
        var ana = site.AddAccount("ana", Role.Nurse, "F1");
        site.AddAccount("rui", Role.Clerk, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var person = Guid.CreateVersion7();
        var wrong = tablet.Visit(VisitOf(person), person) with { RecordedAt = site.Store.Clock.Microseconds() + 31_536_000_000_000 };
        var batch = Written.Batch(tablet.Device, [wrong], site.Store.Clock.GetUtcNow().AddYears(1).ToUnixTimeMilliseconds());
        Assert.Equal("accepted", (await tablet.Push(batch))[0].Status);
        using (var session = site.Store.Store.Open(writable: false)) Assert.InRange(DeviceTable.All(session)[0].ClockAhead!.Value / 1e6, 364 * 86400.0, 366 * 86400.0);

        site.Store.Clock.Move(TimeSpan.FromDays(60));
        Assert.Equal("duplicate", (await tablet.Push(batch))[0].Status);
        site.Store.Clock.Move(TimeSpan.FromDays(60));
        Assert.Equal("duplicate", (await tablet.Push(batch))[0].Status);
        site.Store.Clock.Move(TimeSpan.FromDays(91));
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Ask(HttpMethod.Post, "/field/exchange/push", tablet.Token, batch)).Status);

        var again = await site.SignIn("ana", "F1", tablet.Device);
        var other = await site.SignIn("rui", "F1", tablet.Device);
        site.Write(s => AccountTable.Disable(s, ana.Id, site.Store.Clock));
        var (closed, why) = await site.Ask(HttpMethod.Post, "/field/exchange/push", again.Token, batch);
        Assert.Equal(HttpStatusCode.Forbidden, closed);
        Assert.Contains("registry.account.disabled", System.Text.Encoding.UTF8.GetString(why), StringComparison.Ordinal);
        // What she wrote before still travels with whoever shares the tablet.
        Assert.Equal("duplicate", (await other.Push(batch))[0].Status);
        var late = Guid.CreateVersion7();
        Assert.Equal("accepted", (await other.Push(tablet.Visit(VisitOf(late), late)))[0].Status);
        site.Write(s => Assert.True(DeviceTable.Revoke(s, tablet.Device, site.Store.Clock)));
        Assert.Equal(HttpStatusCode.Gone, (await site.Ask(HttpMethod.Post, "/field/exchange/push", other.Token, batch)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await site.Ask(HttpMethod.Post, "/field/exchange/push", again.Token, batch)).Status);
    }

    [Fact]
    public async Task A_device_whose_token_is_gone_learns_by_its_own_id_that_it_was_revoked()
    {
        await using var site = await FieldSite.Start();
        var ana = site.AddAccount("ana", Role.Nurse, "F1");
        var tablet = await site.SignIn("ana", "F1");
        var other = await site.SignIn("ana", "F1");
        site.Write(s => Assert.Null(AccountTable.SetPin(s, ana.Id, "735190")));
        site.Write(s => AccountTable.Disable(s, ana.Id, site.Store.Clock));
        async Task<HttpStatusCode> Ask(Tablet asking, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/field/pack?facility=F1");
            if (token is not null) request.Headers.Authorization = new("Bearer", token);
            request.Headers.Add("Escala-Device", asking.Device.ToString());
            using var answer = await site.Client.SendAsync(request);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(tablet, tablet.Token));
        site.Write(s => Assert.True(DeviceTable.Revoke(s, tablet.Device, site.Store.Clock)));
        Assert.Equal(HttpStatusCode.Gone, await Ask(tablet, tablet.Token));
        Assert.Equal(HttpStatusCode.Gone, await Ask(tablet, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(other, other.Token));
    }

    [Fact]
    public async Task A_guess_is_slowed_by_account_and_nobody_who_has_been_in_is_kept_out()
    {
        await using var site = await FieldSite.Start();
        site.AddAccount("ana", Role.Nurse, "F1");
        var known = await site.SignIn("ana", "F1");
        async Task<HttpStatusCode> Try(string account, string pin, Guid device)
        {
            var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { account, pin, device = new { id = device, name = "" } });
            return (await site.Ask(HttpMethod.Post, "/field/sign-in", null, body)).Status;
        }

        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, await Try("ana", "100200", Guid.CreateVersion7()));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Try("ana", FieldSite.Pin, Guid.CreateVersion7()));
        Assert.Equal(HttpStatusCode.OK, await Try("ana", FieldSite.Pin, known.Device));
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Unauthorized, await Try("nobody", "100200", Guid.CreateVersion7()));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Try("nobody", "100200", Guid.CreateVersion7()));
        site.Store.Clock.Move(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await Try("ana", FieldSite.Pin, Guid.CreateVersion7()));
    }
}

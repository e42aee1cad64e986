using System.Text.Json;
using Escala.Capture.Forms;
using Escala.Capture.Forms.Definitions;
using Escala.Platform.Ledger;
using Escala.Programmes.Packages;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Chapters.Tests.Exchange;

/// <summary>Meta Salud's package: what its workbooks become in the app, and its answers on their way to the office.</summary>
public sealed class FilledFormTests
{
    private const string Answers = """{"filled_on":"2025-11-03","diabetes_diagnosed":"yes","who":{"member_months":"14","medicine":[{"medicine_name":"=metformin"},{"medicine_name":"insulin","medicine_daily":"2"}]},"body":{"weight_kg":"81","height_cm":"160","bmi":"31.6","sbp_1":"131","dbp_1":"82"},"week":{"sweet_drinks_cups":"7","sitting_hours":"5"}}""";

    [Fact]
    public async Task The_apps_pack_carries_the_compiled_workbooks_and_the_course()
    {
        await using var site = await FieldSite.Start(Package());
        site.AddAccount("ana", Role.Facilitator, "G1");
        var tablet = await site.SignIn("ana", "G1");
        using var pack = JsonDocument.Parse((await site.Ask(HttpMethod.Get, "/field/pack?facility=G1", tablet.Token)).Body);
        Assert.Equal(["baseline", "exit", "post"], pack.RootElement.GetProperty("forms").EnumerateArray().Select(f => f.GetProperty("id").GetString()));
        Assert.Equal(["baseline research", "post research", "exit "], pack.RootElement.GetProperty("personForms").EnumerateArray().Select(f => f.GetProperty("form").GetString() + " " + (f.TryGetProperty("consent", out var scope) ? scope.GetString() : "")));
        var course = pack.RootElement.GetProperty("curriculum");
        Assert.Equal((13, 6, 120), (course.GetProperty("sessions").GetArrayLength(), course.GetProperty("activities").GetArrayLength(), course.GetProperty("minutes").GetInt32()));
        Assert.Equal(["weight", "blood_pressure", "hba1c"], course.GetProperty("measures").EnumerateArray().Select(m => m.GetString()));
    }

    [Fact]
    public async Task Research_answers_are_taken_under_a_consent_that_stands_and_no_others()
    {
        await using var site = await FieldSite.Start(Package());
        site.AddAccount("ana", Role.Facilitator, "G1");
        var tablet = await site.SignIn("ana", "G1");
        var person = Guid.CreateVersion7();
        await tablet.Push(tablet.Say(EntryKinds.Person, person, """{"set":{"given":"Rosa"}}"""));
        Assert.Equal("capture.exchange.consent", (await tablet.Push(Form(tablet, "baseline", person)))[0].Problem);
        Assert.Equal("accepted", (await tablet.Push(Form(tablet, "exit", person)))[0].Status);
        // The consent may travel in the same batch, before the answers.
        Assert.Equal(["accepted", "accepted"], (await tablet.Push(Consent(tablet, person, true), Form(tablet, "baseline", person))).Select(r => r.Status));
        Assert.Equal(["accepted", "refused"], (await tablet.Push(Consent(tablet, person, false), Form(tablet, "post", person))).Select(r => r.Status));
        Assert.Equal("capture.exchange.consent", (await tablet.Push(Form(tablet, "post", person)))[0].Problem);
        Assert.Equal("capture.exchange.form", (await tablet.Push(Form(tablet, "exit", person, "[1]")))[0].Problem);
        site.Store.AssertSound();
    }

    [Fact]
    public async Task The_office_reads_answers_in_columns_with_the_corrected_ones_only_and_asks_the_forms_rules_again()
    {
        await using var site = await FieldSite.Start(Package());
        site.AddAccount("ana", Role.Facilitator, "G1");
        var tablet = await site.SignIn("ana", "G1");
        var person = Guid.CreateVersion7();
        var first = Form(tablet, "baseline", person, """{"filled_on":"2025-11-03"}""");
        var corrected = Form(tablet, "baseline", person) with { Replaces = first.Id };
        Assert.All(await tablet.Push(tablet.Say(EntryKinds.Person, person, """{"set":{"given":"Rosa"}}"""), Consent(tablet, person, true), first, corrected), r => Assert.Equal("accepted", r.Status));
        using var session = site.Store.Store.Open(writable: false);
        var definition = FormJson.Read("baseline", site.Store.Programme.Forms["baseline"]).Value;
        var filled = Assert.Single(ExportAnswers.Read(session, "baseline", definition));
        Assert.Equal(corrected.Id, filled.Entry.Entry.Id);
        Assert.Empty(filled.Problems!);
        using var text = new StringWriter();
        ExportAnswers.Write(text, [filled], new Dictionary<Guid, string> { [tablet.Account] = "ana" });
        var (heading, row) = (text.ToString().Split('\n')[0], text.ToString().Split('\n')[1]);
        Assert.Contains("who/medicine[2]/medicine_daily", heading, StringComparison.Ordinal);
        Assert.Contains("'=metformin", row, StringComparison.Ordinal);

        var wrong = Form(tablet, "baseline", person, Answers.Replace("\"131\"", "\"13100\"", StringComparison.Ordinal)) with { Replaces = corrected.Id };
        await tablet.Push(wrong);
        using var later = site.Store.Store.Open(writable: false);
        Assert.Equal(["body/sbp_1"], Assert.Single(ExportAnswers.Read(later, "baseline", definition)).Problems!);
    }

    [Fact]
    public async Task The_office_counts_filters_and_reads_filled_forms_of_its_places_in_its_language_and_is_noted()
    {
        await using var site = await FieldSite.Start(Package());
        site.AddAccount("ana", Role.Facilitator, "G1");
        site.AddAccount("eva", Role.Facilitator, "G1");
        var district = site.Store.Programme.Places.First(p => p.Code == "G1").ParentCode!;
        var elsewhere = site.Store.Programme.Places.First(p => p.Level == site.Store.Programme.Levels[^1] && p.Code != "G1").Code;
        site.AddAccount("gil", Role.Supervisor, elsewhere);
        site.AddAccount("leo", Role.Viewer, district);
        var tablet = await site.SignIn("ana", "G1");
        var person = Guid.CreateVersion7();
        var filled = Form(tablet, "baseline", person);
        Assert.All(await tablet.Push(tablet.Say(EntryKinds.Person, person, """{"set":{"given":"Rosa"}}"""), Consent(tablet, person, true), filled), r => Assert.Equal("accepted", r.Status));
        var day = DateOnly.FromDayNumber(filled.EventDay);
        var eva = await site.Office("eva");
        Assert.Contains("/forms/baseline", (await eva.Get("/forms")).Html, StringComparison.Ordinal);
        Assert.Contains("/answer/" + filled.Id, (await eva.Get("/forms/baseline")).Html, StringComparison.Ordinal);
        Assert.Contains("/answer/" + filled.Id, (await eva.Get(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/forms/baseline?facility=G1&from={day:yyyy-MM-dd}&to={day:yyyy-MM-dd}"))).Html, StringComparison.Ordinal);
        Assert.DoesNotContain("/answer/" + filled.Id, (await eva.Get(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/forms/baseline?from={day.AddDays(1):yyyy-MM-dd}"))).Html, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await eva.Get("/forms/baseline?from=soon")).Status);
        var (_, spanish) = await eva.Get("/answer/" + filled.Id + "?lang=es");
        var (_, english) = await eva.Get("/answer/" + filled.Id + "?lang=en");
        var item = FormJson.Read("baseline", site.Store.Programme.Forms["baseline"]).Value.Items.Single(i => i.Name == "diabetes_diagnosed");
        Assert.NotNull(item.Label);
        foreach (var html in (string[])[spanish, english])
        {
            Assert.Contains("131", html, StringComparison.Ordinal);
            Assert.Contains("=metformin", html, StringComparison.Ordinal);
            Assert.Contains("ana", html, StringComparison.Ordinal);
            // Questions and choices are named as a reader reads them.
            Assert.DoesNotContain("diabetes_diagnosed", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<td>yes</td>", html, StringComparison.Ordinal);
        }

        Assert.NotEqual(spanish.Split("<tbody>")[1], english.Split("<tbody>")[1]);
        var (status, csv) = await eva.Get("/forms/baseline/answers?facility=G1");
        Assert.Equal(System.Net.HttpStatusCode.OK, status);
        Assert.Contains("author_name", csv, StringComparison.Ordinal);
        Assert.Contains(",ana,", csv, StringComparison.Ordinal);

        var gil = await site.Office("gil");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await gil.Get("/answer/" + filled.Id)).Status);
        Assert.DoesNotContain(filled.Id.ToString(), (await gil.Get("/forms/baseline")).Html, StringComparison.Ordinal);
        Assert.DoesNotContain(filled.Id.ToString(), (await gil.Get("/forms/baseline/answers")).Html, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await gil.Get("/forms/baseline?facility=G1")).Status);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await (await site.Office("leo")).Get("/forms")).Status);
        using var session = site.Store.Store.Open(writable: false);
        Assert.Equal(2, session.Scalar("SELECT COUNT(*) FROM access_log WHERE action = 'answer' AND subject = $1", person));
        Assert.Equal(1, session.Scalar("SELECT entries FROM access_log WHERE action = 'answers' AND place = 'G1'"));
        Assert.Null(AccessLog.Check(session).Broken);
    }

    [Fact]
    public async Task A_consent_sent_again_after_it_was_withdrawn_does_not_stand()
    {
        await using var site = await FieldSite.Start(Package());
        site.AddAccount("ana", Role.Facilitator, "G1");
        var tablet = await site.SignIn("ana", "G1");
        var person = Guid.CreateVersion7();
        var (given, withdrawn) = (Consent(tablet, person, true), Consent(tablet, person, false));
        await tablet.Push(tablet.Say(EntryKinds.Person, person, """{"set":{"given":"Rosa"}}"""), given, withdrawn);
        Assert.Equal(["duplicate", "refused"], (await tablet.Push(given, Form(tablet, "baseline", person))).Select(r => r.Status));
        var (again, not) = (Consent(tablet, person, true), Consent(tablet, person, false));
        Assert.Equal(["accepted", "accepted", "duplicate", "refused"], (await tablet.Push(again, not, again, Form(tablet, "baseline", person))).Select(r => r.Status));
    }

    [Fact]
    public async Task Of_two_who_correct_one_form_the_second_is_told_and_no_form_hides_another_persons_or_another_form()
    {
        await using var site = await FieldSite.Start(Package());
        site.AddAccount("ana", Role.Facilitator, "G1");
        var tablet = await site.SignIn("ana", "G1");
        var (person, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var first = Form(tablet, "exit", person);
        await tablet.Push(tablet.Say(EntryKinds.Person, person, """{"set":{"given":"Rosa"}}"""), Consent(tablet, person, true), first);
        Assert.Equal(["cascades.form.changed", "cascades.form.changed"], (await tablet.Push(Form(tablet, "exit", other) with { Replaces = first.Id }, Form(tablet, "baseline", person) with { Replaces = first.Id })).Select(r => r.Problem));
        var second = Form(tablet, "exit", person) with { Replaces = first.Id };
        Assert.Equal([null, "cascades.form.changed"], (await tablet.Push(second, Form(tablet, "exit", person) with { Replaces = first.Id })).Select(r => r.Problem));
        Assert.Equal("cascades.form.changed", (await tablet.Push(Form(tablet, "exit", person) with { Replaces = first.Id }))[0].Problem);
        Assert.Equal("accepted", (await tablet.Push(Form(tablet, "exit", person) with { Replaces = second.Id }))[0].Status);

        // Of somebody whom nobody registered too.
        var unknown = Form(tablet, "exit", other);
        Assert.Equal([null, null], (await tablet.Push(unknown, Form(tablet, "exit", other) with { Replaces = unknown.Id })).Select(r => r.Problem));
        Assert.Equal("cascades.form.changed", (await tablet.Push(Form(tablet, "exit", other) with { Replaces = unknown.Id }))[0].Problem);
        site.Store.AssertSound();
    }

    private static PackageFiles Package()
    {
        var package = PackageForms.In(Repository.PathTo("programmes", "meta-salud"));
        Assert.True(package.IsOk, string.Join("; ", package.Problems));
        Assert.Empty(package.Value.LeftOut);
        return package.Value.Files;
    }

    private static Entry Form(Tablet tablet, string form, Guid person, string body = Answers)
    {
        var entry = tablet.Say(EntryKinds.Form, person, body);
        return entry with { Origin = entry.Origin with { Form = form + "@1" } };
    }

    private static Entry Consent(Tablet tablet, Guid person, bool given) =>
        tablet.Say(EntryKinds.Consent, person, $$"""{"text":"meta-salud-research","version":1,"language":"es","scope":"research","given":{{(given ? "true" : "false")}}}""");
}

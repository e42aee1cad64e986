using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Escala.Platform.Storage;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Places;
using Escala.Registry;
using Escala.Registry.Accounts;

namespace Escala.Capture.Exchange;

/// <summary>What the app needs to know of programme and place (docs/methods/exchange.md, Pack).</summary>
public static class FieldPack
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How the rows that a device writes are laid out: every column of the register, comma, point, ISO dates.</summary>
    public static Layout LayoutOf(Programmes.Facts.Register register) => new(
        ',', '.', DateOrder.Iso, [register.PersonColumn, register.FacilityColumn, register.DateColumn, .. register.Facts.SelectMany(f => f.Columns)]);

    /// <summary>UTF-8 JSON, the same bytes for the same pack: its hash is its ETag.</summary>
    /// <param name="isAlone">The facility alone is asked for, also where the account may take the district whole.</param>
    public static byte[] Write(Session session, Programme programme, PlaceHistory places, string facility, Account account, DateOnly today, bool isAlone = false)
    {
        var taken = TakenPlace.Of(session, programme, places, facility, account, today, isAlone);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, s_options);
        json.WriteStartObject();
        json.WriteString("programme", programme.Id);
        json.WriteNumber("version", programme.Version);
        json.WriteString("hash", programme.Hash);
        Text(json, "name", programme.Name);
        json.WriteBoolean("example", programme.Example);
        json.WriteString("zone", programme.Zone);
        json.WriteString("window", Word(programme.Window));
        json.WriteString("today", Iso(today));
        json.WriteString("unit", programme.Levels[^1]);
        json.WriteString("epoch", Store.Info(session, "epoch"));
        Place(json, "facility", places, facility, today);
        json.WriteString("district", places.On(facility, today)?.ParentCode);
        json.WriteStartArray("places");
        foreach (var code in places.OfLevel(programme.Levels[^1], today).Select(p => p.Code).Where(c => account.Covers(places, c, today))) Place(json, null, places, code, today);
        json.WriteEndArray();
        Taken(json, taken, account, places, today);
        var staff = Staff.Of(session, places, taken.Facilities, today);
        Names(json, "staff", staff.Accounts);
        Names(json, "devices", staff.Devices);
        json.WriteNumber("lockMinutes", PlaceSettings.In(session).LockAt(programme, places, facility, today).Minutes);
        Register(json, programme);
        Steps(json, programme);
        Forms(json, programme);
        if (programme.Field is { } field) Screens(json, field);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Place(Utf8JsonWriter json, string? key, PlaceHistory places, string code, DateOnly today)
    {
        if (key is null) json.WriteStartObject();
        else json.WriteStartObject(key);
        json.WriteString("code", code);
        json.WriteString("name", places.On(code, today)?.Name ?? code);
        json.WriteEndObject();
    }

    private static void Taken(Utf8JsonWriter json, TakenPlace taken, Account account, PlaceHistory places, DateOnly today)
    {
        json.WriteStartObject("takes");
        json.WriteString("account", account.Id);
        json.WriteString("place", taken.Place);
        json.WriteString("key", taken.Key);
        if (taken.Whole is { } whole) Place(json, "whole", places, whole, today);
        if (taken.People is { } people)
        {
            json.WriteNumber("people", people);
            json.WriteNumber("most", TakenPlace.MostPeople);
        }

        json.WriteEndObject();
    }

    private static void Names(Utf8JsonWriter json, string key, IReadOnlyList<Named> named)
    {
        json.WriteStartArray(key);
        foreach (var (id, name) in named)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("name", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Steps of the cascade, for monthly tallies.</summary>
    private static void Steps(Utf8JsonWriter json, Programme programme)
    {
        json.WriteStartArray("steps");
        foreach (var step in programme.Cascade.Steps)
        {
            json.WriteStartObject();
            json.WriteString("id", step.Measure.Id);
            Text(json, "name", step.Measure.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Screens(Utf8JsonWriter json, FieldPlan field)
    {
        json.WriteNumber("overdueAfter", field.OverdueAfter);
        json.WriteStartArray("closedDays");
        foreach (var day in field.ClosedDays) json.WriteNumberValue((int)day);
        json.WriteEndArray();
        json.WriteBoolean("clerk", field.HasClerks);
        json.WriteStartArray("visit");
        foreach (var item in field.Visit)
        {
            json.WriteStartObject();
            json.WriteString("fact", item.Fact.Name);
            json.WriteString("widget", Word(item.Widget));
            if (item.With.Count > 0) Words(json, "with", item.With.Select(w => w.Name));
            if (item.Choices.Count > 0)
            {
                json.WriteStartArray("choices");
                foreach (var days in item.Choices) json.WriteNumberValue(days);
                json.WriteEndArray();
            }

            if (item.IsMore) json.WriteBoolean("more", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Person(json, field);
        json.WriteStartArray("consent");
        foreach (var consent in field.Consents)
        {
            json.WriteStartObject();
            json.WriteString("text", consent.Id);
            json.WriteNumber("version", consent.Version);
            json.WriteString("scope", consent.Scope);
            json.WriteBoolean("required", consent.IsRequired);
            Text(json, "title", consent.Title);
            Text(json, "body", consent.Body);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("personForms");
        foreach (var form in field.PersonForms)
        {
            json.WriteStartObject();
            json.WriteString("form", form.Form);
            if (field.ConsentFor(form.Form) is { } scope) json.WriteString("consent", scope);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (field.Curriculum is { } course) Course(json, course);
    }

    /// <summary>Compiled forms as they stand in the package.</summary>
    private static void Forms(Utf8JsonWriter json, Programme programme)
    {
        json.WriteStartArray("forms");
        foreach (var (_, bytes) in programme.Forms.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            using var form = JsonDocument.Parse(bytes);
            form.RootElement.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private static void Course(Utf8JsonWriter json, Curriculum course)
    {
        json.WriteStartObject("curriculum");
        json.WriteStartArray("sessions");
        foreach (var (at, name) in course.Sessions.Index())
        {
            json.WriteStartObject();
            json.WriteNumber("number", at + 1);
            Text(json, "name", name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("activities");
        foreach (var activity in course.Activities)
        {
            json.WriteStartObject();
            json.WriteString("id", activity.Id);
            Text(json, "name", activity.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("minutes", course.Minutes);
        json.WriteStartObject("completion");
        json.WriteNumber("least", course.Least);
        json.WriteStartArray("including");
        foreach (var number in course.Including) json.WriteNumberValue(number);
        json.WriteEndArray();
        json.WriteEndObject();
        Words(json, "measures", course.Measures.Select(m => m.Name));
        json.WriteEndObject();
    }

    private static void Person(Utf8JsonWriter json, FieldPlan field)
    {
        json.WriteStartObject("person");
        json.WriteStartArray("fields");
        foreach (var said in field.PersonFields)
        {
            json.WriteStartObject();
            json.WriteString("name", said.Name);
            json.WriteString("type", Word(said.Type));
            json.WriteBoolean("required", said.IsRequired);
            Text(json, "label", said.Label);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("identifiers");
        foreach (var system in field.Identifiers)
        {
            json.WriteStartObject();
            json.WriteString("system", system.System);
            Text(json, "label", system.Label);
            if (system.Pattern is not null) json.WriteString("pattern", system.Pattern);
            if (system.Format is not null) json.WriteString("format", system.Format);
            if (system.IsSensitive) json.WriteBoolean("sensitive", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static void Register(Utf8JsonWriter json, Programme programme)
    {
        var register = programme.Register;
        json.WriteStartObject("register");
        json.WriteString("form", string.Create(CultureInfo.InvariantCulture, $"{register.Name}@{register.Version}"));
        json.WriteString("layout", LayoutOf(register).ToString());
        json.WriteString("personColumn", register.PersonColumn);
        json.WriteString("personSystem", register.PersonSystem);
        json.WriteString("facilityColumn", register.FacilityColumn);
        json.WriteString("dateColumn", register.DateColumn);
        Text(json, "name", register.Title);
        if (programme.Population.Sex is { } sex) json.WriteString("sexFact", sex.Name);
        if (programme.Population.BirthDate is { } birth) json.WriteString("birthDateFact", birth.Name);
        json.WriteStartArray("facts");
        foreach (var fact in register.Facts) Fact(json, fact, programme.Field?.Labels);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Fact(Utf8JsonWriter json, FactDefinition fact, IReadOnlyDictionary<string, LocalText>? labels)
    {
        LocalText Label(string name) => labels?.GetValueOrDefault(name) ?? new LocalText(name, name, name);
        json.WriteStartObject();
        json.WriteString("name", fact.Name);
        json.WriteString("type", Word(fact.Type));
        Text(json, "label", Label(fact.Name));
        if (fact.Parts.Count > 0)
        {
            json.WriteStartArray("partLabels");
            foreach (var part in fact.Parts) Text(json, null, Label(part));
            json.WriteEndArray();
        }

        if (fact.ReadableAt is { } readable) json.WriteNumber("readableAt", readable);
        Words(json, "columns", fact.Columns);
        if (fact.Parts.Count > 0) Words(json, "parts", fact.Parts);
        if (fact.ClearedBy is not null) json.WriteString("clearedBy", fact.ClearedBy);
        if (fact.Categories.Count > 0)
        {
            json.WriteStartArray("categories");
            foreach (var category in fact.Categories)
            {
                json.WriteStartObject();
                json.WriteString("name", category.Name);
                Words(json, "words", category.Words);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (fact.Unit is not null) json.WriteString("unit", fact.Unit);
        if (fact.Plausible.Count > 0)
        {
            json.WriteStartArray("plausible");
            foreach (var range in fact.Plausible)
            {
                json.WriteStartArray();
                json.WriteNumberValue(range.Lowest);
                json.WriteNumberValue(range.Highest);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        if (fact.FirstAboveSecond) json.WriteBoolean("firstAboveSecond", true);
        json.WriteEndObject();
    }

    private static void Words(Utf8JsonWriter json, string key, IEnumerable<string> words)
    {
        json.WriteStartArray(key);
        foreach (var word in words) json.WriteStringValue(word);
        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string? key, LocalText text)
    {
        if (key is null) json.WriteStartObject();
        else json.WriteStartObject(key);
        json.WriteString("pt", text.Pt);
        json.WriteString("es", text.Es);
        json.WriteString("en", text.En);
        json.WriteEndObject();
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

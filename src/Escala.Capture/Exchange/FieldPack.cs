using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Programmes.Places;
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
    public static byte[] Write(Programme programme, PlaceHistory places, string facility, Account account, string epoch, DateOnly today)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, s_options);
        json.WriteStartObject();
        json.WriteString("programme", programme.Id);
        json.WriteNumber("version", programme.Version);
        json.WriteString("hash", programme.Hash);
        Text(json, "name", programme.Name);
        json.WriteBoolean("example", programme.Example);
        json.WriteString("zone", programme.Zone);
        json.WriteString("window", programme.Window.ToString().ToLowerInvariant());
        json.WriteString("today", Iso(today));
        json.WriteString("epoch", epoch);
        Place(json, "facility", places, facility, today);
        json.WriteStartArray("places");
        foreach (var code in places.OfLevel(programme.Levels[^1], today).Select(p => p.Code).Where(c => account.Covers(places, c, today))) Place(json, null, places, code, today);
        json.WriteEndArray();
        Register(json, programme.Register);
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

    private static void Register(Utf8JsonWriter json, Programmes.Facts.Register register)
    {
        json.WriteStartObject("register");
        json.WriteString("form", string.Create(CultureInfo.InvariantCulture, $"{register.Name}@{register.Version}"));
        json.WriteString("layout", LayoutOf(register).ToString());
        json.WriteString("personColumn", register.PersonColumn);
        json.WriteString("personSystem", register.PersonSystem);
        json.WriteString("facilityColumn", register.FacilityColumn);
        json.WriteString("dateColumn", register.DateColumn);
        json.WriteStartArray("facts");
        foreach (var fact in register.Facts) Fact(json, fact);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Fact(Utf8JsonWriter json, FactDefinition fact)
    {
        json.WriteStartObject();
        json.WriteString("name", fact.Name);
        json.WriteString("type", fact.Type.ToString().ToLowerInvariant());
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

    private static void Text(Utf8JsonWriter json, string key, LocalText text)
    {
        json.WriteStartObject(key);
        json.WriteString("pt", text.Pt);
        json.WriteString("es", text.Es);
        json.WriteString("en", text.En);
        json.WriteEndObject();
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

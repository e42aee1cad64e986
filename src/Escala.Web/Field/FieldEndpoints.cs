using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Escala.Capture.Exchange;
using Escala.Cascades.Sheets;
using Escala.Platform.Ledger;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Programmes;
using Escala.Programmes.Places;
using Escala.Registry;
using Escala.Registry.Accounts;
using Escala.Web.Access;

namespace Escala.Web.Field;

/// <summary>What the app and the server say to each other (docs/methods/exchange.md).</summary>
internal sealed class FieldEndpoints(FieldServer field, Func<SheetSource> sheets)
{
    private const string DeviceHeader = "Escala-Device";

    private const int MostSmall = 8 << 10, MostPacked = 4 << 20;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/field/sign-in", SignIn);
        routes.MapPost("/field/sign-out", SignOut);
        routes.MapGet("/field/pack", Pack);
        routes.MapPost("/field/exchange/push", Push);
        routes.MapGet("/field/exchange/pull", Pull);
        routes.MapPost("/field/exchange/common", Common);
        routes.MapPost("/field/exchange/refused", Refused);
        routes.MapGet("/field/sheets", Sheets);
        routes.MapGet("/field/{**path}", (HttpContext context, string? path) => field.App.Serve(context, path));
    }

    private async Task SignIn(HttpContext context)
    {
        if (await ReadJson<SignInBody>(context) is not { Account: { } name, Pin: { } pin, Device: { } device } body || device.Id == Guid.Empty)
        {
            await FieldProblems.Write(context, Problem.Of("web.field.request"));
            return;
        }

        var inForce = field.Sessions.Read(field.Programme.In);
        if (!inForce.TryGet(out var now))
        {
            await FieldProblems.Write(context, inForce.Problems[0]);
            return;
        }

        var request = new SignInRequest(name, pin, device.Id, Short(device.Name), body.Facility, context.Connection.RemoteIpAddress?.ToString() ?? "");
        var result = await field.SignInQueued(request, now.Places, context.RequestAborted);
        if (!result.TryGet(out var done))
        {
            await FieldProblems.Write(context, result.Problems[0]);
            return;
        }

        var today = Today(now.Programme);
        var facilities = Facilities(now.Programme, now.Places, done.Account);
        var wholes = field.Sessions.Read(session => TakenPlace.Wholes(session, now.Programme, now.Places, facilities, done.Account, today));
        string NameOf(string place) => now.Places.On(place, today)?.Name ?? place;
        await FieldProblems.WriteJson(context, JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                token = done.Token,
                account = new { id = done.Account.Id, name = done.Account.Name, role = done.Account.Role.Word(), places = facilities.Select(f => new { code = f, name = NameOf(f) }) },
                wholes = wholes.Select(w => new { code = w.District, name = NameOf(w.District), facility = w.Facility, people = w.People, most = TakenPlace.MostPeople }),
                deviceKey = Convert.ToBase64String(done.DeviceKey!),
                epoch = field.Sessions.Read(session => Store.Info(session, "epoch")),
                lockMinutes = field.Sessions.Read(PlaceSettings.In).LockAt(now.Programme, now.Places, body.Facility ?? facilities.FirstOrDefault() ?? "", today).Minutes,
            }, JsonSerializerOptions.Web));
    }

    private async Task SignOut(HttpContext context)
    {
        if (await Caller(context) is null) return;
        var token = Token(context)!;
        field.Writer.Run(transaction => TokenTable.Revoke(transaction.Session, token));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task Pack(HttpContext context, string? facility, bool? alone)
    {
        if (await CallerAt(context, facility) is not { } asked) return;
        var pack = field.Sessions.Read(session => FieldPack.Write(session, asked.Programme, asked.Places, facility!, asked.Caller.Account, Today(asked.Programme), alone == true));
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(pack))[..24]}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache, private";
        if (context.Request.Headers.IfNoneMatch == tag) context.Response.StatusCode = StatusCodes.Status304NotModified;
        else
        {
            Note(asked.Caller, "pack", facility!, 0);
            await FieldProblems.WriteJson(context, pack);
        }
    }

    private async Task Push(HttpContext context)
    {
        if (await Caller(context) is not { } caller) return;
        using var batch = await ReadBody(context, MostPacked);
        if (batch is null)
        {
            await FieldProblems.Write(context, Problem.Of("capture.exchange.too-large", ("most", BatchLimits.Push.MostEntries)));
            return;
        }

        var result = await field.Push.Run(batch, caller);
        if (!result.TryGet(out var answer)) await FieldProblems.Write(context, result.Problems[0]);
        else await FieldProblems.WriteJson(context, Receipts(context, answer));
    }

    private async Task Pull(HttpContext context, string? facility, long? after)
    {
        if (await CallerAt(context, facility) is not { } asked) return;
        var entries = 0;
        var facilities = TakenPlace.FacilitiesOf(asked.Programme, asked.Places, facility!, Today(asked.Programme));
        var batch = field.Sessions.Read(session => field.Pull.Run(session, facilities, after ?? 0, out entries));
        if (entries > 0) Note(asked.Caller, "pull", facility!, entries);
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.ContentEncoding = "gzip";
        context.Response.ContentLength = batch.Length;
        await context.Response.Body.WriteAsync(batch);
    }

    private async Task Common(HttpContext context)
    {
        if (await Caller(context) is null) return;
        if (await ReadJson<CommonBody>(context) is not { Checkpoints: { } checkpoints } || checkpoints.Any(c => c is not [{ ValueKind: JsonValueKind.Number }, { ValueKind: JsonValueKind.String }]))
        {
            await FieldProblems.Write(context, Problem.Of("web.field.request"));
            return;
        }

        var (epoch, common) = field.Sessions.Read(session =>
            (Store.Info(session, "epoch"), CommonPosition.Find(session, checkpoints.Where(c => c[0].TryGetInt64(out _)).Select(c => (c[0].GetInt64(), c[1].GetString()!)))));
        await FieldProblems.WriteJson(context, JsonSerializer.SerializeToUtf8Bytes(new { epoch, common }, JsonSerializerOptions.Web));
    }

    /// <summary>What became of entries that the device shows as refused; it asks as long as it shows any.</summary>
    private async Task Refused(HttpContext context)
    {
        if (await Caller(context) is not { } caller) return;
        if (await ReadJson<RefusedBody>(context) is not { Ids: { } ids })
        {
            await FieldProblems.Write(context, Problem.Of("web.field.request"));
            return;
        }

        var settled = field.Sessions.Read(session => SettledEntries.Of(session, ids, caller.Device));
        await FieldProblems.WriteJson(context, JsonSerializer.SerializeToUtf8Bytes(
            new { settled = settled.Select(s => new { id = s.Id, outcome = s.Outcome.Word(), position = s.Position, by = s.By, reason = s.Reason, at = s.At / 1000 }) }, JsonSerializerOptions.Web));
    }

    private async Task Sheets(HttpContext context, string? district)
    {
        if (await CallerAt(context, district) is not { } asked) return;
        Note(asked.Caller, "sheets", district!, 0);
        using var reader = new SheetReader(sheets());
        if (reader.Latest is not { } latest)
        {
            await FieldProblems.WriteJson(context, "[]"u8.ToArray());
            return;
        }

        var all = new List<CascadeSheet>();
        var choice = new SheetRequest(null, null, true, null, null, null, null, null).Choice().Value;
        for (var number = latest.Number - SheetReader.TrendWindows + 1; number <= latest.Number; number++)
        {
            var window = latest with { Number = number };
            var place = reader.Place(district!, window);
            if (place.IsOk) all.AddRange(place.Value.Facilities.Select(f => reader.Sheet(f.Code, window, choice)).Where(s => s.IsOk).Select(s => s.Value));
        }

        await FieldProblems.WriteJson(context, System.Text.Encoding.UTF8.GetBytes(CascadeJson.Write(all, ReaderLanguage.Of(context))));
    }

    private void Note(Caller caller, string action, string place, int entries) =>
        field.Writer.Run(transaction => AccessLog.Add(transaction.Session, field.Clock, caller.Account.Id, caller.Device, action, place, null, entries));

    /// <summary>Who asks; answers and gives null when nobody does who may.</summary>
    private async Task<Caller?> Caller(HttpContext context)
    {
        var token = Token(context);
        var found = token is null ? Problem.Of("registry.token.unknown") : field.Sessions.Read(session => TokenTable.Authenticate(session, token, field.Clock));
        if (!found.TryGet(out var caller))
        {
            // A device whose token has died, or is sealed from it, learns by its own id that it must give up what it holds.
            var isRevoked = Guid.TryParse(context.Request.Headers[DeviceHeader], out var device) && field.Sessions.Read(session => DeviceTable.IsRevoked(session, device));
            await FieldProblems.Write(context, isRevoked ? Problem.Of("registry.device.revoked") : found.Problems[0]);
            return null;
        }

        // What the table of routes says of roles holds here too.
        if (SiteAccess.Of(context) is not { } rule || !caller.Caller.Account.Role.May(rule.Act))
        {
            await FieldProblems.Write(context, Problem.Of("web.field.role", ("role", caller.Caller.Account.Role.Word())));
            return null;
        }

        if (caller.Caller.Device is { } on && field.Sessions.Read(session => DeviceTable.IsLongUnheard(session, on, field.Clock))) field.Writer.Run(transaction => DeviceTable.Heard(transaction.Session, on, field.Clock));
        if (caller.Stale) field.Writer.Run(transaction => TokenTable.Used(transaction.Session, token!, field.Clock));
        return caller.Caller;
    }

    /// <summary>Who asks about a place of their scope.</summary>
    private async Task<(Caller Caller, Programme Programme, PlaceHistory Places)?> CallerAt(HttpContext context, string? place)
    {
        if (await Caller(context) is not { } caller) return null;
        var inForce = field.Sessions.Read(field.Programme.In);
        if (!inForce.TryGet(out var now)) await FieldProblems.Write(context, inForce.Problems[0]);
        else if (place is null || !caller.Account.Covers(now.Places, place, Today(now.Programme))) await FieldProblems.Write(context, Problem.Of("web.field.scope", ("place", place)));
        else return (caller, now.Programme, now.Places);
        return null;
    }

    private DateOnly Today(Programme programme) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(field.Clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(programme.Zone)).DateTime);

    private string[] Facilities(Programme programme, PlaceHistory places, Account account) =>
        [.. places.OfLevel(programme.Levels[^1], Today(programme)).Select(p => p.Code).Where(c => account.Covers(places, c, Today(programme)))];

    private byte[] Receipts(HttpContext context, PushAnswer answer)
    {
        var language = ReaderLanguage.Of(context);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("epoch", answer.Epoch);
        json.WriteNumber("head", answer.Head);
        json.WriteNumber("backedUp", answer.BackedUp);
        json.WriteNumber("now", field.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteStartArray("receipts");
        foreach (var receipt in answer.Receipts)
        {
            json.WriteStartObject();
            if (receipt.Id is { } id) json.WriteString("id", id);
            else json.WriteNumber("line", receipt.Line);
            json.WriteString("status", receipt.Status switch { ReceiptStatus.Accepted => "accepted", ReceiptStatus.Duplicate => "duplicate", _ => "refused" });
            json.WriteNumber("position", receipt.Position);
            if (receipt.Problem is { } problem)
            {
                json.WriteStartObject("problem");
                json.WriteString("type", problem.Code);
                json.WriteString("title", SiteTexts.Problems.Sentence(problem, language));
                json.WriteStartObject("details");
                foreach (var (key, value) in problem.Details) json.WriteString(key, value);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string? Token(HttpContext context) =>
        context.Request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;

    private static string Short(string? name) => name is null ? "" : new string([.. name.Where(c => !char.IsControl(c)).Take(64)]);

    private static async Task<T?> ReadJson<T>(HttpContext context)
        where T : class
    {
        using var body = await ReadBody(context, MostSmall * 16);
        if (body is null) return null;
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(body, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The body in memory; null when it is longer than it may be.</summary>
    private static async Task<MemoryStream?> ReadBody(HttpContext context, int most)
    {
        if (context.Request.ContentLength > most) return null;
        var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > most) return null;
        }

        body.Position = 0;
        return body;
    }

    private sealed record SignInBody(string? Account, string? Pin, DeviceBody? Device, string? Facility);

    private sealed record DeviceBody(Guid Id, string? Name);

    private sealed record CommonBody(IReadOnlyList<JsonElement[]>? Checkpoints);

    private sealed record RefusedBody(IReadOnlyList<Guid>? Ids);
}

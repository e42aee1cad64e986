using System.IO.Compression;
using System.Text.Json;
using Escala.Platform.Problems;

namespace Escala.Web.Field;

/// <summary>How the field's endpoints refuse: a problem's code, its sentence in the caller's language, a status.</summary>
internal static class FieldProblems
{
    public static Task Write(HttpContext context, Problem problem)
    {
        var status = problem.Code switch
        {
            "registry.sign-in.refused" or "registry.token.unknown" => StatusCodes.Status401Unauthorized,
            "registry.sign-in.slow" => StatusCodes.Status429TooManyRequests,
            "registry.device.revoked" => StatusCodes.Status410Gone,
            "registry.sign-in.place" or "registry.sign-in.role" or "web.field.scope" or "web.field.role" or "registry.account.disabled" => StatusCodes.Status403Forbidden,
            "capture.exchange.too-large" => StatusCodes.Status413PayloadTooLarge,
            "cascades.sheet.unknown-place" => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status400BadRequest,
        };
        if (problem.Details.TryGetValue("seconds", out var seconds)) context.Response.Headers.RetryAfter = seconds;
        return Write(context, status, problem);
    }

    public static Task Write(HttpContext context, int status, string code) => Write(context, status, Problem.Of(code));

    public static bool TakesGzip(HttpRequest request) => request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);

    /// <summary>JSON that a device on a thin line is glad to get packed.</summary>
    public static async Task WriteJson(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        if (json.Length > 400 && TakesGzip(context.Request))
        {
            using var packed = new MemoryStream();
            await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(json);
            context.Response.Headers.ContentEncoding = "gzip";
            json = packed.ToArray();
        }

        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json);
    }

    private static Task Write(HttpContext context, int status, Problem problem)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return JsonSerializer.SerializeAsync(context.Response.Body, new { type = problem.Code, title = SiteTexts.Problems.Sentence(problem, ReaderLanguage.Of(context)), status });
    }
}

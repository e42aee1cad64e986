using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Escala.Web.Field;

/// <summary>The files of the app, packed once and kept in memory. Those whose names hold their hash are kept by browsers for good, the others are asked about each time.</summary>
public sealed class FieldApp(string? folder)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        + "media-src 'self' blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly Dictionary<string, string> s_types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".woff2"] = "font/woff2",
        [".wasm"] = "application/wasm",
        [".txt"] = "text/plain; charset=utf-8",
    };

    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly string? _folder = folder is null ? null : Path.GetFullPath(folder) + Path.DirectorySeparatorChar;

    public async Task Serve(HttpContext context, string? path)
    {
        Headers(context.Response);
        if (_folder is null || !File.Exists(_folder + "index.html"))
        {
            await FieldProblems.Write(context, StatusCodes.Status503ServiceUnavailable, "web.field.not-built");
            return;
        }

        if (Read(string.IsNullOrEmpty(path) ? "index.html" : path) is not { } file)
        {
            await FieldProblems.Write(context, StatusCodes.Status404NotFound, "web.field.no-file");
            return;
        }

        var response = context.Response;
        response.ContentType = file.Type;
        response.Headers.ETag = file.Tag;
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.CacheControl = path?.StartsWith("assets/", StringComparison.Ordinal) == true ? "public, max-age=31536000, immutable" : "no-cache";
        if (path == "sw.js") response.Headers["Service-Worker-Allowed"] = "/field/";
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var packed = file.Packed.Length < file.Plain.Length && FieldProblems.TakesGzip(context.Request);
        if (packed) response.Headers.ContentEncoding = "gzip";
        var bytes = packed ? file.Packed : file.Plain;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(bytes);
    }

    /// <summary>Nothing from elsewhere runs, is shown or is asked; the camera is for cards.</summary>
    private static void Headers(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()";
    }

    private Held? Read(string path)
    {
        var full = Path.GetFullPath(Path.Combine(_folder!, path));
        if (!full.StartsWith(_folder!, StringComparison.Ordinal) || !s_types.TryGetValue(Path.GetExtension(full), out var type) || !File.Exists(full)) return null;
        var written = File.GetLastWriteTimeUtc(full).Ticks;
        if (_held.TryGetValue(full, out var held) && held.Written == written) return held;
        var plain = File.ReadAllBytes(full);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize)) gzip.Write(plain);
        return _held[full] = new Held(type, plain, packed.ToArray(), $"\"{Convert.ToHexStringLower(SHA256.HashData(plain))[..24]}\"", written);
    }

    private sealed record Held(string Type, byte[] Plain, byte[] Packed, string Tag, long Written);
}

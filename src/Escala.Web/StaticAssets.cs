namespace Escala.Web;

/// <summary>The style sheet and the icon, from within the assembly: there is no folder that could be missing.</summary>
public static class StaticAssets
{
    public static IResult Serve(string name)
    {
        var type = Path.GetExtension(name) switch { ".css" => "text/css", ".svg" => "image/svg+xml", _ => null };
        var stream = typeof(StaticAssets).Assembly.GetManifestResourceStream("Escala.Web.Assets." + name);
        return type is null || stream is null ? TypedResults.NotFound() : TypedResults.Stream(stream, type);
    }
}

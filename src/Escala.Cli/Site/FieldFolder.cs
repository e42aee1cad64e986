namespace Escala.Cli.Site;

/// <summary>Where the built field app lies: beside the program, or in the checkout above it.</summary>
internal static class FieldFolder
{
    public static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "field", "dist");
            if (Directory.Exists(Path.Combine(folder.FullName, "field"))) return built;
        }

        return null;
    }
}

using Escala.Cli.Stores;

namespace Escala.Cli.Programmes;

/// <summary>The folder of a package that a user names by its path, or by the name of one that Escala ships.</summary>
internal static class ProgrammeFolder
{
    private const string Shipped = "programmes";

    /// <summary>The shipped package that the demo shows, named in <c>programmes/demo</c>.</summary>
    public static string Demo => File.ReadAllText(Find("demo")).Trim();

    /// <summary>Names of the shipped packages.</summary>
    public static IReadOnlyList<string> Names =>
        Path.GetDirectoryName(Find("demo")) is { Length: > 0 } folder ? [.. Directory.EnumerateDirectories(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)] : [];

    public static string Find(string nameOrFolder)
    {
        var named = Terminal.PathOf(nameOrFolder);
        if (Directory.Exists(named) || nameOrFolder.Contains(Path.DirectorySeparatorChar)) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shipped = Path.Combine(folder.FullName, Shipped, nameOrFolder);
            if (Path.Exists(shipped)) return shipped;
        }

        return named;
    }
}

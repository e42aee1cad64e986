namespace Escala.Architecture.Tests;

internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<DirectoryInfo> ChapterFolders() =>
        new DirectoryInfo(Path.Combine(Root, "src")).EnumerateDirectories().Where(d => d.EnumerateFiles("*.csproj").Any());

    public static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Escala.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Escala.slnx not found above the tests");
    }
}

namespace Escala.Chapters.Tests;

internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathTo(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Escala.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Escala.slnx not found above the tests");
    }
}

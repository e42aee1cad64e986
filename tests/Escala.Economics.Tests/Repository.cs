namespace Escala.Economics.Tests;

internal static class Repository
{
    private static readonly Lazy<string> s_root = new(() =>
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Escala.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Escala.slnx not found above the tests");
    });

    public static string Reference(string topic, string file) => Path.Combine(s_root.Value, "tests", "reference", topic, file);

    public static string Sample(string file) => Path.Combine(s_root.Value, "samples", "models", file);
}

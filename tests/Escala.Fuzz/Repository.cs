namespace Escala.Fuzz;

/// <summary>The tree that the fuzzer was built from: its packages, forms and corpus.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Inputs that reach everything, an archive a target, and those that once found something.</summary>
    public static string Corpus { get; } = PathTo("tests", "reference", "fuzz-corpus");

    public static string PathTo(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Escala.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Escala.slnx not found above the fuzzer");
    }
}

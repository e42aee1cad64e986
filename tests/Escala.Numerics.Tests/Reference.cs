namespace Escala.Numerics.Tests;

/// <summary>Finds files under tests/reference.</summary>
internal static class Reference
{
    public static string Path(string topic, string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Escala.slnx"))) folder = folder.Parent;
        return System.IO.Path.Combine(folder?.FullName ?? throw new InvalidOperationException("Escala.slnx not found above the tests"), "tests", "reference", topic, file);
    }
}

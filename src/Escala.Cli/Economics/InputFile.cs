using Escala.Economics.Models;

namespace Escala.Cli.Economics;

/// <summary>Reads files that a user names, within bounds.</summary>
internal static class InputFile
{
    // Four bytes for each character that a model may have.
    private const long MaximumModelBytes = 16_000_000;

    /// <exception cref="ModelException">There is no such file, or it is too large.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string ReadModel(string path) => ReadAllText(path, MaximumModelBytes);

    /// <exception cref="ModelException">There is no such file, or it is too large.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string ReadAllText(string path, long maximumBytes)
    {
        if (Directory.Exists(path)) throw new ModelException(default, "economics.input.folder", ("path", path));
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : throw new ModelException(default, "economics.input.missing", ("path", path));
        if (length > maximumBytes) throw new ModelException(default, "economics.input.size", ("path", path), ("bytes", length), ("maximum", maximumBytes));
        return File.ReadAllText(path);
    }
}

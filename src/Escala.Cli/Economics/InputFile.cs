using System.Globalization;

namespace Escala.Cli.Economics;

/// <summary>Reads files that a user names, within bounds.</summary>
internal static class InputFile
{
    // Four bytes for each character that a model may have.
    private const long MaximumModelBytes = 16_000_000;

    /// <exception cref="IOException">The file cannot be read or is too large.</exception>
    public static string ReadModel(string path) => ReadAllText(path, MaximumModelBytes);

    /// <exception cref="IOException">The file cannot be read or is too large.</exception>
    public static string ReadAllText(string path, long maximumBytes)
    {
        if (Directory.Exists(path)) throw new IOException($"{path} is a folder. Give a file.");
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : throw new IOException($"There is no file {path}.");
        if (length > maximumBytes) throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{path} has {length} bytes; at most {maximumBytes} are read."));
        return File.ReadAllText(path);
    }
}

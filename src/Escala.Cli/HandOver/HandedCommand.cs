using System.Text;
using Escala.Platform.Texts;

namespace Escala.Cli.HandOver;

/// <summary>For whom the serving process carries out a command: where it reads and writes, in which language, and whether it was asked to stop.</summary>
/// <param name="Folder">The caller's working directory, in full: files are named from there.</param>
/// <param name="Store">The served store, in full.</param>
/// <param name="ShowsProgress">Whether the caller's error output is a terminal.</param>
internal sealed record HandedCommand(TextWriter Output, TextWriter Error, TextReader Input, Language? Language, string Folder, string Store, bool ShowsProgress, CancellationToken Stop)
{
    private static readonly AsyncLocal<HandedCommand?> s_current = new();

    /// <summary>Null for a command of this process's own.</summary>
    public static HandedCommand? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }
}

/// <summary>The console of the serving process: what a handed-over command says goes to whoever handed it over.</summary>
internal sealed class RoutedWriter(TextWriter own, Func<HandedCommand, TextWriter> of) : TextWriter
{
    public override Encoding Encoding => own.Encoding;

    private TextWriter To => HandedCommand.Current is { } handed ? of(handed) : own;

    public override void Write(char value) => To.Write(value);

    public override void Write(string? value) => To.Write(value);

    public override void Write(char[] buffer, int index, int count) => To.Write(buffer, index, count);

    public override void Flush() => To.Flush();
}

internal sealed class RoutedReader(TextReader own) : TextReader
{
    private TextReader From => HandedCommand.Current?.Input ?? own;

    public override int Read() => From.Read();

    public override int Peek() => From.Peek();

    public override string? ReadLine() => From.ReadLine();
}

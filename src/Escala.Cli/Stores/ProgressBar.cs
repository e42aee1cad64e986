using System.Globalization;
using Escala.Capture.Imports;

namespace Escala.Cli.Stores;

/// <summary>One line that moves on a terminal; nothing where output goes to a file.</summary>
internal sealed class ProgressBar(string what) : IProgress<(long Done, long Of)>, IProgress<ImportProgress>, IDisposable
{
    private const int Width = 30;

    private readonly bool _shown = Terminal.ShowsProgress;
    private string _last = "";

    public void Report((long Done, long Of) value) => Show(what, value.Done, value.Of);

    public void Report(ImportProgress value) => Show($"{Terminal.Say("progress." + value.Stage)} {value.File}", value.Done, value.Of);

    public void Dispose()
    {
        if (_shown && _last.Length > 0) Console.Error.Write("\r" + new string(' ', _last.Length) + "\r");
    }

    private void Show(string label, long done, long of)
    {
        if (!_shown || of <= 0) return;
        var filled = (int)Math.Min(Width, done * Width / of);
        var line = string.Create(CultureInfo.InvariantCulture, $"\r{label} [{new string('#', filled)}{new string('.', Width - filled)}] {100.0 * done / of:0} %");
        if (line == _last) return;
        Console.Error.Write(line.PadRight(_last.Length));
        _last = line;
    }
}

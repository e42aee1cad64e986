using Escala.Platform.Problems;
using Escala.Programmes;

namespace Escala.Cascades.Sheets;

/// <summary>Reads windows as <see cref="Window.ToString"/> writes them: 2025-03, 2025-Q1, 2025-W09.</summary>
public static class WindowText
{
    public static string Example(WindowKind kind) => kind switch { WindowKind.Month => "2025-03", WindowKind.Quarter => "2025-Q1", _ => "2025-W09" };

    public static Result<Window> Parse(WindowKind kind, string text) =>
        Window.Parse(kind, text) is { } window ? window : Problem.Of("cascades.sheet.window", ("text", text), ("example", Example(kind)));
}

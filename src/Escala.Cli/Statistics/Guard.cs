namespace Escala.Cli.Statistics;

/// <summary>Errors of the user's data or command: one line on the error stream and exit code 2.</summary>
internal static class Guard
{
    public static int Run(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("escala: " + e.Message.ReplaceLineEndings(" "));
            return 2;
        }
    }
}

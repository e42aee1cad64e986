using System.CommandLine;
using System.Globalization;
using Escala.Numerics;
using Escala.Numerics.Data;

namespace Escala.Cli.Statistics;

/// <summary>Numbers and columns as the tests and agreement commands read them; each error names the option and the place.</summary>
internal static class TableInputs
{
    public static Option<string?> Data() => new("--data") { Description = "Comma-separated file with a header line; empty and NA are missing." };

    public static Option<double> Confidence() => new("--confidence") { Description = "Coverage of the intervals.", DefaultValueFactory = _ => 0.95 };

    public static Option<bool> Json() => new("--json") { Description = "Answer in JSON." };

    public static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = $"{description} One of: {string.Join(", ", values)}.", DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    public static DataFrame Frame(string? path)
    {
        if (path is null) throw new UnfitInputException("numerics.option.data", "Give --data, a comma-separated file with a header line.");
        return Frame(path, new CsvFormat());
    }

    public static DataFrame Frame(string path, CsvFormat format)
    {
        MustExist(path);
        try
        {
            return DataFrame.ReadCsv(path, format);
        }
        catch (UnfitInputException problem)
        {
            throw new UnfitInputException("numerics.option.table", "The file {path} cannot be read as a table: {reason}", ("path", path), ("reason", problem.Sentence));
        }
    }

    public static void MustExist(string path)
    {
        if (!File.Exists(path)) throw new UnfitInputException("numerics.option.no-file", "There is no file {path}.", ("path", path));
    }

    /// <summary>A file that did not exist before.</summary>
    public static FileStream NewFile(string path) => File.Exists(path)
        ? throw new UnfitInputException("numerics.option.file-exists", "The file {path} exists already and is not overwritten: name another.", ("path", path))
        : new FileStream(path, FileMode.CreateNew);

    /// <summary>A column of numbers; missing is NaN.</summary>
    public static double[] Numbers(DataFrame frame, string column) => frame[column] is NumericColumn numbers
        ? [.. Enumerable.Range(0, frame.Rows).Select(row => numbers[row])]
        : throw (StrayText.In(frame, column, 1) is { } stray
            ? new UnfitInputException(stray)
            : new UnfitInputException("numerics.option.text-column", "Column '{column}' holds text; a column of numbers is needed.", ("column", column)));

    /// <summary>A column as labels; missing is null.</summary>
    public static string?[] Labels(DataFrame frame, string column) =>
    [
        .. Enumerable.Range(0, frame.Rows).Select(row => frame[column].IsMissing(row) ? null : frame[column] switch
        {
            NumericColumn numbers => numbers[row].ToString("R", CultureInfo.InvariantCulture),
            FactorColumn factor => factor[row],
            _ => null,
        }),
    ];

    /// <summary>Columns side by side, rows × columns.</summary>
    public static double[,] Matrix(DataFrame frame, IReadOnlyList<string> columns)
    {
        double[,] matrix = new double[frame.Rows, columns.Count];
        foreach (var (j, column) in columns.Index())
        {
            foreach (var (i, value) in Numbers(frame, column).Index()) matrix[i, j] = value;
        }
        return matrix;
    }

    public static string[] Names(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Numbers written as 1,2.5,NA.</summary>
    public static double[] Numbers(string text, string option) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select((word, k) => Number(word, option, k))];

    /// <summary>Whole counts written as 40,4,3,3.</summary>
    public static long[] Counts(string text, string option, int expected = 0)
    {
        long[] counts = [.. text.Split(',', StringSplitOptions.TrimEntries).Select((word, k) => Count(word, option, k))];
        return expected == 0 || counts.Length == expected
            ? counts
            : throw new UnfitInputException("numerics.option.counts", "{option} has {counts} counts; {expected} are needed.", ("option", option), ("counts", counts.Length), ("expected", expected));
    }

    /// <summary>Proportions written as 52/72,33/140.</summary>
    public static (long[] Numerators, long[] Denominators) Proportions(string text, string option)
    {
        (long, long)[] pairs =
        [
            .. text.Split(',', StringSplitOptions.TrimEntries).Select((word, k) => word.Split('/') is [var x, var n]
                ? (Count(x, option, k), Count(n, option, k))
                : throw new UnfitInputException("numerics.option.fraction", "{option}: entry {place}, '{text}', is not written as numerator/denominator, such as 52/72.", ("option", option), ("place", k + 1), ("text", word))),
        ];
        return ([.. pairs.Select(p => p.Item1)], [.. pairs.Select(p => p.Item2)]);
    }

    private static double Number(string word, string option, int place) =>
        word is "" or "NA" ? double.NaN
        : double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
        : throw new UnfitInputException("numerics.option.number", "{option}: entry {place}, '{text}', is not a number (decimal point, NA where missing).", ("option", option), ("place", place + 1), ("text", word));

    private static long Count(string word, string option, int place) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new UnfitInputException("numerics.option.whole", "{option}: entry {place}, '{text}', is not a whole number of at least 0.", ("option", option), ("place", place + 1), ("text", word));
}

using Escala.Capture.Forms.Definitions;
using Escala.Capture.Forms.Expressions;

namespace Escala.Capture.Forms.Sessions;

/// <summary>Whether a text is an answer of a type, and what a computed value becomes as an answer.</summary>
internal static class AnswerChecks
{
    /// <summary>Characters of an answer, typed or computed.</summary>
    public const int MostCharacters = 32_767;

    private const int MostDigits = 15;

    public static bool Fits(FormItem item, string value) => value.Length <= MostCharacters && item.Type switch
    {
        FormTypes.Integer => value.Length <= MostDigits && IsInteger(value),
        FormTypes.Decimal => IsNumber(value),
        FormTypes.Range => IsNumber(value) && InRange(item, Numbers.Of(value, 0)),
        FormTypes.Date or "today" => Dates.IsDate(value),
        FormTypes.DateTime or "start" or "end" => Dates.IsDateTime(value),
        FormTypes.Time => Dates.IsTime(value),
        FormTypes.GeoPoint or "start-geopoint" => IsGeoPoint(value),
        _ => true,
    };

    /// <summary>A computed value as the answer of its item: days become a date, and what is no number is no answer.</summary>
    public static string Answer(FormItem item, object value, int offset)
    {
        if (value is not double number) return Evaluator.Text(value);
        if (double.IsNaN(number)) return "";
        return item.Type switch
        {
            FormTypes.Date => Dates.Date(number),
            FormTypes.DateTime => Dates.DateTime(number, offset),
            FormTypes.Integer => Numbers.Text(Math.Truncate(number)),
            _ => Numbers.Text(number),
        };
    }

    private static bool IsInteger(string text) => text.Length > (text.StartsWith('-') ? 1 : 0) && text.AsSpan(text.StartsWith('-') ? 1 : 0).IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsNumber(string text) => !Dates.IsDate(text) && !Dates.IsDateTime(text) && double.IsFinite(Numbers.Of(text, 0)) && text == text.Trim();

    // On a step of the range, as far as decimals can say so.
    private static bool InRange(FormItem item, double value)
    {
        const double Slack = 1e-9;
        var (start, end, step) = (Parameter("start", 0), Parameter("end", 10), Parameter("step", 1));
        if (value < Math.Min(start, end) || value > Math.Max(start, end)) return false;
        var steps = Math.Abs(value - start) / Math.Abs(step);
        return Math.Abs(steps - Math.Floor(steps + 0.5)) < Slack;

        double Parameter(string name, double otherwise) => item.Parameters.TryGetValue(name, out var text) ? Numbers.Of(text, 0) : otherwise;
    }

    private static bool IsGeoPoint(string text)
    {
        const double MostLatitude = 90;
        const double MostLongitude = 180;
        var numbers = Evaluator.Words(text).Select(w => Numbers.Of(w, 0)).ToList();
        return numbers.Count is >= 2 and <= 4 && numbers.TrueForAll(double.IsFinite) && Math.Abs(numbers[0]) <= MostLatitude && Math.Abs(numbers[1]) <= MostLongitude;
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;

namespace Escala.Cli.Statistics;

/// <summary>A fitted model as JSON and as a table.</summary>
internal static class FitOutput
{
    public static string Json(ModelFit fit, double seconds)
    {
        using var stream = new MemoryStream();
        using (var w = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            w.WriteStartObject();
            w.WriteString("formula", fit.Formula);
            w.WriteString("family", FitCommand.NameOf(fit.Family));
            w.WriteString("link", fit.Link.ToString().ToLowerInvariant());
            w.WriteString("method", FitCommand.NameOf(fit.Method));
            if (fit.Points is { } points) w.WriteNumber("points", points);
            else w.WriteNull("points");
            w.WriteBoolean("converged", fit.Converged);
            Number(w, "logLik", fit.LogLikelihood);
            Number(w, "logLikKernel", fit.LogLikelihoodKernel);
            Number(w, "aic", fit.Aic);
            Number(w, "bic", fit.Bic);
            w.WriteNumber("observations", fit.Observations);
            w.WriteNumber("cells", fit.Cells);
            w.WriteStartObject("groups");
            foreach (var group in fit.Groups) w.WriteNumber(group.Name, group.Count);
            w.WriteEndObject();
            w.WriteStartArray("fixed");
            foreach (var effect in fit.Fixed) Fixed(w, fit, effect);
            w.WriteEndArray();
            w.WriteStartArray("random");
            foreach (var effect in fit.Random) Random(w, effect);
            w.WriteEndArray();
            if (fit.Dispersion != 1) Number(w, "dispersion", fit.Dispersion);
            if (!double.IsNaN(fit.WorkingCorrelation)) Number(w, "correlation", fit.WorkingCorrelation);
            w.WriteStartArray("dropped");
            foreach (var name in fit.Dropped) w.WriteStringValue(name);
            w.WriteEndArray();
            w.WriteStartArray("warnings");
            foreach (var warning in fit.Warnings)
            {
                w.WriteStartObject();
                w.WriteString("code", warning.Code);
                w.WriteString("message", warning.Message);
                w.WriteEndObject();
            }
            w.WriteEndArray();
            w.WriteNumber("iterations", fit.Iterations);
            Number(w, "seconds", seconds);
            w.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Fixed(Utf8JsonWriter w, ModelFit fit, FixedEffect effect)
    {
        w.WriteStartObject();
        w.WriteString("term", effect.Term);
        Number(w, "estimate", effect.Estimate);
        Number(w, "se", effect.StandardError);
        Number(w, "statistic", effect.Statistic);
        Number(w, "p", effect.P);
        Number(w, "lower", effect.Lower);
        Number(w, "upper", effect.Upper);
        if (effect.DegreesOfFreedom is { } df) Number(w, "df", df);
        if (RatioName(fit) is not null)
        {
            Number(w, "ratio", effect.Ratio);
            Number(w, "ratioLower", effect.RatioLower);
            Number(w, "ratioUpper", effect.RatioUpper);
        }
        w.WriteEndObject();
    }

    private static void Random(Utf8JsonWriter w, RandomEffect effect)
    {
        w.WriteStartObject();
        w.WriteString("group", effect.Group);
        w.WriteString("term", effect.Term);
        Number(w, "variance", effect.Variance);
        Number(w, "sd", effect.StandardDeviation);
        if (effect.Correlations.Count == 1)
        {
            Number(w, "corr", effect.Correlations[0]);
        }
        else if (effect.Correlations.Count > 1)
        {
            w.WriteStartArray("corr");
            foreach (var c in effect.Correlations) w.WriteNumberValue(c);
            w.WriteEndArray();
        }
        w.WriteEndObject();
    }

    internal static void Number(Utf8JsonWriter w, string name, double value)
    {
        if (double.IsFinite(value)) w.WriteNumber(name, value);
        else w.WriteNull(name);
    }

    private static string? RatioName(ModelFit fit) => fit.Link switch
    {
        Link.Logit => "Odds ratio",
        Link.Log => "Ratio",
        _ => null,
    };

    public static string Table(ModelFit fit, double seconds)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        foreach (var warning in fit.Warnings) Line($"! {warning.Message}");
        if (fit.Warnings.Count > 0) text.AppendLine();
        var points = fit.Points is { } q ? string.Create(CultureInfo.InvariantCulture, $", {q} points") : "";
        Line($"{fit.Formula}");
        Line($"{FitCommand.NameOf(fit.Family)}, {fit.Link.ToString().ToLowerInvariant()} link; {FitCommand.NameOf(fit.Method)}{points}; {(fit.Converged ? "converged" : "NOT converged")} in {fit.Iterations} iterations, {seconds * 1000:0.#} ms");
        Line($"{fit.Observations} observations in {fit.Cells} cells{string.Concat(fit.Groups.Select(g => string.Create(CultureInfo.InvariantCulture, $"; {g.Name}: {g.Count}")))}");
        if (!double.IsNaN(fit.LogLikelihood)) Line($"log-likelihood {fit.LogLikelihood:0.0000}   AIC {fit.Aic:0.00}   BIC {fit.Bic:0.00}");
        text.AppendLine();
        text.Append(FixedTable(fit));
        if (fit.Random.Count > 0)
        {
            text.AppendLine();
            text.Append(RandomTable(fit));
        }
        if (fit.Dispersion != 1 && fit.Family != Family.Gaussian) Line($"\nDispersion {fit.Dispersion:0.0000}");
        if (!double.IsNaN(fit.WorkingCorrelation)) Line($"Working correlation {fit.WorkingCorrelation:0.0000}");
        if (fit.Dropped.Count > 0) Line($"\nLeft out: {string.Join(", ", fit.Dropped)}");
        return text.ToString().TrimEnd();
    }

    private static string FixedTable(ModelFit fit)
    {
        var ratio = RatioName(fit);
        var t = fit.Fixed.Any(f => f.DegreesOfFreedom is not null);
        var rows = new List<string[]> { (string[])["", "Estimate", "Std. error", t ? "t" : "z", .. t ? ["df"] : Array.Empty<string>(), "p", .. ratio is null ? ["95 % interval"] : new[] { ratio, "95 % interval" }] };
        foreach (var f in fit.Fixed)
        {
            var interval = ratio is null ? $"{Show(f.Lower)} to {Show(f.Upper)}" : $"{Show(f.RatioLower, "0.000")} to {Show(f.RatioUpper, "0.000")}";
            rows.Add([f.Term, Show(f.Estimate), Show(f.StandardError), Show(f.Statistic, "0.000"), .. t ? [Show(f.DegreesOfFreedom ?? double.NaN, "0.0")] : Array.Empty<string>(), ShowP(f.P),
                .. ratio is null ? [interval] : new[] { double.IsNaN(f.StandardError) ? "—" : Show(f.Ratio, "0.000"), interval }]);
        }
        return Align(rows);
    }

    private static string RandomTable(ModelFit fit)
    {
        var rows = new List<string[]> { (string[])["Random effects", "", "Variance", "Std. dev.", "Corr."] };
        foreach (var r in fit.Random) rows.Add([r.Group, r.Term, Show(r.Variance), Show(r.StandardDeviation), string.Join(" ", r.Correlations.Select(c => Show(c, "0.000")))]);
        return Align(rows);
    }

    private static string Show(double value, string format = "0.00000") =>
        double.IsNaN(value) ? "—" : double.IsInfinity(value) ? (value > 0 ? "∞" : "−∞") : value.ToString(format, CultureInfo.InvariantCulture);

    private static string ShowP(double p) => double.IsNaN(p) ? "—" : p < 0.0001 ? "<0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Align(List<string[]> rows)
    {
        var text = new StringBuilder();
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd());
        return text.ToString();
    }
}

using System.Globalization;
using System.Text;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;

namespace Escala.Cli.Statistics;

/// <summary>A fitted model as JSON and as a table.</summary>
internal static class FitOutput
{
    public static object Json(ModelFit fit, double seconds, FitAnswers answers)
    {
        var ratio = RatioName(fit) is not null;
        return new
        {
            fit.Formula,
            Family = FitCommand.NameOf(fit.Family),
            Link = FitCommand.NameOf(fit.Link),
            Method = FitCommand.NameOf(fit.Method),
            // One point is the Laplace approximation; other methods have none, which is null.
            Points = fit.Points ?? (fit.Method == EstimationMethod.Laplace ? 1 : double.NaN),
            fit.Converged,
            LogLik = fit.LogLikelihood,
            LogLikKernel = fit.LogLikelihoodKernel,
            fit.Aic,
            fit.Bic,
            fit.Observations,
            fit.Cells,
            Groups = fit.Groups.ToDictionary(g => g.Name, g => g.Count),
            Fixed = fit.Fixed.Select(f => Effect(f, ratio)),
            Random = fit.Random.Select(Variance),
            Dispersion = fit.Dispersion == 1 ? (double?)null : fit.Dispersion,
            Correlation = double.IsNaN(fit.WorkingCorrelation) ? (double?)null : fit.WorkingCorrelation,
            fit.Dropped,
            fit.Warnings,
            fit.Iterations,
            Seconds = seconds,
            Icc = answers.Icc.Count > 0 ? answers.Icc : null,
            Companion = answers.Companion is { } c ? new { c.Treatment, c.IsMaterial, c.Message, c.Concurrent, c.Exposed, c.Fit.Formula, c.Fit.Converged, LogLik = c.Fit.LogLikelihood, Fixed = c.Fit.Fixed.Select(f => Effect(f, ratio)), Random = c.Fit.Random.Select(Variance) } : null,
            answers.Raw,
            LikelihoodRatio = answers.Ratio,
            Selection = answers.Selection?.Steps.Select(s => new { s.Covariates, s.Fit.Aic, s.Fit.Observations, s.Fit.Converged, IsPrimary = s.Covariates.Count == 0 }),
            answers.Modes,
            answers.Predictions,
            answers.Profile,
            answers.SmallSample,
            answers.SmallSampleNotAvailable,
            answers.Exposure,
            answers.Standardised,
            Influence = answers.Influence?.Select(i => new { i.Cluster, i.Change }),
        };
    }

    private static object Variance(RandomEffect r) => new { r.Group, r.Term, r.Variance, Sd = r.StandardDeviation, Corr = Correlation(r) };

    private static object Effect(FixedEffect f, bool ratio) => new
    {
        f.Term,
        f.Estimate,
        Se = f.StandardError,
        f.Statistic,
        f.P,
        f.Lower,
        f.Upper,
        Df = f.DegreesOfFreedom,
        Ratio = ratio ? f.Ratio : (double?)null,
        RatioLower = ratio ? f.RatioLower : (double?)null,
        RatioUpper = ratio ? f.RatioUpper : (double?)null,
    };

    private static object? Correlation(RandomEffect effect) => effect.Correlations.Count switch
    {
        0 => null,
        1 => effect.Correlations[0],
        _ => effect.Correlations,
    };

    private static string? RatioName(ModelFit fit) => fit.Link switch
    {
        Link.Logit => "Odds ratio",
        Link.Log => "Ratio",
        _ => null,
    };

    public static string Table(ModelFit fit, double seconds, FitAnswers answers)
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        if (answers.Companion is { IsMaterial: true } companion) Line($"! {companion.Message}");
        foreach (var warning in fit.Warnings) Line($"! {warning.Message}");
        if (text.Length > 0) text.AppendLine();
        var points = fit.Points is { } q ? string.Create(CultureInfo.InvariantCulture, $", {q} points") : "";
        Line($"{fit.Formula}");
        Line($"{FitCommand.NameOf(fit.Family)}, {FitCommand.NameOf(fit.Link)} link; {FitCommand.NameOf(fit.Method)}{points}; {(fit.Converged ? "converged" : "NOT converged")}{Iterations(fit)}, {seconds * 1000:0.#} ms");
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
        return text.ToString();
    }

    private static string Iterations(ModelFit fit) => fit.Iterations == 0 && !fit.Converged ? " (nothing could be fitted)" : string.Create(CultureInfo.InvariantCulture, $" in {fit.Iterations} iterations");

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
        double.IsNaN(value) ? "—" : double.IsInfinity(value) ? (value > 0 ? "∞" : "−∞") : (Math.Abs(value) < 1e-15 ? 0 : value).ToString(IsLost(value, format) ? "0.000e0" : format, CultureInfo.InvariantCulture);

    /// <summary>Whether the format would leave fewer than two digits of a small number, such as the effect of a covariate counted in millions.</summary>
    private static bool IsLost(double value, string format) => Math.Abs(value) is > 1e-15 and < 1e-4 && format == "0.00000";

    /// <summary>A p value to four places.</summary>
    internal static string ShowP(double p) => double.IsNaN(p) ? "—" : p < 0.0001 ? "<0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Align(List<string[]> rows)
    {
        var text = new StringBuilder();
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd());
        return text.ToString();
    }
}

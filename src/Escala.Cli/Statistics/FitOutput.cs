using System.Text;
using Escala.Numerics.Distributions;
using Escala.Numerics.Models;

namespace Escala.Cli.Statistics;

/// <summary>A fitted model as JSON and as a table.</summary>
internal static class FitOutput
{
    public static object Json(ModelFit fit, double seconds, FitAnswers answers)
    {
        var ratio = fit.Link is Link.Logit or Link.Log;
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
            answers.Warnings,
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

    public static string Table(ModelFit fit, double seconds, FitAnswers answers)
    {
        var text = new StringBuilder();
        if (answers.Companion is { IsMaterial: true } companion) text.AppendLine("! " + Vocabulary.Say(companion.Message));
        foreach (var warning in answers.Warnings) text.AppendLine("! " + Vocabulary.Say(warning.Message));
        if (text.Length > 0) text.AppendLine();
        text.AppendLine(fit.Formula);
        var points = fit.Points is { } q ? ", " + Vocabulary.Say("fit.points", ("points", q)) : "";
        var state = fit.Iterations == 0 && !fit.Converged ? Vocabulary.Say("fit.nothing") : Vocabulary.Say(fit.Converged ? "fit.converged" : "fit.notConverged", ("iterations", fit.Iterations));
        text.AppendLine(Vocabulary.Say("fit.head", ("family", FitCommand.NameOf(fit.Family)), ("link", FitCommand.NameOf(fit.Link)), ("method", FitCommand.NameOf(fit.Method) + points), ("state", state), ("time", Vocabulary.Number(seconds * 1000, "0.#"))));
        text.AppendLine(Vocabulary.Say("fit.observations", ("observations", fit.Observations), ("cells", fit.Cells)) + string.Concat(fit.Groups.Select(g => $"; {g.Name}: {g.Count}")));
        if (!double.IsNaN(fit.LogLikelihood)) text.AppendLine(Vocabulary.Say("fit.likelihood", ("value", Vocabulary.Number(fit.LogLikelihood, "0.0000")), ("aic", Vocabulary.Number(fit.Aic, "0.00")), ("bic", Vocabulary.Number(fit.Bic, "0.00"))));
        text.AppendLine().Append(FixedTable(fit));
        if (fit.Random.Count > 0) text.AppendLine().Append(RandomTable(fit));
        if (fit.Dispersion != 1 && fit.Family != Family.Gaussian) text.AppendLine().AppendLine(Vocabulary.Say("fit.dispersion", ("value", Vocabulary.Number(fit.Dispersion, "0.0000"))));
        if (!double.IsNaN(fit.WorkingCorrelation)) text.AppendLine(Vocabulary.Say("fit.workingCorrelation", ("value", Vocabulary.Number(fit.WorkingCorrelation, "0.0000"))));
        if (fit.Dropped.Count > 0) text.AppendLine().AppendLine(Vocabulary.Say("fit.leftOut", ("columns", string.Join(", ", fit.Dropped))));
        return text.ToString();
    }

    private static string FixedTable(ModelFit fit)
    {
        string? ratio = fit.Link switch { Link.Logit => Vocabulary.Say("head.oddsRatio"), Link.Log => Vocabulary.Say("head.ratio"), _ => null };
        var (t, coverage) = (fit.Fixed.Any(f => f.DegreesOfFreedom is not null), Vocabulary.Say("head.coverage", ("percent", Vocabulary.Number(100 * fit.Specification.Confidence, "0.##"))));
        List<string[]> rows = [["", Vocabulary.Say("head.estimate"), Vocabulary.Say("head.error"), t ? "t" : "z", .. t ? [Vocabulary.Say("head.df")] : Array.Empty<string>(), Vocabulary.Say("head.p"), .. ratio is null ? [coverage] : new[] { ratio, coverage }]];
        foreach (var f in fit.Fixed)
        {
            var interval = ratio is null ? Interval(Show(f.Lower), Show(f.Upper)) : Interval(Show(f.RatioLower, "0.000"), Show(f.RatioUpper, "0.000"));
            rows.Add([f.Term, Show(f.Estimate), Show(f.StandardError), Show(f.Statistic, "0.000"), .. t ? [Show(f.DegreesOfFreedom ?? double.NaN, "0.0")] : Array.Empty<string>(), ShowP(f.P),
                .. ratio is null ? [interval] : new[] { double.IsNaN(f.StandardError) ? "—" : Show(f.Ratio, "0.000"), interval }]);
        }
        return Align(rows);
    }

    private static string Interval(string lower, string upper) => Vocabulary.Say("interval", ("lower", lower), ("upper", upper));

    private static string RandomTable(ModelFit fit)
    {
        List<string[]> rows = [[Vocabulary.Say("head.random"), "", Vocabulary.Say("head.variance"), Vocabulary.Say("head.deviation"), Vocabulary.Say("head.correlation")]];
        foreach (var r in fit.Random) rows.Add([r.Group, r.Term, Show(r.Variance), Show(r.StandardDeviation), string.Join(" ", r.Correlations.Select(c => Show(c, "0.000")))]);
        return Align(rows);
    }

    private static string Show(double value, string format = "0.00000") => Vocabulary.Number(Math.Abs(value) < 1e-15 ? 0 : value, IsLost(value, format) ? "0.000e0" : format);

    /// <summary>Whether the format would leave fewer than two digits of a small number, such as the effect of a covariate counted in millions.</summary>
    private static bool IsLost(double value, string format) => Math.Abs(value) is > 1e-15 and < 1e-4 && format == "0.00000";

    /// <summary>A p value to four places.</summary>
    internal static string ShowP(double p) => double.IsNaN(p) ? "—" : p < 0.0001 ? "<" + Vocabulary.Number(0.0001, "0.0000") : Vocabulary.Number(p, "0.0000");

    private static string Align(List<string[]> rows)
    {
        var text = new StringBuilder();
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd());
        return text.ToString();
    }
}

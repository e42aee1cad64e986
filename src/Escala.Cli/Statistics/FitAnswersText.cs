using System.Text;
using Escala.Numerics.Models;

namespace Escala.Cli.Statistics;

/// <summary>The answers beside a fit as the reader's language tells them.</summary>
internal static class FitAnswersText
{
    public static string Of(ModelFit fit, FitAnswers answers)
    {
        var text = new StringBuilder();
        Descriptive(text, answers);
        Comparisons(text, answers);
        if (answers.Profile is { } profile)
        {
            text.AppendLine().AppendLine(Vocabulary.Say("fit.profile"));
            foreach (var p in profile) text.AppendLine(Vocabulary.Culture, $"  {p.Term,-24} {Interval(p.Lower, p.Upper, "0.00000")}   LR χ² {p.ChiSquare:0.000}, p {FitOutput.ShowP(p.P)}");
        }
        foreach (var s in answers.Standardised ?? [])
        {
            text.AppendLine().AppendLine(Vocabulary.Say(s.RandomEffects == RandomEffectsAt.Zero ? "fit.standardisedZero" : "fit.standardisedIntegrated", ("term", s.Term), ("exposed", Number(s.Exposed)),
                ("unexposed", Number(s.Unexposed)), ("difference", Number(s.Difference)), ("interval", Interval(s.Lower, s.Upper, "0.0000"))));
        }
        if (answers.Exposure is { } exposure) Exposure(text, exposure);
        if (answers.SmallSample is { } table) SmallSample(text, table);
        if (answers.SmallSampleNotAvailable is { } reason) text.AppendLine().AppendLine(Vocabulary.Say("fit.smallSampleNotAvailable", ("reason", Vocabulary.Say(reason))));
        if (answers.Influence is { } influence)
        {
            text.AppendLine().AppendLine(Vocabulary.Say("fit.influence"));
            text.AppendLine(Vocabulary.Culture, $"  {"",-16}{string.Concat(fit.Fixed.Select(f => $" {f.Term,14}"))}");
            foreach (var i in influence) text.AppendLine(Vocabulary.Culture, $"  {i.Cluster,-16}{string.Concat(i.Change.Select(c => $" {Vocabulary.Number(c, "0.00"),14}"))}");
        }
        return text.ToString().TrimEnd();
    }

    private static void Descriptive(StringBuilder text, FitAnswers answers)
    {
        if (answers.Icc is [var first, ..] icc)
            text.AppendLine().AppendLine(Vocabulary.Say("fit.icc", ("scale", Vocabulary.Term(first.Scale)), ("values", string.Join("; ", icc.Select(i => $"{i.Group} {Number(i.Value)}")))));
        if (answers.Companion is { IsMaterial: false } quiet) text.AppendLine().AppendLine(Vocabulary.Say(quiet.Message));
        if (answers.Raw is { } raw)
        {
            text.AppendLine().AppendLine(Vocabulary.Say("fit.raw", ("label", Vocabulary.Term(raw.Label)), ("exposedMean", Number(raw.ExposedMean)), ("exposedRows", raw.ExposedRows), ("unexposedMean", Number(raw.UnexposedMean)),
                ("unexposedRows", raw.UnexposedRows), ("difference", Number(raw.Difference)), ("exposedPooled", Number(raw.ExposedPooled)), ("unexposedPooled", Number(raw.UnexposedPooled)), ("pooledDifference", Number(raw.PooledDifference))));
        }
    }

    private static void Comparisons(StringBuilder text, FitAnswers answers)
    {
        if (answers.Ratio is { } test)
            text.AppendLine().AppendLine(Vocabulary.Say(test.OnBoundary ? "fit.ratioHalved" : "fit.ratio", ("chiSquare", Number(test.ChiSquare)), ("df", test.DegreesOfFreedom), ("p", FitOutput.ShowP(test.P))));
        if (answers.Selection is { } selection)
        {
            text.AppendLine().AppendLine(Vocabulary.Say("fit.selection", ("sets", selection.Steps.Count), ("rows", selection.Primary.Observations)));
            foreach (var s in selection.Steps) text.AppendLine(Vocabulary.Culture, $"  {s.Fit.Aic,10:0.00}  {(s.Covariates.Count == 0 ? Vocabulary.Say("fit.noCovariates") : string.Join(" + ", s.Covariates))}");
        }
        if (answers.Modes is { } modes)
        {
            text.AppendLine().AppendLine(Vocabulary.Say("fit.modes"));
            foreach (var m in modes) text.AppendLine(Vocabulary.Culture, $"  {m.Group,-20} {m.Level,-16} {m.Term,-14} {m.Mode,10:0.00000}");
        }
        if (answers.Predictions is { } file) text.AppendLine().AppendLine(Vocabulary.Say("fit.predictions", ("file", file)));
    }

    private static void Exposure(StringBuilder text, ExposureAnalysis exposure)
    {
        void Effect(string name, FixedEffect e, string note = "") =>
            text.AppendLine(Vocabulary.Culture, $"  {Vocabulary.Term(name),-44} {Number(e.Estimate),9} ({Interval(e.Lower, e.Upper, "0.0000")}), p {FitOutput.ShowP(e.P)}{note}");
        text.AppendLine().AppendLine(Vocabulary.Say("fit.exposure"));
        foreach (var p in exposure.Phases) Effect(p.Phase, p.Effect, "; " + Vocabulary.Say("fit.concurrent", ("concurrent", p.Concurrent), ("exposed", p.Exposed)));
        if (exposure.Difference is { } difference) Effect(difference.Term, difference);
        Effect("linear trend: first period", exposure.Start);
        Effect("linear trend: each further period", exposure.Trend);
        foreach (var e in exposure.ByPeriod) Effect(e.Term, e);
        if (exposure.Average is { } average) Effect(average.Term, average);
    }

    private static void SmallSample(StringBuilder text, ExposureTests table)
    {
        text.AppendLine().AppendLine(Vocabulary.Say("fit.smallSample", ("treatment", table.Treatment), ("replicates", table.Replicates), ("seed", table.Seed)));
        if (table.Failed > 0) text.AppendLine("  " + Vocabulary.Say("fit.smallSampleFailed", ("failed", table.Failed)));
        text.AppendLine("  " + Vocabulary.Say("fit.simulated", ("simulated", Vocabulary.Say(table.Simulated)), ("error", Vocabulary.Number(1.96 * Math.Sqrt(0.05 * 0.95 / table.Replicates), "0.000")), ("level", Vocabulary.Number(0.05, "0.00"))));
        text.AppendLine(Vocabulary.Culture, $"  {"",-66} {Vocabulary.Say("head.df"),5} {Vocabulary.Say("head.p"),8} {Vocabulary.Say("head.interval"),24} {Vocabulary.Say("head.size"),10} {Vocabulary.Say("head.power"),9}");
        foreach (var r in table.Rows)
        {
            var interval = double.IsNaN(r.Lower) ? "—" : Interval(r.Lower, r.Upper, "0.0000");
            text.AppendLine(Vocabulary.Culture, $"  {Vocabulary.Term(r.Method),-66} {r.DegreesOfFreedom,5:0} {FitOutput.ShowP(r.P),8} {interval,24} {r.Size,10:0.000} {r.Power,9:0.000}");
        }
        text.AppendLine("  " + Vocabulary.Say(table.Randomisation.IsExact ? "fit.randomisationExact" : "fit.randomisationSampled", ("allocations", Vocabulary.Number(table.Randomisation.Allocations, "0")), ("level", Number(table.Randomisation.AttainableLevel))));
    }

    private static string Interval(double lower, double upper, string format) => Vocabulary.Say("interval", ("lower", Vocabulary.Number(lower, format)), ("upper", Vocabulary.Number(upper, format)));

    private static string Number(double value) => Vocabulary.Number(value, "0.0000");
}

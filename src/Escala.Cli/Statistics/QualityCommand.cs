using System.CommandLine;
using Escala.Cli.Stores;
using Escala.Numerics;
using Escala.Numerics.Comparison;
using Escala.Numerics.Data;
using Escala.Numerics.DataQuality;
using Escala.Numerics.Models;

namespace Escala.Cli.Statistics;

/// <summary>How far records can be believed, and what their errors do to an effect.</summary>
internal static class QualityCommand
{
    public static Command Create() => new("quality", "Data quality and what it does to an effect.")
    {
        Verify(), Lots(), Entry(), Audit(), Corrected(), Probabilistic(), Tipping(),
    };

    private static Command Verify()
    {
        var counts = new Option<string>("--counts") { Description = "Recounted over reported of each site: 95/100,48/60,120/110.", Required = true };
        var lowest = new Option<double>("--lowest") { Description = "Lowest accepted factor.", DefaultValueFactory = _ => VerificationFactor.LowestAccepted };
        var highest = new Option<double>("--highest") { Description = "Highest accepted factor.", DefaultValueFactory = _ => VerificationFactor.HighestAccepted };
        return TestCommand.With("verify", "Verification factors.", [counts, lowest, highest], result =>
        {
            var (recounted, reported) = TableInputs.Proportions(result.GetRequiredValue(counts), "--counts");
            return VerificationSummary.Of([.. recounted.Zip(reported, (found, said) => VerificationFactor.Of(said, found, result.GetValue(lowest), result.GetValue(highest)))]);
        });
    }

    private static Command Lots()
    {
        var sample = new Option<int?>("--sample") { Description = "Records sampled, n." };
        var required = new Option<int?>("--required") { Description = "Correct ones needed, d." };
        var errors = new Option<int?>("--errors") { Description = "Or errors allowed, c." };
        Option<double> good = new("--good") { Description = "Share correct of a good lot.", DefaultValueFactory = _ => 0.8 }, bad = new("--bad") { Description = "Share correct of a bad lot.", DefaultValueFactory = _ => 0.5 };
        var risk = new Option<double>("--risk") { Description = "Largest risk of either error when a sample is sought.", DefaultValueFactory = _ => 0.1 };
        return TestCommand.With("lqas", "Lot quality assurance: the risks of a rule, or the smallest rule that keeps them.", [sample, required, errors, good, bad, risk], result =>
        {
            LotQuality rule = (result.GetValue(sample), result.GetValue(required), result.GetValue(errors)) switch
            {
                ({ } n, { } d, null) => LotQuality.WithErrors(n, n - d),
                ({ } n, null, { } c) => LotQuality.WithErrors(n, c),
                (null, null, null) => LotQuality.Smallest(result.GetValue(good), result.GetValue(bad), result.GetValue(risk), result.GetValue(risk))
                    ?? throw new UnfitInputException("numerics.option.no-lot", "No sample of up to 10,000 keeps both risks: the good and the bad share are too close."),
                _ => throw new UnfitInputException("numerics.option.lot", "Give --sample with --required or --errors, or none of them to have the smallest sample sought."),
            };
            return new { rule.Sample, rule.Required, RejectGood = rule.RejectProbability(result.GetValue(good)), AcceptBad = rule.AcceptProbability(result.GetValue(bad)) };
        });
    }

    private static Command Entry()
    {
        var count = new Option<string>("--count") { Description = "Errors over fields: 9/2000.", Required = true };
        return TestCommand.With("entry", "Errors of data entry in 10,000 fields.", [count], result =>
        {
            var (errors, fields) = TableInputs.Proportions(result.GetRequiredValue(count), "--count");
            return errors.Zip(fields, EntryError.Of).ToArray();
        });
    }

    private static Command Audit()
    {
        var data = TableInputs.Data();
        var name = new Option<string>("--name-column") { Description = "Column of units.", DefaultValueFactory = _ => "name" };
        var stratum = new Option<string>("--stratify") { Description = "Column of strata.", Required = true };
        var count = new Option<int>("--count") { Description = "Units drawn of each stratum.", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the draw.", Required = true };
        return TestCommand.With("audit-sample", "Draws the units to be audited.", [data, name, stratum, count, seed], result =>
        {
            var frame = TableInputs.Frame(result.GetValue(data));
            string?[] names = TableInputs.Labels(frame, result.GetValue(name)!), strata = TableInputs.Labels(frame, result.GetRequiredValue(stratum));
            int missing = Array.FindIndex(names, n => n is null);
            if (missing >= 0) throw new UnfitInputException("numerics.option.unit-name", "Row {row} has no name.", ("row", missing + 1));
            var drawn = AuditSample.Draw(names.Zip(strata, (n, s) => (s ?? "", n!)), result.GetValue(count), result.GetValue(seed));
            return new { Seed = result.GetValue(seed), Units = drawn.Select(u => new { u.Stratum, u.Name }).ToArray() };
        });
    }

    private static Command Corrected()
    {
        Option<double> unexposed = new("--unexposed") { Description = "Recorded proportion among the unexposed.", Required = true }, exposed = new("--exposed") { Description = "Among the exposed.", Required = true };
        Option<double> sensitivity = new("--sensitivity") { Description = "Sensitivity of the records.", Required = true }, specificity = new("--specificity") { Description = "Specificity.", Required = true };
        Option<double?> ownSensitivity = new("--exposed-sensitivity") { Description = "Sensitivity of exposed records, when another." }, ownSpecificity = new("--exposed-specificity") { Description = "Specificity of exposed records." };
        return TestCommand.With("corrected", "Closed-form correction of two recorded proportions.", [unexposed, exposed, sensitivity, specificity, ownSensitivity, ownSpecificity], result =>
        {
            var all = Misclassification.Of(result.GetValue(sensitivity), result.GetValue(specificity));
            var own = Misclassification.Of(result.GetValue(ownSensitivity) ?? all.Sensitivity, result.GetValue(ownSpecificity) ?? all.Specificity);
            return Misclassification.Compare(result.GetValue(unexposed), result.GetValue(exposed), all, own);
        });
    }

    private static Command Tipping()
    {
        var counts = new Option<string>("--counts") { Description = "Exposed with and without the outcome, unexposed with and without.", Required = true };
        var confidence = TableInputs.Confidence();
        return TestCommand.With("tipping-point", "Wrong exposed records that would make the effect vanish.", [counts, confidence], result =>
        {
            long[] n = TableInputs.Counts(result.GetRequiredValue(counts), "--counts", 4);
            return TippingPoint.Of(new TwoByTwoTable(n[0], n[1], n[2], n[3]), result.GetValue(confidence));
        });
    }

    private static Command Probabilistic()
    {
        var data = TableInputs.Data();
        var outcome = new Option<string>("--outcome") { Description = "Column of recorded outcomes.", Required = true };
        var records = new Option<string>("--records") { Description = "Column of records.", Required = true };
        var exposure = new Option<string>("--exposure") { Description = "Column that is 1 where exposed, else 0.", Required = true };
        var formula = new Option<string>("--formula") { Description = "Model that is fitted again on each draw: \"cbind(y, n - y) ~ factor(period) + treat + (1 | district)\".", Required = true };
        var term = new Option<string?>("--term") { Description = "Its coefficient; the exposure unless said." };
        var audit = new Option<string>("--audit") { Description = "Audited records: true outcomes recorded and missed, others recorded right and wrong: 95,5,97,3.", Required = true };
        var exposedAudit = new Option<string?>("--exposed-audit") { Description = "Audit of exposed records, when another." };
        var draws = new Option<int>("--draws") { Description = "Draws.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "Seed.", DefaultValueFactory = _ => 1 };
        return TestCommand.With("probabilistic", "The effect refitted over drawn sensitivity and specificity.", [data, outcome, records, exposure, formula, term, audit, exposedAudit, draws, seed], result =>
        {
            var frame = TableInputs.Frame(result.GetValue(data));
            string y = result.GetRequiredValue(outcome), name = result.GetValue(term) ?? result.GetRequiredValue(exposure);
            var specification = new ModelSpecification(result.GetRequiredValue(formula));
            var cells = Cells(frame, y, result.GetRequiredValue(records), result.GetRequiredValue(exposure));
            var recorded = Regression.Fit(frame, specification)[name];
            (double, double) Refit(IReadOnlyList<long> counts)
            {
                var effect = Regression.Fit(frame.With(new NumericColumn(y, counts.Select(c => (double)c))), specification)[name];
                return (effect.Estimate, effect.StandardError);
            }
            using var bar = new ProgressBar(Vocabulary.Say("progress.draws"));
            var analysis = ProbabilisticMisclassification.Run(cells, ReadAudit(result.GetRequiredValue(audit), "--audit"),
                result.GetValue(exposedAudit) is { } own ? ReadAudit(own, "--exposed-audit") : null, Refit, result.GetValue(draws), result.GetValue(seed), progress: bar);
            return new
            {
                Term = name,
                Recorded = new LogOddsRatio(recorded.Estimate, recorded.Lower, recorded.Upper),
                Corrected = new LogOddsRatio(analysis.Median, analysis.Lower, analysis.Upper),
                WithChance = new LogOddsRatio(analysis.Median, analysis.Total.Lower, analysis.Total.Upper),
                analysis.Draws,
                analysis.Uninformative,
                analysis.Clipped,
                analysis.WithoutEstimate,
                Seed = result.GetValue(seed),
            };
        });
    }

    private static RecordedCell[] Cells(DataFrame frame, string outcome, string records, string exposure)
    {
        double[] y = TableInputs.Numbers(frame, outcome), n = TableInputs.Numbers(frame, records), x = TableInputs.Numbers(frame, exposure);
        return
        [
            .. y.Select((value, row) => value >= 0 && value <= n[row] && value == Math.Floor(value) && n[row] == Math.Floor(n[row]) && (x[row] is 0 or 1)
                ? new RecordedCell((long)value, (long)n[row], x[row] == 1)
                : throw new UnfitInputException("numerics.option.cells", "Row {row}: {outcome} and {records} are whole counts with the first at most the second, and {exposure} is 0 or 1; none may be missing.",
                    ("row", row + 1), ("outcome", outcome), ("records", records), ("exposure", exposure))),
        ];
    }

    private static OutcomeAudit ReadAudit(string text, string option)
    {
        long[] n = TableInputs.Counts(text, option, 4);
        return new(n[0], n[1], n[2], n[3]);
    }

    /// <summary>A log odds ratio with its limits, and the odds ratios.</summary>
    private sealed record LogOddsRatio(double Estimate, double Lower, double Upper)
    {
        public double OddsRatio => Math.Exp(Estimate);

        public double OddsRatioLower => Math.Exp(Lower);

        public double OddsRatioUpper => Math.Exp(Upper);
    }
}

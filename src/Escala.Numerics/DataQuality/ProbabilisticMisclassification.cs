using Escala.Numerics.Comparison;
using Escala.Numerics.CostEffectiveness;
using Escala.Numerics.Distributions;
using Escala.Numerics.Simulation;

namespace Escala.Numerics.DataQuality;

/// <summary>An audit of recorded outcomes against the source.</summary>
/// <param name="TruePositive">True outcomes that were recorded.</param>
/// <param name="FalseNegative">True outcomes that were not.</param>
/// <param name="TrueNegative">Others recorded as such.</param>
/// <param name="FalsePositive">Others recorded as outcomes.</param>
public readonly record struct OutcomeAudit(long TruePositive, long FalseNegative, long TrueNegative, long FalsePositive);

/// <summary>Recorded outcomes of one cell of the data.</summary>
/// <param name="Outcomes">Recorded outcomes, 0 to <paramref name="Records"/>.</param>
/// <param name="Records">Records.</param>
/// <param name="IsExposed">Whether the audit of the exposed applies.</param>
public readonly record struct RecordedCell(long Outcomes, long Records, bool IsExposed);

/// <summary>
/// Effect with the uncertainty of the records in it: sensitivity and specificity are drawn from what the audit leaves open (beta with audit
/// counts + 1), each record is reclassified by its predictive value, and the analysis is run again (Fox, Lash and Greenland 2005; Lash, Fox
/// and Fink 2009). Same seed, same figures, whatever the number of threads.
/// </summary>
public sealed record ProbabilisticMisclassification
{
    /// <summary>Draws that gave an estimate.</summary>
    public required int Draws { get; init; }

    /// <summary>Draws whose sensitivity and specificity sum to 1 or less; they cannot be corrected and are left out.</summary>
    public required int Uninformative { get; init; }

    /// <summary>Draws in which a corrected proportion fell outside 0 and 1 in some cell and was set to the nearer.</summary>
    public required int Clipped { get; init; }

    /// <summary>Draws whose analysis gave no finite estimate; they are left out.</summary>
    public required int WithoutEstimate { get; init; }

    /// <summary>Median of the estimates; NaN without any.</summary>
    public required double Median { get; init; }

    /// <summary>Lower limit: 2.5 % of the estimates lie below it (for the default confidence).</summary>
    public required double Lower { get; init; }

    /// <summary>Upper limit.</summary>
    public required double Upper { get; init; }

    /// <summary>Limits when a normal error of each analysis' standard error is added: record error and chance together.</summary>
    public required TotalLimits Total { get; init; }

    /// <summary>Limits with random error included.</summary>
    /// <param name="Lower">Lower limit.</param>
    /// <param name="Upper">Upper limit.</param>
    public readonly record struct TotalLimits(double Lower, double Upper);

    /// <summary>Runs the analysis over drawn errors.</summary>
    /// <param name="cells">The data.</param>
    /// <param name="unexposed">Audit of unexposed records.</param>
    /// <param name="exposed">Audit of exposed records; null when one audit speaks for all, and then both share each draw.</param>
    /// <param name="analyse">Estimate and standard error from the reclassified outcomes, one count a cell; called from several threads at once.</param>
    /// <param name="draws">Draws, at least 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="confidence">Coverage of the limits, above 0 and below 1.</param>
    /// <param name="progress">Told how many draws are done; null for nobody.</param>
    /// <returns>The distribution of the estimate.</returns>
    /// <exception cref="ArgumentException">A count is negative or exceeds its records.</exception>
    public static ProbabilisticMisclassification Run(
        IReadOnlyList<RecordedCell> cells, OutcomeAudit unexposed, OutcomeAudit? exposed,
        Func<IReadOnlyList<long>, (double Estimate, double StandardError)> analyse, int draws = 1000, ulong seed = 1, double confidence = 0.95,
        IProgress<(long Done, long Of)>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(analyse);
        UnfitInputException.ThrowIfLessThan(draws, 1);
        Tail.CheckConfidence(confidence);
        if (cells.Any(c => c.Outcomes < 0 || c.Outcomes > c.Records))
        {
            throw new UnfitInputException("numerics.quality.cell", "A cell's outcomes lie between 0 and its records.");
        }
        var results = new Draw[draws];
        SideBySide.Run(draws, k => results[k] = Once(cells, unexposed, exposed, analyse, seed, (uint)k), progress);
        Draw[] finite = [.. results.Where(r => double.IsFinite(r.Estimate))];
        double tail = (1 - confidence) / 2;
        double At(Func<Draw, double> figure, double p) => Quantile.Of(finite.Select(figure), p);
        return new ProbabilisticMisclassification
        {
            Draws = finite.Length,
            Uninformative = results.Count(r => r.Uninformative),
            Clipped = results.Count(r => r.Clipped),
            WithoutEstimate = draws - finite.Length - results.Count(r => r.Uninformative),
            Median = At(r => r.Estimate, 0.5),
            Lower = At(r => r.Estimate, tail),
            Upper = At(r => r.Estimate, 1 - tail),
            Total = new(At(r => r.WithChance, tail), At(r => r.WithChance, 1 - tail)),
        };
    }

    private readonly record struct Draw(double Estimate, double WithChance, bool Clipped, bool Uninformative);

    private static Draw Once(
        IReadOnlyList<RecordedCell> cells, OutcomeAudit unexposed, OutcomeAudit? exposed,
        Func<IReadOnlyList<long>, (double Estimate, double StandardError)> analyse, ulong seed, uint draw)
    {
        var stream = new CounterStream(seed, CounterStream.StreamOf("misclassification"), draw);
        var first = DrawErrors(unexposed, ref stream);
        var second = exposed is { } own ? DrawErrors(own, ref stream) : first;
        if (first is not { } ofUnexposed || second is not { } ofExposed)
        {
            return new(double.NaN, double.NaN, false, true);
        }
        bool clipped = false;
        long[] outcomes = new long[cells.Count];
        for (int k = 0; k < outcomes.Length; k++)
        {
            outcomes[k] = Reclassify(cells[k], cells[k].IsExposed ? ofExposed : ofUnexposed, ref stream, ref clipped);
        }
        var (estimate, error) = analyse(outcomes);
        return new(estimate, estimate + (error * stream.NextNormal()), clipped, false);
    }

    private static Misclassification? DrawErrors(OutcomeAudit audit, ref CounterStream stream)
    {
        double sensitivity = Tail.BetaQuantile(audit.TruePositive + 1, audit.FalseNegative + 1, stream.NextUniform());
        double specificity = Tail.BetaQuantile(audit.TrueNegative + 1, audit.FalsePositive + 1, stream.NextUniform());
        return sensitivity + specificity > 1 ? new Misclassification(sensitivity, specificity) : null;
    }

    private static long Reclassify(RecordedCell cell, Misclassification errors, ref CounterStream stream, ref bool clipped)
    {
        if (cell.Records == 0)
        {
            return 0;
        }
        var (proportion, outside) = errors.Correct((double)cell.Outcomes / cell.Records);
        clipped |= outside;
        return CountQuantile.Binomial(cell.Outcomes, errors.PositivePredictiveValue(proportion), stream.NextUniform())
            + CountQuantile.Binomial(cell.Records - cell.Outcomes, 1 - errors.NegativePredictiveValue(proportion), stream.NextUniform());
    }
}

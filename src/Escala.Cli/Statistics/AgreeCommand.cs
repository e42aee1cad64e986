using System.CommandLine;
using Escala.Numerics;
using Escala.Numerics.Agreement;
using Escala.Numerics.Data;

namespace Escala.Cli.Statistics;

/// <summary>Agreement of raters, reliability of scales, agreement inside groups.</summary>
internal static class AgreeCommand
{
    public static Command Create() => new("agree", "Agreement and reliability.") { Raters(), Table(), Icc(), Within(), Alpha() };

    private static Command Raters()
    {
        var data = TableInputs.Data();
        var columns = new Option<string?>("--columns") { Description = "Columns of the raters; all columns unless said." };
        var categories = new Option<string?>("--categories") { Description = "Every category on offer, such as 1,2,3,4,5; those used unless said." };
        var (weights, level, confidence) = Measures();
        return TestCommand.With("raters", "One row a unit, one column a rater.", [data, columns, categories, weights, level, confidence], result =>
        {
            var frame = TableInputs.Frame(result.GetValue(data));
            string[] raters = Columns(frame, result.GetValue(columns));
            var (ratings, names) = Ratings(frame, raters, result.GetValue(categories));
            var table = new RatingTable(ratings, names is null ? Given(result.GetValue(categories)) : [.. Enumerable.Range(0, names.Length).Select(k => (double)k)]);
            if (names is not null && (result.GetValue(weights) != "identity" || result.GetValue(level) != "nominal"))
            {
                throw new UnfitInputException("numerics.option.text-categories", "Categories that are text have no order: --weights identity and --level nominal are all they allow.");
            }
            return Coefficients(table, result.GetValue(weights)!, result.GetValue(level)!, result.GetValue(confidence));
        });
    }

    private static Command Table()
    {
        var counts = new Option<string>("--counts") { Description = "Cross-table of two raters, rows separated by semicolons: \"40,4;3,3\".", Required = true };
        var (weights, level, confidence) = Measures();
        return TestCommand.With("table", "Two raters from their cross-table.", [counts, weights, level, confidence], result =>
        {
            string[] rows = result.GetRequiredValue(counts).Split(';');
            long[,] table = new long[rows.Length, rows.Length];
            foreach (var (i, row) in rows.Index())
            {
                foreach (var (j, count) in TableInputs.Counts(row, "--counts", rows.Length).Index()) table[i, j] = count;
            }
            return Coefficients(RatingTable.FromCrossTable(table), result.GetValue(weights)!, result.GetValue(level)!, result.GetValue(confidence));
        });
    }

    private static Command Icc()
    {
        var data = TableInputs.Data();
        var columns = new Option<string?>("--columns") { Description = "Columns of the raters; all columns unless said." };
        var confidence = TableInputs.Confidence();
        return TestCommand.With("icc", "Six intraclass correlations of raters.", [data, columns, confidence], result =>
        {
            var frame = TableInputs.Frame(result.GetValue(data));
            return IntraclassCorrelation.Of(TableInputs.Matrix(frame, Columns(frame, result.GetValue(columns))), result.GetValue(confidence));
        });
    }

    private static Command Alpha()
    {
        var data = TableInputs.Data();
        var items = new Option<string>("--items") { Description = "Columns of the items.", Required = true };
        var confidence = TableInputs.Confidence();
        return TestCommand.With("alpha", "Internal consistency of a scale.", [data, items, confidence], result =>
            CronbachAlpha.Of(TableInputs.Matrix(TableInputs.Frame(result.GetValue(data)), TableInputs.Names(result.GetRequiredValue(items))), result.GetValue(confidence)));
    }

    private static Command Within()
    {
        var data = TableInputs.Data();
        var group = new Option<string>("--group") { Description = "Column of groups.", Required = true };
        var items = new Option<string>("--items") { Description = "Columns of the items.", Required = true };
        var options = new Option<int>("--options") { Description = "Answer options of an item, A.", DefaultValueFactory = _ => 5 };
        var size = TableInputs.Choice("--group-size", "Size that stands for unequal groups in ICC(1).", "mean", "adjusted");
        var answered = new Option<double>("--answered") { Description = "Share of the items that a person must answer to have a scale mean.", DefaultValueFactory = _ => 0.75 };
        return TestCommand.With("within", "r_wg(J), average deviation, ICC(1) and ICC(2) of groups.", [data, group, items, options, size, answered], result =>
        {
            var frame = TableInputs.Frame(result.GetValue(data));
            string[] names = TableInputs.Names(result.GetRequiredValue(items));
            double[,] answers = TableInputs.Matrix(frame, names);
            int scale = result.GetValue(options);
            string?[] labels = TableInputs.Labels(frame, result.GetRequiredValue(group));
            var groups = labels.Index().Where(row => row.Item is not null).GroupBy(row => row.Item, row => row.Index, StringComparer.Ordinal).ToArray();
            var reliability = GroupReliability.Of(
                groups.Select(g => (IReadOnlyList<double>)[.. g.Select(row => ScaleMean(answers, row, result.GetValue(answered)))]),
                result.GetValue(size) == "mean" ? GroupSize.Mean : GroupSize.Adjusted);
            return new
            {
                Groups = groups.Select(g => WithinRow(g.Key!, WithinGroupAgreement.Of(RowsOf(answers, [.. g])), scale)).ToArray(),
                DeviationLimit = WithinGroupAgreement.DeviationLimit(scale),
                Reliability = reliability,
                // The agreement figures use each answer there is.
                PersonsWithoutScaleMean = groups.Sum(g => g.Count()) - reliability.Persons,
                RowsWithoutGroup = labels.Count(label => label is null),
            };
        });
    }

    private static double ScaleMean(double[,] answers, int row, double share)
    {
        double[] own = [.. Enumerable.Range(0, answers.GetLength(1)).Select(j => answers[row, j]).Where(v => !double.IsNaN(v))];
        return own.Length > 0 && own.Length >= share * answers.GetLength(1) ? own.Average() : double.NaN;
    }

    private static object WithinRow(string name, WithinGroupAgreement group, int options) => new
    {
        Group = name,
        group.Persons,
        RwgUniform = group.Rwg(NullDistribution.Uniform(options)),
        RwgSlightSkew = options == 5 ? group.Rwg(NullDistribution.SlightlySkewed5) : (double?)null,
        RwgModerateSkew = options == 5 ? group.Rwg(NullDistribution.ModeratelySkewed5) : (double?)null,
        RwgHeavySkew = options == 5 ? group.Rwg(NullDistribution.HeavilySkewed5) : (double?)null,
        group.DeviationFromMean,
        group.DeviationFromMedian,
        group.Reason,
    };

    private static object Coefficients(RatingTable table, string weights, string level, double confidence)
    {
        var how = Enum.Parse<AgreementWeights>(weights, ignoreCase: true);
        List<AgreementCoefficient> all = table.Raters == 2 ? [CohenKappa.Of(table, how, confidence)] : [];
        all.Add(MultiRaterAgreement.Fleiss(table, how, confidence));
        all.Add(MultiRaterAgreement.Gwet(table, how, confidence));
        all.Add(MultiRaterAgreement.Krippendorff(table, Enum.Parse<MeasurementLevel>(level, ignoreCase: true), confidence));
        return new { table.Units, table.Raters, Categories = table.Categories.Count, Coefficients = all };
    }

    private static (Option<string> Weights, Option<string> Level, Option<double> Confidence) Measures() => (
        TableInputs.Choice("--weights", "How much different categories agree (kappa, AC).", "identity", "linear", "quadratic"),
        TableInputs.Choice("--level", "Level of measurement (Krippendorff's alpha).", "nominal", "ordinal", "interval", "ratio"),
        TableInputs.Confidence());

    private static string[] Columns(DataFrame frame, string? names) => names is null ? [.. frame.Columns.Select(c => c.Name)] : TableInputs.Names(names);

    private static double[]? Given(string? categories) => categories is null ? null : TableInputs.Numbers(categories, "--categories");

    /// <summary>Ratings as numbers; text categories are numbered in ordinal order, those on offer included.</summary>
    private static (double[,] Ratings, string[]? Names) Ratings(DataFrame frame, string[] raters, string? categories)
    {
        if (raters.All(r => frame[r] is NumericColumn)) return (TableInputs.Matrix(frame, raters), null);
        string?[][] labels = [.. raters.Select(r => TableInputs.Labels(frame, r))];
        string[] names = [.. labels.SelectMany(column => column.OfType<string>()).Concat(TableInputs.Names(categories ?? "")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        double[,] ratings = new double[frame.Rows, raters.Length];
        for (int i = 0; i < frame.Rows; i++)
        {
            for (int r = 0; r < raters.Length; r++) ratings[i, r] = labels[r][i] is { } label ? Array.IndexOf(names, label) : double.NaN;
        }
        return (ratings, names);
    }

    private static double[,] RowsOf(double[,] answers, int[] rows)
    {
        double[,] own = new double[rows.Length, answers.GetLength(1)];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < answers.GetLength(1); j++) own[i, j] = answers[rows[i], j];
        }
        return own;
    }
}

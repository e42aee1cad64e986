using Escala.Numerics.Data;

namespace Escala.Numerics.CostEffectiveness;

/// <summary>The rows of a trial that have everything, with clusters and periods as numbers.</summary>
internal sealed class TrialData
{
    public required double[] Cost { get; init; }

    /// <summary>More is better: harm with its sign turned.</summary>
    public required double[] Effect { get; init; }

    public required double[] Treated { get; init; }

    public required string[] PeriodLabels { get; init; }

    public required string[] ClusterLabels { get; init; }

    public required string[] FacilityLabels { get; init; }

    /// <summary>Empty texts for patients without a number; null where the data have no column of them.</summary>
    public required string[]? Patients { get; init; }

    public required bool HasFacilities { get; init; }

    public required int LeftOut { get; init; }

    public int Rows => Cost.Length;

    public IReadOnlyList<string> Clusters => [.. ClusterLabels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Periods => [.. PeriodLabels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public int ClusterCount => Clusters.Count;

    /// <summary>Clusters (by their places in <see cref="Clusters"/>) that have the same exposure in the same periods.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sequences =>
    [
        .. Enumerable.Range(0, Rows).GroupBy(i => ClusterLabels[i], StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select((g, place) => (place, pattern: string.Join(' ', g.Select(i => $"{PeriodLabels[i]}:{Treated[i]}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))))
            .GroupBy(c => c.pattern, StringComparer.Ordinal).Select(g => (IReadOnlyList<int>)[.. g.Select(c => c.place)]),
    ];

    /// <exception cref="ArgumentException">A column is missing or not of its kind, or there are too few clusters or periods.</exception>
    public static TrialData Read(DataFrame data, WithinTrialColumns columns)
    {
        NumericColumn cost = Numbers(data, columns.Cost), effect = Numbers(data, columns.Effect), treated = Numbers(data, columns.Treated);
        Column cluster = data[columns.Cluster], period = data[columns.Period];
        Column? facility = columns.Facility is { } f ? data[f] : null, patient = columns.Patient is { } p ? data[p] : null;
        Column[] needed = [cost, effect, treated, cluster, period, .. facility is null ? [] : new[] { facility }];
        int[] rows = [.. Enumerable.Range(0, data.Rows).Where(i => needed.All(c => !c.IsMissing(i)))];
        foreach (var row in rows)
        {
            if (treated[row] is not (0 or 1)) throw new ArgumentException($"{columns.Treated} is {treated[row]} in row {row + 2} of the file: write 1 in exposed cluster-periods and 0 in others.");
        }
        var sign = columns.EffectIsHarm ? -1 : 1;
        var trial = new TrialData
        {
            Cost = [.. rows.Select(i => cost[i])],
            Effect = [.. rows.Select(i => sign * effect[i])],
            Treated = [.. rows.Select(i => treated[i])],
            PeriodLabels = Labels(period, rows),
            ClusterLabels = Labels(cluster, rows),
            FacilityLabels = facility is null ? Labels(cluster, rows) : Labels(facility, rows),
            Patients = patient is null ? null : Labels(patient, rows),
            HasFacilities = facility is not null,
            LeftOut = data.Rows - rows.Length,
        };
        if (rows.Length == 0) throw new ArgumentException("No row has cost, effect, cluster, period and exposure.");
        if (trial.ClusterCount < 3) throw new ArgumentException($"There are {trial.ClusterCount} clusters in {columns.Cluster}; a contrast between clusters needs at least three.");
        if (trial.Periods.Count < 2) throw new ArgumentException($"There is one period in {columns.Period}; period effects need at least two.");
        if (trial.Treated.All(x => x == trial.Treated[0])) throw new ArgumentException($"{columns.Treated} is {trial.Treated[0]} in every row: there is nothing to compare.");
        return trial;
    }

    private static NumericColumn Numbers(DataFrame data, string name) =>
        data[name] as NumericColumn ?? throw (StrayText.In(data, name, 1) is { } stray ? new UnfitInputException(stray) : new ArgumentException($"Column {name} holds texts; it must hold numbers with a decimal point."));

    private static string[] Labels(Column column, int[] rows)
    {
        var (codes, labels) = column.AsFactor();
        return [.. rows.Select(i => codes[i] < 0 ? "" : labels[codes[i]])];
    }
}

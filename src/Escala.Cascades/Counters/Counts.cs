namespace Escala.Cascades.Counters;

/// <summary>What is counted of a measure.</summary>
public enum CountKind
{
    /// <summary>People who were asked and are known.</summary>
    Denominator = 0,

    /// <summary>Those of them who passed.</summary>
    Numerator = 1,

    /// <summary>People who were asked and are not known; in neither of the two.</summary>
    Missing = 2,
}

/// <summary>
/// How many measures and strata a programme has. Sex 0 is "not recorded", then the register's categories in order; age band 0 is "birth date
/// unknown", 1 below the first bound, then one for each bound of the package.
/// </summary>
public sealed record CountsShape(int Measures, int Sexes, int AgeBands)
{
    public int Strata => Sexes * AgeBands;

    public int Cells => Measures * 3 * Strata;

    public int Cell(int measure, CountKind kind, int stratum) => (((measure * 3) + (int)kind) * Strata) + stratum;
}

/// <summary>
/// All counts of one facility and window. Sums over facilities are sums of these (a person seen at two facilities counts in each), which is
/// how district figures are made.
/// </summary>
public sealed class Counts
{
    private readonly int[]? _totals;
    private readonly ReadOnlyMemory<byte> _strata;
    private int[]? _cells;

    public Counts(CountsShape shape) => (Shape, _cells) = (shape, new int[shape.Cells]);

    /// <summary>Totals as read; strata are decoded when somebody asks for them.</summary>
    internal Counts(CountsShape shape, int[] totals, ReadOnlyMemory<byte> strata) => (Shape, _totals, _strata) = (shape, totals, strata);

    public CountsShape Shape { get; }

    /// <summary>Register rows written at the facility in the window (rows outside the population, such as children's, among them).</summary>
    public int Rows => RowsByDay.Sum();

    /// <summary>Register rows on each day of the window, its first day first; empty where there are none.</summary>
    public int[] RowsByDay { get; set; } = [];

    /// <summary>People with a row at the facility in the window.</summary>
    public int People { get; set; }

    /// <summary>Of <see cref="People"/>, those with a row here in the window that has an open query.</summary>
    public int Queried { get; set; }

    /// <summary>Of <see cref="People"/>, those whose birth date is nowhere recorded.</summary>
    public int UnknownBirthDate { get; set; }

    public int Total(int measure, CountKind kind)
    {
        if (_cells is null) return _totals![(measure * 3) + (int)kind];
        var first = Shape.Cell(measure, kind, 0);
        var sum = 0;
        for (var i = 0; i < Shape.Strata; i++) sum += _cells[first + i];
        return sum;
    }

    public int Stratum(int measure, CountKind kind, int sex, int ageBand) => Cells[Shape.Cell(measure, kind, (sex * Shape.AgeBands) + ageBand)];

    /// <summary>The cells in the order of <see cref="CountsShape.Cell"/>.</summary>
    public Span<int> Cells => _cells ??= CountsCode.DecodeCells(Shape, _strata.Span);

    /// <summary>Nobody was here, and nobody counts here for what happened elsewhere.</summary>
    internal bool IsEmpty => People == 0 && Rows == 0 && !Cells.ContainsAnyExcept(0);

    /// <summary>Adds another facility's counts of the same window.</summary>
    public void Add(Counts other)
    {
        if (other.Shape != Shape) throw new ArgumentException("Counts of different definitions cannot be added", nameof(other));
        var mine = Cells;
        var others = other.Cells;
        for (var i = 0; i < mine.Length; i++) mine[i] += others[i];
        if (RowsByDay.Length < other.RowsByDay.Length)
        {
            var days = new int[other.RowsByDay.Length];
            RowsByDay.CopyTo(days, 0);
            RowsByDay = days;
        }

        for (var i = 0; i < other.RowsByDay.Length; i++) RowsByDay[i] += other.RowsByDay[i];
        People += other.People;
        Queried += other.Queried;
        UnknownBirthDate += other.UnknownBirthDate;
    }
}

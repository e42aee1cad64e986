namespace Escala.Numerics.Algebra;

/// <summary>
/// L D L′ of a symmetric positive definite matrix whose pattern is a union of cliques, with the entries of its inverse on the pattern of L
/// (Takahashi, Fagan and Chin 1973). The pattern is analysed once; values change with every evaluation. Columns are eliminated in the order
/// given, so that effects of nested groupings numbered from the innermost outwards produce no fill.
/// </summary>
internal sealed class SparseCholesky
{
    private readonly int[] _start;
    private readonly int[] _row;
    private readonly int[] _rowStart;
    private readonly (int Column, int At)[] _rowEntries;

    /// <summary>Analyses the pattern of <paramref name="size"/> columns in which each of the cliques is full.</summary>
    public SparseCholesky(int size, IEnumerable<int[]> cliques)
    {
        var below = new HashSet<int>[size];
        for (var j = 0; j < size; j++) below[j] = [];
        foreach (var clique in cliques)
            foreach (var j in clique) foreach (var i in clique) if (i > j) below[j].Add(i);
        for (var j = 0; j < size; j++)
        {
            if (below[j].Count == 0) continue;
            var parent = below[j].Min();
            foreach (var i in below[j]) if (i > parent) below[parent].Add(i);
        }
        _start = new int[size + 1];
        for (var j = 0; j < size; j++) _start[j + 1] = _start[j] + below[j].Count;
        _row = [.. below.SelectMany(b => b.Order())];
        (_rowStart, _rowEntries) = ByRow(size);
        Size = size;
        Diagonal = new double[size];
        OffDiagonal = new double[_row.Length];
        _pivot = new double[size];
        _lower = new double[_row.Length];
        InverseDiagonal = new double[size];
        InverseOffDiagonal = new double[_row.Length];
        _work = new double[size];
        _mark = new int[size];
        Array.Fill(_mark, -1);
    }

    private SparseCholesky(SparseCholesky pattern)
    {
        (_start, _row, _rowStart, _rowEntries, Size) = (pattern._start, pattern._row, pattern._rowStart, pattern._rowEntries, pattern.Size);
        Diagonal = new double[Size];
        OffDiagonal = new double[_row.Length];
        _pivot = new double[Size];
        _lower = new double[_row.Length];
        InverseDiagonal = new double[Size];
        InverseOffDiagonal = new double[_row.Length];
        _work = new double[Size];
        _mark = new int[Size];
        Array.Fill(_mark, -1);
    }

    private readonly double[] _pivot;
    private readonly double[] _lower;
    private readonly double[] _work;
    private readonly int[] _mark;

    public int Size { get; }

    /// <summary>The matrix to factor: its diagonal, and its entries at <see cref="Locate"/>.</summary>
    public double[] Diagonal { get; }

    public double[] OffDiagonal { get; }

    public double[] InverseDiagonal { get; }

    public double[] InverseOffDiagonal { get; }

    /// <summary>The same pattern with values of its own.</summary>
    public SparseCholesky Copy() => new(this);

    /// <summary>Where the entry (i, j), i ≠ j, lies in <see cref="OffDiagonal"/> and <see cref="InverseOffDiagonal"/>.</summary>
    public int Locate(int i, int j)
    {
        var (column, row) = i < j ? (i, j) : (j, i);
        return Array.BinarySearch(_row, _start[column], _start[column + 1] - _start[column], row);
    }

    private (int[] RowStart, (int, int)[] Entries) ByRow(int size)
    {
        var start = new int[size + 1];
        foreach (var i in _row) start[i + 1]++;
        for (var i = 0; i < size; i++) start[i + 1] += start[i];
        var entries = new (int, int)[_row.Length];
        var next = (int[])start.Clone();
        for (var j = 0; j < size; j++) for (var at = _start[j]; at < _start[j + 1]; at++) entries[next[_row[at]]++] = (j, at);
        return (start, entries);
    }

    /// <summary>Factors the matrix; false when it is not positive definite.</summary>
    public bool Factor(out double logDeterminant)
    {
        logDeterminant = 0;
        for (var j = 0; j < Size; j++)
        {
            var pivot = Diagonal[j];
            var (from, to) = (_start[j], _start[j + 1]);
            for (var at = from; at < to; at++) _work[_row[at]] = OffDiagonal[at];
            for (var e = _rowStart[j]; e < _rowStart[j + 1]; e++)
            {
                var (k, at) = _rowEntries[e];
                var scaled = _lower[at] * _pivot[k];
                pivot -= _lower[at] * scaled;
                for (var rest = at + 1; rest < _start[k + 1]; rest++) _work[_row[rest]] -= _lower[rest] * scaled;
            }
            if (!(pivot > 0) || double.IsInfinity(pivot)) return false;
            _pivot[j] = pivot;
            logDeterminant += Math.Log(pivot);
            for (var at = from; at < to; at++) _lower[at] = _work[_row[at]] / pivot;
        }
        return true;
    }

    /// <summary>Solves in place with the last factor.</summary>
    public void Solve(Span<double> x)
    {
        for (var j = 0; j < Size; j++)
        {
            var xj = x[j];
            if (xj == 0) continue;
            for (var at = _start[j]; at < _start[j + 1]; at++) x[_row[at]] -= _lower[at] * xj;
        }
        for (var j = Size - 1; j >= 0; j--)
        {
            var xj = x[j] / _pivot[j];
            for (var at = _start[j]; at < _start[j + 1]; at++) xj -= _lower[at] * x[_row[at]];
            x[j] = xj;
        }
    }

    /// <summary>Fills the inverse on the pattern.</summary>
    public void Invert()
    {
        for (var j = Size - 1; j >= 0; j--)
        {
            var (from, to) = (_start[j], _start[j + 1]);
            for (var at = from; at < to; at++)
            {
                _mark[_row[at]] = at;
                InverseOffDiagonal[at] = 0;
            }
            for (var at = from; at < to; at++)
            {
                var k = _row[at];
                InverseOffDiagonal[at] -= _lower[at] * InverseDiagonal[k];
                for (var other = _start[k]; other < _start[k + 1]; other++)
                {
                    var m = _mark[_row[other]];
                    if (m < 0) continue;
                    InverseOffDiagonal[m] -= _lower[at] * InverseOffDiagonal[other];
                    InverseOffDiagonal[at] -= _lower[m] * InverseOffDiagonal[other];
                }
            }
            var diagonal = 1 / _pivot[j];
            for (var at = from; at < to; at++)
            {
                diagonal -= _lower[at] * InverseOffDiagonal[at];
                _mark[_row[at]] = -1;
            }
            InverseDiagonal[j] = diagonal;
        }
    }
}

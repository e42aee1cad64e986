using Escala.Numerics.CostEffectiveness;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Escala.Economics.Models;

/// <summary>
/// Reads correlations: of two parameters (<c>between</c>), or of all that name a <c>correlation_group</c>, by one common correlation (<c>value</c>)
/// or a <c>matrix</c> in the order in which the file gives the parameters. What is not said is 0.
/// </summary>
internal sealed class CorrelationReader(IReadOnlyList<ParameterDefinition> parameters)
{
    private readonly List<CorrelationDefinition> _correlations = [];
    private bool _isSound = true;

    public IReadOnlyList<CorrelationDefinition> Read(Fields root)
    {
        HashSet<string> groups = [];
        foreach (var row in root.Rows("correlations"))
        {
            var (pair, group, value, matrix) = (row.Words("between"), row.Text("group"), row.Number("value"), row.Take("matrix"));
            row.Close();
            if (pair.Count > 0 == group.Length > 0) Refuse(row, row.At, "economics.correlation.kind");
            else if (group.Length > 0) ReadGroup(row, group, value, matrix, groups);
            else if (matrix is null && pair is [var first, var second] && first.Text != second.Text) ReadPair(row, first, second, value);
            else Refuse(row, row.At, "economics.correlation.pair");
        }
        foreach (var parameter in parameters.Where(p => p.CorrelationGroup.Length > 0 && !groups.Contains(p.CorrelationGroup)))
            Refuse(root, parameter.At, "economics.correlation.no-group", ("name", parameter.Name), ("group", parameter.CorrelationGroup));
        if (_isSound) CheckTogether(root);
        return _correlations;
    }

    private void ReadPair(Fields row, YamlScalar first, YamlScalar second, double? value)
    {
        foreach (var name in new[] { first, second }) CheckParameter(row, name.At, name.Text);
        CheckRange(row, value);
        Add(row, first.Text, second.Text, value ?? 0);
    }

    private void ReadGroup(Fields row, string group, double? value, YamlValue? given, HashSet<string> groups)
    {
        var members = parameters.Where(p => p.CorrelationGroup == group).ToList();
        if (!groups.Add(group)) Refuse(row, row.At, "economics.correlation.group-twice", ("group", group));
        if (members.Count < 2) Refuse(row, row.At, "economics.correlation.members", ("group", group), ("n", members.Count));
        if (given is null == value is null) Refuse(row, row.At, "economics.correlation.value", ("group", group));
        foreach (var member in members) CheckParameter(row, member.At, member.Name);
        var matrix = given is null ? null : Matrix(row, group, given, members);
        if (given is null) CheckRange(row, value);
        for (var i = 1; i < members.Count; i++)
        {
            for (var j = 0; j < i; j++) Add(row, members[j].Name, members[i].Name, matrix?[i][j] ?? value ?? 0);
        }
    }

    private double[][]? Matrix(Fields row, string group, YamlValue given, List<ParameterDefinition> members)
    {
        var size = members.Count;
        double[][] matrix = given is YamlList list
            ? [.. list.Items.Select(r => r is YamlList cells ? cells.Items.Select(c => c is YamlScalar s && Fields.TryNumber(s.Text, out var x) ? x : double.NaN).ToArray() : [])] : [];
        bool IsSound(int i, int j) => Math.Abs(matrix[i][j]) <= 1 && matrix[i][j] == matrix[j][i] && (i != j || matrix[i][j] == 1);
        if (matrix.Length == size && matrix.All(r => r.Length == size) && Enumerable.Range(0, size * size).All(k => IsSound(k / size, k % size))) return matrix;
        Refuse(row, given.At, "economics.correlation.matrix", ("group", group), ("n", size), ("names", string.Join(", ", members.Select(m => m.Name))));
        return null;
    }

    private void CheckRange(Fields row, double? value)
    {
        if (value is not (>= -1 and <= 1)) Refuse(row, row.Of("value"), "economics.correlation.range");
    }

    private void CheckParameter(Fields row, Position at, string name)
    {
        if (parameters.FirstOrDefault(p => p.Name == name) is not { Distribution: not null and not SampleDistribution })
            Refuse(row, at, "economics.correlation.name", ("name", name));
    }

    private void Add(Fields row, string first, string second, double value)
    {
        if (_correlations.Any(c => (c.First == first && c.Second == second) || (c.First == second && c.Second == first)))
            Refuse(row, row.At, "economics.correlation.twice", ("first", first), ("second", second));
        else _correlations.Add(new CorrelationDefinition(first, second, value, row.At));
    }

    /// <summary>Together they must be possible: the smallest set of parameters whose correlations are not is named.</summary>
    private void CheckTogether(Fields root)
    {
        var names = _correlations.SelectMany(c => new[] { c.First, c.Second }).Distinct().ToList();
        if (names.Count == 0 || IsPossible(names)) return;
        IEnumerable<string[]> pairs = _correlations.Select(c => new[] { c.First, c.Second });
        var culprits = pairs.FirstOrDefault(p => !IsPossible(p)) ?? pairs.SelectMany(p => names.Except(p).Select(third => p.Append(third).ToArray())).FirstOrDefault(t => !IsPossible(t)) ?? [.. names];
        Refuse(root, _correlations.First(c => culprits.Contains(c.First) && culprits.Contains(c.Second)).At, "economics.correlation.contradiction", ("names", string.Join(", ", culprits)));
    }

    private bool IsPossible(IReadOnlyList<string> names)
    {
        try
        {
            Factor(_correlations, names);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Lower Cholesky factor of the correlations between the parameters named.</summary>
    /// <exception cref="ArgumentException">Their matrix is not positive definite.</exception>
    public static double[,] Factor(IReadOnlyList<CorrelationDefinition> correlations, IReadOnlyList<string> names)
    {
        var matrix = DenseMatrix.CreateIdentity(names.Count);
        var places = names.Select((name, i) => (name, i)).ToDictionary();
        foreach (var c in correlations)
        {
            if (places.TryGetValue(c.First, out var i) && places.TryGetValue(c.Second, out var j)) matrix[i, j] = matrix[j, i] = c.Value;
        }
        return matrix.Cholesky().Factor.ToArray();
    }

    private void Refuse(Fields row, Position at, string code, params (string Key, object? Value)[] details)
    {
        _isSound = false;
        row.Add(at, code, details);
    }
}

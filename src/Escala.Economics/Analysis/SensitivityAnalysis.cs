using Escala.Economics.Models;

namespace Escala.Economics.Analysis;

/// <summary>One-way, two-way and break-even analysis: each is one batch of runs that differ in a few parameters.</summary>
internal sealed class SensitivityAnalysis(ModelRunner runner, double threshold)
{
    private const int GridPoints = 25, Refinements = 6, MaximumGrid = 101;

    private readonly ModelDefinition _model = runner.Model;
    private readonly EconomicEvaluation _evaluation = new(runner.Model);
    private readonly WeightPlan _plan = WeightPlan.Discounted(runner.Model);

    public TornadoAnswer Tornado(bool withBreakEven)
    {
        var varied = Varied();
        var inputs = runner.BaseInputs(1 + 2 * varied.Count);
        for (var i = 0; i < varied.Count; i++)
        {
            inputs[varied[i]][1 + 2 * i] = _model.Parameters[varied[i]].Low!.Value;
            inputs[varied[i]][2 + 2 * i] = _model.Parameters[varied[i]].High!.Value;
        }
        var result = runner.Run(inputs, _plan);
        var bars = varied.Select((index, i) =>
        {
            var p = _model.Parameters[index];
            return new TornadoBar(p.Name, p.Label.Length > 0 ? p.Label : p.Name, p.Value, p.Low!.Value, p.High!.Value, Increments(result, 1 + 2 * i), Increments(result, 2 + 2 * i));
        });
        return new TornadoAnswer(
            _model.Title, _model.Hash, DiscountAnswer.Of(_model.Settings), threshold, _model.Reference.Name, Increments(result, 0), [.. bars.OrderByDescending(b => b.Swing).ThenBy(b => b.Parameter, StringComparer.Ordinal)],
            withBreakEven ? [.. varied.SelectMany(BreakEvens)] : []);
    }

    /// <exception cref="ModelException">A parameter is unknown or has no range.</exception>
    public TwoWayAnswer TwoWay(string first, string second, int points)
    {
        if (points is < 2 or > MaximumGrid) throw new ModelException(default, "economics.sensitivity.points", ("maximum", MaximumGrid));
        int a = Index(first), b = Index(second);
        if (a == b) throw new ModelException(default, "economics.sensitivity.same");
        double[] x = Grid(_model.Parameters[a].Low!.Value, _model.Parameters[a].High!.Value, points), y = Grid(_model.Parameters[b].Low!.Value, _model.Parameters[b].High!.Value, points);
        var inputs = runner.BaseInputs(points * points);
        for (var i = 0; i < points * points; i++)
        {
            inputs[a][i] = x[i / points];
            inputs[b][i] = y[i % points];
        }
        var result = runner.Run(inputs, _plan);
        var benefits = Enumerable.Range(0, points * points).Select(run => Increments(result, run)).ToList();
        return new TwoWayAnswer(_model.Title, _model.Hash, DiscountAnswer.Of(_model.Settings), threshold, first, second, x, y, Others().ToDictionary(s => s.Name, s =>
            Enumerable.Range(0, points).Select(i => Enumerable.Range(0, points).Select(j => benefits[i * points + j].First(r => r.Id == s.Name).NetBenefit).ToArray()).ToArray()));
    }

    private List<int> Varied() => [.. Enumerable.Range(0, _model.Parameters.Count).Where(i => _model.Parameters[i] is { Formula: null, Low: not null, High: not null })];

    private IEnumerable<StrategyDefinition> Others() => _model.Strategies.Where(s => s.Name != _model.Reference.Name);

    private int Index(string name)
    {
        var index = _model.Parameters.ToList().FindIndex(p => p.Name == name);
        return index >= 0 && Varied().Contains(index) ? index
            : throw new ModelException(default, "economics.sensitivity.parameter", ("name", name), ("known", string.Join(", ", Varied().Select(i => _model.Parameters[i].Name))));
    }

    private IReadOnlyList<IncrementAnswer> Increments(RunResult result, int run)
    {
        var outcomes = _evaluation.Outcomes(result, run, _evaluation.Perspectives[0]);
        var against = outcomes.First(o => o.Id == _model.Reference.Name);
        return
        [
            .. outcomes.Where(o => o.Id != against.Id).Select(o =>
            {
                double cost = o.Cost - against.Cost, effect = o.Effect - against.Effect;
                return new IncrementAnswer(o.Id, cost, effect, effect == 0 ? null : cost / effect, threshold * effect - cost);
            }),
        ];
    }

    /// <summary>Sign changes of each strategy's net benefit between low and high, found on a grid and refined on finer ones.</summary>
    private IEnumerable<BreakEven> BreakEvens(int index)
    {
        var parameter = _model.Parameters[index];
        var grid = Grid(parameter.Low!.Value, parameter.High!.Value, GridPoints);
        var benefits = Benefits(index, grid);
        foreach (var strategy in Others())
        {
            for (var i = 0; i + 1 < grid.Length; i++)
            {
                if (Math.Sign(benefits[i][strategy.Name]) == Math.Sign(benefits[i + 1][strategy.Name])) continue;
                yield return new BreakEven(parameter.Name, strategy.Name, Refine(index, strategy.Name, grid[i], grid[i + 1]));
            }
        }
    }

    private double Refine(int index, string strategy, double low, double high)
    {
        for (var pass = 0; pass < Refinements; pass++)
        {
            var grid = Grid(low, high, GridPoints);
            var benefits = Benefits(index, grid);
            var i = Enumerable.Range(0, grid.Length - 1).First(k => Math.Sign(benefits[k][strategy]) != Math.Sign(benefits[k + 1][strategy]));
            (low, high) = (grid[i], grid[i + 1]);
        }
        return (low + high) / 2;
    }

    private List<Dictionary<string, double>> Benefits(int index, double[] grid)
    {
        var inputs = runner.BaseInputs(grid.Length);
        inputs[index] = grid;
        var result = runner.Run(inputs, _plan);
        return [.. grid.Select((_, run) => Increments(result, run).ToDictionary(r => r.Id, r => r.NetBenefit))];
    }

    private static double[] Grid(double low, double high, int points) => [.. Enumerable.Range(0, points).Select(i => low + (high - low) * i / (points - 1))];
}

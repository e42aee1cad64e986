using Escala.Economics.Models;

namespace Escala.Economics.Analysis;

/// <summary>
/// Cash by calendar year for the payer (Sullivan et al., Value Health 2014;17:5-14): undiscounted, with uptake, districts in waves, one-off and
/// recurrent costs of the programme. Each wave's eligible people, and those who become eligible later, start the cohort model when they
/// are first covered; spending on people whose district has not started is the same either way and left out.
/// </summary>
internal static class BudgetImpact
{
    public static BudgetAnswer Compute(ModelRunner runner, BudgetDefinition budget)
    {
        var model = runner.Model;
        var horizonYears = (int)Math.Floor(model.Settings.Cycles * model.Settings.CycleLength + 1e-9);
        if (budget.Years > horizonYears)
            throw new ModelException(budget.At, "economics.budget.years", ("years", budget.Years), ("horizon", horizonYears));
        var cyclesPerYear = (int)Math.Round(1 / model.Settings.CycleLength);
        if (Math.Abs(cyclesPerYear * model.Settings.CycleLength - 1) > 1e-6)
            throw new ModelException(budget.At, "economics.budget.cycle");

        int reference = Index(model, model.Reference.Name), programme = Index(model, budget.Strategy);
        var perCycle = CostPerCycle(runner, budget, budget.Years * cyclesPerYear);
        var population = runner.Evaluate(budget.Population);
        if (!(population >= 0 && double.IsFinite(population))) throw new ModelException(budget.Population.At, "economics.budget.population-range", ("population", population));
        double[] without = new double[budget.Years], with = new double[budget.Years], people = new double[budget.Years], covered = new double[budget.Years];
        foreach (var (wave, cohortStart, size) in Cohorts(budget, population))
        {
            var startCycle = (int)Math.Round(cohortStart * cyclesPerYear);
            for (var cycle = startCycle; cycle < budget.Years * cyclesPerYear; cycle++)
            {
                var year = cycle / cyclesPerYear;
                // Uptake counts from the start of the wave: late entrants meet a programme that is already known.
                var uptake = budget.Uptake[Math.Min((int)((cycle - (int)Math.Round(wave.Start * cyclesPerYear)) / (double)cyclesPerYear), budget.Uptake.Count - 1)];
                double careWithout = perCycle[reference][cycle - startCycle], careProgramme = perCycle[programme][cycle - startCycle];
                without[year] += size * careWithout;
                with[year] += size * (uptake * careProgramme + (1 - uptake) * careWithout);
                people[year] += size / cyclesPerYear;
                covered[year] += size * uptake / cyclesPerYear;
            }
        }
        return Answer(runner, budget, (without, with, people, covered));
    }

    private static BudgetAnswer Answer(ModelRunner runner, BudgetDefinition budget, (double[] Without, double[] With, double[] People, double[] Covered) sums)
    {
        var model = runner.Model;
        double oneOff = budget.OneOff.Sum(c => runner.Evaluate(c.PerDistrict)), recurrent = budget.Recurrent.Sum(c => runner.Evaluate(c.PerDistrict));
        List<BudgetYear> years = [];
        for (var y = 0; y < budget.Years; y++)
        {
            var prices = Math.Pow(1 + budget.Inflation, y);
            var setUp = prices * oneOff * budget.Waves.Where(w => (int)Math.Floor(w.Start + 1e-9) == y).Sum(w => w.Districts);
            var running = prices * recurrent * budget.Waves.Sum(w => w.Districts * Math.Clamp(y + 1 - w.Start, 0, 1));
            double without = prices * sums.Without[y], with = prices * sums.With[y];
            var net = with - without + setUp + running;
            var line = budget.LineAmount * Math.Pow(1 + budget.LineGrowth, y);
            years.Add(new BudgetYear(model.Settings.StartYear + y, sums.People[y], sums.Covered[y], without, with, setUp, running, net, double.IsNaN(line) || line == 0 ? null : net / line));
        }
        return new BudgetAnswer(
            model.Title, model.Hash, budget.Strategy, model.Reference.Name, model.Settings.Currency, budget.Payers, budget.LineLabel.Length > 0 ? budget.LineLabel : null, years, years.Sum(y => y.NetImpact));
    }

    /// <summary>Groups of people who start the model together: those eligible when their wave starts, then the entrants of each year.</summary>
    private static IEnumerable<(WaveDefinition Wave, double Start, double Size)> Cohorts(BudgetDefinition budget, double population)
    {
        foreach (var wave in budget.Waves)
        {
            for (var start = wave.Start; start < budget.Years; start++)
                yield return (wave, start, population * wave.Share * (start == wave.Start ? 1 : budget.YearlyEntrants));
        }
    }

    /// <summary>Undiscounted cost to the payers per person, strategy and cycle since the person's start.</summary>
    private static double[][] CostPerCycle(ModelRunner runner, BudgetDefinition budget, int cycles)
    {
        var model = runner.Model;
        var costs = model.Strategies.Select(_ => new double[cycles]).ToArray();
        var inputs = runner.BaseInputs(1);
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            var result = runner.Run(inputs, WeightPlan.Span(model, cycle, cycle + 1));
            for (var s = 0; s < costs.Length; s++) costs[s][cycle] = result.Sum(s, 0, c => c.IsCost && (budget.Payers.Count == 0 || budget.Payers.Contains(c.Payer)));
        }
        return costs;
    }

    private static int Index(ModelDefinition model, string strategy) => model.Strategies.ToList().FindIndex(s => s.Name == strategy);
}

using System.Globalization;
using Escala.Programmes.Simulation;

namespace Escala.Chapters.Tests.Simulation;

/// <summary>What truth.json states is found again in the rows, by counting alone.</summary>
public sealed class SimulatedEffectTests
{
    private const double StandardErrors = 4;

    private static readonly Dictionary<string, double> s_effects = new(StringComparer.Ordinal)
    {
        ["screened"] = 0.5,
        ["diagnosed"] = 0.7,
        ["prescribed"] = -0.4,
        ["picked-up"] = 0,
        ["controlled"] = 0.35,
        ["suppressed"] = 0.3,
    };

    [Fact]
    public void Stated_effects_and_baselines_are_those_of_the_rows()
    {
        var plan = SimulatedTrial.Plan;
        var even = plan with
        {
            People = plan.People with { InCareAtStart = 0 },
            Steps = [.. plan.Steps.Select(s => s with { TrendPerYear = 0, District = 0, Facility = 0, FacilityPeriod = 0, Person = 0 })],
            Facts = [.. plan.Facts.Select(f => f switch { PairPlan p => p with { TypingErrors = 0 }, FlagPlan p => p with { Cleared = 0 }, _ => f })],
        };
        using var trial = SimulatedTrial.Of(new SimulationOptions { Seed = 11, People = 40_000, Effects = s_effects }, even);
        var cells = Count(trial);
        foreach (var step in trial.Truth.GetProperty("steps").EnumerateArray())
        {
            var id = step.GetProperty("id").GetString()!;
            var effect = step.GetProperty("effect").GetDouble();
            Assert.Equal(s_effects[id], effect);
            var (before, after) = (cells[(id, false)], cells[(id, true)]);
            Assert.True(before.Passed > 100, $"{id}: {before}");
            Near(step.GetProperty("logOdds").GetDouble(), before.LogOdds, before.Variance, id);
            Near(effect, after.LogOdds - before.LogOdds, before.Variance + after.Variance, id);
        }
    }

    [Fact]
    public void Deviations_between_places_have_the_stated_spread()
    {
        var options = new SimulationOptions { Seed = 3, Districts = 400, Facilities = 4000, People = 4000, Months = 1 };
        using var trial = SimulatedTrial.Of(options);
        foreach (var step in trial.Truth.GetProperty("steps").EnumerateArray())
        {
            var spread = step.GetProperty("standardDeviations");
            Spread(spread.GetProperty("district").GetDouble(), [.. step.GetProperty("districts").EnumerateObject().Select(d => d.Value.GetDouble())]);
            Spread(spread.GetProperty("facility").GetDouble(), [.. step.GetProperty("facilities").EnumerateObject().Select(d => d.Value.GetDouble())]);
        }
    }

    [Fact]
    public void A_facility_departs_from_the_others_as_truth_says()
    {
        var plan = SimulatedTrial.Plan;
        var apart = plan with { Steps = [.. plan.Steps.Select(s => s with { Effect = 0, TrendPerYear = 0, District = 0.5, Facility = 0.5, FacilityPeriod = 0, Person = 0 })] };
        using var trial = SimulatedTrial.Of(new SimulationOptions { Seed = 5, People = 20_000 }, apart);
        var screened = trial.Truth.GetProperty("steps").EnumerateArray().Single(s => s.GetProperty("id").GetString() == "screened");
        foreach (var facility in trial.Rows().GroupBy(r => r.Facility))
        {
            var cell = new Cell(facility.Count(r => r.Pressure() is not null), facility.Count());
            var expected = screened.GetProperty("logOdds").GetDouble() + screened.GetProperty("facilities").GetProperty(facility.Key).GetDouble()
                + screened.GetProperty("districts").GetProperty("D" + facility.Key[1]).GetDouble();
            Near(expected, cell.LogOdds, cell.Variance, facility.Key);
        }
    }

    [Fact]
    public void Another_effect_on_one_step_leaves_the_draws_of_the_others_alone()
    {
        using var one = SimulatedTrial.Of(new SimulationOptions { Seed = 7, People = 2000 });
        using var other = SimulatedTrial.Of(new SimulationOptions { Seed = 7, People = 2000, Effects = new Dictionary<string, double> { ["suppressed"] = 3 } });
        var changed = one.Rows().Zip(other.Rows(), (a, b) => (a, b)).ToList();
        Assert.Contains(changed, r => r.a["viral_load"] != r.b["viral_load"]);
        Assert.All(changed, r => Assert.Equal(r.a.Cells.Where((_, i) => i != r.a.Columns["viral_load"]), r.b.Cells.Where((_, i) => i != r.b.Columns["viral_load"])));
    }

    private static void Near(double expected, double found, double variance, string what) =>
        Assert.True(Math.Abs(found - expected) < StandardErrors * Math.Sqrt(variance), $"{what}: {found} instead of {expected}, standard error {Math.Sqrt(variance)}");

    private static void Spread(double expected, List<double> deviations)
    {
        var squares = deviations.Sum(d => d * d) / deviations.Count;
        Assert.InRange(squares, expected * expected * (1 - (StandardErrors * Math.Sqrt(2.0 / deviations.Count))), expected * expected * (1 + (StandardErrors * Math.Sqrt(2.0 / deviations.Count))));
        Assert.InRange(deviations.Average(), -StandardErrors * expected / Math.Sqrt(deviations.Count), StandardErrors * expected / Math.Sqrt(deviations.Count));
    }

    // Who is eligible for a step, and passes it, as a reader of the register can tell.
    private static Dictionary<(string Step, bool Exposed), Cell> Count(SimulatedTrial trial)
    {
        var initiation = trial.InitiationOfFacility();
        var cells = new Dictionary<(string, bool), Cell>();
        foreach (var person in trial.Rows().GroupBy(r => r.Person))
        {
            var (diagnosed, prescribed, given) = (false, false, false);
            foreach (var row in person)
            {
                void Add(string step, bool passed) =>
                    cells[(step, row.Date >= initiation[row.Facility])] = cells.GetValueOrDefault((step, row.Date >= initiation[row.Facility])).With(passed);

                var above = row.Pressure() is { } p ? p.Systolic >= 140 || p.Diastolic >= 90 : (bool?)null;
                Add("screened", above is not null);
                if (prescribed && given && above is not null) Add("controlled", above == false);
                if (above == true && !diagnosed) Add("diagnosed", row["hypertension_diagnosed"] == "1");
                diagnosed |= row["hypertension_diagnosed"] == "1";
                if (diagnosed && !prescribed) Add("prescribed", row["antihypertensive_prescribed"] == "1");
                prescribed |= row["antihypertensive_prescribed"] == "1";
                if (prescribed) Add("picked-up", row["dispensed_days"] is { Length: > 0 } and not "0");
                given |= row["dispensed_days"] is { Length: > 0 } and not "0";
                if (row["viral_load"] is { Length: > 0 } load) Add("suppressed", Low(load));
            }
        }

        return cells;
    }

    private static bool Low(string load) => load == "ND" || (load[0] != '>' && int.Parse(load.TrimStart('<'), CultureInfo.InvariantCulture) <= 1000);

    private readonly record struct Cell(int Passed, int Of)
    {
        public double LogOdds => Math.Log(Passed / (double)(Of - Passed));

        public double Variance => (1.0 / Passed) + (1.0 / (Of - Passed));

        public Cell With(bool passed) => new(Passed + (passed ? 1 : 0), Of + 1);
    }
}

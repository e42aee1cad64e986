using System.Text;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Simulation;

namespace Escala.Chapters.Tests.Simulation;

public sealed class SimulationReaderTests
{
    private static readonly string s_shipped = File.ReadAllText(Repository.PathTo("programmes", "saia-htn", "simulation.yaml"));

    [Theory]
    [InlineData("measured: screened", "measured: screend", "word-unknown")]
    [InlineData("female: 0.66", "female: 0.60", "simulation-shares")]
    [InlineData("female: 0.66", "woman: 0.66", "word-unknown")]
    [InlineData("gap: 20", "gap: 20\n    gape: 1", "key-unknown")]
    [InlineData("missed: 0.13", "missed: 1.3", "simulation-number")]
    [InlineData("probability: 0.69", "probability: 0", "simulation-number")]
    [InlineData("late-days: [8, 75]", "late-days: [75, 8]", "simulation-range")]
    [InlineData("15-18: ", "18-15: ", "simulation-ages")]
    [InlineData("threshold: [140, 90]", "threshold: [135, 90]", "simulation-threshold")]
    [InlineData("usual: [117, 73]", "usual: [117]", "list-expected")]
    [InlineData("above: blood_pressure", "stands: prescription", "simulation-order")]
    [InlineData("draw: supply", "draw: flag", "simulation-draw-type")]
    [InlineData("  next_visit: {draw", "  next_visits: {draw", "fact-unknown")]
    [InlineData("[saturday, sunday]", "[monday, tuesday, wednesday, thursday, friday, saturday, sunday]", "simulation-always-closed")]
    [InlineData("  dispensing: {", "  smoker: {draw: flag, step: screened, already: 0, again: 1, no: 0, cleared: 0}\n  smoker2: {", "simulation-not-drawn")]
    public void A_mistake_is_told_with_its_place(string right, string wrong, string reason)
    {
        Assert.Contains(right, s_shipped);
        var text = s_shipped.Replace(right, wrong);
        var read = SimulationReader.Read(Encoding.UTF8.GetBytes(text), SimulatedTrial.Programme);
        var problem = Assert.Single(read.Problems, p => p.Code == "programmes.package." + reason);
        var line = 1 + s_shipped[..s_shipped.IndexOf(right, StringComparison.Ordinal)].Count(c => c == '\n');
        Assert.InRange(int.Parse(problem.Details["line"]), line - 20, line + 1);
        Assert.Equal("simulation.yaml", problem.Details["file"]);
        Assert.True(ProblemTexts.From(typeof(Programme).Assembly).Knows(problem.Code));
    }

    [Theory]
    [InlineData("step-unknown")]
    [InlineData("effect")]
    [InlineData("option")]
    [InlineData("districts")]
    public void An_option_that_cannot_be_is_refused(string reason)
    {
        var options = new SimulationOptions { Seed = 1 };
        options = reason switch
        {
            "step-unknown" => options with { Effects = new Dictionary<string, double> { ["screnned"] = 1 } },
            "effect" => options with { Effects = new Dictionary<string, double> { ["screened"] = double.NaN } },
            "option" => options with { People = 0 },
            _ => options with { Districts = 5, Facilities = 4 },
        };
        var problem = Assert.Single(SimulatedWorld.Create(SimulatedTrial.Programme, SimulatedTrial.Plan, options).Problems);
        Assert.Equal("programmes.simulation." + reason, problem.Code);
    }

    [Fact]
    public void A_folder_that_holds_something_is_left_alone()
    {
        using var trial = SimulatedTrial.Of(new SimulationOptions { Seed = 1, People = 100 });
        var again = SimulationFolder.Write(trial.World, trial.Folder, oneFile: false, threads: 1);
        Assert.Equal("programmes.simulation.folder-not-empty", Assert.Single(again.Problems).Code);
    }

    [Fact]
    public void A_programme_without_trial_says_its_own_period_and_takes_no_effect()
    {
        var programme = SimulatedTrial.Programme with { Trial = null };
        var plan = SimulatedTrial.Plan;
        Assert.Equal("programmes.simulation.period", Assert.Single(SimulatedWorld.Create(programme, plan, new SimulationOptions { Seed = 1 }).Problems).Code);
        var own = plan with { From = new DateOnly(2024, 1, 1), Months = 6 };
        var effect = new SimulationOptions { Seed = 1, Effects = new Dictionary<string, double> { ["screened"] = 1 } };
        Assert.Equal("programmes.simulation.no-trial", Assert.Single(SimulatedWorld.Create(programme, own, effect).Problems).Code);
        Assert.Equal(new DateOnly(2024, 6, 30), SimulatedWorld.Create(programme, own, new SimulationOptions { Seed = 1 }).Value.To);
    }

    [Fact]
    public void Invented_places_fill_the_waves_in_turn_and_keep_those_that_the_trial_names()
    {
        var world = SimulatedWorld.Create(SimulatedTrial.Programme, SimulatedTrial.Plan, new SimulationOptions { Seed = 1, Districts = 8, Facilities = 20 }).Value;
        Assert.Equal(20, world.Places.Count(p => p.Level == "facility"));
        Assert.Equal(["D1", "D2", "D7"], world.Waves[0].Places);
        Assert.Equal(["D3", "D4", "D8"], world.Waves[1].Places);
        Assert.Equal(["D5", "D6"], world.Waves[2].Places);
        Assert.Equal(world.Places.Count, world.Places.Select(p => p.Code).Distinct().Count());
        Assert.All(world.Places.Where(p => p.Level == "facility").GroupBy(p => p.ParentCode), d => Assert.InRange(d.Count(), 2, 3));
    }

    [Fact]
    public void Everybody_asked_for_belongs_to_a_facility()
    {
        foreach (var people in new[] { 1, 17, 1000, 12_345 })
            Assert.Equal(people, SimulatedWorld.Create(SimulatedTrial.Programme, SimulatedTrial.Plan, new SimulationOptions { Seed = 1, People = people }).Value.PeopleCount);
    }
}

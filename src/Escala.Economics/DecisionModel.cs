using Escala.Economics.Analysis;
using Escala.Economics.Models;
using Escala.Economics.Reports;
using Escala.Economics.Workbooks;
using Escala.Numerics.CostEffectiveness;
using Escala.Platform.Problems;
using Escala.Platform.Texts;

namespace Escala.Economics;

/// <summary>A decision model read from its file, ready for every analysis. The same file, version and seed give the same numbers.</summary>
public sealed class DecisionModel
{
    private static readonly (double Rate, string Id)[] s_rates = [(0, "0 %"), (0.03, "3 %"), (0.06, "6 %")];

    private readonly ModelRunner _runner;
    private readonly EconomicEvaluation _evaluation;

    private DecisionModel(ModelDefinition definition, string text, Language language)
    {
        Language = language;
        Definition = definition;
        Text = text;
        _runner = new ModelRunner(definition);
        _evaluation = new EconomicEvaluation(definition);
    }

    internal ModelDefinition Definition { get; }

    public Language Language { get; }

    public static string Version { get; } = typeof(DecisionModel).Assembly.GetName().Version!.ToString(3);

    public string Title => Definition.Title;

    public string Hash => Definition.Hash;

    public int Draws => Definition.Settings.Draws;

    public ulong Seed => Definition.Settings.Seed;

    /// <summary>What a careful reader would ask about; none of it stops a run.</summary>
    public IReadOnlyList<ModelProblem> Remarks => Definition.Remarks;

    /// <param name="text">The file's text.</param>
    /// <param name="language">Language of labels and warnings that are not the file's own, and of the report.</param>
    /// <exception cref="ModelException">The text is not a model that can be computed; every problem found is given.</exception>
    public static DecisionModel Load(string text, Language language = Language.En) => new(ModelReader.Read(text), text, language);

    /// <summary>The base case, from every perspective, at several discount rates and in every scenario.</summary>
    /// <exception cref="ModelException">The model meets what cannot be.</exception>
    public RunAnswer Run(bool withTrace = false)
    {
        var run = _runner.RunBase();
        var settings = Definition.Settings;
        var strategies = Definition.Strategies.Select((s, i) => new StrategyAnswer(
            s.Name, s.Label, Outcomes(run.Result, i),
            withTrace ? Definition.States.Select((state, k) => (state.Name, run.Trace[i][k])).ToDictionary(p => p.Name, p => p.Item2) : null)).ToList();
        return new RunAnswer(
            Definition.Title, Definition.Hash, Version, settings.Seed, settings.Currency, EffectLabel,
            DiscountAnswer.Of(settings),
            _evaluation.Perspectives[0].Name, strategies, Compare(run.Result, _evaluation.Perspectives[0]),
            [.. _evaluation.Perspectives.Select(p => new ViewAnswer(p.Name, p.Label.Length > 0 ? p.Label : EconomicTexts.Say(Language, "word.allPayers"), Compare(run.Result, p)))],
            [.. s_rates.Select(r => new ViewAnswer(r.Id, EconomicTexts.Say(Language, "view.discount", ("rate", r.Id)), Compare(_runner.Run(_runner.BaseInputs(1), WeightPlan.Discounted(Definition, r.Rate, r.Rate)), _evaluation.Perspectives[0])))],
            [.. Definition.Scenarios.Select(Scenario)], Warnings(run));
    }

    /// <summary>Computes the base case, its scenarios and the budget, for what reading alone does not show: rates, probabilities, starts, checks.</summary>
    /// <exception cref="ModelException">The model meets what cannot be.</exception>
    public void Check()
    {
        Run();
        if (HasBudget) Budget();
    }

    /// <summary>The probabilistic analysis; its sample can be kept to compute the value of information.</summary>
    /// <exception cref="ModelException">A draw meets what cannot be.</exception>
    public PsaAnswer Psa(int draws, ulong seed) => Psa(Sample(draws, seed));

    internal ProbabilisticSample Sample(int draws, ulong seed)
    {
        if (draws is < 1 or > SettingsReader.MaximumDraws) throw new ModelException(default, "economics.sample.count", ("maximum", SettingsReader.MaximumDraws));
        RequireEffect();
        if (!Definition.Parameters.Any(p => p.IsUncertain)) throw new ModelException(default, "economics.sample.certain");
        var parameters = new ParameterSampler(Definition).Sample(draws, seed);
        return new ProbabilisticSample(parameters, _evaluation.Sample(_runner.Run(parameters, WeightPlan.Discounted(Definition)), _evaluation.Perspectives[0]));
    }

    internal PsaAnswer Psa(ProbabilisticSample sample) => SampleAnalysis.Answer([.. Definition.Strategies.Select(s => s.Name)], sample.Outcomes, Definition.Settings.Thresholds);

    /// <summary>Each parameter with a range moved to both ends, widest swing first.</summary>
    /// <param name="threshold">Willingness to pay at which net benefit is taken.</param>
    /// <param name="withBreakEven">Whether to search for values at which the decision changes.</param>
    /// <exception cref="ModelException">A run meets what cannot be.</exception>
    public TornadoAnswer Tornado(double threshold, bool withBreakEven = false)
    {
        RequireEffect();
        return new SensitivityAnalysis(_runner, threshold).Tornado(withBreakEven);
    }

    /// <exception cref="ModelException">A parameter is unknown or has no range, or a run meets what cannot be.</exception>
    public TwoWayAnswer TwoWay(string first, string second, double threshold, int points)
    {
        RequireEffect();
        return new SensitivityAnalysis(_runner, threshold).TwoWay(first, second, points);
    }

    /// <summary>Value of learning each uncertain parameter; components of shares are learnt together.</summary>
    /// <exception cref="ModelException">A draw meets what cannot be.</exception>
    public EvppiAnswer Evppi(int draws, ulong seed)
    {
        RequireThresholds();
        return Evppi(Sample(draws, seed), seed);
    }

    internal EvppiAnswer Evppi(ProbabilisticSample sample, ulong seed)
    {
        var thresholds = Definition.Settings.Thresholds;
        var evpi = sample.Outcomes.At(thresholds).Select(t => t.Evpi).ToList();
        var groups = Definition.Parameters.Select((p, i) => (Parameter: p, Index: i)).Where(p => p.Parameter.IsUncertain)
            .GroupBy(p => p.Parameter.Share?.Group ?? p.Parameter.Name).ToList();
        var answers = new EvppiParameter[groups.Count];
        Parallel.For(0, groups.Count, g =>
        {
            // Shares add up to one: the last follows from the others.
            var members = groups[g].ToList();
            var columns = (members.Count > 1 ? members[..^1] : members).Select(m => sample.Parameters[m.Index]).ToList();
            var values = PartialInformation.Evaluate(sample.Outcomes, columns, thresholds);
            answers[g] = new EvppiParameter(groups[g].Key, members[0].Parameter.Label, [.. values.Select((v, t) =>
                new PartialInformationAnswer(v.Threshold, v.Evppi, v.StandardError, evpi[t] > 0 ? v.Evppi / evpi[t] : null))]);
        });
        return new EvppiAnswer(
            Definition.Title, Definition.Hash, DiscountAnswer.Of(Definition.Settings), seed, sample.Outcomes.Draws, [.. evpi.Select((v, t) => new InformationAnswer(thresholds[t], v))],
            [.. answers.OrderByDescending(a => a.Values.Max(v => v.Value)).ThenBy(a => a.Parameter, StringComparer.Ordinal)]);
    }

    /// <summary>All of it as one page of HTML with figures and checklists.</summary>
    /// <exception cref="ModelException">The model meets what cannot be.</exception>
    public string Report() => ModelReport.Write(this, Language);

    /// <summary>The file's text.</summary>
    public string Text { get; }

    /// <summary>The base case as a workbook (.xlsx) whose formulas compute it anew.</summary>
    /// <exception cref="ModelException">The model cannot be computed, or is too large for a workbook.</exception>
    public void WriteWorkbook(Stream target) => ModelWorkbook.Write(Definition, RunBase().Result, Text, target);

    /// <summary>The model file with the parameters' numbers as they stand in a workbook that <see cref="WriteWorkbook"/> wrote, and what changed.</summary>
    /// <param name="workbook">The workbook as it came back.</param>
    /// <param name="text">The model file; null to take it from the workbook.</param>
    /// <exception cref="ModelException">The workbook is none, belongs to another file, or holds changes that a workbook cannot make.</exception>
    public static (string Text, IReadOnlyList<ParameterChange> Changes) FromWorkbook(Stream workbook, string? text)
    {
        var read = WorkbookReader.Read(workbook);
        if (ModelReader.HashOf(text ?? read.Text) != read.Hash)
            throw new ModelException(default, text is null ? "economics.workbook.text" : "economics.workbook.hash");
        return ParameterUpdate.Apply(text ?? read.Text, read.Parameters);
    }

    public bool HasBudget => Definition.Budget is not null;

    /// <exception cref="ModelException">The model has no budget section, or the budget cannot be computed.</exception>
    public BudgetAnswer Budget() => BudgetImpact.Compute(_runner, Definition.Budget
        ?? throw new ModelException(default, "economics.budget.missing"));

    /// <summary>Threshold at which one-way results are shown: the middle one of the settings.</summary>
    public double MiddleThreshold => Definition.Settings.Thresholds.Count > 0 ? Definition.Settings.Thresholds[Definition.Settings.Thresholds.Count / 2]
        : throw new ModelException(default, "economics.settings.thresholds");

    internal BaseRun RunBase() => _runner.RunBase();

    /// <summary>What the effect that is compared is called; of a harm, that it is averted.</summary>
    internal string EffectLabel => Definition.Settings.Effect.Length == 0 ? "" : !Definition.Settings.EffectIsHarm ? Definition.LabelOf(Definition.Settings.Effect)
        : EconomicTexts.Say(Language, "effect.averted", ("effect", Definition.LabelOf(Definition.Settings.Effect)));

    /// <summary>Key of a perspective's total among the outcomes.</summary>
    internal static string TotalCost(string perspective) => $"total cost, {perspective}";

    private Dictionary<string, double> Outcomes(RunResult result, int strategy)
    {
        var outcomes = Definition.Outcomes.ToDictionary(o => o, o => result.Outcome(strategy, o, 0));
        foreach (var perspective in _evaluation.Perspectives) outcomes[TotalCost(perspective.Name)] = EconomicEvaluation.Cost(result, strategy, 0, perspective);
        return outcomes;
    }

    private IReadOnlyList<ComparisonAnswer> Compare(RunResult result, PerspectiveDefinition perspective) =>
        _evaluation.HasEffect ? SampleAnalysis.Answer(Frontier.Compare(_evaluation.Outcomes(result, 0, perspective))) : [];

    private ViewAnswer Scenario(ScenarioDefinition scenario)
    {
        var changed = new ModelRunner(Definition with
        {
            Settings = scenario.Settings,
            Parameters = [.. Definition.Parameters.Select(p => scenario.Set.TryGetValue(p.Name, out var value) ? p with { Value = value, Formula = null } : p)],
        });
        var evaluation = new EconomicEvaluation(changed.Model);
        var result = changed.Run(changed.BaseInputs(1), WeightPlan.Discounted(changed.Model));
        return new ViewAnswer(scenario.Name, scenario.Label, evaluation.HasEffect ? SampleAnalysis.Answer(Frontier.Compare(evaluation.Outcomes(result, 0, evaluation.Perspectives[0]))) : []);
    }

    private List<string> Warnings(BaseRun run)
    {
        List<string> warnings = [];
        void Add(string code, params (string, object?)[] details) => warnings.Add(EconomicTexts.Problems.Sentence(Problem.Of(code, details), Language));
        if (!_evaluation.HasEffect) Add("economics.warning.effect");
        if (run.RiskOutOfRange > 0) Add("economics.warning.range", ("n", run.RiskOutOfRange), ("all", run.RiskEvaluations));
        if (Definition.Remarks.Count(r => r.Code == ModelRemarks.WithoutSource) is > 0 and var open) Add("economics.warning.source", ("n", open));
        if (Definition.Parameters.Count(p => p.IsAssumption) is > 0 and var assumed) Add("economics.warning.assumption", ("n", assumed));
        return warnings;
    }

    private void RequireEffect()
    {
        if (!_evaluation.HasEffect) throw new ModelException(default, "economics.settings.effect");
    }

    private void RequireThresholds()
    {
        if (Definition.Settings.Thresholds.Count == 0) throw new ModelException(default, "economics.settings.thresholds");
    }
}

/// <summary>Sampled parameters with the costs and effects that follow from them.</summary>
internal sealed record ProbabilisticSample(double[][] Parameters, ProbabilisticAnalysis Outcomes);

using System.Globalization;
using Escala.Economics.Analysis;
using Escala.Economics.Expressions;
using Escala.Economics.Models;
using Escala.Economics.Packs;
using Escala.Platform.Texts;

namespace Escala.Economics.Reports;

/// <summary>One page that a reviewer can read and print: results, figures, parameters with sources, and the checklists.</summary>
internal sealed class ModelReport
{
    private const int PointsPerStrategy = 500, TornadoBars = 15;

    private readonly DecisionModel _model;
    private readonly ModelDefinition _definition;
    private readonly Page _page;
    private readonly string _perEffect;

    private ModelReport(DecisionModel model, Language language)
    {
        _model = model;
        _definition = model.Definition;
        _page = new Page(language, model.Title);
        _perEffect = _page.Say("axis.per", ("currency", Currency), ("effect", model.EffectLabel));
    }

    private string Currency => _definition.Settings.Currency.Length > 0 ? _definition.Settings.Currency : _page.Say("word.money");

    public static string Write(DecisionModel model, Language language) => new ModelReport(model, language).Write(language);

    private string Write(Language language)
    {
        var run = _model.Run(withTrace: true);
        var settings = _definition.Settings;
        _page.Paragraph(_page.Say("report.file", ("hash", _model.Hash), ("version", DecisionModel.Version), ("seed", _model.Seed.ToString(CultureInfo.InvariantCulture))), "hash");
        _page.Paragraph(_page.Say("report.discount", ("currency", Currency), ("year", settings.PriceYear.Length > 0 ? settings.PriceYear : _page.Say("word.unstated")),
            ("costs", _page.Percent(run.Discount.Costs).Text), ("effects", _page.Percent(run.Discount.Effects).Text),
            ("convention", _page.Say("convention." + run.Discount.Convention)), ("method", _page.Say("method." + run.Discount.WithinCycle))));
        foreach (var warning in run.Warnings) _page.Paragraph(warning, "warning");
        if (UsesRisk("")) _page.Paragraph(_page.Say("report.risk"));
        Results(run);
        Traces(run);
        Uncertainty();
        Budget();
        Inventory();
        Open();
        Parameters();
        Checklist("cheers", Checklists.Cheers(_definition, _page, _model.EffectLabel));
        if (_model.HasBudget) Checklist("bia", Checklists.BudgetImpact(_definition, _definition.Budget!, _page));
        return _page.End();
    }

    private void Results(RunAnswer run)
    {
        _page.Section("results");
        var totals = run.Perspectives.ToDictionary(p => DecisionModel.TotalCost(p.Id), p => _page.Say("report.total", ("perspective", p.Label)));
        string Outcome(string o) => totals.GetValueOrDefault(o) ?? _definition.LabelOf(o) + (_definition.Settings.Undiscounted.Contains(o) ? _page.Say("report.undiscounted") : ValueDefinition.IsCostOutcome(o) ? ", " + Currency : "");
        _page.Table([_page.Say("head.outcome"), .. run.Strategies.Select(s => s.Label)], run.Strategies[0].Outcomes.Keys.Select(o => (IReadOnlyList<PageCell>)[Outcome(o), .. run.Strategies.Select(s => _page.Number(s.Outcomes[o]))]));
        if (run.Comparison.Count == 0) return;
        Views(_page.Say("report.incremental"), run.Perspectives);
        _page.Paragraph(_page.Say("report.against"));
        Views(_page.Say("report.rates"), [.. run.DiscountRates.Select(v => v with { Label = v.Id })]);
        if (run.Scenarios.Count > 0) Views(_page.Say("report.scenarios"), [new ViewAnswer("base", _page.Say("word.base"), run.Comparison), .. run.Scenarios]);
        var frontier = run.Comparison.Where(r => r.Status == "ND").Select(r => (r.Effect, r.Cost)).ToList();
        var title = _page.Say("figure.frontier", ("perspective", run.Perspectives[0].Label));
        _page.Figure(title, Svg.Points(_page.Culture, title, new SvgAxis(_page.Say("axis.effect", ("effect", _model.EffectLabel))), new SvgAxis(_page.Say("axis.cost", ("currency", Currency))),
            [.. _definition.Strategies.Select((s, i) => (s, i, Row: run.Comparison.First(r => r.Id == s.Name))).Select(p => new SvgSeries(p.s.Label, p.i, [(p.Row.Effect, p.Row.Cost)]))], new SvgSeries("", 0, frontier)));
    }

    /// <summary>The incremental table from several points of view under each other.</summary>
    private void Views(string title, IReadOnlyList<ViewAnswer> views)
    {
        views = [.. views.Where(v => v.Comparison.Count > 0)];
        if (views.Count == 0) return;
        _page.Part(title);
        _page.Table([_page.Say("head.view"), _page.Say("head.strategy"), _page.Say("head.cost", ("currency", Currency)), _model.EffectLabel, _page.Say("head.moreCost", ("currency", Currency)), _page.Say("head.moreEffect"), _page.Say("head.icer", ("currency", Currency)), _page.Say("head.place")],
            views.SelectMany(v => v.Comparison.Select((r, i) => (IReadOnlyList<PageCell>)
                [i == 0 ? v.Label : "", Label(r.Id), _page.Number(r.Cost), _page.Number(r.Effect), _page.Number(r.IncrementalCost), _page.Number(r.IncrementalEffect), _page.Number(r.Icer), _page.Say("status." + r.Status)])));
    }

    private void Traces(RunAnswer run)
    {
        _page.Section("course");
        foreach (var strategy in run.Strategies)
        {
            var title = _page.Say("figure.trace", ("strategy", strategy.Label));
            _page.Figure(title, Svg.Lines(_page.Culture, title, new SvgAxis(_page.Say("axis.years")), new SvgAxis(_page.Say("axis.share"), "P0"),
                [.. _definition.States.Select((s, i) => new SvgSeries(s.Label, i, [.. strategy.Trace![s.Name].Select((share, row) => (row * _definition.Settings.CycleLength, share))]))]));
        }
    }

    private void Uncertainty()
    {
        if (_definition.Settings.Effect.Length == 0 || _definition.Settings.Thresholds.Count == 0) return;
        _page.Section("uncertainty");
        OneWay();
        if (!_definition.Parameters.Any(p => p.IsUncertain)) return;
        var sample = _model.Sample(_model.Draws, _model.Seed);
        var psa = _model.Psa(sample);
        SvgAxis threshold = new(_page.Say("axis.threshold", ("unit", _perEffect))), perPerson = new(_page.Say("axis.person", ("currency", Currency)));
        _page.Part(_page.Say("report.probabilistic"));
        _page.Paragraph(_page.Say("report.draws", ("draws", _page.Whole(psa.Draws).Text), ("most", PointsPerStrategy)));
        _page.Table([_page.Say("head.strategy"), _page.Say("head.cost", ("currency", Currency)), _page.Say("head.interval"), _model.EffectLabel, _page.Say("head.interval")], psa.Strategies.Select(s => (IReadOnlyList<PageCell>)
            [Label(s.Id), _page.Number(s.Cost), Interval(s.CostLow, s.CostHigh), _page.Number(s.Effect), Interval(s.EffectLow, s.EffectHigh)]));
        var plane = _page.Say("figure.plane", ("reference", _definition.Reference.Label), ("threshold", _page.Whole(_model.MiddleThreshold).Text), ("unit", _perEffect));
        _page.Figure(plane, Svg.Plane(_page.Culture, plane, new SvgAxis(_page.Say("axis.moreEffect", ("effect", _model.EffectLabel))), new SvgAxis(_page.Say("axis.moreCost", ("currency", Currency))), [.. Plane(sample)], _model.MiddleThreshold));
        var acceptability = _page.Say("figure.ceac");
        _page.Figure(acceptability, Svg.Lines(_page.Culture, acceptability, threshold, new SvgAxis(_page.Say("axis.best"), "P0"),
            [.. _definition.Strategies.Select((s, i) => new SvgSeries(s.Label, i, [.. psa.Ceac.Select(c => (c.Threshold, c.Probability[s.Name]))]))], new SvgSeries(_page.Say("word.ceaf"), 0, [.. psa.Ceaf.Select(c => (c.Threshold, c.Probability))])));
        var evpi = _page.Say("figure.evpi");
        _page.Figure(evpi, Svg.Lines(_page.Culture, evpi, threshold, perPerson, [new SvgSeries(_page.Say("word.evpi"), 0, [.. psa.Evpi.Select(e => (e.Threshold, e.Value))])]));
        Information(_model.Evppi(sample, _model.Seed), perPerson);
    }

    private void OneWay()
    {
        var threshold = _model.MiddleThreshold;
        var tornado = _model.Tornado(threshold);
        for (var s = 0; s < tornado.Base.Count && tornado.Parameters.Count > 0; s++)
        {
            var title = _page.Say("figure.tornado", ("strategy", Label(tornado.Base[s].Id)), ("reference", Label(tornado.Reference)), ("threshold", _page.Whole(threshold).Text), ("unit", _perEffect));
            double Swing(TornadoBar b) => Math.Abs(b.AtHigh[s].NetBenefit - b.AtLow[s].NetBenefit);
            _page.Figure(title, Svg.Tornado(_page.Culture, title, new SvgAxis(_page.Say("axis.benefit", ("currency", Currency))), tornado.Base[s].NetBenefit,
                [.. tornado.Parameters.Where(b => Swing(b) > 0).OrderByDescending(Swing).Take(TornadoBars).Select(b => new SvgBar(b.Label, b.AtLow[s].NetBenefit, b.AtHigh[s].NetBenefit, _page.Say("word.interval", ("low", _page.Rounded(b.Low)), ("high", _page.Rounded(b.High)))))]));
        }
    }

    private PageCell Interval(double low, double high) => new(_page.Say("word.interval", ("low", _page.Number(low).Text), ("high", _page.Number(high).Text)), true);

    /// <summary>At the threshold at which knowing everything is worth most: there the decision is least certain.</summary>
    private void Information(EvppiAnswer evppi, SvgAxis perPerson)
    {
        var at = evppi.Evpi.Select((e, i) => (e.Value, i)).MaxBy(e => e.Value).i;
        var shown = evppi.Parameters.Select(p => (p.Parameter, p.Label, At: p.Values[at])).OrderByDescending(p => p.At.Value).Take(TornadoBars).ToList();
        if (!(evppi.Evpi[at].Value > 0)) return;
        _page.Part(_page.Say("report.information"));
        _page.Paragraph(_page.Say("report.learning", ("threshold", _page.Whole(evppi.Evpi[at].Threshold).Text), ("unit", _perEffect), ("value", _page.Number(evppi.Evpi[at].Value).Text), ("currency", Currency), ("draws", _page.Whole(evppi.Draws).Text)));
        var title = _page.Say("figure.evppi");
        _page.Figure(title, Svg.Tornado(_page.Culture, title, perPerson, 0, [.. shown.Select(p => new SvgBar(Named(p.Label, p.Parameter), p.At.Value, 0, _page.Percent(p.At.ShareOfEvpi, "P0").Text))]));
        _page.Table([_page.Say("head.parameter"), _page.Say("head.meaning"), _page.Say("head.evppi", ("currency", Currency)), _page.Say("head.error"), _page.Say("head.shareOfEvpi")], shown.Select(p => (IReadOnlyList<PageCell>)
            [p.Parameter, p.Label, _page.Number(p.At.Value), _page.Number(p.At.StandardError), _page.Percent(p.At.ShareOfEvpi, "P0")]));
    }

    private static string Named(string label, string name) => label.Length > 0 ? label : name;

    private IEnumerable<SvgSeries> Plane(ProbabilisticSample sample)
    {
        var reference = _definition.Strategies.ToList().IndexOf(_definition.Reference);
        for (var s = 0; s < _definition.Strategies.Count; s++)
        {
            if (s == reference) continue;
            List<(double, double)> points = [];
            for (var d = 0; d < Math.Min(PointsPerStrategy, sample.Outcomes.Draws); d++)
                points.Add((sample.Outcomes.Effects(s)[d] - sample.Outcomes.Effects(reference)[d], sample.Outcomes.Costs(s)[d] - sample.Outcomes.Costs(reference)[d]));
            yield return new SvgSeries(_definition.Strategies[s].Label, s, points);
        }
    }

    private void Budget()
    {
        if (!_model.HasBudget) return;
        var budget = _model.Budget();
        _page.Section("budget");
        _page.Paragraph(_page.Say("report.budget", ("strategy", Label(budget.Strategy)), ("reference", Label(budget.Reference)), ("payers", budget.Payers.Count > 0 ? string.Join(", ", budget.Payers) : _page.Say("word.allPayers")), ("currency", Currency)));
        if (budget.BudgetLine is { } line) _page.Paragraph(_page.Say("report.line", ("line", line)));
        _page.Table([_page.Say("head.year"), _page.Say("head.eligible"), _page.Say("head.covered"), _page.Say("head.careWithout"), _page.Say("head.careWith"), _page.Say("word.oneOff"), _page.Say("word.recurrent"), _page.Say("head.net"), .. budget.BudgetLine is null ? (string[])[] : [_page.Say("head.line")]],
            budget.Years.Select(y => (IReadOnlyList<PageCell>)[Year(y.Year), _page.Whole(y.People), _page.Whole(y.OnProgramme), _page.Whole(y.CareWithout), _page.Whole(y.CareWith), _page.Whole(y.OneOff), _page.Whole(y.Recurrent), _page.Whole(y.NetImpact), .. budget.BudgetLine is null ? (PageCell[])[] : [_page.Percent(y.ShareOfLine, "P2")]])
                .Append([_page.Say("word.allYears"), "", "", _page.Whole(budget.Years.Sum(y => y.CareWithout)), _page.Whole(budget.Years.Sum(y => y.CareWith)), _page.Whole(budget.Years.Sum(y => y.OneOff)), _page.Whole(budget.Years.Sum(y => y.Recurrent)), _page.Whole(budget.TotalNetImpact), .. budget.BudgetLine is null ? (PageCell[])[] : [""]]));
        var title = _page.Say("figure.budget");
        _page.Figure(title, Svg.Bars(_page.Culture, title, new SvgAxis(_page.Say("axis.spending", ("currency", Currency))), [.. budget.Years.Select(y => Year(y.Year))],
            [(_page.Say("word.care"), [.. budget.Years.Select(y => y.CareWith - y.CareWithout)]), (_page.Say("word.recurrent"), [.. budget.Years.Select(y => y.Recurrent)]), (_page.Say("word.oneOff"), [.. budget.Years.Select(y => y.OneOff)])]));
    }

    private static string Year(int year) => year.ToString(CultureInfo.InvariantCulture);

    /// <summary>Which consequences count in which perspective; what the file does not place is listed apart.</summary>
    private void Inventory()
    {
        _page.Section("inventory");
        var perspectives = _definition.Settings.Perspectives;
        _page.Table([_page.Say("head.sector"), _page.Say("head.consequence"), .. perspectives.Select(p => p.Label), _page.Say("head.by")], ImpactInventory.Items.Select(item =>
        {
            var values = _definition.Values.Where(v => v.Inventory.Contains(item.Key)).ToList();
            string In(PerspectiveDefinition p) => _page.Say(values.Count > 0 && (!item.IsCost || p.Payers.Count == 0 || values.Any(v => v.Payers.Keys.Any(p.Payers.Contains))) ? "word.yes" : "word.no");
            var reason = _definition.Report.GetValueOrDefault("inventory_" + item.Key, "");
            return (IReadOnlyList<PageCell>)[_page.Say("sector." + item.Sector), _page.Say("inventory." + item.Key), .. perspectives.Select(p => (PageCell)In(p)),
                values.Count > 0 ? string.Join("; ", values.Select(v => _definition.LabelOf(v.Outcome)).Distinct()) : reason.Length > 0 ? reason : _page.Say("word.notInModel")];
        }));
        if (_definition.Values.Where(v => v.Inventory.Count == 0).Select(v => _definition.LabelOf(v.Outcome)).Distinct().ToList() is { Count: > 0 } unplaced)
            _page.Paragraph(_page.Say("report.unplaced", ("outcomes", string.Join("; ", unplaced))));
        _page.Table([_page.Say("head.outcomeAlone"), _page.Say("head.payer"), .. perspectives.Select(p => p.Label)], OutcomeColumn.Of(_definition).Select(c => (IReadOnlyList<PageCell>)
            [_definition.LabelOf(c.Outcome), c.Payer, .. perspectives.Select(p => (PageCell)_page.Say(!c.IsCost ? "word.reported" : p.Payers.Count == 0 || p.Payers.Contains(c.Payer) ? "word.counted" : "word.notCounted"))]));
        _page.Paragraph(_page.Say("report.notCounted", ("what", _definition.Report.GetValueOrDefault("impact_not_counted", _page.Say("word.unsaid")))));
    }

    private void Open()
    {
        var open = _definition.Parameters.Where(p => p.Formula is null && (p.IsAssumption || p.Source.Length == 0)).ToList();
        _page.Section("open");
        var numbers = ModelRemarks.NumbersInFormulas(_definition);
        if (numbers.Count > 0) _page.Paragraph(_page.Say("report.numbers", ("numbers", string.Join("; ", numbers.Select(n => $"{_page.Exact(n.Number).Text} ({_page.Say("report.line", ("line", n.Line))})")))));
        if (open.Count == 0 && numbers.Count == 0) _page.Paragraph(_page.Say("report.none"));
        else if (open.Count > 0) _page.Table([_page.Say("head.name"), _page.Say("head.meaning"), _page.Say("head.value"), _page.Say("head.unit"), _page.Say("head.state"), _page.Say("head.note")], open.Select(p => (IReadOnlyList<PageCell>)[p.Name, p.Label, _page.Exact(p.Value), p.Unit, _page.Say(p.IsAssumption ? "word.assumption" : "word.noSource"), p.Note]));
    }

    private void Parameters()
    {
        _page.Section("parameters");
        _page.Table([_page.Say("head.name"), _page.Say("head.meaning"), _page.Say("head.value"), _page.Say("head.unit"), _page.Say("head.low"), _page.Say("head.high"), _page.Say("head.distribution"), _page.Say("head.source")], _definition.Parameters.Where(p => p.Formula is null).Select(p => (IReadOnlyList<PageCell>)
            [p.Name, p.Label, _page.Exact(p.Value), p.Unit, new PageCell(_page.Rounded(p.Low), true), new PageCell(_page.Rounded(p.High), true), p.DistributionText,
             p.Source.Length > 0 ? p.Source : p.IsAssumption ? _page.Say("word.ASSUMPTION") + (p.Note.Length > 0 ? ": " + p.Note : "") : _page.Say("word.NOSOURCE")]));
        if (_definition.Correlations.Count > 0)
            _page.Paragraph(_page.Say("report.correlated", ("pairs", string.Join("; ", _definition.Correlations.Select(c => $"{c.First}, {c.Second}: {_page.Exact(c.Value).Text}")))));
        var following = _definition.Parameters.Where(p => p.Formula is not null).ToList();
        if (following.Count > 0) _page.Table([_page.Say("head.follows"), _page.Say("head.meaning"), _page.Say("head.formula")], following.Select(p => (IReadOnlyList<PageCell>)[p.Name, p.Label, p.FormulaText]));
        var tables = _definition.Tables.Select(t => (IReadOnlyList<PageCell>)[t.Name, t.Source.Length > 0 ? t.Source : _page.Say("word.NOSOURCE"), t.Licence]).ToList();
        if (UsesRisk("who_cvd"))
            tables.Add([_page.Say("word.regions"), $"{RiskScores.Regions.Citation} (pack {RiskScores.Regions.Name}, SHA-256 {RiskScores.Regions.Hash[..12]}…). {RiskScores.Regions.Note}", RiskScores.Regions.Licence]);
        if (tables.Count > 0) _page.Table([_page.Say("head.table"), _page.Say("head.source"), _page.Say("head.licence")], tables);
    }

    private void Checklist(string section, IReadOnlyList<ChecklistItem> items)
    {
        _page.Section(section);
        _page.Table([_page.Say("head.item"), _page.Say("head.topic"), _page.Say("head.status"), _page.Say("head.said"), _page.Say("head.section")], items.Select((item, i) => (IReadOnlyList<PageCell>)
            [(i + 1).ToString(CultureInfo.InvariantCulture), item.Topic, _page.Say(item.Text.Length > 0 ? "word.isReported" : "word.isNotReported"), item.Text.Length > 0 ? item.Text : _page.Say("word.toFill", ("fields", item.AskFor)),
             item.Text.Length > 0 ? _page.NumberOf(item.Section) : ""]));
    }

    private bool UsesRisk(string score) => _definition.Parameters.Select(p => p.Formula).Concat(_definition.Transitions.Select(t => t.Formula)).Concat(_definition.Values.Select(v => v.Formula))
        .OfType<Expression>().SelectMany(f => f.All).OfType<Call>().Any(c => Functions.Risk.ContainsKey(c.Function) && c.Function.StartsWith(score, StringComparison.Ordinal));

    private string Label(string id) => _definition.Strategies.FirstOrDefault(s => s.Name == id)?.Label ?? id;
}

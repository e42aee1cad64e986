using System.Globalization;
using System.Net;
using System.Text;
using Escala.Economics.Analysis;
using Escala.Economics.Models;

namespace Escala.Economics.Reports;

/// <summary>One page that a reviewer can read and print: results, figures, parameters with sources, and the checklists.</summary>
internal sealed class ModelReport
{
    private const int PointsPerStrategy = 500, TornadoBars = 15;

    private readonly DecisionModel _model;
    private readonly ModelDefinition _definition;
    private readonly StringBuilder _html = new();
    private int _section;

    private ModelReport(DecisionModel model)
    {
        _model = model;
        _definition = model.Definition;
    }

    public static string Write(DecisionModel model) => new ModelReport(model).Write();

    private string Write()
    {
        var run = _model.Run(withTrace: true);
        _html.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Encode(_model.Title)}</title><style>{Style}</style></head><body><h1>{Encode(_model.Title)}</h1>");
        Paragraph($"File SHA-256 {_model.Hash}; Escala {DecisionModel.Version}; seed {_model.Seed}. Costs in {run.Currency} of {_definition.Settings.PriceYear}, discounted {run.Discount.Costs:P1}; effects discounted {run.Discount.Effects:P1} ({run.Discount.Convention}); within cycle: {run.Discount.WithinCycle}.");
        foreach (var warning in run.Warnings) _html.Append(CultureInfo.InvariantCulture, $"<p class=\"warning\">{Encode(warning)}</p>");
        if (_definition.Parameters.Any(p => p.Formula is not null && p.FormulaText.Contains("_rate(", StringComparison.Ordinal)))
            Paragraph($"The risk equations have no term for a chronic infection or its treatment; where the model uses a hazard ratio for it, that ratio is an input of the user.");
        Results(run);
        Traces(run);
        Uncertainty();
        Budget();
        ImpactInventory();
        Parameters();
        Checklist("CHEERS 2022", Checklists.Cheers(_definition));
        Checklist("ISPOR budget impact", Checklists.BudgetImpact(_definition));
        return _html.Append("</body></html>").ToString();
    }

    private void Results(RunAnswer run)
    {
        Heading("Results");
        Table(["Outcome per person", .. run.Strategies.Select(s => s.Label)], run.Strategies[0].Outcomes.Keys.Select(o => (IReadOnlyList<string>)[o, .. run.Strategies.Select(s => Number(s.Outcomes[o]))]));
        foreach (var view in run.Perspectives.Concat(run.DiscountRates).Concat(run.Scenarios).Where(v => v.Comparison.Count > 0))
        {
            _html.Append(CultureInfo.InvariantCulture, $"<h3>{Encode(view.Label)}</h3>");
            Table(["Strategy", $"Cost, {run.Currency}", run.Effect, "More cost", "More effect", "ICER", ""], view.Comparison.Select(r => (IReadOnlyList<string>)
                [Label(r.Id), Number(r.Cost), Number(r.Effect), Number(r.IncrementalCost), Number(r.IncrementalEffect), Number(r.Icer), r.Status switch { "ND" => "", "ED" => "extendedly dominated", _ => "dominated" }]));
        }
        if (run.Comparison.Count == 0) return;
        var frontier = run.Comparison.Where(r => r.Status == "ND").Select(r => (r.Effect, r.Cost)).ToList();
        Figure(Svg.Points("Efficiency frontier", run.Effect, $"cost, {run.Currency}", [.. run.Comparison.Select(r => new SvgSeries(Label(r.Id), [(r.Effect, r.Cost)]))], new SvgSeries("frontier", frontier)));
    }

    private void Traces(RunAnswer run)
    {
        Heading("Course of the cohort");
        foreach (var strategy in run.Strategies)
            Figure(Svg.Lines($"Share of the cohort by state, {strategy.Label}", "years", "share", [.. strategy.Trace!.Select(t => new SvgSeries(t.Key, [.. t.Value.Select((share, row) => (row * _definition.Settings.CycleLength, share))]))]));
    }

    private void Uncertainty()
    {
        if (_definition.Settings.Effect.Length == 0 || _definition.Settings.Thresholds.Count == 0) return;
        Heading("Uncertainty");
        var threshold = _model.MiddleThreshold;
        var tornado = _model.Tornado(threshold);
        for (var s = 0; s < tornado.Base.Count && tornado.Parameters.Count > 0; s++)
        {
            Figure(Svg.Tornado(string.Create(CultureInfo.InvariantCulture, $"Net benefit of {Label(tornado.Base[s].Id)} against {Label(tornado.Reference)} at {threshold:N0}; blue at the low end of a parameter, orange at the high"), "net benefit",
                tornado.Base[s].NetBenefit, [.. tornado.Parameters.OrderByDescending(b => Math.Abs(b.AtHigh[s].NetBenefit - b.AtLow[s].NetBenefit)).Take(TornadoBars).Select(b => (b.Parameter, b.AtLow[s].NetBenefit, b.AtHigh[s].NetBenefit))]));
        }
        if (!_definition.Parameters.Any(p => p.IsUncertain)) return;
        var sample = _model.Sample(_model.Draws, _model.Seed);
        var psa = _model.Psa(sample);
        Paragraph($"{psa.Draws} draws of all uncertain parameters together.");
        Figure(Svg.Points("Cost-effectiveness plane against the reference", _model.EffectName + ", increment", "cost, increment", [.. Plane(sample)]));
        Figure(Svg.Lines("Acceptability curves; dashed and solid only tell them apart", "threshold", "probability of being best",
            [.. _definition.Strategies.Select(s => new SvgSeries(s.Label, [.. psa.Ceac.Select(c => (c.Threshold, c.Probability[s.Name]))])), new SvgSeries("frontier (CEAF)", [.. psa.Ceaf.Select(c => (c.Threshold, c.Probability))])]));
        Figure(Svg.Lines("Expected value of perfect information per person", "threshold", "value", [new SvgSeries("EVPI", [.. psa.Evpi.Select(e => (e.Threshold, e.Value))])]));
    }

    private IEnumerable<SvgSeries> Plane(ProbabilisticSample sample)
    {
        var reference = _definition.Strategies.ToList().IndexOf(_definition.Reference);
        for (var s = 0; s < _definition.Strategies.Count; s++)
        {
            if (s == reference) continue;
            List<(double, double)> points = [];
            for (var d = 0; d < Math.Min(PointsPerStrategy, sample.Outcomes.Draws); d++)
                points.Add((sample.Outcomes.Effects(s)[d] - sample.Outcomes.Effects(reference)[d], sample.Outcomes.Costs(s)[d] - sample.Outcomes.Costs(reference)[d]));
            yield return new SvgSeries(_definition.Strategies[s].Label, points);
        }
    }

    private void Budget()
    {
        if (!_model.HasBudget) return;
        var budget = _model.Budget();
        Heading("Budget impact");
        Paragraph($"{Label(budget.Strategy)} instead of {Label(budget.Reference)}; cash of {string.Join(", ", budget.Payers)} and of the programme itself, undiscounted, {budget.Currency}.");
        Table(["Year", "Eligible", "On the programme", "Care without", "Care with", "One-off", "Recurrent", "Net impact", budget.BudgetLine is null ? "" : "Share of: " + budget.BudgetLine],
            budget.Years.Select(y => (IReadOnlyList<string>)[y.Year.ToString(CultureInfo.InvariantCulture), Whole(y.People), Whole(y.OnProgramme), Whole(y.CareWithout), Whole(y.CareWith), Whole(y.OneOff), Whole(y.Recurrent), Whole(y.NetImpact), y.ShareOfLine?.ToString("P2", CultureInfo.InvariantCulture) ?? ""]));
        Figure(Svg.Bars("Spending by year beyond the status quo", budget.Currency, [.. budget.Years.Select(y => y.Year.ToString(CultureInfo.InvariantCulture))],
            [("care", [.. budget.Years.Select(y => y.CareWith - y.CareWithout)]), ("recurrent", [.. budget.Years.Select(y => y.Recurrent)]), ("one-off", [.. budget.Years.Select(y => y.OneOff)])]));
    }

    /// <summary>Second Panel (Sanders et al., JAMA 2016;316:1093-1103): which consequences count in which perspective.</summary>
    private void ImpactInventory()
    {
        Heading("Impact inventory");
        var perspectives = _definition.Settings.Perspectives;
        Table(["Consequence", "Payer", .. perspectives.Select(p => p.Label)], OutcomeColumn.Of(_definition).Select(c => (IReadOnlyList<string>)
            [c.Outcome, c.Payer, .. perspectives.Select(p => !c.IsCost ? "reported" : p.Payers.Count == 0 || p.Payers.Contains(c.Payer) ? "counted" : "not counted")]));
        Paragraph($"Not in the model: {_definition.Report.GetValueOrDefault("impact_not_counted", "the author has not said (report.impact_not_counted)")}.");
    }

    private void Parameters()
    {
        Heading("Parameters");
        Table(["Name", "Meaning", "Value", "Unit", "Low", "High", "Distribution", "Source"], _definition.Parameters.Select(p => (IReadOnlyList<string>)
            [p.Name, p.Label, p.Formula is null ? Number(p.Value) : "= " + p.FormulaText, p.Unit, Number(p.Low), Number(p.High), p.DistributionText,
             p.Source.Length > 0 ? p.Source : p.Formula is not null ? "follows" : p.IsAssumption ? "ASSUMPTION to be replaced" + (p.Note.Length > 0 ? ": " + p.Note : "") : "NO SOURCE"]));
        Table(["Table", "Source", "Licence"], _definition.Tables.Select(t => (IReadOnlyList<string>)[t.Name, t.Source.Length > 0 ? t.Source : "NO SOURCE", t.Licence]));
    }

    private void Checklist(string name, IReadOnlyList<ChecklistItem> items)
    {
        if (items.Count == 0) return;
        Heading(name);
        Table(["Item", "Topic", "Status", "What is said"], items.Select(i => (IReadOnlyList<string>)[i.Number, i.Topic, i.Text.Length > 0 ? "Reported" : "Not reported", i.Text.Length > 0 ? i.Text : "To be filled: " + i.AskFor]));
    }

    private string Label(string id) => _definition.Strategies.FirstOrDefault(s => s.Name == id)?.Label ?? id;

    private void Heading(string text) => _html.Append(CultureInfo.InvariantCulture, $"<h2>{++_section}. {Encode(text)}</h2>");

    private void Paragraph(FormattableString text) => _html.Append(CultureInfo.InvariantCulture, $"<p>{Encode(text.ToString(CultureInfo.InvariantCulture))}</p>");

    private void Figure(string svg) => _html.Append(CultureInfo.InvariantCulture, $"<figure>{svg}<figcaption>{svg[(svg.IndexOf("<title>", StringComparison.Ordinal) + 7)..svg.IndexOf("</title>", StringComparison.Ordinal)]}</figcaption></figure>");

    private void Table(IReadOnlyList<string> heading, IEnumerable<IReadOnlyList<string>> rows)
    {
        _html.Append("<table><thead><tr>");
        foreach (var cell in heading) _html.Append(CultureInfo.InvariantCulture, $"<th>{Encode(cell)}</th>");
        _html.Append("</tr></thead><tbody>");
        foreach (var row in rows)
        {
            _html.Append("<tr>");
            foreach (var cell in row) _html.Append(CultureInfo.InvariantCulture, $"<td>{Encode(cell)}</td>");
            _html.Append("</tr>");
        }
        _html.Append("</tbody></table>");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Number(double? value) => value is null || double.IsNaN(value.Value) ? "" : value.Value.ToString(Math.Abs(value.Value) >= 100 ? "#,0.00" : "G5", CultureInfo.InvariantCulture);

    private static string Whole(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private const string Style = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;margin:1rem 0;font-size:13px}td,th{border-bottom:1px solid #ddd;padding:.25rem .6rem;text-align:left;vertical-align:top}figure{margin:1rem 0;break-inside:avoid}figcaption{font-size:13px;color:#333}.warning{background:#fff3cd;padding:.4rem .8rem}@media print{body{margin:0}}";
}

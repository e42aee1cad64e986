using System.Globalization;
using System.Net;
using System.Text;
using Escala.Economics.Analysis;
using Escala.Economics.Expressions;
using Escala.Economics.Models;
using Escala.Economics.Packs;

namespace Escala.Economics.Reports;

/// <summary>One page that a reviewer can read and print: results, figures, parameters with sources, and the checklists.</summary>
internal sealed class ModelReport
{
    private const int PointsPerStrategy = 500, TornadoBars = 15;

    private readonly DecisionModel _model;
    private readonly ModelDefinition _definition;
    private readonly StringBuilder _html = new();
    private readonly Dictionary<string, int> _sections = [];

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
        Paragraph($"File SHA-256 {_model.Hash}; Escala {DecisionModel.Version}; seed {_model.Seed}. Costs in {run.Currency}, price year {(_definition.Settings.PriceYear.Length > 0 ? _definition.Settings.PriceYear : "not stated")}, discounted {run.Discount.Costs:P1}; effects discounted {run.Discount.Effects:P1} ({run.Discount.Convention}); within cycle: {run.Discount.WithinCycle}.");
        foreach (var warning in run.Warnings) _html.Append(CultureInfo.InvariantCulture, $"<p class=\"warning\">{Encode(warning)}</p>");
        if (UsesRisk(""))
            Paragraph($"The risk equations have no term for a chronic infection or its treatment; where the model uses a hazard ratio for it, that ratio is an input of the user.");
        Results(run);
        Traces(run);
        Uncertainty();
        Budget();
        Inventory();
        Open();
        Parameters();
        Checklist("CHEERS 2022", Checklists.Cheers(_definition));
        Checklist("ISPOR budget impact", Checklists.BudgetImpact(_definition));
        return _html.Append("</body></html>").ToString();
    }

    private void Results(RunAnswer run)
    {
        Heading("Results");
        Table(["Outcome per person", .. run.Strategies.Select(s => s.Label)], run.Strategies[0].Outcomes.Keys.Select(o => (IReadOnlyList<string>)[o, .. run.Strategies.Select(s => Number(s.Outcomes[o]))]));
        if (run.Comparison.Count == 0) return;
        _html.Append(CultureInfo.InvariantCulture, $"<h3>Incremental analysis, {Encode(run.Perspectives[0].Label)}</h3>");
        Table(["Strategy", $"Cost, {run.Currency}", run.Effect, "More cost", "More effect", "ICER", "Place"], run.Comparison.Select(r => (IReadOnlyList<string>)
            [Label(r.Id), Number(r.Cost), Number(r.Effect), Number(r.IncrementalCost), Number(r.IncrementalEffect), Number(r.Icer), r.Status switch { "ND" => "on the frontier", "ED" => "extendedly dominated", _ => "dominated" }]));
        Paragraph($"Increments are against the next cheaper strategy of the frontier.");
        if (run.Perspectives.Count > 1) Views("By perspective", run.Perspectives, run);
        Views("By discount rate of costs and effects", [.. run.DiscountRates.Select(v => v with { Label = v.Id })], run);
        if (run.Scenarios.Count > 0) Views("By scenario, beside the base case", [new ViewAnswer("base", "base case", run.Comparison), .. run.Scenarios], run);
        var frontier = run.Comparison.Where(r => r.Status == "ND").Select(r => (r.Effect, r.Cost)).ToList();
        Figure(Svg.Points("Efficiency frontier", run.Effect, $"cost, {run.Currency}", [.. run.Comparison.Select(r => new SvgSeries(Label(r.Id), [(r.Effect, r.Cost)]))], new SvgSeries("frontier", frontier)));
    }

    /// <summary>The incremental table from several points of view: strategies under each other, views side by side.</summary>
    private void Views(string title, IReadOnlyList<ViewAnswer> views, RunAnswer run)
    {
        views = [.. views.Where(v => v.Comparison.Count > 0)];
        if (views.Count == 0) return;
        _html.Append(CultureInfo.InvariantCulture, $"<h3>{Encode(title)}</h3><table><thead><tr><th rowspan=\"2\">Strategy</th>");
        foreach (var view in views) _html.Append(CultureInfo.InvariantCulture, $"<th colspan=\"3\" class=\"group\">{Encode(view.Label)}</th>");
        _html.Append("</tr><tr>");
        foreach (var _ in views) _html.Append(CultureInfo.InvariantCulture, $"<th class=\"n\">cost, {Encode(run.Currency)}</th><th class=\"n\">{Encode(run.Effect)}</th><th class=\"n\">ICER</th>");
        _html.Append("</tr></thead><tbody>");
        foreach (var strategy in _definition.Strategies)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Encode(strategy.Label)}</td>");
            foreach (var row in views.Select(v => v.Comparison.First(c => c.Id == strategy.Name)))
            {
                var ratio = row.Status switch { "ED" => "extendedly dominated", "D" => "dominated", _ => row.Icer is null ? "–" : Number(row.Icer) };
                _html.Append(CultureInfo.InvariantCulture, $"<td class=\"n\">{Number(row.Cost)}</td><td class=\"n\">{Number(row.Effect)}</td><td class=\"n\">{ratio}</td>");
            }
            _html.Append("</tr>");
        }
        _html.Append("</tbody></table>");
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
                tornado.Base[s].NetBenefit, [.. tornado.Parameters.Where(b => b.AtHigh[s].NetBenefit != b.AtLow[s].NetBenefit).OrderByDescending(b => Math.Abs(b.AtHigh[s].NetBenefit - b.AtLow[s].NetBenefit)).Take(TornadoBars).Select(b => (b.Parameter, b.AtLow[s].NetBenefit, b.AtHigh[s].NetBenefit))]));
        }
        if (!_definition.Parameters.Any(p => p.IsUncertain)) return;
        var sample = _model.Sample(_model.Draws, _model.Seed);
        var psa = _model.Psa(sample);
        Paragraph($"{psa.Draws} draws of all uncertain parameters together; at most {PointsPerStrategy} per strategy are drawn as points.");
        Figure(Svg.Plane(string.Create(CultureInfo.InvariantCulture, $"Cost-effectiveness plane against {_definition.Reference.Label}; on the dashed line a unit of effect costs {threshold:N0}"), _model.EffectName + ", increment", "cost, increment", [.. Plane(sample)], threshold));
        Figure(Svg.Lines("Acceptability: probability of being the best strategy by threshold, and along the frontier (CEAF)", "threshold", "probability of being best",
            [.. _definition.Strategies.Select(s => new SvgSeries(s.Label, [.. psa.Ceac.Select(c => (c.Threshold, c.Probability[s.Name]))]))], new SvgSeries("frontier (CEAF)", [.. psa.Ceaf.Select(c => (c.Threshold, c.Probability))])));
        Figure(Svg.Lines("Expected value of perfect information per person", "threshold", "value", [new SvgSeries("EVPI", [.. psa.Evpi.Select(e => (e.Threshold, e.Value))])]));
        Information(_model.Evppi(sample, _model.Seed));
    }

    /// <summary>At the threshold at which knowing everything is worth most: there the decision is least certain.</summary>
    private void Information(EvppiAnswer evppi)
    {
        var at = evppi.Evpi.Select((e, i) => (e.Value, i)).MaxBy(e => e.Value).i;
        var shown = evppi.Parameters.Select(p => (p.Parameter, p.Label, At: p.Values[at])).OrderByDescending(p => p.At.Value).Take(TornadoBars).ToList();
        if (!(evppi.Evpi[at].Value > 0)) return;
        _html.Append("<h3>Value of learning single parameters</h3>");
        Paragraph($"At {evppi.Evpi[at].Threshold:N0}, where knowing everything is worth most ({evppi.Evpi[at].Value:N3} per person), by regression on {evppi.Draws} draws. Values no larger than twice their standard error are noise; 0 means that the draws show no relation.");
        Figure(Svg.Tornado("Expected value of partial perfect information per person", "value per person", 0, [.. shown.Select(p => (p.Parameter, 0.0, p.At.Value))]));
        Table(["Parameter", "Meaning", "EVPPI", "Standard error", "Share of EVPI"], shown.Select(p => (IReadOnlyList<string>)
            [p.Parameter, p.Label, Number(p.At.Value), Number(p.At.StandardError), p.At.ShareOfEvpi?.ToString("P0", CultureInfo.InvariantCulture) ?? ""]));
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

    /// <summary>Which consequences count in which perspective; what the file does not place is listed apart.</summary>
    private void Inventory()
    {
        Heading("Impact inventory");
        var perspectives = _definition.Settings.Perspectives;
        Table(["Sector", "Consequence", .. perspectives.Select(p => p.Label), "By"], ImpactInventory.Items.Select(item =>
        {
            var values = _definition.Values.Where(v => v.Inventory.Contains(item.Key)).ToList();
            string In(PerspectiveDefinition p) => values.Count == 0 ? "no" : !item.IsCost || p.Payers.Count == 0 || values.Any(v => v.Payers.Keys.Any(p.Payers.Contains)) ? "yes" : "no";
            var reason = _definition.Report.GetValueOrDefault("inventory_" + item.Key, "");
            return (IReadOnlyList<string>)[item.Sector, item.Title, .. perspectives.Select(In), values.Count > 0 ? string.Join(", ", values.Select(v => v.Outcome).Distinct()) : reason.Length > 0 ? reason : "not in the model"];
        }));
        if (_definition.Values.Where(v => v.Inventory.Count == 0).Select(v => v.Outcome).Distinct().ToList() is { Count: > 0 } unplaced)
            Paragraph($"Outcomes that the file does not place in the inventory: {string.Join(", ", unplaced)}.");
        Table(["Outcome", "Payer", .. perspectives.Select(p => p.Label)], OutcomeColumn.Of(_definition).Select(c => (IReadOnlyList<string>)
            [c.Outcome, c.Payer, .. perspectives.Select(p => !c.IsCost ? "reported" : p.Payers.Count == 0 || p.Payers.Contains(c.Payer) ? "counted" : "not counted")]));
        Paragraph($"Not in the model: {_definition.Report.GetValueOrDefault("impact_not_counted", "the author has not said (report.impact_not_counted)")}.");
    }

    private void Open()
    {
        var open = _definition.Parameters.Where(p => p.Formula is null && (p.IsAssumption || p.Source.Length == 0)).ToList();
        Heading("Assumptions to replace and parameters without a source");
        if (open.Count == 0) Paragraph($"None: every parameter has a source.");
        else Table(["Name", "Meaning", "Value", "Unit", "State", "Note"], open.Select(p => (IReadOnlyList<string>)[p.Name, p.Label, Number(p.Value), p.Unit, p.IsAssumption ? "assumption to replace" : "no source", p.Note]));
    }

    private void Parameters()
    {
        Heading("Parameters");
        Table(["Name", "Meaning", "Value", "Unit", "Low", "High", "Distribution", "Source"], _definition.Parameters.Where(p => p.Formula is null).Select(p => (IReadOnlyList<string>)
            [p.Name, p.Label, Number(p.Value), p.Unit, Number(p.Low), Number(p.High), p.DistributionText,
             p.Source.Length > 0 ? p.Source : p.IsAssumption ? "ASSUMPTION to be replaced" + (p.Note.Length > 0 ? ": " + p.Note : "") : "NO SOURCE"]));
        var following = _definition.Parameters.Where(p => p.Formula is not null).ToList();
        if (following.Count > 0) Table(["What follows", "Meaning", "Formula"], following.Select(p => (IReadOnlyList<string>)[p.Name, p.Label, p.FormulaText]));
        var tables = _definition.Tables.Select(t => (IReadOnlyList<string>)[t.Name, t.Source.Length > 0 ? t.Source : "NO SOURCE", t.Licence]).ToList();
        if (UsesRisk("who_cvd"))
            tables.Add(["WHO 2019 regions", $"{RiskScores.Regions.Citation} (pack {RiskScores.Regions.Name}, SHA-256 {RiskScores.Regions.Hash[..12]}…). {RiskScores.Regions.Note}", RiskScores.Regions.Licence]);
        if (tables.Count > 0) Table(["Table", "Source", "Licence"], tables);
    }

    private void Checklist(string name, IReadOnlyList<ChecklistItem> items)
    {
        if (items.Count == 0) return;
        Heading(name);
        Table(["Item", "Topic", "Status", "What is said", "Section"], items.Select(i => (IReadOnlyList<string>)
            [i.Number, i.Topic, i.Text.Length > 0 ? "Reported" : "Not reported", i.Text.Length > 0 ? i.Text : "To be filled: " + i.AskFor,
             i.Text.Length > 0 && _sections.TryGetValue(i.Section, out var section) ? section.ToString(CultureInfo.InvariantCulture) : ""]));
    }

    private bool UsesRisk(string score) => _definition.Parameters.Select(p => p.Formula).Concat(_definition.Transitions.Select(t => t.Formula)).Concat(_definition.Values.Select(v => v.Formula))
        .OfType<Expression>().SelectMany(f => f.All).OfType<Call>().Any(c => Functions.Risk.ContainsKey(c.Function) && c.Function.StartsWith(score, StringComparison.Ordinal));

    private string Label(string id) => _definition.Strategies.FirstOrDefault(s => s.Name == id)?.Label ?? id;

    private void Heading(string text)
    {
        _sections[text] = _sections.Count + 1;
        _html.Append(CultureInfo.InvariantCulture, $"<h2>{_sections[text]}. {Encode(text)}</h2>");
    }

    private void Paragraph(FormattableString text) => _html.Append(CultureInfo.InvariantCulture, $"<p>{Encode(text.ToString(CultureInfo.InvariantCulture))}</p>");

    private void Figure(string svg) => _html.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{svg[(svg.IndexOf("<title>", StringComparison.Ordinal) + 7)..svg.IndexOf("</title>", StringComparison.Ordinal)]}</figcaption>{svg}</figure>");

    private void Table(IReadOnlyList<string> heading, IEnumerable<IReadOnlyList<string>> rows)
    {
        var cells = rows.ToList();
        _html.Append("<table><thead><tr>");
        for (var c = 0; c < heading.Count; c++) _html.Append(CultureInfo.InvariantCulture, $"<th{(cells.Any(r => IsNumber(r[c])) ? " class=\"n\"" : "")}>{Encode(heading[c])}</th>");
        _html.Append("</tr></thead><tbody>");
        foreach (var row in cells)
        {
            _html.Append("<tr>");
            foreach (var cell in row) _html.Append(CultureInfo.InvariantCulture, $"<td{(IsNumber(cell) ? " class=\"n\"" : "")}>{Encode(cell)}</td>");
            _html.Append("</tr>");
        }
        _html.Append("</tbody></table>");
    }

    private static bool IsNumber(string cell) => cell.Length > 0 && double.TryParse(cell.TrimEnd('%', ' '), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Number(double? value) => value is null || double.IsNaN(value.Value) ? "" : value.Value.ToString(Math.Abs(value.Value) < 100 ? "G5" : value.Value == Math.Round(value.Value) ? "#,0" : "#,0.00", CultureInfo.InvariantCulture);

    private static string Whole(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private const string Style = "body{font:15px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;margin:1rem 0;font-size:13px}td,th{border-bottom:1px solid #ddd;overflow-wrap:anywhere;padding:.25rem .6rem;text-align:left;vertical-align:top}figure{margin:1rem 0;break-inside:avoid}figcaption{font-weight:600;font-size:14px;margin-bottom:.3rem}figure svg{max-width:44rem;height:auto;display:block}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}th.group{text-align:center;border-left:1px solid #ddd}.warning{background:#fff3cd;padding:.4rem .8rem}@media print{body{margin:0}}";
}

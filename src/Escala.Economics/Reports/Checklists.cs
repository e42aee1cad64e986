using System.Globalization;
using Escala.Economics.Models;

namespace Escala.Economics.Reports;

/// <summary>An item of a reporting checklist with what the file or the run says to it; empty where nobody said anything.</summary>
/// <param name="AskFor">Fields of the file that would fill it.</param>
/// <param name="Section">Section of the report that shows it; empty where the checklist itself says all.</param>
internal sealed record ChecklistItem(string Topic, string Text, string AskFor, string Section);

/// <summary>CHEERS 2022 (Husereau et al., BMJ 2022;376:e067975) and the ISPOR budget-impact items (Sullivan et al., Value Health 2014;17:5-14), in own words.</summary>
internal static class Checklists
{
    public static IReadOnlyList<ChecklistItem> Cheers(ModelDefinition model, Page page, string effect)
    {
        var s = model.Settings;
        string Said(string field) => model.Report.GetValueOrDefault(field, "");
        string Both(string field, string computed) => Said(field).Length > 0 ? Said(field) + (computed.Length > 0 ? " — " + computed : "") : "";
        var uncertain = model.Parameters.Count(p => p.IsUncertain);
        var groups = string.Join(", ", model.Groups.Select(g => $"{g.Label} ({page.Percent(g.Weight, "P0").Text})"));
        List<ChecklistItem> items = [];
        void Add(string text, string askFor = "", string section = "") => items.Add(new ChecklistItem(page.Say(FormattableString.Invariant($"cheers.{items.Count + 1}")), text, askFor, section));
        Add(page.Say("said.title", ("title", model.Title), ("strategies", string.Join("; ", model.Strategies.Select(x => x.Label)))));
        Add(Said("abstract"), "abstract");
        Add(Said("background"), "background");
        Add(Said("analysis_plan"), "analysis_plan");
        Add(Both("population", model.Groups.Count > 1 ? page.Say("said.groups", ("groups", groups)) : ""), "population");
        Add(Said("setting"), "setting");
        Add(Said("comparators"), "comparators");
        Add(s.Perspectives.Count == 0 ? "" : Both("perspective_reason", string.Join("; ", s.Perspectives.Select(p => $"{p.Label} ({string.Join(", ", p.Payers)})"))), "perspective_reason, settings.perspectives", "inventory");
        Add(Both("horizon_reason", page.Say("said.horizon", ("cycles", s.Cycles), ("length", page.Exact(s.CycleLength).Text), ("year", s.StartYear.ToString(CultureInfo.InvariantCulture)))), "horizon_reason", "results");
        Add(page.Say("said.discount", ("costs", page.Percent(s.CostRate).Text), ("effects", page.Percent(s.EffectRate).Text)), section: "results");
        Add(Both("outcome_choice", effect), "outcome_choice", "results");
        Add(Said("outcome_measurement"), "outcome_measurement");
        Add(Said("outcome_valuation"), "outcome_valuation");
        Add(Both("costing", page.Say("said.costs")), "costing", "parameters");
        Add(s.Currency.Length == 0 || s.PriceYear.Length == 0 ? "" : page.Say("said.prices", ("currency", s.Currency), ("year", s.PriceYear)), "settings.currency, settings.price_year");
        Add(page.Say("said.model", ("states", model.States.Count), ("transitions", model.Transitions.Count), ("hash", model.Hash[..12])), section: "course");
        Add(page.Say("said.analytics", ("n", model.Parameters.Count(p => p.IsAssumption))), section: "open");
        Add(model.Groups.Count > 1 ? page.Say("said.heterogeneity") : "", "groups");
        Add(Said("distribution"), "distribution");
        var scenarios = model.Scenarios.Count > 0 ? page.Say("said.andScenarios") : "";
        Add(uncertain == 0 ? "" : page.Say("said.uncertainty", ("n", uncertain), ("seed", s.Seed.ToString(CultureInfo.InvariantCulture)), ("scenarios", scenarios)), "parameters.*.dist", "uncertainty");
        Add(Said("engagement"), "engagement");
        Add(IsSourced(model) ? page.Say("said.parameters", ("n", model.Parameters.Count)) : "", "parameters.*.source", "parameters");
        Add(s.Effect.Length == 0 ? "" : page.Say("said.results"), "settings.effect", "results");
        Add(uncertain == 0 || s.Thresholds.Count == 0 ? "" : page.Say("said.effectOfUncertainty", ("scenarios", scenarios)), "parameters.*.dist, settings.thresholds", "uncertainty");
        Add(Said("engagement_effect"), "engagement_effect");
        Add(Said("discussion"), "discussion");
        Add(Said("funding"), "funding");
        Add(Said("conflicts"), "conflicts");
        return items;
    }

    /// <summary>Every number has a source or is marked as an assumption; one that stands in a formula has neither.</summary>
    private static bool IsSourced(ModelDefinition model) =>
        !model.Parameters.Any(p => p.Formula is null && p.Source.Length == 0 && !p.IsAssumption) && ModelRemarks.NumbersInFormulas(model).Count == 0;

    public static IReadOnlyList<ChecklistItem> BudgetImpact(ModelDefinition model, BudgetDefinition budget, Page page)
    {
        string Said(string field) => model.Report.GetValueOrDefault(field, "");
        List<ChecklistItem> items = [];
        void Add(string text, string askFor = "", string section = "") => items.Add(new ChecklistItem(page.Say(FormattableString.Invariant($"bia.{items.Count + 1}")), text, askFor, section));
        Add(Said("setting"), "setting");
        Add(budget.Payers.Count == 0 ? "" : page.Say("said.payers", ("payers", string.Join(", ", budget.Payers))), "budget.payers");
        Add(page.Say("said.population", ("entrants", page.Percent(budget.YearlyEntrants).Text)), section: "budget");
        Add(model.Reference.Label);
        Add(page.Say("said.uptake", ("strategy", model.Strategies.First(s => s.Name == budget.Strategy).Label), ("uptake", string.Join(", ", budget.Uptake.Select(u => page.Percent(u, "P0").Text))), ("n", budget.Waves.Count)), section: "budget");
        Add(page.Say("said.programme", ("oneOff", string.Join(", ", budget.OneOff.Select(c => c.Label))), ("recurrent", string.Join(", ", budget.Recurrent.Select(c => c.Label)))), section: "budget");
        Add(page.Say("said.care"), section: "budget");
        Add(page.Say("said.indirect"));
        Add(page.Say("said.years", ("n", budget.Years)), section: "budget");
        Add(page.Say("said.cash", ("inflation", page.Percent(budget.Inflation).Text)));
        Add(page.Say("said.framework"));
        Add(Said("budget_uncertainty"), "budget_uncertainty");
        Add(Said("budget_validation"), "budget_validation");
        Add(IsSourced(model) ? page.Say("said.sources") : "", "parameters.*.source", "parameters");
        Add(page.Say("said.reporting"), section: "budget");
        return items;
    }
}

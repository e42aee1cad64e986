using Escala.Economics.Models;

namespace Escala.Economics.Reports;

/// <summary>An item of a reporting checklist with what the file or the run says to it; empty where nobody said anything.</summary>
/// <param name="Section">Heading of the report's section that shows it; empty where the checklist itself says all.</param>
internal sealed record ChecklistItem(string Number, string Topic, string Text, string AskFor, string Section = "");

/// <summary>CHEERS 2022 (Husereau et al., BMJ 2022;376:e067975) and the ISPOR budget-impact items (Sullivan et al., Value Health 2014;17:5-14), in own words.</summary>
internal static class Checklists
{
    public static IReadOnlyList<ChecklistItem> Cheers(ModelDefinition model)
    {
        var s = model.Settings;
        string Said(string field) => model.Report.GetValueOrDefault(field, "");
        string AllOf(string field, string computed) => Said(field).Length > 0 ? Said(field) + (computed.Length > 0 ? " — " + computed : "") : "";
        var uncertain = model.Parameters.Count(p => p.IsUncertain);
        return
        [
            new("1", "Title", FormattableString.Invariant($"Economic evaluation: {model.Title}; {string.Join(" compared with ", model.Strategies.Select(x => x.Label))}"), ""),
            new("2", "Abstract", Said("abstract"), "abstract"),
            new("3", "Background and objectives", Said("background"), "background"),
            new("4", "Health economic analysis plan", Said("analysis_plan"), "analysis_plan"),
            new("5", "Study population", AllOf("population", model.Groups.Count > 1 ? "groups: " + string.Join(", ", model.Groups.Select(g => FormattableString.Invariant($"{g.Label} ({g.Weight:P0})"))) : ""), "population"),
            new("6", "Setting and location", Said("setting"), "setting"),
            new("7", "Comparators", AllOf("comparators", ""), "comparators"),
            new("8", "Perspective", s.Perspectives.Count == 0 ? "" : AllOf("perspective_reason", string.Join("; ", s.Perspectives.Select(p => $"{p.Label} ({string.Join(", ", p.Payers)})"))), "perspective_reason, settings.perspectives", "Impact inventory"),
            new("9", "Time horizon", AllOf("horizon_reason", FormattableString.Invariant($"{s.Cycles} cycles of {s.CycleLength:0.####} years from {s.StartYear}")), "horizon_reason", "Results"),
            new("10", "Discount rate", FormattableString.Invariant($"Costs {s.CostRate:P1}, effects {s.EffectRate:P1} a year; 0, 3 and 6 % shown beside"), "", "Results"),
            new("11", "Selection of outcomes", AllOf("outcome_choice", s.Effect), "outcome_choice", "Results"),
            new("12", "Measurement of outcomes", Said("outcome_measurement"), "outcome_measurement"),
            new("13", "Valuation of outcomes", Said("outcome_valuation"), "outcome_valuation"),
            new("14", "Measurement and valuation of resources and costs", AllOf("costing", "cost parameters are listed with their sources"), "costing", "Parameters"),
            new("15", "Currency, price date, conversion", s.Currency.Length == 0 || s.PriceYear.Length == 0 ? "" : $"{s.Currency}, prices of {s.PriceYear}", "settings.currency, settings.price_year"),
            new("16", "Rationale and description of the model", FormattableString.Invariant($"Cohort state-transition model with {model.States.Count} states and {model.Transitions.Count} transitions; the file (SHA-256 {model.Hash[..12]}…) is the model and can be run by anybody"), "", "Course of the cohort"),
            new("17", "Analytics and assumptions", FormattableString.Invariant($"Within-cycle method and discount convention are stated with the results; {model.Parameters.Count(p => p.IsAssumption)} parameters are marked as assumptions"), "", "Parameters"),
            new("18", "Characterising heterogeneity", model.Groups.Count > 1 ? "The groups above are computed apart and weighted" : "", "groups"),
            new("19", "Characterising distributional effects", Said("distribution"), "distribution", "Results"),
            new("20", "Characterising uncertainty", uncertain == 0 ? "" : FormattableString.Invariant($"{uncertain} parameters have distributions; one-way, probabilistic (seed {s.Seed}) and scenario analyses"), "dist of parameters", "Uncertainty"),
            new("21", "Engagement with patients and others", Said("engagement"), "engagement"),
            new("22", "Study parameters", FormattableString.Invariant($"All {model.Parameters.Count} parameters are listed with value, range, distribution and source; {model.Parameters.Count(p => p.Formula is null && p.Source.Length == 0 && !p.IsAssumption)} lack a source"), "", "Parameters"),
            new("23", "Summary of main results", s.Effect.Length == 0 ? "" : "Incremental table and net benefit", "settings.effect", "Results"),
            new("24", "Effect of uncertainty", uncertain == 0 || s.Thresholds.Count == 0 ? "" : "Tornado, acceptability, value of information, scenarios, discount rates", "dist of parameters, settings.thresholds", "Uncertainty"),
            new("25", "Effect of engagement", Said("engagement_effect"), "engagement_effect"),
            new("26", "Findings, limitations, generalisability", Said("discussion"), "discussion"),
            new("27", "Source of funding", Said("funding"), "funding"),
            new("28", "Conflicts of interest", Said("conflicts"), "conflicts"),
        ];
    }

    public static IReadOnlyList<ChecklistItem> BudgetImpact(ModelDefinition model)
    {
        if (model.Budget is not { } budget) return [];
        string Said(string field) => model.Report.GetValueOrDefault(field, "");
        return
        [
            new("1", "Health system and access", Said("setting"), "setting"),
            new("2", "Perspective of the budget holder", budget.Payers.Count == 0 ? "" : "Payers: " + string.Join(", ", budget.Payers), "budget.payers"),
            new("3", "Eligible population", FormattableString.Invariant($"In the file; entrants {budget.YearlyEntrants:P1} a year"), "", "Budget impact"),
            new("4", "Current mix", model.Reference.Label, ""),
            new("5", "New mix and uptake", $"{budget.Strategy}: {string.Join(", ", budget.Uptake.Select(u => FormattableString.Invariant($"{u:P0}")))} by year since a wave's start; {budget.Waves.Count} waves", "", "Budget impact"),
            new("6", "Cost of the intervention mix", FormattableString.Invariant($"{budget.OneOff.Count} one-off and {budget.Recurrent.Count} recurrent costs per district"), "", "Budget impact"),
            new("7", "Condition-related costs", "Costs of care by the cohort model, with and without", "", "Budget impact"),
            new("8", "Indirect costs", "Counted only if a payer of the budget bears them", ""),
            new("9", "Horizon and periods", FormattableString.Invariant($"{budget.Years} years, each shown"), "", "Budget impact"),
            new("10", "Discounting and inflation", FormattableString.Invariant($"Not discounted; prices rise by {budget.Inflation:P1} a year"), ""),
            new("11", "Computing framework", "Cohort model per wave and year of entry", ""),
            new("12", "Uncertainty and scenarios", Said("budget_uncertainty"), "budget_uncertainty"),
            new("13", "Validation", Said("budget_validation"), "budget_validation"),
            new("14", "Data sources", "As listed under parameters", "", "Parameters"),
            new("15", "Reporting", "Table and figure by year", "", "Budget impact"),
        ];
    }
}

namespace Escala.Economics.Models;

/// <summary>A consequence that an evaluation from society's perspective counts or says why not.</summary>
/// <param name="Key">How values of a model name it.</param>
/// <param name="Sector">Part of the inventory.</param>
/// <param name="Title">What it is.</param>
/// <param name="IsCost">Whether it is counted in money.</param>
internal sealed record InventoryItem(string Key, string Sector, string Title, bool IsCost);

/// <summary>The impact inventory of the Second Panel (Sanders GD et al., JAMA 2016;316:1093-1103, figure), in own words.</summary>
internal static class ImpactInventory
{
    private const string Formal = "Formal health care", Informal = "Informal health care", Outside = "Outside health care";

    public static IReadOnlyList<InventoryItem> Items { get; } =
    [
        new("longevity", Formal, "Length of life", false),
        new("health_quality", Formal, "Health-related quality of life", false),
        new("other_health", Formal, "Other health effects, such as events and harms", false),
        new("care_paid_by_payers", Formal, "Care paid by the ministry, insurers or projects", true),
        new("care_paid_by_patients", Formal, "Care paid by patients", true),
        new("future_related_care", Formal, "Later care for the same condition", true),
        new("future_unrelated_care", Formal, "Later care for other conditions", true),
        new("patient_time", Informal, "Time of patients", true),
        new("unpaid_care", Informal, "Time of unpaid carers", true),
        new("transport", Informal, "Travel", true),
        new("earnings", Outside, "Productivity: earnings lost", true),
        new("unpaid_work", Outside, "Productivity: unpaid work lost through illness", true),
        new("household_production", Outside, "Productivity: work in the household", true),
        new("consumption", Outside, "Consumption other than health in added years", true),
        new("social_services", Outside, "Social services", true),
        new("justice", Outside, "Crime and justice", true),
        new("education", Outside, "Schooling", true),
        new("housing", Outside, "Housing", true),
        new("environment", Outside, "Environment", true),
    ];
}

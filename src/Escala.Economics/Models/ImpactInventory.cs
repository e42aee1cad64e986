namespace Escala.Economics.Models;

/// <summary>A consequence that an evaluation from society's perspective counts or says why not.</summary>
/// <param name="Key">How values of a model name it, and where its words are found.</param>
/// <param name="Sector">Part of the inventory.</param>
/// <param name="IsCost">Whether it is counted in money.</param>
internal sealed record InventoryItem(string Key, string Sector, bool IsCost);

/// <summary>The impact inventory of the Second Panel (Sanders GD et al., JAMA 2016;316:1093-1103, figure).</summary>
internal static class ImpactInventory
{
    private const string Formal = "formal", Informal = "informal", Outside = "outside";

    public static IReadOnlyList<InventoryItem> Items { get; } =
    [
        new("longevity", Formal, false),
        new("health_quality", Formal, false),
        new("other_health", Formal, false),
        new("care_paid_by_payers", Formal, true),
        new("care_paid_by_patients", Formal, true),
        new("future_related_care", Formal, true),
        new("future_unrelated_care", Formal, true),
        new("patient_time", Informal, true),
        new("unpaid_care", Informal, true),
        new("transport", Informal, true),
        new("earnings", Outside, true),
        new("unpaid_work", Outside, true),
        new("household_production", Outside, true),
        new("consumption", Outside, true),
        new("social_services", Outside, true),
        new("justice", Outside, true),
        new("education", Outside, true),
        new("housing", Outside, true),
        new("environment", Outside, true),
    ];
}

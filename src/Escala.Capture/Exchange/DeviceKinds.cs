using Escala.Platform.Ledger;
using Escala.Registry;

namespace Escala.Capture.Exchange;

/// <summary>Kinds of entries that a device may say (docs/methods/exchange.md), each with its class of access.</summary>
public static class DeviceKinds
{
    private static readonly Dictionary<string, string> s_classes = new(StringComparer.Ordinal)
    {
        [EntryKinds.Visit] = EntryClasses.Clinical,
        [EntryKinds.Withdrawal] = EntryClasses.Clinical,
        [EntryKinds.Person] = EntryClasses.Clinical,
        [EntryKinds.Consent] = EntryClasses.Clinical,
        [EntryKinds.Call] = EntryClasses.Clinical,
        [EntryKinds.Form] = EntryClasses.Clinical,
        [EntryKinds.Tally] = EntryClasses.Delivery,
        [EntryKinds.Session] = EntryClasses.Delivery,
    };

    public static IReadOnlyCollection<string> All => s_classes.Keys;

    public static string ClassOf(string kind) => s_classes[kind];

    /// <summary>What a device receives of its places: by class, and nothing that was refused of another.</summary>
    internal static bool Travels(Origin origin) => origin.Kind != EntryKinds.EntryDiscard && origin.Class is EntryClasses.Clinical or EntryClasses.Delivery or EntryClasses.Improvement;
}

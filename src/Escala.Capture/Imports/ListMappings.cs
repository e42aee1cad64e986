using Escala.Platform.Ledger;
using Escala.Platform.Storage;
using Escala.Platform.Texts;
using Escala.Programmes;
using Escala.Programmes.Facts;
using Escala.Registry;

namespace Escala.Capture.Imports;

/// <summary>A mapping of the programme, of rows or of counts.</summary>
/// <param name="File">In the package.</param>
/// <param name="Reads">Facts that its columns fill, or steps of the cascade; empty where the rows of counts name the steps themselves.</param>
/// <param name="Entries">Rows or counts that the ledger has by it, corrections among them; null outside a store.</param>
public sealed record ListedMapping(string Name, int Version, LocalText Title, bool IsOfCounts, string File, IReadOnlyList<string> Recognised, IReadOnlyList<string> Reads, long? Entries);

/// <summary>What files of other systems a programme can read.</summary>
public static class ListMappings
{
    /// <param name="session">Of the store; null for a package that is in none.</param>
    public static IReadOnlyList<ListedMapping> Run(Programme programme, Session? session)
    {
        var entries = session is null ? null : EntriesBy(session);
        long? By(string name) => entries?.GetValueOrDefault(name);
        return
        [
            .. programme.Mappings.Select(m => new ListedMapping(m.Name, m.Version, m.Title, false, m.File, m.Recognised, [.. m.Register.Facts.Where(f => f.Columns.Count > 0).Select(f => f.Name)], By(m.Name))),
            .. programme.Tallies.Select(t => new ListedMapping(t.Name, t.Version, t.Title, true, t.File, t.Recognised, [.. t.Steps.Select(s => s.Step).Where(s => s.Length > 0)], By(t.Name))),
        ];
    }

    /// <summary>Counted in one pass over the envelopes, where anything came by a mapping at all.</summary>
    private static Dictionary<string, long> EntriesBy(Session session)
    {
        var mappings = LedgerReader.Origins(session).Where(o => o.Value.Origin.Kind is EntryKinds.Visit or EntryKinds.Tally).Select(o => (o.Key, Layout.Parse(o.Value.Origin.Layout)?.Mapping)).Where(o => o.Mapping is not null).ToDictionary(o => o.Key, o => o.Mapping!);
        var entries = new Dictionary<string, long>(StringComparer.Ordinal);
        if (mappings.Count == 0) return entries;
        using var rows = session.Query("SELECT origin, COUNT(*) FROM entry GROUP BY origin");
        while (rows.Read())
        {
            if (mappings.TryGetValue(rows.Int(0), out var name)) entries[name] = entries.GetValueOrDefault(name) + rows.Int(1);
        }

        return entries;
    }
}

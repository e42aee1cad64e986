namespace Escala.Programmes.Places;

/// <summary>Why a record of a place cannot stand: the record's index, a reason (<c>programmes.places.*</c>), the code it is about and another beside it.</summary>
public readonly record struct PlaceFault(int Index, string Reason, string Name, string Other);

/// <summary>
/// What keeps a list of places from being a history: on every day each parent must be known and of a wider level. So nothing is above
/// itself, however long the circle.
/// </summary>
public static class PlaceFaults
{
    /// <param name="records">The records in the order of their file.</param>
    /// <param name="levels">Names of levels, widest first.</param>
    public static IReadOnlyList<PlaceFault> Of(IReadOnlyList<PlaceRecord> records, IReadOnlyList<string> levels)
    {
        var faults = new List<PlaceFault>();
        var seen = new HashSet<(string, DateOnly?)>();
        foreach (var (index, record) in records.Index())
        {
            if (!levels.Contains(record.Level)) faults.Add(new(index, "level-unknown", record.Level, string.Join(", ", levels)));
            if (!seen.Add((record.Code, record.ValidFrom))) faults.Add(new(index, "twice", record.Code, ""));
            if (record.Closed < record.Opened) faults.Add(new(index, "closed-before-opened", record.Code, ""));
            if (record.ParentCode is null && levels.Count > 1 && record.Level == levels[^1]) faults.Add(new(index, "parent-missing", record.Code, levels[^2]));
        }

        return faults.Count > 0 ? faults : Parents(records, levels);
    }

    private static List<PlaceFault> Parents(IReadOnlyList<PlaceRecord> records, IReadOnlyList<string> levels)
    {
        var ordered = records.Index().GroupBy(r => r.Item.Code, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.OrderBy(r => Start(r.Item)).ToList(), StringComparer.Ordinal);
        var faults = new List<PlaceFault>();
        foreach (var own in ordered.Values)
        {
            foreach (var (position, (index, record)) in own.Index())
            {
                if (record.ParentCode is not { } parent) continue;
                var until = position + 1 < own.Count ? Start(own[position + 1].Item) : DateOnly.MaxValue;
                if (!ordered.TryGetValue(parent, out var above)) faults.Add(new(index, "parent-unknown", parent, record.Code));
                else if (Start(above[0].Item) > Start(record)) faults.Add(new(index, "parent-later", parent, record.Code));
                else if (InForce(above, Start(record), until).Any(p => !Wider(p, record, levels))) faults.Add(new(index, "parent-not-wider", parent, record.Code));
            }
        }

        return [.. faults.OrderBy(f => f.Index)];
    }

    /// <summary>Records of the parent in force on some day from the first up to, but not on, the last.</summary>
    private static IEnumerable<PlaceRecord> InForce(List<(int Index, PlaceRecord Item)> records, DateOnly from, DateOnly until)
    {
        var first = records.FindLastIndex(r => Start(r.Item) <= from);
        return records.Skip(first).TakeWhile((r, i) => i == 0 || Start(r.Item) < until).Select(r => r.Item);
    }

    private static bool Wider(PlaceRecord parent, PlaceRecord child, IReadOnlyList<string> levels) => IndexOf(levels, parent.Level) < IndexOf(levels, child.Level);

    private static int IndexOf(IReadOnlyList<string> levels, string level) => levels.Index().First(l => l.Item == level).Index;

    private static DateOnly Start(PlaceRecord record) => record.ValidFrom ?? DateOnly.MinValue;
}

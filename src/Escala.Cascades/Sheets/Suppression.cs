namespace Escala.Cascades.Sheets;

/// <summary>How many people of a group came to a step, and how many of them passed.</summary>
public readonly record struct GroupCount(int Asked, int Passed)
{
    public static GroupCount operator +(GroupCount a, GroupCount b) => new(a.Asked + b.Asked, a.Passed + b.Passed);

    /// <summary>One of the two counts is 1 to below − 1.</summary>
    public bool IsSmall(int below) => (Asked > 0 && Asked < below) || (Passed > 0 && Passed < below);
}

/// <summary>
/// Which groups of a split are hidden so that neither a group nor what remains of the total shows a count smaller than the bound
/// (docs/methods/cascade-sheet.md). All hidden groups look alike: a reader cannot tell the small one from those that shield it.
/// </summary>
public static class Suppression
{
    /// <param name="groups">Their sum is shown beside them.</param>
    /// <param name="below">Groups with a count of 1 to below − 1 are hidden.</param>
    /// <param name="also">Groups hidden for another reason; null for none.</param>
    public static bool[] Hide(IReadOnlyList<GroupCount> groups, int below, IReadOnlyList<bool>? also = null)
    {
        bool[] needed = [.. groups.Select((g, i) => g.IsSmall(below) || also?[i] == true)];
        if (!needed.Contains(true)) return needed;
        var hidden = needed.ToArray();
        // One hidden group is the total less the others; two are not, unless together they are small again.
        foreach (var next in Enumerable.Range(0, groups.Count).Where(i => !needed[i]).OrderBy(i => groups[i].Asked == 0).ThenBy(i => groups[i].Asked))
        {
            if (IsSafe(groups, hidden, below)) break;
            hidden[next] = true;
        }

        // A group taken on the way may not be needed beside a later one: the largest such are shown again.
        foreach (var spare in Enumerable.Range(0, groups.Count).Where(i => hidden[i] && !needed[i]).OrderByDescending(i => groups[i].Asked))
        {
            hidden[spare] = false;
            if (!IsSafe(groups, hidden, below)) hidden[spare] = true;
        }

        return hidden;
    }

    /// <summary>Groups of a sum that must be hidden because the sum less the parts that show theirs would leave a single part's, or a small count.</summary>
    public static bool[] ShieldParts(int groups, int below, IReadOnlyList<(IReadOnlyList<GroupCount> Counts, bool[] Hidden)> parts) =>
        [.. Enumerable.Range(0, groups).Select(group =>
        {
            var left = parts.Where(p => p.Hidden[group] && p.Counts[group].Asked > 0).Select(p => p.Counts[group]).ToList();
            return left.Count == 1 || Sum(left).IsSmall(below);
        })];

    public static GroupCount Sum(IEnumerable<GroupCount> counts) => counts.Aggregate(default(GroupCount), (sum, count) => sum + count);

    private static bool IsSafe(IReadOnlyList<GroupCount> groups, bool[] hidden, int below)
    {
        var together = groups.Where((_, i) => hidden[i]).ToList();
        return together.Count(g => g.Asked > 0) >= 2 && !Sum(together).IsSmall(below);
    }
}

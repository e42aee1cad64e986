namespace Escala.Cascades.Sheets;

/// <summary>
/// Which cells of a split are hidden so that neither a cell nor what remains of the total shows a group smaller than the bound
/// (docs/methods/cascade-sheet.md). All hidden cells look alike: a reader cannot tell the small one from those that shield it.
/// </summary>
public static class Suppression
{
    /// <param name="people">People in each cell; their sum is shown beside them.</param>
    /// <param name="below">Cells of 1 to below − 1 people are hidden.</param>
    /// <param name="also">Cells hidden for another reason; null for none.</param>
    public static bool[] Hide(IReadOnlyList<int> people, int below, IReadOnlyList<bool>? also = null)
    {
        var hidden = people.Select((n, i) => (n > 0 && n < below) || also?[i] == true).ToArray();
        if (!hidden.Contains(true)) return hidden;
        // One hidden cell is the total less the others; two are not, unless together they are fewer than the bound.
        foreach (var next in Enumerable.Range(0, people.Count).Where(i => !hidden[i]).OrderBy(i => people[i] == 0).ThenBy(i => people[i]).ToList())
        {
            var group = Enumerable.Range(0, people.Count).Where(i => hidden[i]).ToList();
            if (group.Count >= 2 && group.Sum(i => people[i]) >= below) break;
            hidden[next] = true;
        }

        return hidden;
    }

    /// <summary>
    /// Cells of a sum that must be hidden because exactly one part hides its own: the sum less the other parts would show it.
    /// </summary>
    public static bool[] ShieldParts(int cells, IReadOnlyList<bool[]> hiddenInParts) =>
        [.. Enumerable.Range(0, cells).Select(cell => hiddenInParts.Count(part => part[cell]) == 1)];
}

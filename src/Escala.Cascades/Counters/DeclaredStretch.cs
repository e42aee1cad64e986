namespace Escala.Cascades.Counters;

/// <summary>
/// Up to which day a facility's sources declare its register complete. A source speaks of stretches of days; what counts is the stretch that
/// holds the first day of which it ever brought a row there, and whatever follows without a gap. Days before it that nobody declared are not
/// complete, so a source whose stretches begin later has declared nothing yet.
/// </summary>
internal static class DeclaredStretch
{
    /// <param name="facility">Code; stretches with an empty code speak of every facility.</param>
    /// <param name="sources">Each source of the facility with its first day there, null where it never brought a row.</param>
    /// <param name="stretches">By source and facility, day numbers, both included.</param>
    /// <returns>The least day over the sources; null unless every one of them has declared.</returns>
    public static DateOnly? UpTo(string facility, IEnumerable<(string Source, int? FirstDay)> sources, ILookup<(string Source, string Facility), (int From, int To)> stretches)
    {
        int? least = null;
        foreach (var (source, firstDay) in sources)
        {
            var said = stretches[(source, facility)].Concat(stretches[(source, "")]).OrderBy(s => s.From).ToList();
            if (said.Count == 0) return null;
            var first = firstDay ?? said[0].From;
            var reached = first - 1;
            foreach (var (from, to) in said)
            {
                if (from <= reached + 1) reached = Math.Max(reached, to);
            }

            if (reached < first) return null;
            least = Math.Min(least ?? reached, reached);
        }

        return least is { } day ? DateOnly.FromDayNumber(day) : null;
    }
}

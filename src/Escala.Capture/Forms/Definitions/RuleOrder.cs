namespace Escala.Capture.Forms.Definitions;

/// <summary>
/// Puts the rules of a form into an order in which each comes after what it follows from: the calculations and the relevance of the items that
/// it reads, and of what these stand in.
/// </summary>
internal sealed class RuleOrder
{
    private readonly IReadOnlyList<int> _parents;
    private readonly Dictionary<FormRule, IReadOnlySet<int>> _reads = [];

    public RuleOrder(IReadOnlyList<int> parents) => _parents = parents;

    public void Add(FormRule rule, IReadOnlySet<int> reads) => _reads[rule] = reads;

    /// <summary>The rules in order; or, where some follow from themselves, the items of one such circle.</summary>
    public (IReadOnlyList<FormRule> Order, IReadOnlyList<int>? Circle) Sort()
    {
        var order = new List<FormRule>();
        var state = new Dictionary<FormRule, bool>();
        foreach (var start in _reads.Keys.OrderBy(r => r.Item).ThenByDescending(r => r.IsRelevance))
        {
            if (state.ContainsKey(start)) continue;
            var path = new Stack<(FormRule Rule, IEnumerator<FormRule> Needs)>();
            path.Push((start, Needs(start).GetEnumerator()));
            state[start] = false;
            while (path.TryPeek(out var top))
            {
                if (!top.Needs.MoveNext())
                {
                    state[top.Rule] = true;
                    order.Add(top.Rule);
                    path.Pop();
                    continue;
                }

                var need = top.Needs.Current;
                if (!state.TryGetValue(need, out var done))
                {
                    state[need] = false;
                    path.Push((need, Needs(need).GetEnumerator()));
                }
                else if (!done)
                {
                    return ([], [.. path.Select(p => p.Rule.Item).TakeWhile((_, i) => i == 0 || path.ElementAt(i - 1).Rule != need).Reverse()]);
                }
            }
        }

        return (order, null);
    }

    private IEnumerable<FormRule> Needs(FormRule rule)
    {
        if (!rule.IsRelevance)
        {
            foreach (var relevance in Relevances(rule.Item)) yield return relevance;
        }

        foreach (var read in _reads[rule].Order())
        {
            if (_reads.ContainsKey(new FormRule(false, read))) yield return new FormRule(false, read);
            foreach (var relevance in Relevances(read)) yield return relevance;
        }
    }

    private IEnumerable<FormRule> Relevances(int item)
    {
        for (var at = item; at >= 0; at = _parents[at])
        {
            if (_reads.ContainsKey(new FormRule(true, at))) yield return new FormRule(true, at);
        }
    }
}

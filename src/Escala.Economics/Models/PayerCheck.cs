namespace Escala.Economics.Models;

/// <summary>
/// Whether payers mean the same in values, perspectives and the budget: a payer written in two ways takes its costs out of a perspective
/// without a word.
/// </summary>
internal static class PayerCheck
{
    // Letters that a slip changes; names further apart are two names.
    private const int Slip = 2;

    /// <param name="model">The model.</param>
    /// <param name="paid">Each mention of a payer in values.</param>
    /// <param name="budget">Each mention in the budget.</param>
    public static IEnumerable<ModelProblem> Problems(ModelDefinition model, IReadOnlyList<YamlScalar> paid, IReadOnlyList<YamlScalar> budget)
    {
        List<string> payers = [.. paid.Select(p => p.Text).Distinct()];
        List<PerspectiveDefinition> perspectives = [.. model.Scenarios.Select(s => s.Settings).Prepend(model.Settings).SelectMany(s => s.Perspectives).Distinct()];
        foreach (var perspective in perspectives)
        {
            foreach (var payer in perspective.Payers.Where(p => !payers.Contains(p)))
                yield return Unpaid(perspective.At, ("economics.settings.payer", "economics.settings.payer-none"), payer, payers, ("perspective", perspective.Name));
        }
        foreach (var payer in budget.Where(p => !payers.Contains(p.Text))) yield return Unpaid(payer.At, ("economics.budget.payer", "economics.budget.payer-none"), payer.Text, payers);
        // A perspective without payers counts everybody: then only what looks like a slip is refused.
        var everybody = perspectives.Count == 0 || perspectives.Any(p => p.Payers.Count == 0);
        List<string> counted = [.. perspectives.SelectMany(p => p.Payers).Concat(everybody ? budget.Select(b => b.Text) : []).Distinct()];
        foreach (var payer in paid.Where(p => !counted.Contains(p.Text)))
        {
            if (Nearest(payer.Text, counted) is { } near && (!everybody || Distance(payer.Text, near) <= Slip))
                yield return new ModelProblem(payer.At, "economics.value.payer-nowhere", ("payer", payer.Text), ("near", near), ("known", string.Join(", ", counted)));
        }
        foreach (var value in everybody ? [] : model.Values.Where(v => v.IsCost && v.Payers.Count == 0))
            yield return new ModelProblem(value.At, "economics.value.payer-missing", ("outcome", value.Outcome), ("known", string.Join(", ", counted)));
    }

    private static ModelProblem Unpaid(Position at, (string Near, string None) code, string payer, List<string> payers, params (string, object?)[] gaps) => Nearest(payer, payers) is { } near
        ? new ModelProblem(at, code.Near, [.. gaps, ("payer", payer), ("near", near), ("known", string.Join(", ", payers))])
        : new ModelProblem(at, code.None, [.. gaps, ("payer", payer)]);

    private static string? Nearest(string name, IEnumerable<string> known) => known.MinBy(k => Distance(name, k));

    /// <summary>Letters to add, drop or change to make one name of the other, in capitals or not (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}

using Escala.Economics.Expressions;

namespace Escala.Economics.Models;

/// <summary>The moves between states, what they and the states are worth, and the budget.</summary>
internal sealed partial class ModelReader
{
    private static readonly string[] s_transitionKinds = ["rate", "probability", "rest"], s_valueKinds = ["per_year", "once", "at_start"];

    private List<TransitionDefinition> Transitions(Fields root)
    {
        List<TransitionDefinition> transitions = [];
        foreach (var row in root.Rows("transitions"))
        {
            var from = StateList(row, "from");
            var to = StateList(row, "to");
            var strategies = StrategyList(row);
            var kinds = s_transitionKinds.Where(row.Has).ToList();
            if (kinds.Count != 1) row.Add(row.At, "economics.transition.kind");
            Expression? rate = Formula(row.Take("rate"), "rate"), probability = Formula(row.Take("probability"), "probability");
            var rest = row.Flag("rest");
            row.Close();
            if (to.Count != 1)
            {
                if (row.Has("to")) row.Add(row.Of("to"), "economics.transition.to");
                continue;
            }
            var kind = rest ? TransitionKind.Rest : rate is not null ? TransitionKind.Rate : TransitionKind.Probability;
            if (kind != TransitionKind.Rest && (rate ?? probability) is null) continue;
            foreach (var origin in from)
            {
                // "from: alive" reaches the state itself as well, which nobody means.
                if (origin == to[0] && from.Count > 1) continue;
                if (_stateList[origin].IsDead && origin != to[0]) row.Add(row.At, "economics.transition.dead", ("from", _stateList[origin].Name), ("to", _stateList[to[0]].Name));
                transitions.Add(new TransitionDefinition(origin, to[0], kind, rate ?? probability, strategies, row.At));
            }
        }
        foreach (var strategy in _strategies)
        {
            var own = transitions.Where(t => t.Strategies.Count == 0 || t.Strategies.Contains(strategy.Name)).ToList();
            foreach (var twice in own.Where(t => t.Kind != TransitionKind.Rest).GroupBy(t => (t.From, t.To)).Where(g => g.Count() > 1))
                Add(twice.Last().At, "economics.transition.twice", ("from", _stateList[twice.Key.From].Name), ("to", _stateList[twice.Key.To].Name), ("strategy", strategy.Name));
            foreach (var twice in own.Where(t => t.Kind == TransitionKind.Rest).GroupBy(t => t.From).Where(g => g.Count() > 1))
                Add(twice.Last().At, "economics.transition.rest", ("state", _stateList[twice.Key].Name), ("strategy", strategy.Name));
        }
        return transitions;
    }

    private List<ValueDefinition> Values(Fields root)
    {
        List<ValueDefinition> values = [];
        foreach (var row in root.Rows("values"))
        {
            var outcome = row.Required("outcome");
            var states = row.Has("state") ? StateList(row, "state") : [];
            List<int> from = row.Has("from") ? StateList(row, "from") : [], to = row.Has("to") ? StateList(row, "to") : [];
            var strategies = StrategyList(row);
            var kinds = s_valueKinds.Where(row.Has).ToList();
            Expression? perYear = Formula(row.Take("per_year"), "per_year"), once = Formula(row.Take("once"), "once"), atStart = Formula(row.Take("at_start"), "at_start");
            var payers = Payers(row);
            var label = row.Text("label");
            row.Text("source");
            var inventory = row.Words("inventory");
            foreach (var unknown in inventory.Where(w => ImpactInventory.Items.All(i => i.Key != w.Text)))
                row.Add(unknown.At, "economics.value.inventory", ("text", unknown.Text), ("known", string.Join(", ", ImpactInventory.Items.Select(i => i.Key))));
            row.Close();
            if (kinds.Count != 1)
            {
                row.Add(row.At, "economics.value.kind");
                continue;
            }
            if (perYear is not null && states.Count == 0) row.Add(row.At, "economics.value.state");
            if (once is not null && (from.Count == 0 || to.Count == 0)) row.Add(row.At, "economics.value.move");
            if (ValueDefinition.IsCostOutcome(outcome) is false && payers.Count > 0) row.Add(row.Of("payer"), "economics.value.payer", ("outcome", outcome));
            if ((perYear ?? once ?? atStart) is not { } formula) continue;
            values.Add(new ValueDefinition(
                outcome, perYear is not null ? ValueKind.PerYear : once is not null ? ValueKind.Once : ValueKind.AtStart, states, from, to, strategies, formula, payers, row.At)
            { Label = label, Inventory = [.. inventory.Select(w => w.Text)] });
        }
        return values;
    }

    private Dictionary<string, double> Payers(Fields row)
    {
        Dictionary<string, double> payers = [];
        if (!row.Has("payer")) return payers;
        if (row.Take("payer") is YamlScalar one)
        {
            payers[one.Text] = 1;
            _paid.Add(one);
            return payers;
        }
        foreach (var (payer, share) in row.Named("payer"))
        {
            _paid.Add(payer);
            if (share is YamlScalar scalar && Fields.TryNumber(scalar.Text, out var number) && number is >= 0 and <= 1) payers[payer.Text] = number;
            else row.Add(share.At, "economics.value.payer-share", ("payer", payer.Text));
        }
        if (Math.Abs(payers.Values.Sum() - 1) > 1e-9) row.Add(row.Of("payer"), "economics.value.payer-sum");
        return payers;
    }

    private CheckDefinition Check(Fields row)
    {
        var that = Formula(row.Take("that"), "that");
        if (that is null) row.Add(row.At, "economics.check.that");
        var check = new CheckDefinition(that ?? new NumberLiteral(row.At, 1), row.Required("message"), row.At);
        row.Close();
        return check;
    }

    private BudgetDefinition? Budget(Fields fields)
    {
        var strategy = fields.Required("strategy");
        if (strategy.Length > 0 && _strategies.All(s => s.Name != strategy)) fields.Add(fields.Of("strategy"), "economics.name.strategy", ("name", strategy), ("known", string.Join(", ", _strategies.Select(s => s.Name))));
        var population = Formula(fields.Take("population"), "population");
        if (population is null) fields.Add(fields.At, "economics.budget.population");
        List<WaveDefinition> waves = [];
        foreach (var row in fields.Rows("waves"))
        {
            waves.Add(new WaveDefinition(row.Required("name"), SettingsReader.Within(row, "share", double.NaN, 0, 1), SettingsReader.Within(row, "start", 0, 0, 50), SettingsReader.Within(row, "districts", 0, 0, 100_000)));
            row.Close();
        }
        // Where no wave says its share of the people, each has that of its districts.
        if (waves.All(w => double.IsNaN(w.Share)) && waves.Sum(w => w.Districts) is > 0 and var districts) waves = [.. waves.Select(w => w with { Share = w.Districts / districts })];
        if (waves.Count > 0 && !(Math.Abs(waves.Sum(w => w.Share) - 1) <= 1e-9)) fields.Add(fields.Of("waves"), "economics.budget.waves");
        var uptake = fields.Numbers("uptake");
        if (uptake.Count == 0 || uptake.Any(u => u is < 0 or > 1)) fields.Add(fields.Of("uptake"), "economics.budget.uptake");
        var line = fields.Map("budget_line");
        _budgetPayers.AddRange(fields.Words("payers"));
        var budget = new BudgetDefinition(
            strategy, [.. _budgetPayers.Select(w => w.Text)], (int)SettingsReader.Within(fields, "years", 5, 1, 50), population ?? new NumberLiteral(fields.At, 0),
            SettingsReader.Within(fields, "entrants_per_year", 0, 0, 1), waves.Count > 0 ? waves : [new WaveDefinition("all", 1, 0, 1)], uptake,
            BudgetCosts(fields, "one_off"), BudgetCosts(fields, "recurrent"), SettingsReader.Within(fields, "inflation", 0, -0.5, 1),
            line?.Text("label") ?? "", line is null ? double.NaN : SettingsReader.Within(line, "amount", double.NaN, 0, 1e15), line is null ? 0 : SettingsReader.Within(line, "growth", 0, -0.5, 1), fields.At);
        line?.Close();
        fields.Close();
        return budget;
    }

    private List<BudgetCost> BudgetCosts(Fields fields, string name)
    {
        List<BudgetCost> costs = [];
        foreach (var row in fields.Rows(name))
        {
            var label = row.Required("label");
            if (Formula(row.Take("per_district"), "per_district") is { } cost) costs.Add(new BudgetCost(label, cost));
            else row.Add(row.At, "economics.budget.cost", ("label", label));
            row.Close();
        }
        return costs;
    }

    private List<int> StateList(Fields row, string name)
    {
        List<int> states = [];
        foreach (var word in row.Words(name))
        {
            if (word.Text == "all") states.AddRange(Enumerable.Range(0, _stateList.Count));
            else if (word.Text == "alive") states.AddRange(Enumerable.Range(0, _stateList.Count).Where(s => !_stateList[s].IsDead));
            else if (_states.TryGetValue(word.Text, out var state)) states.Add(state);
            else Add(word.At, "economics.name.state", ("name", word.Text), ("known", string.Join(", ", _states.Keys)));
        }
        if (!row.Has(name)) row.AddTo(name, row.At, "economics.field.missing");
        return [.. states.Distinct()];
    }

    private List<string> StrategyList(Fields row)
    {
        var words = row.Words("strategy");
        if (words.Count == 1 && words[0].Text is "all" or "*") return [];
        return [.. words.Where(CheckStrategy).Select(w => w.Text)];
    }
}

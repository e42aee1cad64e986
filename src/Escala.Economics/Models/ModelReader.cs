using System.Security.Cryptography;
using System.Text;
using Escala.Economics.Expressions;
using Escala.Economics.Packs;
using Escala.Numerics.Risk;

namespace Escala.Economics.Models;

/// <summary>Reads a model file into a definition, or refuses it with every problem that could be found.</summary>
internal sealed partial class ModelReader
{
    private const int MaximumStates = 200, MaximumStrategies = 50, MaximumGroups = 500, MaximumParameters = 5000;

    // Lazy, so that a regional pack that cannot be read is reported as itself.
    private static readonly Lazy<IReadOnlyDictionary<string, double>> s_constants = new(() => RiskScores.All.SelectMany(s => s.Covariates)
        .Where(c => c.Kind == RiskCovariateKind.Category && c.Levels.All(IsName))
        .SelectMany(c => c.Levels.Select((level, code) => (level, code))).Distinct().ToDictionary(p => p.level, p => (double)p.code));

    private readonly List<ModelProblem> _problems = [];
    private readonly Dictionary<string, int> _states = [];
    private readonly List<StateDefinition> _stateList = [];
    private readonly List<YamlScalar> _paid = [], _budgetPayers = [];
    private List<StrategyDefinition> _strategies = [];

    private ModelReader()
    {
    }

    /// <summary>Names that mean the same in every model: the levels of the risk scores' categories that are plain words.</summary>
    public static IReadOnlyDictionary<string, double> Constants => s_constants.Value;

    /// <exception cref="ModelException">The text is not a model; every problem is given.</exception>
    public static ModelDefinition Read(string text)
    {
        var reader = new ModelReader();
        var root = YamlTree.Read(text);
        var model = reader.Definition(root, HashOf(text));
        if (reader._problems.Count == 0) reader._problems.AddRange(NameCheck.Problems(model));
        return reader._problems.Count == 0 ? model with { Remarks = ModelRemarks.Of(model) } : throw new ModelException([.. reader._problems.OrderBy(p => p.Line).ThenBy(p => p.Column)]);
    }

    /// <summary>SHA-256 of a file's text, hexadecimal.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static bool IsName(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private ModelDefinition Definition(YamlMap tree, string hash)
    {
        var root = new Fields(tree, Fields.Root, _problems);
        var title = root.Required("model");
        var settingFields = root.Map("settings");
        if (settingFields is null) root.Add(root.At, "economics.settings.missing");
        var settings = SettingsReader.Read(settingFields, null);
        var parameters = Parameters(root);
        var tables = Tables(root);
        _strategies = Strategies(root);
        States(root);
        var model = new ModelDefinition
        {
            Title = title,
            Hash = hash,
            Settings = settings,
            Parameters = parameters,
            Correlations = new CorrelationReader(parameters).Read(root),
            Tables = tables,
            Strategies = _strategies,
            States = _stateList,
            Transitions = Transitions(root),
            Values = Values(root),
            Groups = Groups(root, parameters),
            Scenarios = Scenarios(root, settings, parameters),
            Checks = [.. root.Rows("checks").Select(Check)],
            Budget = root.Map("budget") is { } budget ? Budget(budget) : null,
            Report = root.Named("report").Where(e => e.Value is YamlScalar).ToDictionary(e => e.Key.Text, e => ((YamlScalar)e.Value).Text),
            Remarks = [],
        };
        root.Close();
        CheckOutcomes(model, settingFields ?? root);
        return model;
    }

    private void CheckOutcomes(ModelDefinition model, Fields settings)
    {
        var outcomes = model.Outcomes;
        if (model.Settings.Effect.Length > 0 && !outcomes.Contains(model.Settings.Effect))
            settings.Add(settings.Of("effect"), "economics.settings.effect-unknown", ("effect", model.Settings.Effect), ("known", string.Join(", ", outcomes)));
        foreach (var missing in model.Settings.Undiscounted.Where(u => !outcomes.Contains(u)))
            settings.Add(settings.Of("undiscounted"), "economics.settings.undiscounted", ("outcome", missing), ("known", string.Join(", ", outcomes)));
        _problems.AddRange(PayerCheck.Problems(model, _paid, _budgetPayers));
    }

    private List<ParameterDefinition> Parameters(Fields root)
    {
        var reader = new ParameterReader(_problems, Constants);
        List<ParameterDefinition> parameters = [];
        var entries = root.Named("parameters");
        if (entries.Count > MaximumParameters) root.Add(root.Of("parameters"), "economics.parameter.count", ("maximum", MaximumParameters));
        foreach (var (key, value) in entries.Take(MaximumParameters))
        {
            if (CheckName(key)) parameters.AddRange(reader.Read(key, value));
        }
        return parameters;
    }

    private bool CheckName(YamlScalar name)
    {
        if (!IsName(name.Text))
        {
            Add(name.At, "economics.name.form", ("name", name.Text));
            return false;
        }
        if (!NameCheck.IsReserved(name.Text)) return true;
        Add(name.At, "economics.name.reserved", ("name", name.Text));
        return false;
    }

    private List<TableDefinition> Tables(Fields root)
    {
        List<TableDefinition> tables = [];
        foreach (var (key, value) in root.Named("tables"))
        {
            if (!CheckName(key)) continue;
            if (value is not YamlMap map)
            {
                Add(value.At, "economics.table.kind", ("table", key.Text));
                continue;
            }
            var fields = root.Nested(map, $"tables.{key.Text}");
            if (TableReader.Read(key, fields) is { } table) tables.Add(table);
            fields.Close();
        }
        return tables;
    }

    private List<StrategyDefinition> Strategies(Fields root)
    {
        List<StrategyDefinition> strategies = [];
        foreach (var (key, value) in root.Named("strategies"))
        {
            if (!CheckName(key)) continue;
            if (value is YamlMap map)
            {
                var fields = root.Nested(map, $"strategies.{key.Text}");
                strategies.Add(new StrategyDefinition(key.Text, fields.Text("label", key.Text), fields.Flag("reference")));
                fields.Close();
            }
            else strategies.Add(new StrategyDefinition(key.Text, value is YamlScalar { Text.Length: > 0 } label ? label.Text : key.Text, false));
        }
        if (strategies.Count is 0 or > MaximumStrategies) root.Add(root.Of("strategies"), "economics.strategy.count", ("maximum", MaximumStrategies));
        if (strategies.Count(s => s.IsReference) > 1) root.Add(root.Of("strategies"), "economics.strategy.reference");
        return strategies;
    }

    private void States(Fields root)
    {
        foreach (var (key, value) in root.Named("states"))
        {
            if (!CheckName(key)) continue;
            var fields = root.Nested(value as YamlMap ?? new YamlMap(value.At, []), $"states.{key.Text}");
            Dictionary<string, Expression> start = [];
            if (fields.Take("start") is YamlMap perStrategy)
            {
                foreach (var (strategy, share) in perStrategy.Entries)
                {
                    if (CheckStrategy(strategy) && Formula(share, $"states.{key.Text}.start") is { } formula) start[strategy.Text] = formula;
                }
            }
            else if (fields.Scalar("start") is { } share && Formula(share, $"states.{key.Text}.start") is { } formula) start[""] = formula;
            _states[key.Text] = _stateList.Count;
            _stateList.Add(new StateDefinition(key.Text, fields.Text("label", key.Text), key.At, start, fields.Flag("dead"), SettingsReader.Years(fields, "time_limit") ?? double.NaN));
            fields.Close();
        }
        if (_stateList.Count is 0 or > MaximumStates) root.Add(root.Of("states"), "economics.state.count", ("maximum", MaximumStates));
    }

    private List<GroupDefinition> Groups(Fields root, List<ParameterDefinition> parameters)
    {
        List<GroupDefinition> groups = [];
        var rows = root.Rows("groups");
        foreach (var row in rows.Take(MaximumGroups))
        {
            var name = row.Required("name");
            groups.Add(new GroupDefinition(name, row.Text("label", name), SettingsReader.Within(row, "weight", 0, 0, 1), Overrides(row, parameters, "start_age")));
            row.Close();
        }
        if (rows.Count > MaximumGroups) root.Add(root.Of("groups"), "economics.group.count", ("maximum", MaximumGroups));
        if (groups.Count > 0 && Math.Abs(groups.Sum(g => g.Weight) - 1) > 1e-9)
            root.Add(root.Of("groups"), "economics.group.weight", ("sum", groups.Sum(g => g.Weight)));
        return groups.Count > 0 ? groups : [new GroupDefinition("all", "all", 1, new Dictionary<string, double>())];
    }

    private List<ScenarioDefinition> Scenarios(Fields root, ModelSettings settings, List<ParameterDefinition> parameters)
    {
        List<ScenarioDefinition> scenarios = [];
        foreach (var row in root.Rows("scenarios"))
        {
            var name = row.Required("name");
            var set = Overrides(row, parameters, null);
            scenarios.Add(new ScenarioDefinition(name, row.Text("label", name), set, row.Map("settings") is { } changed ? SettingsReader.Read(changed, settings) : settings));
            row.Close();
        }
        return scenarios;
    }

    private Dictionary<string, double> Overrides(Fields row, List<ParameterDefinition> parameters, string? also)
    {
        Dictionary<string, double> set = [];
        foreach (var (key, value) in row.Named("set"))
        {
            if (key.Text != also && parameters.All(p => p.Name != key.Text)) Add(key.At, "economics.name.parameter", ("name", key.Text));
            else if (value is YamlScalar scalar && (Fields.TryNumber(scalar.Text, out var number) || Constants.TryGetValue(scalar.Text, out number))) set[key.Text] = number;
            else row.AddTo("set." + key.Text, value.At, "economics.field.constant", ("known", string.Join(", ", Constants.Keys)));
        }
        return set;
    }

    private bool CheckStrategy(YamlScalar name)
    {
        if (_strategies.Any(s => s.Name == name.Text)) return true;
        Add(name.At, "economics.name.strategy", ("name", name.Text), ("known", string.Join(", ", _strategies.Select(s => s.Name))));
        return false;
    }

    private Expression? Formula(YamlValue? value, string what)
    {
        if (value is not YamlScalar scalar)
        {
            if (value is not null) Add(value.At, "economics.expression.kind", ("field", what));
            return null;
        }
        if (Fields.TryNumber(scalar.Text, out var number)) return new NumberLiteral(scalar.At, number);
        try
        {
            return ExpressionParser.Parse(scalar.Text, scalar.At);
        }
        catch (ModelException broken)
        {
            _problems.AddRange(broken.Problems);
            return null;
        }
    }

    private void Add(Position at, string code, params (string Key, object? Value)[] details) => _problems.Add(new ModelProblem(at, code, details));
}

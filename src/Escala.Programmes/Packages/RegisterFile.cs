using Escala.Programmes.Facts;

namespace Escala.Programmes.Packages;

/// <summary>register.yaml: the columns of a register and the facts that they fill.</summary>
internal sealed class RegisterFile(NodeReader reader)
{
    public const string Name = "register.yaml";

    /// <summary>Words of the measures' language, which no fact may take for its name.</summary>
    public static readonly IReadOnlyList<string> ReservedNames = ["visit", "all", "some", "not", "at", "here", "window", "window-start", "window-end"];

    public static readonly Shape Root = new("register", ["register", "version", "name", "person", "facility", "date", "facts"], ["row-id"]);
    public static readonly Shape Person = new("person", ["column", "system"], []);
    public static readonly Shape Column = new("column", ["column"], []);
    public static readonly Shape Day = new("day", ["column"], ["plausible"]);

    public static readonly IReadOnlyDictionary<FactType, Shape> Facts = new Dictionary<FactType, Shape>
    {
        [FactType.Flag] = new("flag", ["type", "column"], ["cleared-by"]),
        [FactType.Number] = new("number", ["type", "column"], ["unit", "plausible"]),
        [FactType.Pair] = new("pair", ["type", "columns", "parts", "reading"], ["unit", "plausible"]),
        [FactType.Supply] = new("supply", ["type", "column"], ["unit", "plausible"]),
        [FactType.Quantity] = new("quantity", ["type", "column"], ["unit", "plausible", "readable-at"]),
        [FactType.Date] = new("date", ["type", "column"], ["plausible"]),
        [FactType.Category] = new("category", ["type", "column", "values"], []),
        [FactType.Text] = new("words", ["type", "column"], []),
    };

    public static readonly Choice<FactType> Types = new(
        "type",
        ("flag", FactType.Flag), ("number", FactType.Number), ("pair", FactType.Pair), ("supply", FactType.Supply),
        ("quantity", FactType.Quantity), ("date", FactType.Date), ("category", FactType.Category), ("text", FactType.Text));

    public static readonly Choice<ReadingRule> Readings = new(
        "reading", ("mean-last-2", ReadingRule.MeanOfLastTwo), ("mean", ReadingRule.MeanOfAll), ("last", ReadingRule.Last));

    /// <summary>Values of a decoded row: a stored row marks in one 64-bit word which of them are there.</summary>
    private const int MostSlots = 64;

    private static readonly Choice<bool> s_booleans = new("boolean", ("true", true), ("false", false));

    private readonly Dictionary<string, string> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _slots;

    public FactTable Table { get; } = new();

    public static string TypeWord(FactType type) => Types.Words.First(w => Types.TryGet(w, out var meaning) && meaning == type);

    public Register? Read(YamlNode? root)
    {
        if (root is null || reader.Fields(root, Root) is not { } fields)
        {
            Table.Complete = false;
            return null;
        }

        var person = fields.Inner("person", Person);
        var personColumn = ColumnOf(person, "person");
        var facilityColumn = ColumnOf(fields.Inner("facility", Column), "facility");
        var day = fields.Inner("date", Day);
        var dateColumn = ColumnOf(day, "date");
        var rowIdColumn = ColumnOf(fields.Inner("row-id", Column), "row-id");
        foreach (var (key, value) in fields.Entries("facts")) Table.Add(key.Value, ReadFact(key, value));
        Table.Complete = fields["facts"] is YamlMap;

        return new Register
        {
            Name = fields.Id("register") ?? "",
            Version = fields.Integer("version", 1, int.MaxValue) ?? 0,
            Title = fields.Local("name")!,
            PersonColumn = personColumn ?? "",
            PersonSystem = person?.Id("system") ?? "",
            FacilityColumn = facilityColumn ?? "",
            DateColumn = dateColumn ?? "",
            PlausibleDay = day is null ? null : ReadDates(day, "received", DateBoundKind.Received),
            RowIdColumn = rowIdColumn,
            Facts = [.. Table.Names.Select(Table.Find).OfType<FactDefinition>()],
        };
    }

    private FactDefinition? ReadFact(YamlText key, YamlNode value)
    {
        if (!TakeName(key) || reader.Map(value) is not { } map) return null;
        if (map["type"] is not { } typeNode)
        {
            reader.Refuse(map, "key-missing", "type");
            return null;
        }

        if (reader.Word(typeNode, Types) is not { } type || reader.Fields(map, Facts[type]) is not { } fields) return null;
        var fact = new FactDefinition
        {
            Name = key.Value,
            Type = type,
            Slot = type == FactType.Text ? -1 : _slots,
            Columns = type == FactType.Pair ? PairColumns(fields, key.Value) : ColumnOf(fields, key.Value) is { } column ? [column] : [],
        };
        _slots += fact.SlotCount;
        if (_slots > MostSlots && _slots - fact.SlotCount <= MostSlots) reader.Refuse(key, "too-many-facts", key.Value, ("most", MostSlots));
        return type switch
        {
            FactType.Flag => fact with { ClearedBy = fields.Text("cleared-by") },
            FactType.Category => fact with { Categories = ReadCategories(fields) },
            FactType.Pair => ReadPair(fact, fields),
            FactType.Date => fact with { PlausibleDates = ReadDates(fields, "row", DateBoundKind.Row) },
            FactType.Number or FactType.Supply => fact with { Unit = fields.Text("unit"), Plausible = ReadPlausible(fields) },
            FactType.Quantity => fact with
            {
                Unit = fields.Text("unit"),
                Plausible = ReadPlausible(fields),
                ReadableAt = (double?)fields.Number("readable-at"),
            },
            _ => fact,
        };
    }

    private FactDefinition ReadPair(FactDefinition fact, Fields fields)
    {
        var parts = new List<string>();
        var partNodes = fields.Items("parts", 2);
        if (partNodes.Count > 2) reader.Refuse(partNodes[2], "two-expected");
        foreach (var node in partNodes.Take(2))
        {
            if (reader.Id(node) is { } part && TakeName((YamlText)node)) parts.Add(part);
        }

        var pair = fact with { Parts = parts, Unit = fields.Text("unit"), Reading = fields.Word("reading", Readings) ?? default };
        if (parts.Count < 2 || fields["plausible"] is not { } plausible) return pair;

        var above = PairAboveKey(parts);
        if (reader.Fields(plausible, new Shape("plausible", [.. parts], [above])) is not { } ranges) return pair;
        return pair with
        {
            Plausible = [.. parts.Select(p => ranges[p]).OfType<YamlNode>().Select(ReadRange).OfType<PlausibleRange>()],
            FirstAboveSecond = ranges[above] is { } said && reader.Word(said, s_booleans) == true,
        };
    }

    private static string PairAboveKey(List<string> parts) => $"{parts[0]}-above-{parts[1]}";

    private PlausibleRange[] ReadPlausible(Fields fields) =>
        fields["plausible"] is { } node && ReadRange(node) is { } range ? [range] : [];

    private PlausibleRange? ReadRange(YamlNode node)
    {
        if (reader.List(node, 2) is not { } items) return null;
        if (items.Count > 2) reader.Refuse(items[2], "two-expected");
        if (reader.Number(items[0]) is not { } lowest || reader.Number(items[1]) is not { } highest) return null;
        if (lowest <= highest) return new PlausibleRange((double)lowest, (double)highest);
        reader.Refuse(node, "range-reversed");
        return null;
    }

    /// <summary>Two days, the second of which may be a word for a day that is known with the row.</summary>
    private PlausibleDates? ReadDates(Fields fields, string word, DateBoundKind meaning)
    {
        var items = fields.Items("plausible", 2);
        if (items.Count > 2) reader.Refuse(items[2], "two-expected");
        if (items.Count < 2 || reader.Date(items[0]) is not { } earliest) return null;
        var from = new DateBound(DateBoundKind.Day, earliest.DayNumber);
        if (items[1] is YamlText text && text.Value == word) return new PlausibleDates(from, new DateBound(meaning));
        if (reader.Date(items[1]) is not { } latest) return null;
        if (earliest <= latest) return new PlausibleDates(from, new DateBound(DateBoundKind.Day, latest.DayNumber));
        reader.Refuse(items[1], "range-reversed");
        return null;
    }

    private List<Category> ReadCategories(Fields fields)
    {
        var categories = new List<Category>();
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in fields.Entries("values"))
        {
            var words = new List<string>();
            foreach (var node in reader.List(value) ?? [])
            {
                if (reader.Text(node) is not { } word) continue;
                if (taken.TryAdd(word, key.Value)) words.Add(word);
                else reader.Refuse(node, "category-word-twice", word, ("by", taken[word]));
            }

            if (reader.Id(key) is { } name) categories.Add(new Category(name, words));
        }

        return categories;
    }

    private List<string> PairColumns(Fields fields, string user)
    {
        var columns = new List<string>();
        foreach (var reading in fields.Items("columns"))
        {
            if (reader.List(reading, 2) is not { } two) continue;
            if (two.Count > 2) reader.Refuse(two[2], "two-expected");
            columns.AddRange(two.Take(2).Select(c => TakeColumn(c, user)).OfType<string>());
        }

        return columns;
    }

    private string? ColumnOf(Fields? fields, string user) => fields?["column"] is { } node ? TakeColumn(node, user) : null;

    private string? TakeColumn(YamlNode node, string user)
    {
        if (reader.Text(node) is not { } column) return null;
        if (_columns.TryAdd(column, user)) return column;
        reader.Refuse(node, "column-twice", column, ("by", _columns[column]));
        return null;
    }

    private bool TakeName(YamlText key)
    {
        if (reader.Id(key) is not { } name) return false;
        if (ReservedNames.Contains(name)) reader.Refuse(key, "name-reserved", name);
        else if (!_names.Add(name)) reader.Refuse(key, "name-twice", name);
        else return true;
        return false;
    }
}

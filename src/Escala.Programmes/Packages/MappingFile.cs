using Escala.Programmes.Facts;

namespace Escala.Programmes.Packages;

/// <summary>mappings/NAME.yaml: how a file of another system is read as rows of the register.</summary>
internal sealed class MappingFile(NodeReader reader, FactTable facts, Register register, TimeZoneInfo local)
{
    /// <summary>Name of the published schema.</summary>
    public const string Name = "mapping.yaml";

    public const string NameKey = "mapping";

    public static readonly Shape Root = new("mapping", [NameKey, "version", "name", "recognise", "person", "facility", "facts"], ["date", "identifiers", "row-id", "missing", "fields", "dates", "decimal", "sheet", "header", "repeats", "leave-out"]);
    public static readonly Shape Identifier = new("identifier", ["column", "system"], ["of"]);
    public static readonly Shape Facility = new("facility", ["column"], ["is", "names"]);
    public static readonly Shape Day = new("day", ["column"], ["zone"]);
    public static readonly Shape RowId = new("row-id", ["column"], ["changed", "each"]);
    public static readonly Shape LeaveOut = new("leave-out", ["column", "words"], []);
    public static readonly Shape Flag = new("flag", ["columns", "yes"], ["no", "stopped", "separator", "repeat", "on"]);
    public static readonly Shape Pair = new("pair", ["columns"], ["repeat", "on"]);
    public static readonly Shape Category = new("category", ["column"], ["values", "on"]);
    public static readonly Shape Plain = new("plain", ["column"], ["on"]);

    public static readonly Shape RepeatOf = new("repeat", ["name", "key", "of"], ["sheet", "file", "order", "most"]);

    public static readonly Choice<bool> Scopes = new("scope", ("everywhere", false), ("facility", true));
    public static readonly Choice<bool> FacilityWords = new("facility-is", ("code", false), ("name", true));

    public static readonly Choice<bool> RowIds = new("row-id-each", ("row", false), ("day", true));
    public static readonly Choice<DateOrder> DateOrders = new("date-order", ("iso", DateOrder.Iso), ("dmy", DateOrder.DayMonthYear), ("mdy", DateOrder.MonthDayYear));
    public static readonly Choice<char> DecimalMarks = new("decimal-mark", ("point", '.'), ("comma", ','));

    private const int MostOfRepeat = 50, UsualOfRepeat = 10;

    private List<Repeat> _repeats = [];

    /// <summary>Instead of words: whatever else is written says no.</summary>
    public const string AnythingElse = "*";

    public Mapping? Read(YamlNode? root)
    {
        if (root is null || reader.Fields(root, Root) is not { } fields) return null;
        var person = fields.Inner("person", Identifier) is { } own ? ReadIdentifier(own) : null;
        var facility = fields.Inner("facility", Facility);
        var day = fields.Inner("date", Day);
        var rowId = fields.Inner("row-id", RowId);
        List<IdentifierColumn> identifiers = [.. person is null ? [] : new[] { person }, .. fields.Items("identifiers").Select(n => reader.Fields(n, Identifier)).OfType<Fields>().Select(ReadIdentifier).OfType<IdentifierColumn>()];
        var words = new SourceWords
        {
            Identifiers = identifiers,
            Missing = Texts(fields, "missing"),
            FacilityIsName = facility?.Word("is", FacilityWords) ?? false,
            FacilityNames = facility is null ? new Dictionary<string, string>() : Pairs(facility, "names"),
            Zone = day?["zone"] is { } zone ? ReadZone(zone) : null,
            Local = local,
            IsRowADay = rowId?.Word("each", RowIds) ?? false,
            Dates = fields.Word("dates", DateOrders),
            DecimalMark = fields.Word("decimal", DecimalMarks),
        };
        _repeats = [.. fields.Items("repeats").Select(ReadRepeat).OfType<Repeat>()];
        var read = ReadFacts(fields);
        var isDated = read.Any(f => f.On is not null);
        if (day is null && !isDated) reader.Refuse(fields.Map, "key-missing", "date");
        if (isDated && rowId is null) reader.Refuse(fields.Map, "key-missing", "row-id");
        return new Mapping
        {
            ChangedColumn = rowId?.Text("changed"),
            LeftOut = [.. fields.Items("leave-out").Select(n => reader.Fields(n, LeaveOut)).OfType<Fields>().Select(l => (l.Text("column") ?? "", (IReadOnlyList<string>)Texts(l, "words")))],
            Sheet = fields.Text("sheet"),
            Header = fields.Integer("header", 1, Mapping.MostHeader),
            Repeats = _repeats,
            Name = fields.Id(NameKey) ?? "",
            Version = fields.Integer("version", 1, int.MaxValue) ?? 0,
            Title = fields.Local("name")!,
            Recognised = Texts(fields, "recognise"),
            PersonFields = Pairs(fields, "fields"),
            Register = register with
            {
                PersonColumn = person?.Column ?? "",
                PersonSystem = person?.System ?? "",
                FacilityColumn = facility?.Text("column") ?? "",
                DateColumn = day?.Text("column") ?? "",
                RowIdColumn = rowId?.Text("column"),
                Facts = read,
                Source = words with { IsJoined = _repeats.Count > 0 },
            },
        };
    }

    private static IdentifierColumn? ReadIdentifier(Fields fields)
    {
        var (column, system, isOfFacility) = (fields.Text("column"), fields.Id("system"), fields.Word("of", Scopes) ?? false);
        return column is null || system is null ? null : new IdentifierColumn(column, system, isOfFacility);
    }

    private Repeat? ReadRepeat(YamlNode node)
    {
        if (reader.Fields(node, RepeatOf) is not { } fields) return null;
        var (sheet, file) = (fields.Text("sheet"), fields.Text("file"));
        if (sheet is null == file is null) reader.Refuse(node, "repeat-source");
        // It lies beside the file: what a package says opens nothing elsewhere.
        if (file is not null && file.IndexOfAny(['/', '\\', ':']) >= 0) reader.Refuse(fields["file"]!, "repeat-file", file);
        return fields.Id("name") is { } name && fields.Text("key") is { } key && fields.Text("of") is { } of
            ? new Repeat(name, sheet, file, key, of, fields.Text("order"), fields.Integer("most", 1, MostOfRepeat) ?? UsualOfRepeat) : null;
    }

    /// <summary>Columns of each row of the repeat that a fact names, in the order of the rows; without one the columns themselves.</summary>
    private List<string> OfRepeat(Fields fact, List<string> columns)
    {
        if (fact.Text("repeat") is not { } name) return columns;
        if (_repeats.FirstOrDefault(r => r.Name == name) is { } repeat) return [.. Enumerable.Range(1, repeat.Most).SelectMany(row => columns.Select(c => repeat.Column(row, c)))];
        reader.RefuseUnknown(fact["repeat"]!, "repeat-unknown", name, _repeats.Select(r => r.Name));
        return columns;
    }

    private char? ReadSeparator(Fields flag)
    {
        if (flag["separator"] is not { } node) return null;
        if (node is YamlText { Value: [var one] } && char.IsAscii(one)) return one;
        reader.Refuse(node, "separator");
        return null;
    }

    private TimeZoneInfo? ReadZone(YamlNode node)
    {
        if (reader.Text(node) is not { } name) return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        reader.Refuse(node, "zone-unknown", name);
        return null;
    }

    /// <summary>The register's facts with the source's columns; a fact that the mapping does not name has none.</summary>
    private List<FactDefinition> ReadFacts(Fields fields)
    {
        var read = new Dictionary<string, FactDefinition>(StringComparer.Ordinal);
        foreach (var (key, value) in fields.Entries("facts"))
        {
            if (facts.Named(reader, key) is { } fact && ReadFact(fact, value) is { } mapped) read[fact.Name] = mapped;
        }

        return [.. register.Facts.Select(f => read.GetValueOrDefault(f.Name, f with { Columns = [] }))];
    }

    private FactDefinition? ReadFact(FactDefinition fact, YamlNode value)
    {
        switch (fact.Type)
        {
            case FactType.Flag:
                if (reader.Fields(value, Flag) is not { } flag) return null;
                var no = Texts(flag, "no");
                return fact with { On = flag.Text("on"), Columns = OfRepeat(flag, Texts(flag, "columns")), Separator = ReadSeparator(flag), YesWords = Texts(flag, "yes"), StoppedWords = Texts(flag, "stopped"), NoWords = no, ElseNo = no.Contains(AnythingElse) };
            case FactType.Pair:
                return reader.Fields(value, Pair) is { } pair ? fact with { On = pair.Text("on"), Columns = OfRepeat(pair, ReadPairs(pair)) } : null;
            case FactType.Category:
                if (reader.Fields(value, Category) is not { } category || category.Text("column") is not { } words) return null;
                return fact with { On = category.Text("on"), Columns = [words], Categories = category["values"] is null ? fact.Categories : ReadCategories(category, fact) };
            default:
                return reader.Fields(value, Plain) is { } plain && plain.Text("column") is { } column ? fact with { On = plain.Text("on"), Columns = [column] } : null;
        }
    }

    private List<string> ReadPairs(Fields pair)
    {
        var columns = new List<string>();
        foreach (var reading in pair.Items("columns"))
        {
            if (reader.List(reading, 2) is not { } two) continue;
            if (two.Count > 2) reader.Refuse(two[2], "two-expected");
            columns.AddRange(two.Take(2).Select(reader.Text).OfType<string>());
        }

        return columns;
    }

    private List<Category> ReadCategories(Fields fields, FactDefinition fact)
    {
        var words = fact.Categories.ToDictionary(c => c.Name, _ => (IReadOnlyList<string>)[], StringComparer.Ordinal);
        foreach (var (key, value) in fields.Entries("values"))
        {
            if (!words.ContainsKey(key.Value)) reader.RefuseUnknown(key, "word-unknown", key.Value, words.Keys);
            else words[key.Value] = [.. (reader.List(value) ?? []).Select(reader.Text).OfType<string>()];
        }

        return [.. fact.Categories.Select(c => c with { Words = words[c.Name] })];
    }

    private List<string> Texts(Fields fields, string key) => [.. fields.Items(key).Select(reader.Text).OfType<string>()];

    private Dictionary<string, string> Pairs(Fields fields, string key)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in fields.Entries(key))
        {
            if (reader.Text(name) is { } from && reader.Text(value) is { } to) pairs[from] = to;
        }

        return pairs;
    }
}

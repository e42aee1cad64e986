using System.Text.RegularExpressions;
using Escala.Platform.Texts;
using Escala.Programmes.Facts;

namespace Escala.Programmes.Packages;

/// <summary>field.yaml: the screens of the field app.</summary>
internal sealed class FieldFile(NodeReader reader, FactTable facts)
{
    public const string Name = "field.yaml";

    public static readonly Shape Root = new("field", ["lock-minutes", "overdue-after", "labels", "visit", "person"], ["closed-days", "clerks", "consent", "person-forms", "curriculum"]);
    public static readonly Shape Item = new("item", ["fact", "widget"], ["with", "choices", "more"]);
    public static readonly Shape Person = new("person", ["fields", "identifiers"], []);
    public static readonly Shape PersonField = new("person-field", ["name", "type", "label"], ["required"]);
    public static readonly Shape Identifier = new("identifier", ["system", "label"], ["pattern", "format", "sensitive"]);
    public static readonly Shape Consent = new("consent", ["text", "version", "scope", "title", "body"], ["required"]);

    public static readonly Shape PersonForm = new("person-form", ["form"], ["scope"]);
    public static readonly Shape Curriculum = new("curriculum", ["minutes", "sessions", "activities", "completion"], ["measures"]);
    public static readonly Shape Completion = new("completion", ["least"], ["including"]);
    public static readonly Shape Activity = new("activity", ["id", "name"], []);

    public static readonly Choice<Widget> Widgets = new(
        "widget",
        ("pairs", Widget.Pairs), ("flag", Widget.Flag), ("refill", Widget.Refill), ("quantity", Widget.Quantity), ("number", Widget.Number),
        ("next", Widget.Next), ("category", Widget.Category), ("date", Widget.Date), ("text", Widget.Text));

    public static readonly Choice<PersonFieldType> FieldTypes = new(
        "field-type", ("text", PersonFieldType.Text), ("sex", PersonFieldType.Sex), ("birth", PersonFieldType.Birth), ("phone", PersonFieldType.Phone));

    public static readonly Choice<DayOfWeek> Weekdays = new(
        "weekday",
        ("sunday", DayOfWeek.Sunday), ("monday", DayOfWeek.Monday), ("tuesday", DayOfWeek.Tuesday), ("wednesday", DayOfWeek.Wednesday), ("thursday", DayOfWeek.Thursday),
        ("friday", DayOfWeek.Friday), ("saturday", DayOfWeek.Saturday));

    private const int LatestOverdue = 365, MostDays = 370, MostFields = 6, LongestPattern = 200, LongestSession = 600, MostSessions = 100;

    public FieldPlan? Read(YamlNode? root)
    {
        if (root is null || reader.Fields(root, Root) is not { } fields) return null;
        var person = fields.Inner("person", Person);
        var labels = ReadLabels(fields);
        List<ConsentText> consents = [.. Distinct(fields.Items("consent", 0).Select(n => (n, ReadConsent(n))), c => c.Id)];
        return new FieldPlan
        {
            LockMinutes = fields.Integer("lock-minutes", 1, FieldPlan.LongestLock) ?? 0,
            OverdueAfter = fields.Integer("overdue-after", 0, LatestOverdue) ?? 0,
            ClosedDays = fields["closed-days"] is null ? [DayOfWeek.Sunday] : [.. fields.Items("closed-days", 0).Select(n => reader.Word(n, Weekdays)).OfType<DayOfWeek>().Distinct()],
            HasClerks = fields.Boolean("clerks") ?? true,
            Labels = labels,
            Visit = ReadVisit(fields, labels),
            PersonFields = person is null ? [] : ReadFields(person),
            Identifiers = person is null ? [] : [.. Distinct(person.Items("identifiers", 0).Select(n => (n, ReadIdentifier(n))), i => i.System)],
            Consents = consents,
            PersonForms = [.. Distinct(fields.Items("person-forms").Select(n => (n, ReadPersonForm(n, consents))), f => f.Form)],
            Curriculum = fields.Inner("curriculum", Curriculum) is { } course ? ReadCurriculum(course) : null,
        };
    }

    private Dictionary<string, LocalText> ReadLabels(Fields fields)
    {
        var labels = new Dictionary<string, LocalText>(StringComparer.Ordinal);
        var known = facts.Names.Concat(facts.Names.Select(facts.Find).OfType<FactDefinition>().SelectMany(f => f.Parts)).ToList();
        // A fact that is wrong itself has no parts to know.
        var isWhole = facts.Complete && facts.Names.All(f => facts.Find(f) is not null);
        foreach (var (key, value) in fields.Entries("labels"))
        {
            if (isWhole && !known.Contains(key.Value)) reader.RefuseUnknown(key, "fact-unknown", key.Value, known);
            if (ReadText(value) is { } text) labels[key.Value] = text;
        }

        return labels;
    }

    private List<VisitItem> ReadVisit(Fields fields, Dictionary<string, LocalText> labels)
    {
        var items = fields.Items("visit").Select(n => (Node: n, Item: ReadItem(n))).Where(i => i.Item is not null).ToList();
        foreach (var (_, item) in items.Where(i => fields["labels"] is YamlMap && !labels.ContainsKey(i.Item!.Fact.Name))) reader.Refuse(fields["labels"]!, "key-missing", item!.Fact.Name);
        return [.. items.Select(i => i.Item!)];
    }

    private VisitItem? ReadItem(YamlNode node)
    {
        if (reader.Fields(node, Item) is not { } fields || fields.Word("widget", Widgets) is not { } widget || fields["fact"] is not { } named) return null;
        if (facts.Named(reader, named, TypeOf(widget)) is not { } fact) return null;
        var with = fields.Items("with").Select(w => facts.Named(reader, w)).OfType<FactDefinition>().ToList();
        var choices = fields.Items("choices").Select(c => reader.Integer(c, 1, MostDays)).OfType<int>().ToList();
        return new VisitItem(fact, widget, with, choices, fields.Boolean("more") ?? false);
    }

    private static FactType TypeOf(Widget widget) => widget switch
    {
        Widget.Pairs => FactType.Pair,
        Widget.Flag => FactType.Flag,
        Widget.Refill => FactType.Supply,
        Widget.Quantity => FactType.Quantity,
        Widget.Number => FactType.Number,
        Widget.Next or Widget.Date => FactType.Date,
        Widget.Category => FactType.Category,
        _ => FactType.Text,
    };

    private List<PersonField> ReadFields(Fields person)
    {
        var nodes = person.Items("fields");
        if (nodes.Count > MostFields) reader.Refuse(nodes[MostFields], "too-many-fields", "", ("most", MostFields));
        return [.. Distinct(nodes.Select(n => (n, ReadField(n))), f => f.Name)];
    }

    private PersonField? ReadField(YamlNode node)
    {
        if (reader.Fields(node, PersonField) is not { } fields) return null;
        var name = fields.Text("name");
        return name is not null && fields.Word("type", FieldTypes) is { } type && fields.Local("label") is { } label ? new PersonField(name, type, fields.Boolean("required") ?? false, label) : null;
    }

    private IdentifierSystem? ReadIdentifier(YamlNode node)
    {
        if (reader.Fields(node, Identifier) is not { } fields) return null;
        var pattern = fields.Text("pattern");
        if (pattern is not null && !IsPattern(pattern))
        {
            reader.Refuse(fields["pattern"]!, "not-a-pattern", pattern);
            return null;
        }

        return fields.Id("system") is { } system && fields.Local("label") is { } label ? new IdentifierSystem(system, label, pattern, fields.Text("format"), fields.Boolean("sensitive") ?? false) : null;
    }

    private ConsentText? ReadConsent(YamlNode node)
    {
        if (reader.Fields(node, Consent) is not { } fields) return null;
        return fields.Id("text") is { } id && fields.Integer("version", 1, int.MaxValue) is { } version && fields.Id("scope") is { } scope && fields.Local("title") is { } title && fields.Local("body") is { } body
            ? new ConsentText(id, version, scope, fields.Boolean("required") ?? false, title, body) : null;
    }

    private PersonForm? ReadPersonForm(YamlNode node, List<ConsentText> consents)
    {
        if (reader.Fields(node, PersonForm) is not { } fields || fields.Text("form") is not { } form) return null;
        var scope = fields.Id("scope");
        if (scope is not null && consents.All(c => c.Scope != scope)) reader.RefuseUnknown(fields["scope"]!, "scope-unknown", scope, consents.Select(c => c.Scope).Distinct());
        return new PersonForm(form, scope);
    }

    private Curriculum? ReadCurriculum(Fields course)
    {
        var sessions = course.Items("sessions");
        if (sessions.Count > MostSessions) reader.Refuse(sessions[MostSessions], "too-many-sessions", "", ("most", MostSessions));
        List<LocalText> names = [.. sessions.Select(ReadText).OfType<LocalText>()];
        List<CurriculumActivity> activities = [.. Distinct(course.Items("activities").Select(n => (n, ReadActivity(n))), a => a.Id)];
        var measures = course.Items("measures").Select(m => facts.Named(reader, m, FactType.Pair, FactType.Number, FactType.Quantity)).OfType<FactDefinition>().ToList();
        var completion = course.Inner("completion", Completion);
        var least = completion?.Integer("least", 1, Math.Max(1, sessions.Count));
        var including = completion?.Items("including").Select(n => reader.Integer(n, 1, Math.Max(1, sessions.Count))).OfType<int>().ToList();
        return course.Integer("minutes", 1, LongestSession) is { } minutes && least is { } needed ? new Curriculum(names, activities, minutes, needed, including ?? [], measures) : null;
    }

    private CurriculumActivity? ReadActivity(YamlNode node) =>
        reader.Fields(node, Activity) is { } fields && fields.Id("id") is { } id && fields.Local("name") is { } name ? new CurriculumActivity(id, name) : null;

    private LocalText? ReadText(YamlNode node)
    {
        if (reader.Fields(node, Fields.LocalText) is not { } texts) return null;
        return texts.Text("pt") is { } pt && texts.Text("es") is { } es && texts.Text("en") is { } en ? new LocalText(pt, es, en) : null;
    }

    private IEnumerable<T> Distinct<T>(IEnumerable<(YamlNode Node, T? Value)> read, Func<T, string> name)
        where T : class
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (node, value) in read)
        {
            if (value is null) continue;
            if (seen.Add(name(value))) yield return value;
            else reader.Refuse(node, "name-twice", name(value));
        }
    }

    /// <summary>A pattern that browser and server read alike and that cannot be made to take for ever.</summary>
    private static bool IsPattern(string pattern)
    {
        if (pattern.Length > LongestPattern) return false;
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}

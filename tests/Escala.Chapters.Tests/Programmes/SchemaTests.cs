using System.Reflection;
using System.Text;
using Escala.Programmes.Facts;
using Escala.Programmes.Packages;
using Escala.Programmes.Simulation;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>The published schemas and the reader know the same keys and words.</summary>
public sealed class SchemaTests
{
    private static readonly Dictionary<string, Type[]> s_readers = new()
    {
        [ProgrammeFile.Name] = [typeof(ProgrammeFile), typeof(Fields)],
        [RegisterFile.Name] = [typeof(RegisterFile), typeof(Fields)],
        [MeasuresFile.Name] = [typeof(MeasuresFile), typeof(ConditionReader), typeof(ValueReader), typeof(Fields)],
        [MappingFile.Name] = [typeof(MappingFile), typeof(Fields)],
        [TallyFile.Name] = [typeof(TallyFile), typeof(Fields)],
        [FieldFile.Name] = [typeof(FieldFile), typeof(Fields)],
        [SimulationReader.FileName] = [typeof(SimulationReader), typeof(FactPlanReader)],
    };

    public static TheoryData<string> Files => [.. s_readers.Keys];

    public static TheoryData<string, string> PackageFilesOf => new(
        from folder in Directory.EnumerateDirectories(Repository.PathTo("programmes"))
        from file in s_readers.Keys
        where File.Exists(Path.Combine(folder, file))
        select (Path.GetFileName(folder), file));

    public static TheoryData<string> Mappings => [.. Directory.EnumerateFiles(Repository.PathTo("programmes"), "*.yaml", SearchOption.AllDirectories)
        .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "mappings").Select(f => Path.GetRelativePath(Repository.Root, f))];

    internal static IEnumerable<Shape> Shapes(string file) => Constants(file).SelectMany(value => value switch
    {
        Shape one => [one],
        IEnumerable<Shape> many => many,
        IReadOnlyDictionary<FactType, Shape> byType => byType.Values,
        _ => [],
    });

    [Theory, MemberData(nameof(Files))]
    public void Each_mapping_has_the_keys_of_the_reader(string file)
    {
        var schema = SchemaCheck.Of(file).Root;
        var name = Path.GetFileNameWithoutExtension(file);
        foreach (var shape in Shapes(file))
        {
            var published = shape.Name == name ? schema : schema["definitions"]![shape.Name]?.AsObject();
            Assert.True(published is not null, $"{file}: the schema does not define {shape.Name}");
            Assert.Equal(shape.Keys.Order(), published["properties"]!.AsObject().Select(p => p.Key).Order());
            Assert.Equal(shape.Required.Order(), SchemaCheck.Strings(published["required"] ?? new System.Text.Json.Nodes.JsonArray()).Order());
            Assert.False(published["additionalProperties"]!.GetValue<bool>());
        }

        var known = Shapes(file).Select(s => s.Name).ToList();
        var closed = schema["definitions"]!.AsObject().Where(d => d.Value!["additionalProperties"]?.GetValueKind() == System.Text.Json.JsonValueKind.False);
        Assert.All(closed, d => Assert.Contains(d.Key, known));
    }

    [Theory, MemberData(nameof(Files))]
    public void Each_choice_has_the_words_of_the_reader(string file)
    {
        var schema = SchemaCheck.Of(file).Root;
        foreach (var choice in Constants(file).Where(c => c.GetType().Name.StartsWith("Choice", StringComparison.Ordinal)))
        {
            var (name, words) = ((string)Property(choice, "Name"), (IEnumerable<string>)Property(choice, "Words"));
            if (schema["definitions"]![name] is { } published) Assert.Equal(words, published["enum"]!.AsArray().Select(v => v!.ToString()));
            else Assert.Equal("boolean", name);
        }
    }

    [Theory, MemberData(nameof(PackageFilesOf))]
    public void Shipped_packages_fit_the_schemas(string package, string file) =>
        Assert.True(SchemaCheck.Of(file).Accepts(Tree(file, File.ReadAllText(Repository.PathTo("programmes", package, file)))));

    [Theory, MemberData(nameof(Mappings))]
    public void Shipped_mappings_fit_their_schema(string file) => Assert.True(SchemaCheck.Of(MappingFile.Name).Accepts(Tree(file, File.ReadAllText(Repository.PathTo(file)))));

    [Theory]
    [InlineData("monthly-counts.yaml")]
    [InlineData("monthly-sheet.yaml")]
    public void Shipped_tallies_fit_their_schema(string file) => Assert.True(SchemaCheck.Of(TallyFile.Name).Accepts(Tree(file, File.ReadAllText(Repository.PathTo("programmes", "saia-htn", "tallies", file)))));

    [Theory]
    [InlineData("measures.yaml", "at: here", "att: here")]
    [InlineData("measures.yaml", "kind: yield", "kind: yeld")]
    [InlineData("measures.yaml", "supply-share: dispensing, ", "")]
    [InlineData("register.yaml", "cleared-by", "clear-by")]
    [InlineData("programme.yaml", "version: 1", "version: 0")]
    [InlineData("field.yaml", "widget: pairs", "widget: pair")]
    [InlineData("field.yaml", "lock-minutes: 5", "lock-minutes: 0")]
    [InlineData("field.yaml", "clerks: true", "closed-days: [someday]")]
    [InlineData("simulation.yaml", "gap: 20", "gape: 20")]
    [InlineData("simulation.yaml", "missed: 0.13", "missed: 1.3")]
    public void A_schema_refuses_what_the_reader_refuses(string file, string right, string wrong)
    {
        var text = File.ReadAllText(Repository.PathTo("programmes", "saia-htn", file));
        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.False(SchemaCheck.Of(file).Accepts(Tree(file, text.Replace(right, wrong, StringComparison.Ordinal))));
    }

    private static YamlMap Tree(string file, string text) => YamlFile.Read(new NodeReader(file), Encoding.UTF8.GetBytes(text))!;

    private static IEnumerable<object> Constants(string file) => s_readers[file]
        .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)).Select(f => f.GetValue(null)).OfType<object>();

    private static object Property(object of, string name) => of.GetType().GetProperty(name)!.GetValue(of)!;
}

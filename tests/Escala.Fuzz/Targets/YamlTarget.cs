using System.Text;
using Escala.Fuzz.Mutation;
using Escala.Programmes.Packages;

namespace Escala.Fuzz.Targets;

/// <summary>One YAML file of a package, as a tree.</summary>
internal sealed class YamlTarget : Target
{
    public override string Name => "yaml";

    public override int Share => 12;

    public override Structure Structure => Structure.Yaml;

    public override int MostBytes => 1024;

    public override IReadOnlyList<string> Words => ["? ", "- - - ", "{{", "[[", "|2", ">-", "--- ", "...", "%YAML 1.2", "!<tag:yaml.org,2002:str>", "&a [*a,*a]", "<<: *a", "\"\\x41\"", "\\u0000"];

    public override IEnumerable<byte[]> Seeds =>
    [
        Bytes("a: 1\nb: {c: [d, 'e', \"f\"], g: |\n  text\n  more\n}\nh:\n  - i\n  - j: k\n    l: >-\n      folded\n# remark\nm: ~\n"),
        Bytes("- 1\n- [2, {3: 4}]\n"),
        Bytes("\"a b\": 'it''s'\n? key\n: value\n"),
    ];

    public override void Try(byte[] input)
    {
        var reader = new NodeReader("file.yaml");
        var root = YamlFile.Read(reader, input);
        HoldProblems(reader.Problems);
        Hold(root is not null || reader.Problems.Any(), "nothing was read and nothing was told");
        var lines = Encoding.UTF8.GetString(input).Count(c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') + 2;
        Hold(reader.Problems.All(p => int.Parse(p.Details["line"], System.Globalization.CultureInfo.InvariantCulture) is >= 1 and var line && line <= lines), "a problem is beyond the file");
    }
}

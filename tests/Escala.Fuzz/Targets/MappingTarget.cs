using Escala.Fuzz.Mutation;
using Escala.Programmes.Facts;
using Escala.Programmes.Packages;

namespace Escala.Fuzz.Targets;

/// <summary>How another system's file is read; by what was read, a row of any values is read.</summary>
internal sealed class MappingTarget : Target
{
    private static readonly string[] s_values = ["", "1", "2025-03-14", "I10", "x", "---", "<40", "12,5", "2025-03-14 08:15:00 +0200"];

    private readonly FactTable _facts;
    private readonly Register _register;

    public MappingTarget()
    {
        var reader = new NodeReader(RegisterFile.Name);
        var file = new RegisterFile(reader);
        _register = file.Read(YamlFile.Read(reader, File.ReadAllBytes(Repository.PathTo("programmes", "saia-htn", RegisterFile.Name))))!;
        _facts = file.Table;
    }

    public override string Name => "mapping";

    public override int Share => 5;

    public override Structure Structure => Structure.Yaml;

    public override IEnumerable<byte[]> Seeds => Directory.EnumerateFiles(Repository.PathTo("programmes", "saia-htn", "mappings"), "*.yaml").Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    public override void Try(byte[] input)
    {
        var reader = new NodeReader("mappings/any.yaml");
        var mapping = new MappingFile(reader, _facts, _register, TimeZoneInfo.Utc).Read(YamlFile.Read(reader, input));
        HoldProblems(reader.Problems);
        Hold(mapping is not null || reader.Problems.Any(), "nothing was read and nothing was told");
        if (mapping is null || reader.Problems.Any()) return;
        List<string> columns = [.. mapping.Columns];
        var layout = new Layout(',', '.', DateOrder.Iso, columns) { Mapping = mapping.Name };
        var rows = RowReader.For(mapping.Register, layout);
        HoldProblemsOfFile(rows.Problems);
        if (!rows.TryGet(out var row)) return;
        var (fields, decoded) = (new CsvRecord((byte)','), new DecodedRow(mapping.Register));
        for (var shift = 0; shift < s_values.Length; shift++)
        {
            fields.Fill(Bytes(string.Join(',', columns.Select((_, i) => "\"" + s_values[(i + shift) % s_values.Length] + "\""))));
            row.Read(fields, decoded);
            HoldProblems(decoded.Problems);
        }
    }
}

using Escala.Economics.Packs;

namespace Escala.Economics.Models;

/// <summary>Reads a table from rows in the file or from a data pack.</summary>
internal static class TableReader
{
    private static readonly Dictionary<string, LookupRule> s_rules = new() { ["band"] = LookupRule.Band, ["linear"] = LookupRule.Linear, ["exact"] = LookupRule.Exact };

    public static TableDefinition? Read(YamlScalar name, Fields fields)
    {
        var rule = fields.Choice("lookup", LookupRule.Band, s_rules);
        string source = fields.Text("source"), licence = fields.Text("licence");
        if (fields.Has("pack") == fields.Has("rows"))
        {
            fields.Add(fields.At, "economics.table.source", ("what", fields.What));
            return null;
        }
        if (!fields.Has("pack"))
        {
            var columns = fields.Words("columns");
            return FromRows(name, fields, rule, [.. columns.Select(c => c.Text)], source, licence);
        }
        try
        {
            var pack = DataPack.Open(fields.Text("pack"));
            var keys = pack.Numbers(pack.Columns[0]);
            var columns = pack.Columns.Skip(1).ToList();
            return Sorted(name, fields, rule, keys, columns, [.. columns.Select(pack.Numbers)],
                $"{(source.Length > 0 ? source : pack.Citation)} (pack {pack.Name}{(pack.IsShipped ? "" : ", the user's own")}, SHA-256 {pack.Hash[..12]}…)", pack.Licence);
        }
        catch (ModelException refused)
        {
            fields.Add(refused, fields.Of("pack"));
        }
        return null;
    }

    private static TableDefinition? FromRows(YamlScalar name, Fields fields, LookupRule rule, List<string> columns, string source, string licence)
    {
        if (fields.Take("rows") is not YamlList list)
        {
            fields.Add(fields.Of("rows"), "economics.table.rows", ("what", fields.What));
            return null;
        }
        List<double[]> rows = [];
        foreach (var item in list.Items)
        {
            double[] row = item is YamlList cells ? [.. cells.Items.Select(c => c is YamlScalar s && Fields.TryNumber(s.Text, out var x) ? x : double.NaN)] : [];
            if (row.Length < 2 || row.Any(double.IsNaN) || (rows.Count > 0 && row.Length != rows[0].Length))
            {
                fields.Add(item.At, "economics.table.row", ("what", fields.What));
                return null;
            }
            rows.Add(row);
        }
        if (columns.Count == 0 && rows.Count > 0 && rows[0].Length == 2) columns = ["key", "value"];
        if (rows.Count == 0 || columns.Count != rows[0].Length)
        {
            fields.Add(fields.At, "economics.table.columns", ("what", fields.What));
            return null;
        }
        return Sorted(name, fields, rule, [.. rows.Select(r => r[0])], columns[1..], [.. Enumerable.Range(1, columns.Count - 1).Select(c => rows.Select(r => r[c]).ToArray())], source, licence);
    }

    private static TableDefinition? Sorted(
        YamlScalar name, Fields fields, LookupRule rule, double[] keys, IReadOnlyList<string> columns, double[][] values, string source, string licence)
    {
        if (keys.Zip(keys.Skip(1)).All(pair => pair.Second > pair.First)) return new TableDefinition(name.Text, name.At, rule, keys, columns, values, source, licence);
        fields.Add(fields.At, "economics.table.order", ("what", fields.What));
        return null;
    }
}

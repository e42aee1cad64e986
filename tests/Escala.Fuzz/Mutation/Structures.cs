using System.Text;

namespace Escala.Fuzz.Mutation;

/// <summary>What an input is made of, beside bytes.</summary>
internal enum Structure
{
    None,

    /// <summary>Words between signs: names, numbers, values.</summary>
    Words,

    /// <summary>Lines of cells.</summary>
    Table,

    /// <summary>Lines whose indentation says what is in what.</summary>
    Yaml,

    /// <summary>Named parts (<see cref="Parts"/>) of XML or text.</summary>
    Parts,
}

/// <summary>Changes that keep the format: cells, lines with their indentation, words, elements and parts.</summary>
internal static class Structures
{
    private static readonly byte[] s_delimiters = ",;\t|"u8.ToArray();

    public static byte[] Mutate(Structure structure, byte[] bytes, byte[] other, IReadOnlyList<byte[]> dictionary, Chance chance) => structure switch
    {
        Structure.Words => Words(bytes, dictionary, chance),
        Structure.Table => chance.OneIn(3) ? Words(bytes, dictionary, chance) : Lines(bytes, other, chance, line => Cells(line, dictionary, chance)),
        Structure.Yaml => chance.OneIn(2) ? Words(bytes, dictionary, chance) : Lines(bytes, other, chance, line => Indented(line, dictionary, chance)),
        Structure.Parts => OfParts(bytes, other, dictionary, chance),
        _ => bytes,
    };

    /// <summary>One run of letters and digits becomes another of the same input, a word of the dictionary, or goes.</summary>
    private static byte[] Words(byte[] bytes, IReadOnlyList<byte[]> dictionary, Chance chance)
    {
        if (bytes.Length == 0) return bytes;
        var (start, end) = WordAt(bytes, chance.Below(bytes.Length));
        var (from, to) = WordAt(bytes, chance.Below(bytes.Length));
        byte[] put = chance.Below(4) switch { 0 => [], 1 => bytes[from..to], _ => chance.Of(dictionary) };
        return [.. bytes.AsSpan(0, start), .. put, .. bytes.AsSpan(end)];
    }

    private static (int Start, int End) WordAt(byte[] bytes, int at)
    {
        var (start, end) = (at, at);
        while (start > 0 && IsWord(bytes[start - 1])) start--;
        while (end < bytes.Length && IsWord(bytes[end])) end++;
        return (start, end);
    }

    private static bool IsWord(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or >= 128;

    private static byte[] Lines(byte[] bytes, byte[] other, Chance chance, Func<byte[], byte[]> change)
    {
        var lines = Split(bytes, (byte)'\n');
        var at = chance.Below(lines.Count);
        switch (chance.Below(8))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(chance.Below(lines.Count + 1), lines[at]);
                break;
            case 2:
                var to = chance.Below(lines.Count);
                (lines[at], lines[to]) = (lines[to], lines[at]);
                break;
            case 3:
                lines.Insert(at, chance.Of(Split(other, (byte)'\n')));
                break;
            default:
                lines[at] = change(lines[at]);
                break;
        }

        return Join(lines, (byte)'\n');
    }

    private static byte[] Cells(byte[] line, IReadOnlyList<byte[]> dictionary, Chance chance)
    {
        var delimiter = s_delimiters.MaxBy(d => line.Count(b => b == d));
        var cells = Split(line, delimiter);
        var at = chance.Below(cells.Count);
        switch (chance.Below(6))
        {
            case 0:
                cells.RemoveAt(at);
                break;
            case 1:
                cells.Insert(at, cells[chance.Below(cells.Count)]);
                break;
            case 2:
                cells[at] = [(byte)'"', .. cells[at], (byte)'"'];
                break;
            case 3:
                delimiter = chance.Of(s_delimiters);
                break;
            default:
                cells[at] = chance.Of(dictionary);
                break;
        }

        return Join(cells, delimiter);
    }

    private static byte[] Indented(byte[] line, IReadOnlyList<byte[]> dictionary, Chance chance)
    {
        var text = line.AsSpan().TrimStart((byte)' ');
        var indent = line.Length - text.Length;
        var colon = text.IndexOf((byte)':');
        var head = colon < 0 ? [] : text[..(colon + 1)].ToArray();
        var value = text[(colon + 1)..].ToArray();
        return chance.Below(6) switch
        {
            0 => [.. Enumerable.Repeat((byte)' ', Math.Max(0, indent + (2 * (chance.Below(5) - 2)))), .. text],
            1 => [.. line.AsSpan(0, indent), .. head, .. " ["u8, .. value, .. "]"u8],
            2 => [.. line.AsSpan(0, indent), .. head, .. " {"u8, .. value, .. ": "u8, .. chance.Of(dictionary), .. "}"u8],
            3 => [.. line.AsSpan(0, indent), .. "- "u8, .. text],
            4 => [.. line.AsSpan(0, indent), .. head],
            _ => [.. line.AsSpan(0, indent), .. head, .. " "u8, .. chance.Of(dictionary)],
        };
    }

    private static byte[] OfParts(byte[] bytes, byte[] other, IReadOnlyList<byte[]> dictionary, Chance chance)
    {
        var parts = Parts.Read(bytes);
        if (parts.Count == 0) return Words(bytes, dictionary, chance);
        var at = chance.Below(parts.Count);
        switch (chance.Below(12))
        {
            case 0:
                parts.RemoveAt(at);
                break;
            case 1:
                parts.Add(parts[at]);
                break;
            case 2:
                parts[at] = (Encoding.UTF8.GetString(Words(Encoding.UTF8.GetBytes(parts[at].Name), dictionary, chance)).ReplaceLineEndings(""), parts[at].Content);
                break;
            case 3 when Parts.Read(other) is { Count: > 0 } others:
                parts[at] = (parts[at].Name, chance.Of(others).Content);
                break;
            case < 8:
                parts[at] = (parts[at].Name, parts[at].Name.EndsWith(".xml", StringComparison.Ordinal) ? Elements(parts[at].Content, dictionary, chance) : Lines(parts[at].Content, other, chance, l => Indented(l, dictionary, chance)));
                break;
            default:
                parts[at] = (parts[at].Name, Words(parts[at].Content, dictionary, chance));
                break;
        }

        return Parts.Write(parts);
    }

    /// <summary>From one tag to another: taken out, doubled, moved, or with another text between.</summary>
    private static byte[] Elements(byte[] xml, IReadOnlyList<byte[]> dictionary, Chance chance)
    {
        var tags = Enumerable.Range(0, xml.Length).Where(i => xml[i] == '<').ToList();
        if (tags.Count < 2) return Words(xml, dictionary, chance);
        var first = chance.Below(tags.Count - 1);
        var (start, end) = (tags[first], tags[Math.Min(tags.Count - 1, first + chance.Length(4))]);
        var to = chance.Of(tags);
        var close = Array.IndexOf(xml, (byte)'>', start);
        return chance.Below(4) switch
        {
            0 => [.. xml.AsSpan(0, start), .. xml.AsSpan(end)],
            1 => [.. xml.AsSpan(0, end), .. xml.AsSpan(start)],
            2 => [.. xml.AsSpan(0, to), .. xml.AsSpan(start, end - start), .. xml.AsSpan(to)],
            _ when close >= 0 && close < end => [.. xml.AsSpan(0, close + 1), .. chance.Of(dictionary), .. xml.AsSpan(end)],
            _ => xml,
        };
    }

    private static List<byte[]> Split(byte[] bytes, byte at)
    {
        var pieces = new List<byte[]>();
        foreach (var range in bytes.AsSpan().Split(at)) pieces.Add(bytes[range]);
        return pieces;
    }

    private static byte[] Join(List<byte[]> pieces, byte with)
    {
        var joined = new List<byte>();
        foreach (var (i, piece) in pieces.Index())
        {
            if (i > 0) joined.Add(with);
            joined.AddRange(piece);
        }

        return [.. joined];
    }
}

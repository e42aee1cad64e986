using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Escala.Programmes.Packages;

/// <summary>
/// Reads one YAML file into a tree. Anchors, aliases and tags are refused: they are how a small file becomes a huge one or an object.
/// Size, depth and number of nodes are limited, so that what a stranger sends cannot hold up a server.
/// </summary>
internal sealed class YamlFile
{
    public const int MostBytes = 1_000_000;
    public const int MostDepth = 32;
    public const int MostNodes = 50_000;

    private readonly NodeReader _reader;
    private readonly Parser _parser;
    private int _nodes;

    private YamlFile(NodeReader reader, string text) => (_reader, _parser) = (reader, new Parser(new StringReader(text)));

    /// <summary>The mapping that the file is, or null when a problem stands in its way.</summary>
    public static YamlMap? Read(NodeReader reader, byte[] bytes)
    {
        if (bytes.Length > MostBytes)
        {
            reader.RefuseAt(1, 1, "file-too-large", "", ("most", MostBytes));
            return null;
        }

        if (Utf8.Decode(bytes, out var text) is { } line)
        {
            reader.RefuseAt(line, 1, "not-utf8");
            return null;
        }

        if (DirectiveIn(text) is { } directive)
        {
            reader.RefuseAt(directive, 1, "directive");
            return null;
        }

        try
        {
            return new YamlFile(reader, text).ReadDocument();
        }
        catch (YamlException e)
        {
            reader.RefuseAt((int)e.Start.Line, (int)e.Start.Column, "not-yaml", "", ("reason", e.Message));
            return null;
        }
    }

    /// <summary>The line of a directive, or null. At one that it does not know, and that ends the file, the parser goes round for ever.</summary>
    private static int? DirectiveIn(string text)
    {
        const string Breaks = "\r\n\u0085\u2028\u2029";
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (text.AsSpan(0, at).TrimEnd('\uFEFF') is not [.., var before] || Breaks.Contains(before, StringComparison.Ordinal)) return 1 + text.AsSpan(0, at).Count('\n');
        }

        return null;
    }

    private YamlMap? ReadDocument()
    {
        Move();
        if (Move() is StreamEnd)
        {
            _reader.RefuseAt(1, 1, "empty");
            return null;
        }

        Move();
        if (ReadNode(1) is not { } root) return null;
        Move();
        if (Move() is DocumentStart second)
        {
            _reader.RefuseAt((int)second.Start.Line, (int)second.Start.Column, "second-document");
            return null;
        }

        return _reader.Map(root);
    }

    // The parser fails with its own exception on most bad files; on a few with whatever comes ("[1, 2" before "b: 3"), or it just stops.
    private ParsingEvent Move()
    {
        var reached = _parser.Current?.End ?? Mark.Empty;
        try
        {
            if (_parser.MoveNext()) return _parser.Current!;
        }
        catch (Exception e) when (e is not YamlException)
        {
            throw new YamlException(reached, reached, e.Message, e);
        }

        throw new YamlException(reached, reached, "The file ends too early");
    }

    /// <summary>Reads the node that begins at the current event; null when it may not be read, and then nothing after it is.</summary>
    private YamlNode? ReadNode(int depth)
    {
        var current = _parser.Current!;
        var (line, column) = ((int)current.Start.Line, (int)current.Start.Column);
        if (Forbidden(current, depth) is { } code)
        {
            _reader.RefuseAt(line, column, code, "", ("most", code == "too-deep" ? MostDepth : MostNodes));
            return null;
        }

        return current switch
        {
            Scalar scalar => new YamlText(line, column, LastLine(scalar), scalar.Value),
            SequenceStart => ReadList(new YamlList(line, column), depth),
            _ => ReadMap(new YamlMap(line, column), depth),
        };
    }

    private string? Forbidden(ParsingEvent current, int depth) => current switch
    {
        AnchorAlias => "anchor",
        NodeEvent { Anchor.IsEmpty: false } => "anchor",
        NodeEvent { Tag.IsEmpty: false } => "tag",
        _ when depth > MostDepth => "too-deep",
        _ when ++_nodes > MostNodes => "too-many-nodes",
        _ => null,
    };

    private YamlList? ReadList(YamlList list, int depth)
    {
        while (Move() is not SequenceEnd)
        {
            if (ReadNode(depth + 1) is not { } item) return null;
            list.Add(item);
        }

        list.End(list.Items.Count == 0 ? list.Line : list.Items[^1].LastLine);
        return list;
    }

    private YamlMap? ReadMap(YamlMap map, int depth)
    {
        while (Move() is not MappingEnd)
        {
            if (ReadNode(depth + 1) is not { } key) return null;
            Move();
            if (ReadNode(depth + 1) is not { } value) return null;
            if (key is not YamlText name) _reader.Refuse(key, "key-not-text");
            else if (!map.TryAdd(new YamlEntry(name, value))) _reader.Refuse(name, "key-twice", name.Value);
        }

        map.End(map.Entries.Count == 0 ? map.Line : map.Entries[^1].Value.LastLine);
        return map;
    }

    // A block text ends at the beginning of the line after it.
    private static int LastLine(Scalar scalar) =>
        (int)(scalar.End.Column == 1 && scalar.End.Line > scalar.Start.Line ? scalar.End.Line - 1 : scalar.End.Line);
}

/// <summary>Text files of a package are UTF-8, with or without a byte order mark.</summary>
internal static class Utf8
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text; or, where a byte is not UTF-8, its line (from 1).</summary>
    public static int? Decode(byte[] bytes, out string text)
    {
        var body = bytes.AsSpan();
        if (body.StartsWith(Encoding.UTF8.Preamble)) body = body[Encoding.UTF8.Preamble.Length..];
        try
        {
            text = s_strict.GetString(body);
            return null;
        }
        catch (DecoderFallbackException e)
        {
            text = "";
            return 1 + body[..Math.Clamp(e.Index, 0, body.Length)].Count((byte)'\n');
        }
    }
}

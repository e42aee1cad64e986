using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Escala.Economics.Models;

/// <summary>A YAML value with its place. JSON is read as the YAML that it is.</summary>
internal abstract record YamlValue(Position At);

internal sealed record YamlScalar(Position At, string Text) : YamlValue(At)
{
    /// <summary>First character of the value in the file and the first one after it, quotation marks included.</summary>
    public (int Start, int End) Span { get; init; }
}

internal sealed record YamlList(Position At, IReadOnlyList<YamlValue> Items) : YamlValue(At);

internal sealed record YamlMap(Position At, IReadOnlyList<(YamlScalar Key, YamlValue Value)> Entries) : YamlValue(At);

/// <summary>Reads one document without recursion into the library, within bounds, and without anchors, aliases, tags or merge keys.</summary>
internal static class YamlTree
{
    public const int MaximumCharacters = 4_000_000;
    private const int MaximumDepth = 24;
    private const int MaximumValues = 300_000;

    /// <exception cref="ModelException">The text is not such a document.</exception>
    public static YamlMap Read(string text)
    {
        if (text.Length > MaximumCharacters)
            throw new ModelException(default, "economics.file.size", ("characters", text.Length), ("maximum", MaximumCharacters));
        if (DirectiveIn(text) is { } directive) throw new ModelException(directive, "economics.file.directive");
        var parser = new Parser(new StringReader(text));
        try
        {
            return new Reader(parser).Document();
        }
        catch (YamlException broken)
        {
            throw new ModelException(Place(broken.Start), "economics.file.syntax", ("reason", broken.Message.TrimEnd('.')));
        }
        catch (InvalidOperationException)
        {
            // The library leaves some broken files with a state of its own that it did not expect.
            throw new ModelException(parser.Current is { } last ? Place(last.End) : default, "economics.file.broken");
        }
    }

    /// <summary>The place of a directive, or null. At one that it does not know, and that ends the file, the parser goes round for ever.</summary>
    private static Position? DirectiveIn(string text)
    {
        const string Breaks = "\r\n\u0085\u2028\u2029";
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (text.AsSpan(0, at).TrimEnd('\uFEFF') is not [.., var before] || Breaks.Contains(before, StringComparison.Ordinal)) return new Position(1 + text.AsSpan(0, at).Count('\n'), 1);
        }

        return null;
    }

    private static Position Place(Mark mark) => new((int)mark.Line, (int)mark.Column);

    private sealed class Reader(Parser parser)
    {
        private int _values;

        public YamlMap Document()
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _)) throw new ModelException(default, "economics.file.empty");
            var root = Value(0);
            parser.Consume<DocumentEnd>();
            if (parser.Current is not StreamEnd) throw new ModelException(Place(parser.Current!.Start), "economics.file.documents");
            return root as YamlMap ?? throw new ModelException(root.At, "economics.file.shape");
        }

        private YamlValue Value(int depth)
        {
            var next = parser.Current!;
            var at = Place(next.Start);
            if (++_values > MaximumValues) throw new ModelException(at, "economics.file.values", ("maximum", MaximumValues));
            if (depth > MaximumDepth) throw new ModelException(at, "economics.file.depth", ("maximum", MaximumDepth));
            if (next is AnchorAlias) throw new ModelException(at, "economics.file.alias");
            if (next is NodeEvent node && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty))
                throw new ModelException(at, "economics.file.alias");
            switch (next)
            {
                case Scalar scalar:
                    parser.MoveNext();
                    return new YamlScalar(scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted ? at.Right(1) : at, scalar.Value) { Span = ((int)scalar.Start.Index, (int)scalar.End.Index) };
                case SequenceStart:
                    parser.MoveNext();
                    List<YamlValue> items = [];
                    while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Value(depth + 1));
                    return new YamlList(at, items);
                case MappingStart:
                    parser.MoveNext();
                    return Map(at, depth);
                default:
                    throw new ModelException(at, "economics.file.broken");
            }
        }

        private YamlMap Map(Position at, int depth)
        {
            List<(YamlScalar, YamlValue)> entries = [];
            HashSet<string> seen = [];
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = Value(depth + 1) as YamlScalar ?? throw new ModelException(Place(parser.Current!.Start), "economics.file.key");
                if (!seen.Add(key.Text)) throw new ModelException(key.At, "economics.file.twice", ("name", key.Text));
                entries.Add((key, Value(depth + 1)));
            }
            return new YamlMap(at, entries);
        }
    }
}

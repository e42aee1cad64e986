using System.Globalization;
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
            throw new ModelException(default, "model.file.size", string.Create(CultureInfo.InvariantCulture, $"The file has {text.Length} characters; a model may have {MaximumCharacters}. Put large tables into a data pack."));
        var parser = new Parser(new StringReader(text));
        try
        {
            return new Reader(parser).Document();
        }
        catch (YamlException broken)
        {
            throw new ModelException(Place(broken.Start), "model.file.syntax", "This is not YAML: " + broken.Message.TrimEnd('.') + ". Check indentation, colons and quotation marks.");
        }
        catch (InvalidOperationException)
        {
            // The library leaves some broken files with a state of its own that it did not expect.
            throw new ModelException(parser.Current is { } last ? Place(last.End) : default, "model.file.syntax", "This is not YAML from here on. Check indentation, colons and quotation marks.");
        }
    }

    private static Position Place(Mark mark) => new((int)mark.Line, (int)mark.Column);

    private sealed class Reader(Parser parser)
    {
        private int _values;

        public YamlMap Document()
        {
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _)) throw new ModelException(default, "model.file.empty", "The file is empty. Start from one of samples/models.");
            var root = Value(0);
            parser.Consume<DocumentEnd>();
            if (parser.Current is not StreamEnd) throw new ModelException(Place(parser.Current!.Start), "model.file.documents", "The file holds several documents. Keep one model per file.");
            return root as YamlMap ?? throw new ModelException(root.At, "model.file.shape", "A model is a mapping with sections such as settings, parameters and states.");
        }

        private YamlValue Value(int depth)
        {
            var next = parser.Current!;
            var at = Place(next.Start);
            if (++_values > MaximumValues) throw new ModelException(at, "model.file.size", $"The file has more than {MaximumValues} values. Put large tables into a data pack.");
            if (depth > MaximumDepth) throw new ModelException(at, "model.file.depth", $"Values are nested deeper than {MaximumDepth} levels.");
            if (next is AnchorAlias) throw new ModelException(at, "model.file.alias", "Anchors and aliases (& and *) are not used in models. Write the value out or make it a parameter.");
            if (next is NodeEvent node && (!node.Anchor.IsEmpty || !node.Tag.IsEmpty))
                throw new ModelException(at, "model.file.alias", "Anchors and tags (& and !) are not used in models. Write the value out.");
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
                    throw new ModelException(at, "model.file.syntax", "A value was expected here.");
            }
        }

        private YamlMap Map(Position at, int depth)
        {
            List<(YamlScalar, YamlValue)> entries = [];
            HashSet<string> seen = [];
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = Value(depth + 1) as YamlScalar ?? throw new ModelException(Place(parser.Current!.Start), "model.file.key", "A key must be a plain word.");
                if (!seen.Add(key.Text)) throw new ModelException(key.At, "model.file.twice", $"'{key.Text}' is given twice in the same place. Remove one.");
                entries.Add((key, Value(depth + 1)));
            }
            return new YamlMap(at, entries);
        }
    }
}

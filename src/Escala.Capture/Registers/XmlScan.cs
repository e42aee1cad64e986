using System.Text;

namespace Escala.Capture.Registers;

/// <summary>
/// Passes over the bytes of an XML part before anything reads it, and knows what a reader would have to keep at once: the longest run between two
/// tags, the longest cell or text, the depth. Of a sheet, the cells with a formula whose value nobody computed.
/// </summary>
internal sealed class XmlScan
{
    private const int LongestName = 128;

    /// <summary>Cells with an error that are remembered.</summary>
    public const int MostErrors = 100_000;

    private static readonly byte[] s_comment = "!--"u8.ToArray(), s_data = "![CDATA["u8.ToArray(), s_commentEnd = "-->"u8.ToArray(), s_dataEnd = "]]>"u8.ToArray(), s_instructionEnd = "?>"u8.ToArray();

    private readonly byte[] _tag = new byte[LongestName];
    private Mode _mode;
    private byte[] _end = [];
    private int _length;
    private int _matched;
    private byte _quote;
    private byte _before;
    private int _depth;
    private long _at;
    private long _runFrom;
    private long _itemFrom = -1;
    private (string Cell, bool Formula, bool Value)? _cell;

    private enum Mode
    {
        Text,
        Tag,

        /// <summary>A comment, CDATA or instruction: up to what ends it.</summary>
        Passage,
    }

    /// <summary>Bytes of the longest run without a tag, of the longest tag, or of the longest cell or shared text.</summary>
    public long Longest { get; private set; }

    public int Deepest { get; private set; }

    /// <summary>A document type: entities, files of the machine. No spreadsheet writes one.</summary>
    public bool HasDocumentType { get; private set; }

    /// <summary>How many cells have a formula without a value, and the first.</summary>
    public (long Cells, string First) NotComputed { get; private set; } = (0, "");

    /// <summary>Cells whose result is an error, by reference; no more than one beyond <see cref="MostErrors"/>.</summary>
    public HashSet<string> Errors { get; } = new(StringComparer.Ordinal);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            _at++;
            if (_mode == Mode.Text)
            {
                if (b == '<') (_mode, _length, _quote) = (Mode.Tag, 0, 0);
            }
            else if (_mode == Mode.Tag)
            {
                InTag(b);
            }
            else
            {
                // "]]]>" ends as "]]>" does.
                _matched = b == _end[_matched] ? _matched + 1 : b == _end[0] ? (_matched == _end.Length - 1 && b == _end[_matched - 1] ? _matched : 1) : 0;
                if (_matched == _end.Length) _mode = Mode.Text;
            }

            _before = b;
        }

        Longest = Math.Max(Longest, Math.Max(_at - _runFrom, _itemFrom < 0 ? 0 : _at - _itemFrom));
    }

    private void InTag(byte b)
    {
        if (_quote != 0)
        {
            if (b == _quote) _quote = 0;
        }
        else if (b is (byte)'"' or (byte)'\'')
        {
            _quote = b;
        }
        else if (b == '>')
        {
            Close();
            return;
        }

        if (_length < _tag.Length) _tag[_length] = b;
        _length++;
        if (_length == 1 && b == '?') (_mode, _end, _matched) = (Mode.Passage, s_instructionEnd, 0);
        else if (_length == s_comment.Length && _tag.AsSpan(0, _length).SequenceEqual(s_comment)) (_mode, _end, _matched) = (Mode.Passage, s_commentEnd, 0);
        else if (_length == s_data.Length && _tag.AsSpan(0, _length).SequenceEqual(s_data)) (_mode, _end, _matched) = (Mode.Passage, s_dataEnd, 0);
    }

    /// <summary>A tag is whole: what came before it can be let go of, unless it belongs to one cell or text.</summary>
    private void Close()
    {
        _mode = Mode.Text;
        Longest = Math.Max(Longest, _at - _runFrom);
        _runFrom = _at;
        if (_length == 0) return;
        if (_tag[0] == '!')
        {
            HasDocumentType = true;
            return;
        }

        var isEnd = _tag[0] == '/';
        var isEmpty = _before == '/';
        if (isEnd) _depth--;
        else if (!isEmpty) Deepest = Math.Max(Deepest, ++_depth);
        var tag = _tag.AsSpan(isEnd ? 1 : 0, Math.Min(_length, _tag.Length) - (isEnd ? 1 : 0));
        var name = tag[..(tag.IndexOfAny(" \t\r\n/"u8) is var end and >= 0 ? end : tag.Length)];
        Item(name[(name.LastIndexOf((byte)':') + 1)..], tag, isEnd, isEmpty);
    }

    private void Item(ReadOnlySpan<byte> name, ReadOnlySpan<byte> tag, bool isEnd, bool isEmpty)
    {
        if (name.SequenceEqual("f"u8) && _cell is { } computed) _cell = computed with { Formula = true };
        else if ((name.SequenceEqual("v"u8) || name.SequenceEqual("is"u8)) && _cell is { } valued) _cell = valued with { Value = true };
        if (!name.SequenceEqual("c"u8) && !name.SequenceEqual("si"u8) && !name.SequenceEqual("row"u8)) return;
        if (_itemFrom >= 0) Longest = Math.Max(Longest, _at - _itemFrom);
        _itemFrom = isEnd || isEmpty || name.SequenceEqual("row"u8) ? -1 : _at;
        if (_cell is { Formula: true, Value: false } open) NotComputed = (NotComputed.Cells + 1, NotComputed.Cells == 0 ? open.Cell : NotComputed.First);
        if (name.SequenceEqual("c"u8) && tag.IndexOf(" t=\"e\""u8) > 0 && Errors.Count <= MostErrors) Errors.Add(ReferenceOf(tag));
        _cell = name.SequenceEqual("c"u8) && !isEnd && !isEmpty ? (ReferenceOf(tag), false, false) : null;
    }

    private static string ReferenceOf(ReadOnlySpan<byte> tag)
    {
        var at = tag.IndexOf(" r=\""u8);
        if (at < 0) return "";
        var value = tag[(at + 4)..];
        return Encoding.UTF8.GetString(value[..Math.Max(0, value.IndexOf((byte)'"'))]);
    }
}

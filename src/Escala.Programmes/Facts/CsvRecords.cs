using System.Text;

namespace Escala.Programmes.Facts;

/// <summary>
/// The records of a stream, one after the other, with the line on which each begins. Memory is bounded whatever the file: a record longer than
/// <see cref="LongestRecord"/> is cut off, reported as <see cref="Fault"/> and left behind at its first line break.
/// </summary>
public sealed class CsvRecords(Stream stream, byte delimiter) : IDisposable
{
    public const int LongestRecord = 1 << 20;

    private byte[] _buffer = new byte[stream.CanSeek ? (int)Math.Min(1 << 18, stream.Length + 1) : 1 << 18];
    private int _start;
    private int _end;
    private bool _atEnd;
    private int _rawLength;
    private int _nextLine = 1;
    private int _skipped;

    /// <summary>
    /// Before this place of the file no quote is closed well that was open at a line break before it: where that was found once, it is not looked
    /// for again on each line, or a file of stray quotes would be read once a line.
    /// </summary>
    private long _openUntil;

    /// <summary>The record's line, the first being 1.</summary>
    public int Line { get; private set; }

    /// <summary>Bytes of the file behind the record.</summary>
    public long Offset { get; private set; }

    /// <summary>Null, or why the record cannot be split: <c>too-long</c>, <c>quotes</c>, <c>nul</c>, <c>encoding</c>.</summary>
    public string? Fault { get; private set; }

    /// <summary>The record's bytes without the line break, as they stand in the file; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Raw => _buffer.AsSpan(_start - _rawLength - _skipped, _rawLength);

    public CsvRecord Fields { get; } = new(delimiter);

    /// <summary>False at the end. Empty lines are passed over.</summary>
    public bool Read()
    {
        while (Take())
        {
            var raw = Raw;
            if (raw.Length == 0 && Fault is null) continue;
            if (Fault is null && raw.Contains((byte)0)) Fault = "nul";
            if (Fault is null && !System.Text.Unicode.Utf8.IsValid(raw)) Fault = "encoding";
            if (Fault is null && !Fields.Fill(raw))
            {
                Fault = "quotes";
                // What a stray quote swallowed are rows: the record ends at its first line break, and reading goes on behind it.
                if (raw.IndexOf((byte)'\n') is var lineBreak and >= 0) StepBack(lineBreak);
            }

            return true;
        }

        return false;
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Reads the first bytes and passes over a byte-order mark; for looking before the first <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        while (_end < 65536 && More())
        {
        }

        if (_start == 0 && _buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble)) _start = 3;
        return _buffer.AsSpan(_start, _end - _start);
    }

    private bool Take()
    {
        Fault = null;
        if (_end == 0) Peek();
        Line = _nextLine;
        int scanned = 0, lines = 0, firstBreak = -1, closed = -1;
        bool quoted = false, broken = false;
        while (true)
        {
            var ahead = _buffer.AsSpan(_start + scanned, _end - _start - scanned);
            var found = quoted ? ahead.IndexOfAny((byte)'"', (byte)'\n') : ahead.IndexOfAny((byte)'\n', (byte)'"');
            if (found < 0)
            {
                scanned += ahead.Length;
                if (scanned <= LongestRecord && More()) continue;
                if (_start == _end) return false;
                return quoted || scanned > LongestRecord ? GiveUp(firstBreak, scanned) : Accept(_end, 0, lines);
            }

            scanned += found + 1;
            if (!quoted && closed >= 0 && !EndsField(closed, scanned - 1))
            {
                // Text behind a closing quote: the record cannot be split, and ends at its first line break.
                if (firstBreak >= 0) return GiveUp(firstBreak, scanned);
                broken = true;
            }

            if (ahead[found] == '"')
            {
                // A quote within a field's text is text: only one that begins a field opens it, or one of a pair within a quoted field.
                var again = closed == scanned - 1;
                closed = quoted ? scanned : -1;
                quoted = !quoted && !broken && (again || BeginsField(_start + scanned - 1));
                continue;
            }

            lines++;
            if (!quoted) return scanned > LongestRecord ? GiveUp(firstBreak, scanned) : Accept(_start + scanned - 1, 1, lines);
            if (firstBreak >= 0) continue;
            firstBreak = scanned - 1;
            if (Offset + scanned < _openUntil) return GiveUp(firstBreak, scanned);
        }
    }

    /// <summary>Whether what stands between a closing quote and the next quote or line break leaves the field closed.</summary>
    private bool EndsField(int closed, int next)
    {
        var behind = _buffer.AsSpan(_start + closed, next - closed);
        if (behind.IsEmpty) return true;
        behind = behind.TrimStart((byte)' ');
        return behind.IsEmpty ? _buffer[_start + next] == '\n' : behind[0] == delimiter || (behind is [(byte)'\r'] && _buffer[_start + next] == '\n');
    }

    /// <summary>Gives back what lies behind a line break of the record just read.</summary>
    private void StepBack(int lineBreak)
    {
        var first = _start - _rawLength - _skipped;
        Offset -= _start - (first + lineBreak + 1);
        _start = first;
        _nextLine = Line;
        Offset -= lineBreak + 1;
        Accept(first + lineBreak, 1, 1);
        Fault = "quotes";
    }

    private bool BeginsField(int quote)
    {
        var before = quote - 1;
        while (before >= _start && _buffer[before] == ' ') before--;
        return before < _start || _buffer[before] == delimiter;
    }

    private bool Accept(int end, int lineBreak, int lines)
    {
        var carriage = end > _start && _buffer[end - 1] == '\r' ? 1 : 0;
        _rawLength = end - _start - carriage;
        _skipped = lineBreak + carriage;
        Offset += end + lineBreak - _start;
        _start = end + lineBreak;
        _nextLine += Math.Max(lines, lineBreak);
        return true;
    }

    /// <summary>A quote that never closes, or a line without end: the record ends at its first line break and reading goes on behind it.</summary>
    private bool GiveUp(int firstBreak, int scanned)
    {
        Fault = scanned > LongestRecord && firstBreak < 0 ? "too-long" : "quotes";
        if (firstBreak >= 0)
        {
            _openUntil = Math.Max(_openUntil, Offset + scanned);
            Accept(_start + firstBreak, 1, 1);
            return true;
        }

        // Without a line break in sight the rest of the line is passed over; its head stays for the report.
        var head = Math.Min(200, _end - _start);
        var kept = _buffer.AsSpan(_start, head).ToArray();
        while (true)
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (found >= 0)
            {
                Offset += found + 1;
                _start += found + 1;
                break;
            }

            Offset += _end - _start;
            _start = _end;
            if (!More()) break;
        }

        _nextLine++;
        // The head is laid in front of what comes next, as any raw record lies in front of the read position.
        if (_start < head) Shift(head);
        kept.CopyTo(_buffer, _start - head);
        _rawLength = head;
        _skipped = 0;
        return true;
    }

    private void Shift(int room)
    {
        var moved = new byte[Math.Max(_buffer.Length, _end - _start + room)];
        _buffer.AsSpan(_start, _end - _start).CopyTo(moved.AsSpan(room));
        _end = room + _end - _start;
        _start = room;
        _buffer = moved;
    }

    /// <summary>Reads more bytes behind those there are; what lies before the read position may be dropped.</summary>
    private bool More()
    {
        if (_atEnd) return false;
        if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        else if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _atEnd = read == 0;
        _end += read;
        return read > 0;
    }
}

using System.Globalization;

namespace Escala.Numerics.Data;

/// <summary>How a table of separated values is written.</summary>
/// <param name="Separator">Character between fields: comma by default; ';' is usual where the decimal mark is a comma.</param>
/// <param name="DecimalComma">Whether numbers use a decimal comma. Never guessed.</param>
public sealed record CsvFormat(char Separator = ',', bool DecimalComma = false)
{
    /// <summary>Texts that mean "no value"; by default the empty field and NA.</summary>
    public IReadOnlyList<string> Missing { get; init; } = ["", "NA"];
}

/// <summary>
/// Reads fields as codes into each column's dictionary of distinct texts, so that every distinct number is parsed once and a column turns
/// out numeric or a factor only when all of it has been seen.
/// </summary>
internal sealed class CsvTableReader(TextReader text, CsvFormat format)
{
    private static readonly char[] s_otherSeparators = [';', '\t', '|', ','];

    private readonly char[] _buffer = new char[1 << 16];
    private char[] _field = new char[256];
    private int _length, _next, _filled, _line = 1;
    private bool _quoted;

    private enum End { Field, Line, File }

    public DataFrame Read()
    {
        var columns = ReadHeader();
        var fields = 0;
        while (true)
        {
            var line = _line;
            var end = ReadField();
            if (fields == 0 && end != End.Field && _length == 0 && !_quoted && (columns.Count > 1 || end == End.File))
            {
                if (end == End.File) break;
                continue;
            }
            if (fields == columns.Count)
                throw new UnfitInputException("numerics.data.fields-over", "line {line}: more than {fields} fields; the header has {header}. Quote a field that holds the separator '{separator}'.", ("line", line), ("fields", columns.Count), ("header", columns.Count), ("separator", format.Separator));
            columns[fields++].Add(_field.AsSpan(0, _length));
            if (end == End.Field) continue;
            if (fields < columns.Count)
                throw new UnfitInputException("numerics.data.fields-under", "line {line}: {fields} fields, and the header has {header} (missing from '{column}' on).", ("line", line), ("fields", fields), ("header", columns.Count), ("column", columns[fields].Name));
            fields = 0;
            if (end == End.File) break;
        }
        return new DataFrame(columns.Select(c => c.ToColumn(format)));
    }

    private List<Builder> ReadHeader()
    {
        var columns = new List<Builder>();
        End end;
        do
        {
            end = ReadField();
            var name = new string(_field, 0, _length).Trim('\uFEFF', ' ');
            if (name.Length == 0) throw new UnfitInputException("numerics.data.header-empty", "line 1, column {column}: the header has no name here.", ("column", columns.Count + 1));
            if (columns.Any(c => c.Name == name)) throw new UnfitInputException("numerics.data.header-twice", "line 1, column {column}: the name '{name}' appears twice.", ("column", columns.Count + 1), ("name", name));
            columns.Add(new Builder(name));
        }
        while (end == End.Field);
        if (columns is [var only] && !_quoted && s_otherSeparators.MaxBy(c => only.Name.Count(n => n == c)) is var other && only.Name.Contains(other, StringComparison.Ordinal))
            throw new UnfitInputException("numerics.data.separator", "line 1: the header is a single field and holds {count} times {other}, so its fields are hardly separated by '{separator}'. escala fit reads it with --separator {other} (and --decimal-comma where numbers have one); elsewhere save the file with commas between fields and decimal points.", ("count", only.Name.Count(n => n == other)), ("other", other == '\t' ? "tab" : $"'{other}'"), ("separator", format.Separator));
        return columns;
    }

    private int ReadChar()
    {
        if (_next == _filled)
        {
            _filled = text.Read(_buffer, 0, _buffer.Length);
            _next = 0;
            if (_filled <= 0) { _filled = 0; return -1; }
        }
        return _buffer[_next++];
    }

    private End ReadField()
    {
        _length = 0;
        _quoted = false;
        while (true)
        {
            var c = ReadChar();
            if (c < 0) return End.File;
            if (c == format.Separator) return End.Field;
            if (c == '\n') { _line++; return End.Line; }
            if (c == '\r') continue;
            if (c == '"' && _length == 0) { _quoted = true; ReadQuoted(); }
            else Append((char)c);
        }
    }

    private void ReadQuoted()
    {
        var start = _line;
        while (true)
        {
            var c = ReadChar();
            if (c < 0) throw new UnfitInputException("numerics.data.quote", "line {line}: a quoted field is never closed.", ("line", start));
            if (c == '\n') _line++;
            if (c != '"') { Append((char)c); continue; }
            if (_next == _filled)
            {
                _filled = Math.Max(0, text.Read(_buffer, 0, _buffer.Length));
                _next = 0;
            }
            if (_next == _filled || _buffer[_next] != '"') return;
            _next++;
            Append('"');
        }
    }

    private void Append(char c)
    {
        if (_length == _field.Length) Array.Resize(ref _field, 2 * _length);
        _field[_length++] = c;
    }

    private sealed class Builder(string name)
    {
        private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
        private readonly List<int> _rows = [];

        public string Name => name;

        public void Add(ReadOnlySpan<char> field)
        {
            var lookup = _codes.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!lookup.TryGetValue(field, out var code)) lookup[field] = code = _codes.Count;
            _rows.Add(code);
        }

        public Column ToColumn(CsvFormat format)
        {
            var texts = _codes.OrderBy(p => p.Value).Select(p => p.Key.Trim()).ToArray();
            var numbers = new double[texts.Length];
            for (var k = 0; k < texts.Length; k++)
            {
                if (format.Missing.Contains(texts[k])) numbers[k] = double.NaN;
                else if (!TryNumber(texts[k], format.DecimalComma, out numbers[k])) return ToFactor(texts, format);
            }
            var values = new double[_rows.Count];
            for (var i = 0; i < values.Length; i++) values[i] = numbers[_rows[i]];
            return new NumericColumn(name, values, default);
        }

        private FactorColumn ToFactor(string[] texts, CsvFormat format)
        {
            var levels = texts.Where(t => !format.Missing.Contains(t)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            var code = texts.Select(t => format.Missing.Contains(t) ? -1 : Array.IndexOf(levels, t)).ToArray();
            return new FactorColumn(name, [.. _rows.Select(r => code[r])], levels);
        }

        private static bool TryNumber(string text, bool decimalComma, out double value) => double.TryParse(
            decimalComma ? text.Replace(',', '.') : text, NumberStyles.Float & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }
}

namespace Escala.Programmes.Facts;

/// <summary>
/// One record of a CSV file (RFC 4180), split into fields. The same code reads a file and, later, the bytes kept in the ledger, so that a row
/// can never be read in two ways. Made once and filled again for each record.
/// </summary>
public sealed class CsvRecord(byte delimiter)
{
    private byte[] _bytes = new byte[512];
    private (int Start, int Length)[] _fields = new (int, int)[32];

    public int Count { get; private set; }

    /// <summary>The field without its quotes and outer spaces; empty beyond the last.</summary>
    public ReadOnlySpan<byte> this[int field] => field < Count ? _bytes.AsSpan(_fields[field].Start, _fields[field].Length) : default;

    /// <summary>False when a quote is not closed or followed by something else than the delimiter.</summary>
    public bool Fill(ReadOnlySpan<byte> record)
    {
        if (_bytes.Length < record.Length) _bytes = new byte[record.Length * 2];
        Count = 0;
        if (record.IndexOf((byte)'"') >= 0) return FillQuoted(record);
        record.CopyTo(_bytes);
        var start = 0;
        while (true)
        {
            var length = record[start..].IndexOf(delimiter);
            var end = length < 0 ? record.Length : start + length;
            Add(start, end);
            if (length < 0) return true;
            start = end + 1;
        }
    }

    private bool FillQuoted(ReadOnlySpan<byte> record)
    {
        int at = 0, written = 0;
        while (true)
        {
            while (at < record.Length && record[at] == ' ') at++;
            var start = written;
            if (at < record.Length && record[at] == '"')
            {
                at++;
                while (true)
                {
                    if (at >= record.Length) return false;
                    if (record[at] != '"') _bytes[written++] = record[at++];
                    else if (at + 1 < record.Length && record[at + 1] == '"')
                    {
                        _bytes[written++] = (byte)'"';
                        at += 2;
                    }
                    else break;
                }

                at++;
                while (at < record.Length && record[at] == ' ') at++;
                if (at < record.Length && record[at] != delimiter) return false;
            }
            else
            {
                while (at < record.Length && record[at] != delimiter) _bytes[written++] = record[at++];
            }

            Add(start, written);
            if (at >= record.Length) return true;
            at++;
        }
    }

    private void Add(int start, int end)
    {
        while (start < end && _bytes[start] is (byte)' ' or (byte)'\t' && _bytes[start] != delimiter) start++;
        while (end > start && _bytes[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\r') end--;
        if (Count == _fields.Length) Array.Resize(ref _fields, Count * 2);
        _fields[Count++] = (start, end - start);
    }
}

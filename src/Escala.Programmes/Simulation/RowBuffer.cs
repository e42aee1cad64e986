namespace Escala.Programmes.Simulation;

/// <summary>Rows of one district as UTF-8 bytes, kept in the order in which people lived and written in the order of a register: day, then facility.</summary>
internal sealed class RowBuffer(int days, int facilities, int longestRow)
{
    private const int ChunkSize = 1 << 24;
    private readonly List<byte[]> _chunks = [];
    private readonly List<long> _starts = [];
    private readonly List<int> _buckets = [];
    private readonly List<int> _ends = [];
    private byte[] _chunk = [];
    private int _at = ChunkSize;

    public int Rows => _buckets.Count;

    private long Position => ((_chunks.Count - 1L) * ChunkSize) + _at;

    public void BeginRow(int day, int facility)
    {
        if (_at > ChunkSize - longestRow) NextChunk();
        _starts.Add(Position);
        _buckets.Add((day * facilities) + facility);
    }


    public void EndRow() => _chunk[_at++] = (byte)'\n';

    public void Comma() => _chunk[_at++] = (byte)',';

    public void Bytes(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_chunk.AsSpan(_at));
        _at += text.Length;
    }

    public void Number(int value)
    {
        value.TryFormat(_chunk.AsSpan(_at), out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        _at += written;
    }

    public void Number(int value, int digits)
    {
        for (var i = digits - 1; i >= 0; i--, value /= 10) _chunk[_at + i] = (byte)('0' + (value % 10));
        _at += digits;
    }

    /// <summary>ISO 8601, from the number of the day.</summary>
    public void Date(int dayNumber)
    {
        var (year, month, day) = DateOnly.FromDayNumber(dayNumber);
        Number(year, 4);
        _chunk[_at++] = (byte)'-';
        Number(month, 2);
        _chunk[_at++] = (byte)'-';
        Number(day, 2);
    }

    /// <summary>Writes the rows, once, and returns how many bytes belong to each day.</summary>
    public long[] WriteTo(HashedStream stream)
    {
        var order = Order();
        var bytesOfDay = new long[days];
        _starts.Add(Position);
        foreach (var row in order)
        {
            var (chunk, at) = ((int)(_starts[row] / ChunkSize), (int)(_starts[row] % ChunkSize));
            var length = (_starts[row + 1] / ChunkSize == chunk ? (int)(_starts[row + 1] % ChunkSize) : _ends[chunk]) - at;
            stream.Write(_chunks[chunk].AsSpan(at, length));
            bytesOfDay[_buckets[row] / facilities] += length;
        }

        return bytesOfDay;
    }

    // Counting sort: stable and linear, and people of one day and facility stay in the order of their numbers.
    private int[] Order()
    {
        var next = new int[(days * facilities) + 1];
        foreach (var bucket in _buckets) next[bucket + 1]++;
        for (var i = 1; i < next.Length; i++) next[i] += next[i - 1];
        var order = new int[_buckets.Count];
        for (var row = 0; row < order.Length; row++) order[next[_buckets[row]]++] = row;
        return order;
    }

    private void NextChunk()
    {
        if (_chunks.Count > 0) _ends.Add(_at);
        _chunk = GC.AllocateUninitializedArray<byte>(ChunkSize);
        _chunks.Add(_chunk);
        _at = 0;
    }
}

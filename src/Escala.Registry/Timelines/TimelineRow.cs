using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Escala.Registry.Timelines;

/// <summary>What a timeline knows of a row besides its facts.</summary>
[StructLayout(LayoutKind.Auto)]
public record struct RowHead
{
    /// <summary>Position of its entry in the ledger.</summary>
    public long Position { get; set; }

    public int Day { get; set; }

    /// <summary>Number of the facility in this generation.</summary>
    public int Facility { get; set; }

    /// <summary>Recorded instant; of a correction, that of the row it replaces, whose place it takes.</summary>
    public long RecordedAt { get; set; }

    /// <summary>Line of the source or number on the device; of a correction likewise.</summary>
    public long Line { get; set; }

    /// <summary>Hash of what the row says.</summary>
    public ulong Content { get; set; }

    /// <summary>Hash of the source's own row id; 0 without one.</summary>
    public ulong RowId { get; set; }

    /// <summary>Some value is implausible.</summary>
    public bool Queried { get; set; }
}

/// <summary>
/// A person's rows in order: day; then recorded instant, line and position, so that within one source the line decides. Filled again for
/// each person. Facts lie row after row in <see cref="Slots"/>.
/// </summary>
public sealed class Timeline(int slotCount)
{
    private RowHead[] _heads = new RowHead[16];
    private double[] _slots = new double[16 * slotCount];
    private RowHead[] _sortedHeads = new RowHead[16];
    private double[] _sortedSlots = new double[16 * slotCount];
    private int[] _order = new int[16];
    private byte[] _encoded = [];

    public int Count { get; private set; }

    public int SlotCount { get; } = slotCount;

    public ReadOnlySpan<RowHead> Heads => _heads.AsSpan(0, Count);

    public double Slot(int row, int slot) => _slots[(row * SlotCount) + slot];

    public ReadOnlySpan<double> Slots(int row) => _slots.AsSpan(row * SlotCount, SlotCount);

    public void Clear() => Count = 0;

    public void Add(in RowHead head, ReadOnlySpan<double> slots)
    {
        Room();
        _heads[Count] = head;
        slots.CopyTo(_slots.AsSpan(Count * SlotCount));
        Count++;
    }

    /// <summary>Adds the rows of an encoded timeline.</summary>
    public void Add(ReadOnlySpan<byte> encoded)
    {
        while (encoded.Length > 0)
        {
            Room();
            encoded = encoded[RowCode.Decode(encoded, out _heads[Count], _slots.AsSpan(Count * SlotCount, SlotCount))..];
            Count++;
        }
    }

    /// <summary>Adds the one row that begins here, at a facility that has its number by now.</summary>
    public void AddOne(ReadOnlySpan<byte> encoded, int facility)
    {
        Room();
        RowCode.Decode(encoded, out _heads[Count], _slots.AsSpan(Count * SlotCount, SlotCount));
        _heads[Count].Facility = facility;
        Count++;
    }

    /// <summary>Gives a row the place in the order that another had.</summary>
    public void TakePlace(int row, long recordedAt, long line) => _heads[row] = _heads[row] with { RecordedAt = recordedAt, Line = line };

    public int IndexOf(long position)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_heads[i].Position == position) return i;
        }

        return -1;
    }

    public void RemoveAt(int row)
    {
        for (var i = row + 1; i < Count; i++) _heads[i - 1] = _heads[i];
        _slots.AsSpan((row + 1) * SlotCount, (Count - row - 1) * SlotCount).CopyTo(_slots.AsSpan(row * SlotCount));
        Count--;
    }

    public void Sort()
    {
        var sorted = true;
        for (var i = 1; sorted && i < Count; i++) sorted = Before(_heads[i - 1], _heads[i]) <= 0;
        if (sorted) return;
        for (var i = 0; i < Count; i++) _order[i] = i;
        Array.Sort(_order, 0, Count, Comparer<int>.Create((a, b) => Before(_heads[a], _heads[b])));
        for (var i = 0; i < Count; i++)
        {
            _sortedHeads[i] = _heads[_order[i]];
            _slots.AsSpan(_order[i] * SlotCount, SlotCount).CopyTo(_sortedSlots.AsSpan(i * SlotCount));
        }

        (_heads, _sortedHeads) = (_sortedHeads, _heads);
        (_slots, _sortedSlots) = (_sortedSlots, _slots);
    }

    public byte[] Encode()
    {
        var longest = Count * (RowCode.LongestHead + (9 * SlotCount) + 8);
        if (_encoded.Length < longest) _encoded = new byte[longest];
        var length = 0;
        for (var i = 0; i < Count; i++) length += RowCode.Encode(_heads[i], Slots(i), _encoded.AsSpan(length));
        return _encoded.AsSpan(0, length).ToArray();
    }

    private static int Before(in RowHead a, in RowHead b)
    {
        if (a.Day != b.Day) return a.Day.CompareTo(b.Day);
        if (a.RecordedAt != b.RecordedAt) return a.RecordedAt.CompareTo(b.RecordedAt);
        return a.Line != b.Line ? a.Line.CompareTo(b.Line) : a.Position.CompareTo(b.Position);
    }

    private void Room()
    {
        if (Count < _heads.Length) return;
        Array.Resize(ref _heads, Count * 2);
        Array.Resize(ref _slots, Count * 2 * SlotCount);
        _sortedHeads = new RowHead[Count * 2];
        _sortedSlots = new double[Count * 2 * SlotCount];
        _order = new int[Count * 2];
    }
}

/// <summary>The bytes of one row: about 50 for a visit of a dozen facts.</summary>
public static class RowCode
{
    /// <summary>Bytes that everything but the slots may take.</summary>
    public const int LongestHead = 80;

    public static int Encode(in RowHead head, ReadOnlySpan<double> slots, Span<byte> to)
    {
        var at = 0;
        Put(to, ref at, (ulong)head.Position);
        Put(to, ref at, (ulong)head.Day);
        Put(to, ref at, (ulong)head.Facility);
        Put(to, ref at, (ulong)head.RecordedAt);
        Put(to, ref at, (ulong)head.Line);
        Put(to, ref at, (head.RowId != 0 ? 2ul : 0) | (head.Queried ? 1ul : 0));
        BinaryPrimitives.WriteUInt64LittleEndian(to[at..], head.Content);
        at += 8;
        if (head.RowId != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(to[at..], head.RowId);
            at += 8;
        }

        ulong present = 0;
        for (var i = 0; i < slots.Length; i++) present |= double.IsNaN(slots[i]) ? 0 : 1ul << i;
        Put(to, ref at, present);
        foreach (var value in slots)
        {
            if (!double.IsNaN(value)) PutNumber(to, ref at, value);
        }

        return at;
    }

    /// <summary>Positions of the rows of an encoded timeline.</summary>
    public static List<long> Positions(ReadOnlySpan<byte> timeline)
    {
        var positions = new List<long>();
        Span<double> slots = stackalloc double[64];
        while (timeline.Length > 0)
        {
            timeline = timeline[Decode(timeline, out var head, slots)..];
            positions.Add(head.Position);
        }

        return positions;
    }

    /// <summary>Bytes read.</summary>
    public static int Decode(ReadOnlySpan<byte> from, out RowHead head, Span<double> slots)
    {
        var at = 0;
        head = new RowHead
        {
            Position = (long)Get(from, ref at),
            Day = (int)Get(from, ref at),
            Facility = (int)Get(from, ref at),
            RecordedAt = (long)Get(from, ref at),
            Line = (long)Get(from, ref at),
        };
        var flags = Get(from, ref at);
        head.Queried = (flags & 1) != 0;
        head.Content = BinaryPrimitives.ReadUInt64LittleEndian(from[at..]);
        at += 8;
        if ((flags & 2) != 0)
        {
            head.RowId = BinaryPrimitives.ReadUInt64LittleEndian(from[at..]);
            at += 8;
        }

        var present = Get(from, ref at);
        for (var i = 0; i < slots.Length; i++) slots[i] = (present & (1ul << i)) == 0 ? double.NaN : GetNumber(from, ref at);
        return at;
    }

    /// <summary>Halves are what means of two readings are made of: twice the number is an integer nearly always.</summary>
    private static void PutNumber(Span<byte> to, ref int at, double value)
    {
        var twice = value * 2;
        if (Math.Abs(twice) < 1L << 50 && twice == Math.Floor(twice))
        {
            var number = (long)twice;
            Put(to, ref at, (ulong)((number << 1) ^ (number >> 63)) << 1);
            return;
        }

        Put(to, ref at, 1);
        BinaryPrimitives.WriteDoubleLittleEndian(to[at..], value);
        at += 8;
    }

    private static double GetNumber(ReadOnlySpan<byte> from, ref int at)
    {
        var code = Get(from, ref at);
        if ((code & 1) == 0)
        {
            var zigzag = code >> 1;
            return ((long)(zigzag >> 1) ^ -(long)(zigzag & 1)) / 2.0;
        }

        at += 8;
        return BinaryPrimitives.ReadDoubleLittleEndian(from[(at - 8)..]);
    }

    private static void Put(Span<byte> to, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            to[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[at++] = (byte)value;
    }

    private static ulong Get(ReadOnlySpan<byte> from, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = from[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }
}

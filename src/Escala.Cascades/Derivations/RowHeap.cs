using System.Buffers.Binary;
using Escala.Platform.Problems;
using Escala.Platform.Storage;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>
/// Encoded rows of many people in the order in which they came, and afterwards group by group of people with neighbouring numbers. Rows beyond
/// <see cref="MostInMemory"/> lie in a file of the store's folder that has no name any more, so that it goes with the process.
/// </summary>
internal sealed class RowHeap(string folder, long mostInMemory = RowHeap.MostInMemory) : IDisposable
{
    /// <summary>People of one group: about 40,000 rows of a register of ten visits a person.</summary>
    public const int GroupSize = 1 << 12;

    private const long MostInMemory = 256L << 20;

    private const int PieceSize = 1 << 14, HeadSize = 2 + 4 + 4;

    private readonly List<Group> _groups = [];
    private readonly Dictionary<int, byte[]> _apart = [];
    private FileStream? _file;
    private long _inMemory, _written;

    public void Add(int person, int facility, ReadOnlySpan<byte> row)
    {
        while (_groups.Count <= person / GroupSize) _groups.Add(new Group());
        var group = _groups[person / GroupSize];
        if (group.Used + HeadSize + row.Length > group.Open.Length) Close(group, HeadSize + row.Length);
        var to = group.Open.AsSpan(group.Used);
        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)(person % GroupSize));
        BinaryPrimitives.WriteInt32LittleEndian(to[2..], facility);
        BinaryPrimitives.WriteInt32LittleEndian(to[6..], row.Length);
        row.CopyTo(to[HeadSize..]);
        group.Used += HeadSize + row.Length;
    }

    /// <summary>Rows of people who are counted in other people's groups are kept at hand.</summary>
    public void SetApart(IEnumerable<int> people)
    {
        foreach (var some in people.GroupBy(p => p / GroupSize))
        {
            var rows = Read(some.Key);
            foreach (var person in some) _apart[person] = rows.Of(person).ToArray();
        }
    }

    /// <summary>Adds the rows of somebody who was set apart to a timeline.</summary>
    public void AddApart(Timeline timeline, int person) => PersonRows.AddTo(timeline, _apart[person]);

    /// <summary>A group's rows, sorted by person, each person's in the order in which they came. May be called on several threads.</summary>
    public PersonRows Read(int group)
    {
        if (group >= _groups.Count) return new PersonRows([], group * GroupSize);
        var (pieces, open, used) = (_groups[group].Pieces, _groups[group].Open, _groups[group].Used);
        var all = new byte[pieces.Sum(p => p.Length) + used];
        var at = 0;
        foreach (var piece in pieces)
        {
            var to = all.AsSpan(at, piece.Length);
            if (piece.Bytes is { } bytes) bytes.AsSpan(0, piece.Length).CopyTo(to);
            else ReadBack(to, piece.Offset);
            at += piece.Length;
        }

        open.AsSpan(0, used).CopyTo(all.AsSpan(at));
        return new PersonRows(all, group * GroupSize);
    }

    public void Dispose() => _file?.Dispose();

    private void Close(Group group, int needed)
    {
        if (group.Used > 0)
        {
            if (_inMemory + group.Open.Length <= mostInMemory)
            {
                _inMemory += group.Open.Length;
                group.Pieces.Add(new Piece(group.Open, 0, group.Used));
                group.Open = [];
            }
            else
            {
                Write(group.Open.AsSpan(0, group.Used));
                group.Pieces.Add(new Piece(null, _written, group.Used));
                _written += group.Used;
            }
        }

        group.Used = 0;
        if (group.Open.Length < needed) group.Open = new byte[Math.Max(PieceSize, needed)];
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            (_file ??= Create()).Write(bytes);
        }
        catch (IOException e)
        {
            throw Failure(e);
        }
    }

    private void ReadBack(Span<byte> to, long offset)
    {
        try
        {
            while (to.Length > 0)
            {
                var read = RandomAccess.Read(_file!.SafeFileHandle, to, offset);
                if (read == 0) throw new EndOfStreamException();
                to = to[read..];
                offset += read;
            }
        }
        catch (IOException e)
        {
            throw Failure(e);
        }
    }

    private FileStream Create()
    {
        var path = Path.Combine(folder, Path.GetRandomFileName());
        var isWindows = OperatingSystem.IsWindows();
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = 0, Options = isWindows ? FileOptions.DeleteOnClose : FileOptions.None };
        if (!isWindows) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        // Windows sees to it itself; elsewhere a process that is killed would leave it behind.
        if (!isWindows) File.Delete(path);
        return file;
    }

    private static StoreFailure Failure(IOException e) =>
        new(Problem.Of(e is EndOfStreamException ? "platform.store.device-error" : "platform.store.disk-full", ("engine", "file"), ("code", e.HResult), ("message", e.Message)), e);

    private sealed class Group
    {
        public List<Piece> Pieces { get; } = [];

        public byte[] Open { get; set; } = [];

        public int Used { get; set; }
    }

    /// <param name="Bytes">Null where they lie in the file, from the offset on.</param>
    private readonly record struct Piece(byte[]? Bytes, long Offset, int Length);

    /// <summary>Rows of one group of people.</summary>
    internal sealed class PersonRows
    {
        private readonly byte[] _sorted;
        private readonly int[] _firstOf = new int[GroupSize + 1];
        private readonly int _first;

        public PersonRows(byte[] rows, int first)
        {
            _first = first;
            for (var at = 0; at < rows.Length; at += Length(rows, at)) _firstOf[Person(rows, at) + 1] += Length(rows, at);
            for (var i = 0; i < GroupSize; i++) _firstOf[i + 1] += _firstOf[i];
            var next = _firstOf.AsSpan(0, GroupSize).ToArray();
            _sorted = new byte[rows.Length];
            for (int at = 0, length; at < rows.Length; at += length)
            {
                length = Length(rows, at);
                rows.AsSpan(at, length).CopyTo(_sorted.AsSpan(next[Person(rows, at)]));
                next[Person(rows, at)] += length;
            }
        }

        public ReadOnlySpan<byte> Of(int person) => _sorted.AsSpan(_firstOf[person - _first].._firstOf[person - _first + 1]);

        /// <summary>Adds a person's rows to a timeline, in the order in which they came.</summary>
        public void AddTo(Timeline timeline, int person) => AddTo(timeline, Of(person));

        public static void AddTo(Timeline timeline, ReadOnlySpan<byte> rows)
        {
            for (var at = 0; at < rows.Length; at += Length(rows, at)) timeline.AddOne(rows[(at + HeadSize)..], BinaryPrimitives.ReadInt32LittleEndian(rows[(at + 2)..]));
        }

        private static int Person(ReadOnlySpan<byte> rows, int at) => BinaryPrimitives.ReadUInt16LittleEndian(rows[at..]);

        private static int Length(ReadOnlySpan<byte> rows, int at) => HeadSize + BinaryPrimitives.ReadInt32LittleEndian(rows[(at + 6)..]);
    }
}

namespace Escala.Capture.Imports;

/// <summary>
/// The rows against which a file is held, person by person: those of the store and those of files imported before in the same command; and
/// which keys the present file has named already. A key is person, facility and day, and its how-many-eth row in the file (its ordinal, from 0); or
/// the source's own row id, whoever the person is.
/// </summary>
internal sealed class KnownRows
{
    private const int BlockSize = 1 << 16;

    private readonly List<Node[]> _blocks = [];
    private readonly List<int> _same = [];
    private readonly Dictionary<ulong, int> _byRowId = [];
    private int _count;

    public struct Node
    {
        public int Day;
        public int Facility;
        public int Previous;

        /// <summary>Whose row it is, by the classifier's numbers.</summary>
        public int Owner;

        /// <summary>The file that brought the row, or of a row with an id the last that named it; 0 is the store.</summary>
        public short File;

        /// <summary>Says only that the present file named the key: the row itself is known by another node.</summary>
        public bool Mention;

        /// <summary>The row that named the key cannot be taken.</summary>
        public bool Refused;

        /// <summary>The last file of which a row that can be taken was held to be this one.</summary>
        public short Met;

        /// <summary>Of a row with an id: the line of <see cref="File"/>.</summary>
        public int Line;
        public ulong Content;

        /// <summary>The moment (UTC ticks) at which its source changed it; 0 where that is not known.</summary>
        public long ChangedAt;
        public ulong RowId;

        /// <summary>Position of its entry; 0 until it is written.</summary>
        public long Position;
    }

    public ref Node this[int node] => ref _blocks[node / BlockSize][node % BlockSize];

    /// <summary>Puts a node in front of a person's; gives the new first.</summary>
    public int Add(int previous, in Node node)
    {
        if (_count == _blocks.Count * BlockSize) _blocks.Add(new Node[BlockSize]);
        this[_count] = node with { Previous = previous };
        return _count++;
    }

    /// <summary>A row that its source knows by an id; a node that is already known by it stays.</summary>
    public int AddById(in Node node)
    {
        if (_byRowId.TryGetValue(node.RowId, out var known)) return known;
        return _byRowId[node.RowId] = Add(-1, node);
    }

    /// <summary>The row with an id of its source's own, or −1.</summary>
    public int ById(ulong rowId) => _byRowId.GetValueOrDefault(rowId, -1);

    /// <summary>How many rows of a key the present file has named, and how many of them cannot be taken; and the known rows of the key in their order, in <paramref name="known"/>.</summary>
    public (int Named, int Refused) Find(int first, short file, int facility, int day, out IReadOnlyList<int> known)
    {
        _same.Clear();
        var (named, refused) = (0, 0);
        for (var at = first; at >= 0; at = this[at].Previous)
        {
            ref var node = ref this[at];
            if (node.Facility != facility || node.Day != day) continue;
            if (node.File == file)
            {
                named++;
                if (node.Refused) refused++;
            }
            else if (!node.Mention) _same.Add(at);
        }

        // Nodes are met latest first; the first row of the key is the last met.
        _same.Reverse();
        known = _same;
        return (named, refused);
    }
}

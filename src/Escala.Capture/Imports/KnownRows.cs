
namespace Escala.Capture.Imports;

/// <summary>
/// The rows against which a file is held, person by person: those of the store and those of files imported before in the same command; and
/// which keys the present file has named already. A key is person, facility and day, and its how-many-eth row in the file, or the source's
/// own row id.
/// </summary>
internal sealed class KnownRows
{
    private const int BlockSize = 1 << 16;

    private readonly List<Node[]> _blocks = [];
    private readonly List<int> _same = [];
    private int _count;

    public struct Node
    {
        public int Day;
        public int Facility;
        public int Previous;

        /// <summary>The file that brought the row; 0 is the store.</summary>
        public short File;

        /// <summary>Says only that the present file named the key: the row itself is known by another node.</summary>
        public bool Mention;
        public ulong Content;
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

    /// <summary>The known row that a row of the present file stands for, or −1.</summary>
    public int Find(int first, short file, int facility, int day, ulong rowId)
    {
        _same.Clear();
        var rank = 0;
        for (var at = first; at >= 0; at = this[at].Previous)
        {
            ref var node = ref this[at];
            if (rowId != 0)
            {
                if (!node.Mention && node.File < file && node.RowId == rowId) return at;
                continue;
            }

            if (node.Facility != facility || node.Day != day || node.RowId != 0) continue;
            if (node.File == file) rank++;
            else if (!node.Mention) _same.Add(at);
        }

        // Nodes are met latest first; the first row of the key is the last met.
        return rank < _same.Count ? _same[_same.Count - 1 - rank] : -1;
    }
}

using System.Runtime.InteropServices;
using Escala.Registry.Timelines;

namespace Escala.Cascades.Derivations;

/// <summary>Encoded rows of many people in the order in which they came, and afterwards person by person.</summary>
internal sealed class RowHeap
{
    private const int BlockSize = 1 << 24;

    private readonly List<byte[]> _blocks = [];
    private readonly List<int> _people = [];
    private readonly List<long> _places = [];
    private readonly List<int> _facilities = [];
    private int _used = BlockSize;
    private int[] _firstOf = [];
    private int[] _byPerson = [];

    public int Count => _people.Count;

    public void Add(int person, int facility, ReadOnlySpan<byte> row)
    {
        if (_used + row.Length > BlockSize)
        {
            _blocks.Add(new byte[BlockSize]);
            _used = 0;
        }

        row.CopyTo(_blocks[^1].AsSpan(_used));
        _people.Add(person);
        _facilities.Add(facility);
        _places.Add(((long)(_blocks.Count - 1) << 32) | (uint)_used);
        _used += row.Length;
    }

    /// <summary>Sorts the rows by person, each person's in the order in which they came.</summary>
    public void Sort(int people)
    {
        _firstOf = new int[people + 1];
        foreach (var person in CollectionsMarshal.AsSpan(_people)) _firstOf[person + 1]++;
        for (var i = 0; i < people; i++) _firstOf[i + 1] += _firstOf[i];
        var next = _firstOf.AsSpan(0, people).ToArray();
        _byPerson = new int[_people.Count];
        for (var row = 0; row < _people.Count; row++) _byPerson[next[_people[row]]++] = row;
    }

    /// <summary>Adds a person's rows to a timeline, in the order in which they came.</summary>
    public void AddTo(Timeline timeline, int person)
    {
        for (var i = _firstOf[person]; i < _firstOf[person + 1]; i++)
        {
            var place = _places[_byPerson[i]];
            timeline.AddOne(_blocks[(int)(place >> 32)].AsSpan((int)place), _facilities[_byPerson[i]]);
        }
    }
}

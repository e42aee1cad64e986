using System.Text;
using Escala.Platform.Problems;
using Escala.Programmes.Facts;

namespace Escala.Capture.Imports;

/// <summary>What a joined row tells of the repeats that were joined to it: rows that belong to none, and by what one is known when its row comes after all.</summary>
internal sealed class RepeatedRows
{
    /// <summary>Code of the problem with which such a row waits.</summary>
    public const string Orphan = "capture.row.orphan";

    private readonly List<(Repeat Repeat, int Row, List<int[]> Rows)> _repeats = [];

    public RepeatedRows(Mapping mapping, Layout layout)
    {
        foreach (var repeat in mapping.Repeats)
        {
            var rows = new List<int[]>();
            while (Enumerable.Range(0, layout.Columns.Count).Where(i => layout.Columns[i].StartsWith(repeat.Column(rows.Count + 1, ""), StringComparison.OrdinalIgnoreCase)).ToArray() is { Length: > 0 } fields) rows.Add(fields);
            _repeats.Add((repeat, layout.IndexOf(repeat.OrphanColumn), rows));
        }
    }

    /// <summary>Why a row of a repeat stands alone, or null for any other row.</summary>
    public Problem? OrphanIn(CsvRecord fields)
    {
        foreach (var (repeat, row, _) in _repeats)
        {
            if (row >= 0 && !fields[row].IsEmpty) return Problem.Of(Orphan, ("source", repeat.Source), ("row", Encoding.UTF8.GetString(fields[row])), ("key", repeat.Key), ("column", repeat.Of));
        }

        return null;
    }

    /// <summary>A hash of each row of a repeat that stands in the record, its key with it.</summary>
    public IEnumerable<ulong> HashesOf(CsvRecord fields)
    {
        foreach (var (i, (_, _, rows)) in _repeats.Index())
        {
            foreach (var row in rows.Where(r => r.Any(f => !fields[f].IsEmpty)))
            {
                var hash = Fnv.Offset;
                Fnv.Mix(ref hash, (ulong)i);
                foreach (var field in row)
                {
                    Fnv.Mix(ref hash, ',');
                    foreach (var letter in fields[field]) Fnv.Mix(ref hash, letter);
                }

                yield return hash;
            }
        }
    }
}

namespace Escala.Programmes.Packages;

/// <summary>A kind of mapping: the keys it must have and those it may have. The JSON schemas and the documents are held to these.</summary>
internal sealed record Shape(string Name, IReadOnlyList<string> Required, IReadOnlyList<string> Optional)
{
    public IEnumerable<string> Keys => Required.Concat(Optional);
}

/// <summary>A closed list of words and what they mean.</summary>
internal sealed class Choice<T>(string name, params IReadOnlyList<(string Word, T Meaning)> words)
{
    public string Name { get; } = name;

    public IEnumerable<string> Words => words.Select(w => w.Word);

    public bool TryGet(string word, out T meaning)
    {
        foreach (var (known, means) in words)
        {
            if (known != word) continue;
            meaning = means;
            return true;
        }

        meaning = default!;
        return false;
    }
}

/// <summary>The known name with the fewest edits from what was written.</summary>
public static class Nearest
{
    public static string To(string written, IEnumerable<string> known) =>
        known.MinBy(k => Edits(written, k)) ?? "—";

    /// <summary>Letters to put in, take out or change, whatever their case.</summary>
    public static int Edits(string a, string b)
    {
        const int MostCompared = 64;
        (a, b) = (a.ToUpperInvariant(), b.ToUpperInvariant());
        if (a.Length > MostCompared) a = a[..MostCompared];
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var edits = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], edits);
            }
        }

        return row[^1];
    }
}

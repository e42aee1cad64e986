namespace Escala.Fuzz.Mutation;

/// <summary>Makes one input of another: bytes, blocks, words of a dictionary, pieces of a second input, and whatever the format has besides.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> dictionary, Structure structure, int mostBytes)
{
    private static readonly byte[] s_telling = [0, 1, 9, 10, 13, 32, 34, 39, 44, 45, 46, 47, 48, 57, 58, 59, 60, 61, 65, 91, 92, 93, 123, 124, 125, 127, 128, 192, 239, 255];

    public byte[] Mutate(byte[] from, byte[] other, Chance chance)
    {
        var bytes = from.ToList();
        for (var times = chance.Length(8); times > 0; times--)
        {
            if (structure != Structure.None && chance.Below(2) == 0) bytes = [.. Structures.Mutate(structure, [.. bytes], other, dictionary, chance)];
            else Step(bytes, other, chance);
        }

        if (bytes.Count > mostBytes) bytes.RemoveRange(mostBytes, bytes.Count - mostBytes);
        return [.. bytes];
    }

    private void Step(List<byte> bytes, byte[] other, Chance chance)
    {
        if (bytes.Count == 0)
        {
            bytes.AddRange(chance.Of(dictionary));
            return;
        }

        var at = chance.Below(bytes.Count);
        var length = Math.Min(chance.Length(bytes.Count), bytes.Count - at);
        switch (chance.Below(11))
        {
            case 0:
                bytes[at] ^= (byte)(1 << chance.Below(8));
                break;
            case 1:
                bytes[at] = (byte)chance.Below(256);
                break;
            case 2:
                bytes[at] = chance.Of(s_telling);
                break;
            case 3:
                bytes.Insert(at, chance.Of(s_telling));
                break;
            case 4 or 5:
                bytes.RemoveRange(at, length);
                break;
            case 6:
                bytes.InsertRange(chance.Below(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 7:
                bytes.InsertRange(at, chance.Of(dictionary));
                break;
            case 8:
                var word = chance.Of(dictionary);
                bytes.RemoveRange(at, Math.Min(word.Length, bytes.Count - at));
                bytes.InsertRange(at, word);
                break;
            case 9:
                // Many times the same: what nests, or is only long.
                var piece = chance.OneIn(2) ? chance.Of(dictionary) : [.. bytes.GetRange(at, Math.Min(length, 16))];
                var times = Math.Min(chance.Length(400), Math.Max(0, mostBytes - bytes.Count) / Math.Max(1, piece.Length));
                for (var i = 0; i < times; i++) bytes.InsertRange(at, piece);
                break;
            default:
                if (other.Length == 0) break;
                var start = chance.Below(other.Length);
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, other[start..Math.Min(other.Length, start + chance.Length(other.Length))]);
                break;
        }
    }
}

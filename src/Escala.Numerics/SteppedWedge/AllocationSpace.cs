using System.Numerics;
using Escala.Numerics.CostEffectiveness;

namespace Escala.Numerics.SteppedWedge;

/// <summary>
/// Every way to give clusters to sequences of stated sizes, with each stratum spread over the sequences as evenly as its size allows
/// (between the floor and the ceiling of its proportional share).
/// </summary>
internal sealed class AllocationSpace
{
    private readonly int[][] _strata;
    private readonly int[] _capacity;
    private readonly Dictionary<(int Stratum, string Room), BigInteger> _ways = [];

    /// <param name="stratumOf">Stratum of each cluster, from 0.</param>
    /// <param name="capacity">Clusters that each sequence takes; sums to the number of clusters.</param>
    internal AllocationSpace(IReadOnlyList<int> stratumOf, IReadOnlyList<int> capacity)
    {
        _strata = [.. stratumOf.Index().GroupBy(c => c.Item).OrderBy(g => g.Key).Select(g => g.Select(c => c.Index).ToArray())];
        _capacity = [.. capacity];
        Clusters = stratumOf.Count;
        Count = Ways(0, _capacity);
    }

    internal int Clusters { get; }

    /// <summary>Number of admissible allocations, exact.</summary>
    internal BigInteger Count { get; }

    /// <summary>The sequence of each cluster, for every admissible allocation, always in the same order.</summary>
    internal IEnumerable<int[]> Enumerate() => Enumerate(0, _capacity, new int[Clusters]);

    /// <summary>One admissible allocation, each equally likely.</summary>
    internal int[] Draw(ref CounterStream stream)
    {
        int[] room = [.. _capacity], allocation = new int[Clusters];
        for (int h = 0; h < _strata.Length; h++)
        {
            BigInteger pick = Below(Ways(h, room), ref stream);
            foreach (int[] counts in Splits(h, room))
            {
                int[] rest = Minus(room, counts);
                BigInteger ways = Multinomial(counts) * Ways(h + 1, rest);
                if (pick < ways)
                {
                    Deal(h, counts, allocation, ref stream);
                    room = rest;
                    break;
                }
                pick -= ways;
            }
        }
        return allocation;
    }

    private IEnumerable<int[]> Enumerate(int stratum, int[] room, int[] allocation)
    {
        if (stratum == _strata.Length)
        {
            yield return [.. allocation];
            yield break;
        }
        foreach (int[] counts in Splits(stratum, room))
        {
            int[] rest = Minus(room, counts);
            if (Ways(stratum + 1, rest).IsZero)
            {
                continue;
            }
            foreach (var _ in Arrangements(_strata[stratum], 0, [.. counts], allocation))
            {
                foreach (int[] complete in Enumerate(stratum + 1, rest, allocation))
                {
                    yield return complete;
                }
            }
        }
    }

    private static IEnumerable<bool> Arrangements(int[] members, int next, int[] left, int[] allocation)
    {
        if (next == members.Length)
        {
            yield return true;
            yield break;
        }
        for (int s = 0; s < left.Length; s++)
        {
            if (left[s] == 0)
            {
                continue;
            }
            left[s]--;
            allocation[members[next]] = s;
            foreach (bool arranged in Arrangements(members, next + 1, left, allocation))
            {
                yield return arranged;
            }
            left[s]++;
        }
    }

    private BigInteger Ways(int stratum, int[] room)
    {
        if (stratum == _strata.Length)
        {
            return room.All(r => r == 0) ? BigInteger.One : BigInteger.Zero;
        }
        var key = (stratum, string.Join(',', room));
        if (!_ways.TryGetValue(key, out BigInteger ways))
        {
            ways = Splits(stratum, room).Aggregate(BigInteger.Zero, (sum, counts) => sum + (Multinomial(counts) * Ways(stratum + 1, Minus(room, counts))));
            _ways[key] = ways;
        }
        return ways;
    }

    /// <summary>How many of a stratum go to each sequence.</summary>
    private IEnumerable<int[]> Splits(int stratum, int[] room)
    {
        int members = _strata[stratum].Length;
        int[] counts = new int[room.Length];
        IEnumerable<int[]> Fill(int sequence, int left)
        {
            if (sequence == room.Length)
            {
                if (left == 0)
                {
                    yield return [.. counts];
                }
                yield break;
            }
            int share = members * _capacity[sequence];
            int fewest = share / Clusters, most = (share + Clusters - 1) / Clusters;
            for (int n = fewest; n <= Math.Min(Math.Min(most, room[sequence]), left); n++)
            {
                counts[sequence] = n;
                foreach (int[] split in Fill(sequence + 1, left - n))
                {
                    yield return split;
                }
            }
        }
        return Fill(0, members);
    }

    private void Deal(int stratum, int[] counts, int[] allocation, ref CounterStream stream)
    {
        int[] labels = [.. counts.SelectMany((n, s) => Enumerable.Repeat(s, n))];
        for (int k = labels.Length - 1; k > 0; k--)
        {
            int other = stream.NextInteger(k + 1);
            (labels[k], labels[other]) = (labels[other], labels[k]);
        }
        foreach (var (k, cluster) in _strata[stratum].Index())
        {
            allocation[cluster] = labels[k];
        }
    }

    private static BigInteger Below(BigInteger bound, ref CounterStream stream)
    {
        int bits = (int)bound.GetBitLength();
        while (true)
        {
            BigInteger value = BigInteger.Zero;
            for (int taken = 0; taken < bits; taken += 64)
            {
                value = (value << 64) | stream.NextBits();
            }
            value &= (BigInteger.One << bits) - 1;
            if (value < bound)
            {
                return value;
            }
        }
    }

    private static BigInteger Multinomial(int[] counts)
    {
        BigInteger result = BigInteger.One;
        int placed = 0;
        foreach (int count in counts)
        {
            for (int k = 1; k <= count; k++)
            {
                result = result * ++placed / k;
            }
        }
        return result;
    }

    private static int[] Minus(int[] room, int[] counts) => [.. room.Zip(counts, (r, c) => r - c)];
}

using Escala.Fuzz.Coverage;
using Escala.Fuzz.Mutation;

namespace Escala.Fuzz;

/// <summary>One target's inputs: what is kept because it reached something new, and what was found.</summary>
internal sealed class Campaign
{
    private readonly Chance _chance;
    private readonly Mutator _mutator;
    private readonly List<byte[]> _corpus = [];
    private readonly IReadOnlyList<byte[]> _earlier;
    private readonly CoverageMap _seen = new();
    private readonly Dictionary<string, byte[]> _findings = new(StringComparer.Ordinal);

    /// <param name="target">What is fuzzed.</param>
    /// <param name="seed">The same seed, corpus and code give the same inputs.</param>
    /// <param name="corpus">Inputs of earlier runs; the target's seeds come first.</param>
    public Campaign(Target target, ulong seed, IEnumerable<byte[]> corpus)
    {
        Target = target;
        _chance = new Chance(seed);
        _mutator = new Mutator(Dictionary.For(target), target.Structure, target.MostBytes);
        _earlier = [.. target.Seeds, .. corpus];
    }

    public Target Target { get; }

    /// <summary>Before an input is tried: whoever watches knows which one it was, should the process die of it.</summary>
    public Action<byte[]>? Trying { get; init; }

    /// <summary>An input that reached something new.</summary>
    public Action<byte[]>? Kept { get; init; }

    public Action<Finding, byte[]>? Found { get; init; }

    public long Executions { get; private set; }

    public IReadOnlyList<byte[]> Corpus => _corpus;

    public int Features => _seen.Features;

    public int Edges => _seen.Edges;

    public IReadOnlyCollection<string> Findings => _findings.Keys;

    /// <summary>Tries the seeds and the inputs of earlier runs, once whoever watches is there: a fault that a seed has is one.</summary>
    public Campaign Begin()
    {
        foreach (var input in _earlier) Run(input, trims: false);
        if (_corpus.Count == 0) _corpus.Add([]);
        return this;
    }

    public void Run(long executions)
    {
        for (var until = Executions + executions; Executions < until;)
        {
            // New inputs lead further than old ones, more often than not.
            var recent = Math.Max(1, _corpus.Count / 5);
            var from = _chance.OneIn(2) ? _corpus[_chance.Below(_corpus.Count)] : _corpus[_corpus.Count - 1 - _chance.Below(recent)];
            Run(_mutator.Mutate(from, _chance.Of(_corpus), _chance), trims: true);
        }
    }

    /// <summary>The smallest inputs that together reach all that the corpus reaches.</summary>
    public static List<byte[]> Smallest(Target target, IEnumerable<byte[]> inputs)
    {
        var (seen, kept) = (new CoverageMap(), new List<byte[]>());
        foreach (var input in inputs.OrderBy(i => i.Length).ThenBy(i => Convert.ToHexString(i), StringComparer.Ordinal))
        {
            if (Execution.Try(target, input) is null && seen.Add()) kept.Add(input);
        }

        return kept;
    }

    private void Run(byte[] input, bool trims)
    {
        if (Try(input) is { } finding)
        {
            Keep(finding, input);
            return;
        }

        if (!_seen.Add()) return;
        if (trims)
        {
            var signature = CoverageMap.Signature();
            input = Smaller(input, piece => Try(piece) is null && CoverageMap.Signature() == signature);
        }

        _corpus.Add(input);
        Kept?.Invoke(input);
    }

    private Finding? Try(byte[] input)
    {
        Trying?.Invoke(input);
        Executions++;
        return Execution.Try(Target, input);
    }

    private void Keep(Finding finding, byte[] input)
    {
        if (_findings.ContainsKey(finding.Kind)) return;
        _findings[finding.Kind] = input;
        Found?.Invoke(finding, Smaller(input, piece => Try(piece)?.Kind == finding.Kind));
    }

    /// <summary>Leaves out pieces, large ones first, for as long as the input stays what it is.</summary>
    private static byte[] Smaller(byte[] input, Func<byte[], bool> isSame)
    {
        const int Finest = 64;
        for (var pieces = 2; pieces <= Finest && input.Length > 1; pieces *= 2)
        {
            var length = Math.Max(1, input.Length / pieces);
            for (var at = 0; at < input.Length;)
            {
                byte[] without = [.. input.AsSpan(0, at), .. input.AsSpan(Math.Min(input.Length, at + length))];
                if (isSame(without)) input = without;
                else at += length;
            }
        }

        return input;
    }
}

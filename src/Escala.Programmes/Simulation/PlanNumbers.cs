using Escala.Programmes.Packages;

namespace Escala.Programmes.Simulation;

/// <summary>Reads the kinds of number that a simulation is made of. A value that cannot be read is told and given as 0; the plan is then not used.</summary>
internal sealed class PlanNumbers(NodeReader reader)
{
    private const double MostLogOdds = 10;
    private const double SharesWithin = 1e-9;

    /// <summary>0 to 1.</summary>
    public double Share(Fields? fields, string key) => Between(fields, key, 0, 1);

    /// <summary>Strictly between 0 and 1, for it becomes log-odds.</summary>
    public double Probability(Fields? fields, string key) => Between(fields, key, 0.000001, 0.999999);

    public double LogOdds(Fields? fields, string key) => Between(fields, key, -MostLogOdds, MostLogOdds);

    /// <summary>A standard deviation of log-odds or of logarithms.</summary>
    public double Spread(Fields? fields, string key) => Between(fields, key, 0, MostLogOdds);

    public double Between(Fields? fields, string key, double lowest, double highest)
    {
        if (fields?[key] is not { } node || reader.Number(node) is not { } number) return 0;
        if ((double)number >= lowest && (double)number <= highest) return (double)number;
        reader.Refuse(node, "simulation-number", key, ("least", lowest), ("most", highest));
        return 0;
    }

    /// <summary>Two numbers, one a part of a pair.</summary>
    public PairValue Pair(Fields fields, string key, double lowest, double highest)
    {
        var numbers = fields.Items(key, 2).Select(n => (Node: n, Value: (double)(reader.Number(n) ?? 0))).ToList();
        if (numbers.Count > 2) reader.Refuse(fields[key]!, "simulation-pair", key);
        foreach (var (node, value) in numbers)
        {
            if (value < lowest || value > highest) reader.Refuse(node, "simulation-number", key, ("least", lowest), ("most", highest));
        }

        return numbers.Count == 2 ? new PairValue(numbers[0].Value, numbers[1].Value) : new PairValue(0, 0);
    }

    /// <summary>Choices with shares that sum to 1.</summary>
    public IReadOnlyList<Weighted<T>> Shares<T>(Fields fields, string key, Func<YamlText, T?> read)
        where T : struct
    {
        var shares = SharesUpToOne(fields, key, read);
        var sum = shares.Sum(s => s.Share);
        if (fields[key] is { } node && Math.Abs(sum - 1) > SharesWithin) reader.Refuse(node, "simulation-shares", key, ("sum", sum));
        return shares;
    }

    public IReadOnlyList<Weighted<T>> SharesUpToOne<T>(Fields fields, string key, Func<YamlText, T?> read)
        where T : struct
    {
        var shares = new List<Weighted<T>>();
        foreach (var (name, node) in fields.Entries(key))
        {
            if (read(name) is not { } value || reader.Number(node) is not { } share) continue;
            if (share is < 0 or > 1) reader.Refuse(node, "simulation-number", name.Value, ("least", 0), ("most", 1));
            else shares.Add(new Weighted<T>(value, (double)share));
        }

        return shares;
    }

    public Func<YamlText, int?> IntegersBetween(int lowest, int highest) => node => reader.Integer(node, lowest, highest);

    /// <summary>Ages as "15-18": from 15, up to and without 18.</summary>
    public Func<YamlText, (int From, int To)?> AgesBetween(int oldest) => node =>
    {
        var ends = node.Value.Split('-');
        if (ends.Length == 2 && Age(ends[0], oldest) is { } from && Age(ends[1], oldest) is { } to && from < to) return (from, to);
        reader.Refuse(node, "simulation-ages", node.Value);
        return null;
    };

    private static int? Age(string text, int oldest) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var age) && age <= oldest ? age : null;
}

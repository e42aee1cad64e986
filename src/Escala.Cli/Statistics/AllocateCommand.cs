using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Escala.Cli.Economics;
using Escala.Numerics;
using Escala.Numerics.SteppedWedge;

namespace Escala.Cli.Statistics;

/// <summary>Draws the allocation of clusters to sequences once, into a record that is never overwritten and can be drawn again to check it.</summary>
internal static class AllocateCommand
{
    private static readonly JsonSerializerOptions s_file = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create()
    {
        var names = new Option<string?>("--names") { Description = "Clusters: A,B,C,D,E,F." };
        var data = new Option<string?>("--data") { Description = "Or a file with one row a cluster." };
        var name = new Option<string>("--name-column") { Description = "Its column of names.", DefaultValueFactory = _ => "name" };
        var stratify = new Option<string?>("--stratify") { Description = "Its column of strata." };
        var balance = new Option<string?>("--balance") { Description = "Its columns of covariates to balance." };
        var share = new Option<double>("--share") { Description = "Share of the allocations, best balanced first, that is admissible.", DefaultValueFactory = _ => 1 };
        var sequences = new Option<int?>("--sequences") { Description = "Sequences of equal size (the first ones take what is over)." };
        var sizes = new Option<string?>("--sizes") { Description = "Or clusters of each sequence: 2,2,2." };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of the draw, written down before it (a date, dice, a lottery number)." };
        var output = new Option<string?>("--out") { Description = "New file for the record; an existing one is never overwritten." };
        var verify = new Option<string?>("--verify") { Description = "A record to check instead: its fingerprint and a new draw from its seed." };
        var json = TableInputs.Json();
        var command = new Command("allocate", "Allocates clusters to sequences at random.") { names, data, name, stratify, balance, share, sequences, sizes, seed, output, verify, json };
        command.SetAction(result => Failures.Guard(() =>
        {
            if (result.GetValue(verify) is { } path)
            {
                Verify(path, result.GetValue(json));
                return;
            }
            AllocationCluster[] clusters = result.GetValue(data) is { } file
                ? FromFile(file, result.GetValue(name)!, result.GetValue(stratify), result.GetValue(balance))
                : [.. TableInputs.Names(result.GetValue(names) ?? throw new UnfitInputException("numerics.option.clusters", "Give the clusters: --names A,B,C or --data.")).Select(n => new AllocationCluster(n, "", []))];
            var record = Draw(clusters, Sizes(clusters.Length, result.GetValue(sequences), result.GetValue(sizes)), result.GetValue(share), Covariates(result.GetValue(balance)),
                result.GetValue(seed) ?? throw new UnfitInputException("numerics.option.seed", "Give --seed: a draw that nobody can repeat is no record."), TimeProvider.System);
            if (result.GetValue(output) is { } target)
            {
                using var stream = TableInputs.NewFile(target);
                JsonSerializer.Serialize(stream, record, s_file);
            }
            Write(record, result.GetValue(json));
        }));
        return command;
    }

    internal static AllocationRecord ReadRecord(string path)
    {
        TableInputs.MustExist(path);
        try
        {
            return JsonSerializer.Deserialize<AllocationRecord>(File.ReadAllText(path), s_file) ?? throw new UnfitInputException("numerics.option.record", "{path} is no allocation record.", ("path", path));
        }
        catch (JsonException problem)
        {
            throw new UnfitInputException("numerics.option.record-line", "{path}, line {line}: not an allocation record.", ("path", path), ("line", (problem.LineNumber ?? 0) + 1));
        }
    }

    private static AllocationRecord Draw(
        AllocationCluster[] clusters, int[] sizes, double share, string[] covariates, ulong seed, TimeProvider clock)
    {
        var allocation = new AllocationPlan { Clusters = clusters, SequenceSizes = sizes, AdmissibleShare = share }.Draw(seed);
        bool isStratified = clusters.Select(c => c.Stratum).Distinct(StringComparer.Ordinal).Count() > 1;
        var record = new AllocationRecord
        {
            Method = share < 1 ? "covariate-constrained" : isStratified ? "stratified" : "simple",
            Version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3),
            Drawn = clock.GetUtcNow(),
            Seed = seed,
            SequenceSizes = sizes,
            Share = share,
            Covariates = covariates,
            Possible = allocation.Possible.ToString(CultureInfo.InvariantCulture),
            Admissible = allocation.Admissible.ToString(CultureInfo.InvariantCulture),
            IsComplete = allocation.IsComplete,
            Imbalance = allocation.Imbalance,
            ImbalanceLimit = allocation.ImbalanceLimit,
            PairsAlwaysTogether = allocation.Pairs?.Always,
            PairsNeverTogether = allocation.Pairs?.Never,
            Clusters = [.. clusters.Select((c, i) => new AllocatedCluster(c.Name, c.Stratum, c.Covariates, allocation.SequenceOf[i] + 1))],
        };
        return record with { Fingerprint = Fingerprint(record) };
    }

    /// <summary>SHA-256 of the record without its fingerprint.</summary>
    private static string Fingerprint(AllocationRecord record) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(record with { Fingerprint = "" }, s_file)));

    private static void Verify(string path, bool json)
    {
        var record = ReadRecord(path);
        AllocationCluster[] clusters = [.. record.Clusters.Select(c => new AllocationCluster(c.Name, c.Stratum, c.Covariates))];
        var again = new AllocationPlan { Clusters = clusters, SequenceSizes = record.SequenceSizes, AdmissibleShare = record.Share }.Draw(record.Seed);
        bool unchanged = Fingerprint(record) == record.Fingerprint;
        bool repeated = again.SequenceOf.Select(s => s + 1).SequenceEqual(record.Clusters.Select(c => c.Sequence));
        if (json) Output.WriteJson(new { Unchanged = unchanged, Repeated = repeated, record.Version });
        else
        {
            Console.WriteLine(Vocabulary.Say(unchanged ? "allocate.unchanged" : "allocate.changed"));
            Console.WriteLine(Vocabulary.Say(repeated ? "allocate.repeated" : "allocate.other", ("seed", record.Seed)));
        }
        if (!unchanged || !repeated) throw new UnfitInputException("numerics.option.record-changed", "{path} is not the record of a draw from its seed.", ("path", path));
    }

    private static void Write(AllocationRecord record, bool json)
    {
        if (json)
        {
            Output.WriteJson(record);
            return;
        }
        string one = Vocabulary.Say("allocate.head", ("method", Vocabulary.Term(record.Method)), ("seed", record.Seed), ("admissible", record.Admissible));
        Console.WriteLine(one + (record.Admissible == record.Possible ? "" : " " + Vocabulary.Say("allocate.possible", ("possible", record.Possible))));
        if (record.Imbalance is { } imbalance)
        {
            Console.WriteLine(Vocabulary.Say("allocate.imbalance", ("imbalance", Vocabulary.Number(imbalance, "0.###")))
                + (record.ImbalanceLimit is { } limit ? ", " + Vocabulary.Say("allocate.limit", ("limit", Vocabulary.Number(limit, "0.###"))) : ""));
        }
        if (record.PairsAlwaysTogether > 0 || record.PairsNeverTogether > 0)
            Console.WriteLine(Vocabulary.Say("allocate.pairs", ("always", record.PairsAlwaysTogether), ("never", record.PairsNeverTogether)));
        foreach (var sequence in record.Clusters.GroupBy(c => c.Sequence).OrderBy(g => g.Key)) Console.WriteLine($"  {sequence.Key}  {string.Join(", ", sequence.Select(c => c.Name))}");
        Console.WriteLine(Vocabulary.Say("allocate.fingerprint", ("fingerprint", record.Fingerprint)));
    }

    private static AllocationCluster[] FromFile(string path, string name, string? stratify, string? balance)
    {
        var frame = TableInputs.Frame(path);
        string?[] names = TableInputs.Labels(frame, name);
        string?[] strata = stratify is null ? [.. names.Select(_ => "")] : TableInputs.Labels(frame, stratify);
        double[,] covariates = TableInputs.Matrix(frame, Covariates(balance));
        return
        [
            .. names.Select((n, i) => new AllocationCluster(
                n ?? throw new UnfitInputException("numerics.option.row-name", "{path}, row {row}: the cluster has no name.", ("path", path), ("row", i + 1)),
                strata[i] ?? throw new UnfitInputException("numerics.option.row-stratum", "{path}, row {row}: '{cluster}' has no stratum.", ("path", path), ("row", i + 1), ("cluster", n)),
                [.. Enumerable.Range(0, covariates.GetLength(1)).Select(k => covariates[i, k])])),
        ];
    }

    private static string[] Covariates(string? names) => names is null ? [] : TableInputs.Names(names);

    private static int[] Sizes(int clusters, int? sequences, string? sizes)
    {
        if (sizes is not null) return [.. TableInputs.Counts(sizes, "--sizes").Select(n => checked((int)n))];
        if (sequences is not { } count || count < 1 || count > clusters) throw new UnfitInputException("numerics.option.allocate-sequences", "Give --sequences, 1 to {most} for {clusters} clusters, or --sizes.", ("most", clusters), ("clusters", clusters));
        return [.. Enumerable.Range(0, count).Select(s => (clusters / count) + (s < clusters % count ? 1 : 0))];
    }
}

internal sealed record AllocatedCluster(string Name, string Stratum, IReadOnlyList<double> Covariates, int Sequence);

/// <summary>A drawn allocation as it is filed.</summary>
internal sealed record AllocationRecord
{
    public required string Method { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset Drawn { get; init; }

    public required ulong Seed { get; init; }

    public required IReadOnlyList<int> SequenceSizes { get; init; }

    public required double Share { get; init; }

    public required IReadOnlyList<string> Covariates { get; init; }

    public required string Possible { get; init; }

    public required string Admissible { get; init; }

    public required bool IsComplete { get; init; }

    public double? Imbalance { get; init; }

    public double? ImbalanceLimit { get; init; }

    public int? PairsAlwaysTogether { get; init; }

    public int? PairsNeverTogether { get; init; }

    public required IReadOnlyList<AllocatedCluster> Clusters { get; init; }

    public string Fingerprint { get; init; } = "";
}

using System.CommandLine;
using Escala.Numerics;

namespace Escala.Cli.Statistics;

/// <summary>Two samples: as pairs of columns, or as a column of values with one of groups, or typed in.</summary>
internal sealed class GroupInputs
{
    private readonly Option<string?> _data = TableInputs.Data();
    private readonly Option<string?> _paired = new("--paired") { Description = "Two columns measured on the same persons: before,after." };
    private readonly Option<string?> _value = new("--value") { Description = "Column of values." };
    private readonly Option<string?> _group = new("--group") { Description = "Column of two groups, compared in order of their names (second minus first)." };
    private readonly Option<string?> _first = new("--first") { Description = "Values of the first sample instead of a file: 3,2,4." };
    private readonly Option<string?> _second = new("--second") { Description = "Values of the second sample." };
    private readonly Option<bool> _pairs = new("--pairs") { Description = "The typed-in samples are pairs." };

    public bool IsPaired(ParseResult result) => result.GetValue(_paired) is not null || result.GetValue(_pairs);

    public Command Command(string name, string description, IReadOnlyList<Option> more, Func<ParseResult, double[], double[], object> compute) =>
        TestCommand.With(name, description, [_data, _paired, _value, _group, _first, _second, _pairs, .. more], result =>
        {
            var (first, second) = Read(result);
            return compute(result, first, second);
        });

    private (double[] First, double[] Second) Read(ParseResult result)
    {
        if (result.GetValue(_first) is { } one && result.GetValue(_second) is { } two)
        {
            return (TableInputs.Numbers(one, "--first"), TableInputs.Numbers(two, "--second"));
        }
        var frame = TableInputs.Frame(result.GetValue(_data));
        if (result.GetValue(_paired) is { } columns)
        {
            return TableInputs.Names(columns) is [var before, var after]
                ? (TableInputs.Numbers(frame, before), TableInputs.Numbers(frame, after))
                : throw new UnfitInputException("numerics.option.paired", "--paired names two columns: before,after.");
        }
        if (result.GetValue(_value) is not { } value || result.GetValue(_group) is not { } group)
        {
            throw new UnfitInputException("numerics.option.groups", "Give --paired before,after, or --value and --group, or --first and --second.");
        }
        double[] values = TableInputs.Numbers(frame, value);
        string?[] labels = TableInputs.Labels(frame, group);
        string[] names = [.. labels.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (names.Length != 2) throw new UnfitInputException("numerics.option.two-groups", "Column '{column}' has {groups} groups; two are compared.", ("column", group), ("groups", names.Length));
        double[] Of(string name) => [.. values.Where((_, row) => labels[row] == name)];
        return (Of(names[0]), Of(names[1]));
    }
}

/// <summary>One sample: a column of a file, or typed in.</summary>
internal sealed class ValueInputs
{
    private readonly Option<string?> _data = TableInputs.Data();
    private readonly Option<string?> _value = new("--value") { Description = "Column of values." };
    private readonly Option<string?> _values = new("--values") { Description = "Values instead of a file: 3,2,NA,4." };

    public IReadOnlyList<Option> Options => [_data, _value, _values];

    public double[] Read(ParseResult result) =>
        result.GetValue(_values) is { } text ? TableInputs.Numbers(text, "--values")
        : TableInputs.Numbers(TableInputs.Frame(result.GetValue(_data)), result.GetValue(_value) ?? throw new UnfitInputException("numerics.option.values", "Give --value, the column of values, or --values."));
}

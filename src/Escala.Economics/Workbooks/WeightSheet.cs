using System.Globalization;
using Escala.Economics.Models;
using Escala.Numerics.StateTransition;

namespace Escala.Economics.Workbooks;

/// <summary>What a year in a state and a move are worth at each row of the trace: within-cycle weight times discount.</summary>
internal sealed class WeightSheet
{
    public const string Name = "Weights";
    private const int FirstRow = 5;

    private readonly Dictionary<string, (int Rows, int Flows)> _columns = [];

    public WeightSheet(ModelDefinition model)
    {
        var settings = model.Settings;
        Sheet = new Sheet(Name) { FrozenRows = FirstRow - 1 };
        Sheet.PutRow(1, Cell.Of("Weights over time", CellLook.Title));
        Sheet.PutRow(2, Cell.Of($"Within cycle: {SettingsReader.Methods.First(m => m.Value == settings.WithinCycle).Key}; moves counted at: {SettingsReader.Timings.First(t => t.Value == settings.Timing).Key}; discount: {SettingsReader.Conventions.First(c => c.Value == settings.Convention).Key}."));
        Sheet.PutRow(FirstRow - 1, Cell.Of("cycle", CellLook.Heading), Cell.Of("years", CellLook.Heading), Cell.Of("within-cycle weight", CellLook.Heading));
        // A weight of 1 and no discount gives the method's own weights.
        var bare = CycleWeights.Create(settings.Cycles, 1, settings.WithinCycle, TransitionTiming.Start, DiscountConvention.PerCycle, 0).Rows;
        for (var row = 0; row <= settings.Cycles; row++)
            Sheet.PutRow(FirstRow + row, Cell.Of(row), Cell.Formula($"{Sheet.Address(FirstRow + row, 1)}*cycle_length"), Cell.Of(bare[row]));
        foreach (var (kind, rate) in new[] { ("costs", "cost_rate"), ("effects", "effect_rate"), ("undiscounted", "0") }) Add(kind, rate, settings);
    }

    public Sheet Sheet { get; }

    public string Row(string kind, int row) => Sheet.From(FirstRow + row, _columns[kind].Rows);

    public string Flow(string kind, int cycle) => Sheet.From(FirstRow + cycle, _columns[kind].Flows);

    public static string KindOf(ModelDefinition model, string outcome) =>
        model.Settings.Undiscounted.Contains(outcome) ? "undiscounted" : ValueDefinition.IsCostOutcome(outcome) ? "costs" : "effects";

    private void Add(string kind, string rate, ModelSettings settings)
    {
        var column = 4 + 2 * _columns.Count;
        _columns[kind] = (column, column + 1);
        Sheet.Put(FirstRow - 1, column, Cell.Of($"a year in a state, {kind}", CellLook.Heading));
        Sheet.Put(FirstRow - 1, column + 1, Cell.Of($"a move, {kind}", CellLook.Heading));
        for (var k = 0; k <= settings.Cycles; k++)
        {
            var row = FirstRow + k;
            string Discount(double shift) => Factor(settings.Convention, rate, shift == 0 ? $"$B{row}" : string.Create(CultureInfo.InvariantCulture, $"($A{row}{(shift < 0 ? "" : "+")}{shift})*cycle_length"));
            Sheet.Put(row, column, Cell.Formula(settings.WithinCycle != WithinCycleMethod.LifeTable ? $"$C{row}*cycle_length*{Discount(0)}"
                : $"cycle_length*({(k < settings.Cycles ? "0.5*" + Discount(0) : "0")}+{(k > 0 ? "0.5*" + Discount(-1) : "0")})"));
            if (k == settings.Cycles) continue;
            Sheet.Put(row, column + 1, Cell.Formula(settings.Timing switch
            {
                TransitionTiming.Start => Discount(0),
                TransitionTiming.Middle => Discount(0.5),
                TransitionTiming.End => Discount(1),
                _ => $"{Sheet.Address(row + 1, column)}/cycle_length",
            }));
        }
    }

    private static string Factor(DiscountConvention convention, string rate, string years) => convention switch
    {
        DiscountConvention.YearlyStep => $"(1+{rate})^(-INT({years}+0.000000001))",
        DiscountConvention.PerCycle => $"(1+{rate})^(-({years}))",
        DiscountConvention.NominalPerCycle => $"(1+{rate}*cycle_length)^(-({years})/cycle_length)",
        _ => $"EXP(-{rate}*({years}))",
    };
}

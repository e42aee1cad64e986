using Escala.Numerics.StateTransition;

namespace Escala.Economics.Models;

/// <summary>Reads the settings of a model and the words in which durations and conventions are written.</summary>
internal static class SettingsReader
{
    public const int MaximumCycles = 20_000;
    public const int MaximumDraws = 1_000_000;
    private const int MaximumThresholds = 1000;

    public static readonly Dictionary<string, DiscountConvention> Conventions = new()
    {
        ["yearly-step"] = DiscountConvention.YearlyStep,
        ["per-cycle"] = DiscountConvention.PerCycle,
        ["nominal-per-cycle"] = DiscountConvention.NominalPerCycle,
        ["continuous"] = DiscountConvention.Continuous,
    };

    public static readonly Dictionary<string, WithinCycleMethod> Methods = new()
    {
        ["none"] = WithinCycleMethod.None,
        ["start"] = WithinCycleMethod.Start,
        ["end"] = WithinCycleMethod.End,
        ["trapezoid"] = WithinCycleMethod.Trapezoid,
        ["life-table"] = WithinCycleMethod.LifeTable,
        ["simpson"] = WithinCycleMethod.Simpson,
        ["tutorial-simpson"] = WithinCycleMethod.TutorialSimpson,
    };

    public static readonly Dictionary<string, TransitionTiming> Timings = new()
    {
        ["start"] = TransitionTiming.Start,
        ["middle"] = TransitionTiming.Middle,
        ["end"] = TransitionTiming.End,
        ["arrival-row"] = TransitionTiming.ArrivalRow,
    };

    private static readonly Dictionary<string, double> s_unitYears = new()
    {
        ["day"] = 1 / 365.25,
        ["week"] = 7 / 365.25,
        ["month"] = 1.0 / 12,
        ["quarter"] = 0.25,
        ["year"] = 1,
    };

    public static ModelSettings Read(Fields? fields, ModelSettings? basis)
    {
        basis ??= Defaults;
        if (fields is null) return basis;
        var cycle = Years(fields, "cycle") ?? basis.CycleLength;
        var horizon = Years(fields, "horizon") ?? basis.Cycles * basis.CycleLength;
        var discount = fields.Map("discount");
        var settings = basis with
        {
            Currency = fields.Text("currency", basis.Currency),
            PriceYear = fields.Text("price_year", basis.PriceYear),
            CycleLength = cycle,
            Cycles = Cycles(fields, horizon, cycle),
            StartYear = (int)Within(fields, "start_year", basis.StartYear, 0, 3000),
            StartAge = fields.Has("start_age") ? Within(fields, "start_age", 0, 0, 120) : basis.StartAge,
            CostRate = discount is null ? basis.CostRate : Within(discount, "costs", basis.CostRate, 0, 1),
            EffectRate = discount is null ? basis.EffectRate : Within(discount, "effects", basis.EffectRate, 0, 1),
            Convention = discount?.Choice("convention", basis.Convention, Conventions) ?? basis.Convention,
            WithinCycle = fields.Choice("within_cycle", basis.WithinCycle, Methods),
            Timing = fields.Choice("transition_timing", basis.Timing, Timings),
            Thresholds = Thresholds(fields, basis.Thresholds),
            Undiscounted = fields.Has("undiscounted") ? [.. fields.Words("undiscounted").Select(w => w.Text)] : basis.Undiscounted,
            Seed = (ulong)Within(fields, "seed", basis.Seed, 0, 1e15),
            Draws = (int)Within(fields, "draws", basis.Draws, 1, MaximumDraws),
            Perspectives = fields.Has("perspectives") ? Perspectives(fields) : basis.Perspectives,
        };
        if (fields.Map("effect") is { } effect)
        {
            settings = settings with
            {
                Effect = effect.Required("outcome"),
                EffectIsHarm = effect.Choice("better", false, new Dictionary<string, bool> { ["higher"] = false, ["lower"] = true }),
            };
            effect.Close();
        }
        discount?.Close();
        fields.Close();
        if (settings is { WithinCycle: WithinCycleMethod.Simpson, Cycles: var cycles } && cycles % 2 != 0)
            fields.Add(fields.Of("within_cycle"), "economics.settings.simpson", ("cycles", cycles));
        return settings;
    }

    private static ModelSettings Defaults { get; } = new()
    {
        Currency = "",
        PriceYear = "",
        CycleLength = 1,
        Cycles = 0,
        StartYear = 0,
        StartAge = double.NaN,
        CostRate = 0,
        EffectRate = 0,
        Convention = DiscountConvention.YearlyStep,
        WithinCycle = WithinCycleMethod.Trapezoid,
        Timing = TransitionTiming.Middle,
        Thresholds = [],
        Effect = "",
        EffectIsHarm = false,
        Perspectives = [],
        Undiscounted = [],
        Seed = 1,
        Draws = 1000,
    };

    /// <summary>A duration such as "1 month" or "10 years"; a number alone is years.</summary>
    public static double? Years(Fields fields, string name)
    {
        if (fields.Scalar(name) is not { } scalar) return null;
        var words = scalar.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var unit = words.Length > 1 ? words[1].TrimEnd('s') : "year";
        if (words.Length is 1 or 2 && Fields.TryNumber(words[0], out var number) && number > 0 && s_unitYears.TryGetValue(unit, out var years)) return number * years;
        fields.AddTo(name, scalar.At, "economics.settings.duration", ("text", scalar.Text));
        return null;
    }

    public static double Within(Fields fields, string name, double absent, double lower, double upper)
    {
        if (fields.Number(name) is not { } number) return absent;
        if (number >= lower && number <= upper) return number;
        fields.AddTo(name, fields.Of(name), "economics.field.range", ("number", number), ("lower", lower), ("upper", upper));
        return absent;
    }

    private static int Cycles(Fields fields, double horizon, double cycle)
    {
        var cycles = Math.Round(horizon / cycle);
        if (cycles > MaximumCycles)
        {
            fields.Add(fields.Of("horizon"), "economics.settings.cycles", ("cycles", cycles), ("maximum", MaximumCycles));
            return 1;
        }
        if (cycles >= 1 && Math.Abs(cycles * cycle - horizon) <= 1e-6 * horizon) return (int)cycles;
        fields.Add(fields.Of("horizon"), fields.Has("horizon") ? "economics.settings.horizon" : "economics.settings.missing");
        return 1;
    }

    private static IReadOnlyList<double> Thresholds(Fields fields, IReadOnlyList<double> absent)
    {
        if (!fields.Has("thresholds")) return absent;
        if (fields.Take("thresholds") is not YamlMap)
        {
            var list = fields.Numbers("thresholds");
            if (list.Any(t => t < 0)) fields.Add(fields.Of("thresholds"), "economics.settings.threshold-negative");
            if (list.Count > MaximumThresholds) fields.Add(fields.Of("thresholds"), "economics.settings.threshold-count", ("maximum", MaximumThresholds));
            return [.. list.Where(t => t >= 0)];
        }
        var range = fields.Map("thresholds")!;
        double from = Within(range, "from", 0, 0, 1e12), to = Within(range, "to", 0, 0, 1e12);
        var steps = (int)Within(range, "points", 61, 2, MaximumThresholds);
        range.Close();
        if (to > from) return [.. Enumerable.Range(0, steps).Select(i => from + (to - from) * i / (steps - 1))];
        fields.Add(range.At, "economics.settings.threshold-order");
        return absent;
    }

    private static List<PerspectiveDefinition> Perspectives(Fields fields)
    {
        List<PerspectiveDefinition> perspectives = [];
        foreach (var (key, value) in fields.Named("perspectives"))
        {
            if (value is not YamlMap map)
            {
                fields.AddTo("perspectives." + key.Text, value.At, "economics.field.map");
                continue;
            }
            var perspective = fields.Nested(map, fields.Path("perspectives." + key.Text));
            perspectives.Add(new PerspectiveDefinition(key.Text, perspective.Text("label", key.Text), [.. perspective.Words("payers").Select(w => w.Text)], perspective.Of("payers")));
            perspective.Close();
        }
        return perspectives;
    }
}

using System.Globalization;
using Escala.Economics.Expressions;
using Escala.Numerics.CostEffectiveness;

namespace Escala.Economics.Models;

/// <summary>Reads parameters with their distributions.</summary>
internal sealed class ParameterReader(List<ModelProblem> problems, IReadOnlyDictionary<string, double> constants)
{
    public IEnumerable<ParameterDefinition> Read(YamlScalar name, YamlValue value)
    {
        switch (value)
        {
            case YamlScalar scalar:
                return [WithValue(new ParameterDefinition(name.Text, name.At), scalar)];
            case YamlMap map:
                var fields = new Fields(map, $"parameters.{name.Text}", problems);
                var read = fields.Text("dist") == "dirichlet" ? ReadShares(name, fields) : [ReadOne(name, fields)];
                fields.Close();
                return read;
            default:
                problems.Add(new ModelProblem(value.At, "economics.parameter.kind", ("name", name.Text)));
                return [];
        }
    }

    private ParameterDefinition WithValue(ParameterDefinition parameter, YamlScalar scalar)
    {
        if (Fields.TryNumber(scalar.Text, out var number)) return parameter with { Value = number };
        if (constants.TryGetValue(scalar.Text.Trim(), out var constant)) return parameter with { Value = constant };
        try
        {
            return parameter with { Formula = ExpressionParser.Parse(scalar.Text, scalar.At), FormulaText = scalar.Text };
        }
        catch (ModelException broken)
        {
            problems.AddRange(broken.Problems);
            return parameter with { Value = 0 };
        }
    }

    private ParameterDefinition ReadOne(YamlScalar name, Fields fields)
    {
        var parameter = Describe(new ParameterDefinition(name.Text, name.At), fields);
        var interval = fields.Numbers("ci95");
        if (interval.Count is not (0 or 2) || (interval.Count == 2 && !(interval[0] < interval[1])))
        {
            fields.Add(fields.Of("ci95"), "economics.parameter.interval", ("what", fields.What));
            interval = [];
        }
        double? low = fields.Number("low"), high = fields.Number("high"), estimate = fields.Number("estimate"), mean = fields.Number("mean");
        if (low > high) fields.Add(fields.Of("low"), "economics.parameter.range", ("what", fields.What));
        if (interval.Count == 2) parameter = parameter with { Numbers = new Dictionary<string, double> { ["ci95 lower"] = interval[0], ["ci95 upper"] = interval[1] } };
        parameter = parameter with { Low = low ?? (interval.Count == 2 ? interval[0] : null), High = high ?? (interval.Count == 2 ? interval[1] : null) };
        if (fields.Has("value") && fields.Has("expression")) fields.Add(fields.Of("expression"), "economics.parameter.twice", ("what", fields.What));
        var value = fields.Scalar("value");
        var expression = fields.Scalar("expression");
        if ((value ?? expression) is { } scalar) parameter = WithValue(parameter, scalar);
        else if ((estimate ?? mean) is { } centre) parameter = parameter with { Value = centre };

        var dist = fields.Text("dist");
        // An interval of a distribution is refused with the distribution that it cannot have.
        var (least, most) = dist.Length > 0 ? (low, high) : (parameter.Low, parameter.High);
        if (least > parameter.Value || most < parameter.Value)
            fields.Add(fields.Of(fields.Has("low") ? "low" : fields.Has("high") ? "high" : "ci95"), "economics.parameter.one-side", ("what", fields.What), ("value", parameter.Value), ("low", least ?? double.NegativeInfinity), ("high", most ?? double.PositiveInfinity));
        if (dist.Length > 0) parameter = WithDistribution(parameter, fields, dist, estimate, mean, interval);
        else TakeDistributionFields(fields);
        if (parameter.Formula is not null && parameter.Distribution is not null)
            fields.Add(fields.At, "economics.parameter.formula", ("what", fields.What));
        if (parameter.Formula is null && double.IsNaN(parameter.Value)) fields.Add(fields.At, "economics.parameter.value", ("what", fields.What));
        return parameter;
    }

    private static ParameterDefinition Describe(ParameterDefinition parameter, Fields fields) => parameter with
    {
        Label = fields.Text("label"),
        Unit = fields.Text("unit"),
        Source = fields.Text("source"),
        Note = (fields.Text("note") + " " + fields.Text("evidence_year")).Trim(),
        IsAssumption = fields.Flag("assumption"),
        CorrelationGroup = fields.Text("correlation_group"),
    };

    private static void TakeDistributionFields(Fields fields)
    {
        foreach (var name in new[] { "sd", "alpha", "beta", "shape", "scale", "meanlog", "sdlog", "min", "mode", "max", "weight", "lower", "upper", "samples", "group" })
        {
            if (fields.Take(name) is { } value) fields.Add(value.At, "economics.parameter.no-dist", ("what", fields.What), ("field", name));
        }
    }

    private static ParameterDefinition WithDistribution(ParameterDefinition parameter, Fields fields, string dist, double? estimate, double? mean, IReadOnlyList<double> interval)
    {
        var numbers = new Dictionary<string, double>(parameter.Numbers);
        double? Given(string name)
        {
            if (fields.Number(name) is not { } number) return null;
            numbers[name] = number;
            return number;
        }
        double? deviation = Given("sd"), alpha = Given("alpha"), beta = Given("beta"), shape = Given("shape"), scale = Given("scale"), meanLog = Given("meanlog"), deviationLog = Given("sdlog"),
            min = Given("min"), mode = Given("mode"), max = Given("max"), weight = Given("weight"), lower = Given("lower"), upper = Given("upper");
        var samples = fields.Numbers("samples");
        var group = fields.Text("group");
        var centre = mean ?? estimate ?? (double.IsNaN(parameter.Value) ? null : parameter.Value);
        bool moments = centre is not null && deviation is not null, bounded = centre is not null && interval.Count == 2;
        const string Moments = "value + sd, estimate + ci95", Known = "beta, gamma, lognormal, normal, dirichlet, uniform, triangular, pert, samples";
        ParameterDistribution? Missing(string wanted)
        {
            fields.Add(fields.Of("dist"), "economics.parameter.dist", ("what", fields.What), ("dist", dist), ("wanted", wanted));
            return null;
        }
        ParameterDistribution? Unknown()
        {
            fields.Add(fields.Of("dist"), "economics.parameter.dist-unknown", ("what", fields.What), ("dist", dist), ("known", Known));
            return null;
        }
        try
        {
            var distribution = dist switch
            {
                "beta" when alpha is not null && beta is not null => new BetaDistribution(alpha.Value, beta.Value),
                "beta" when moments => BetaDistribution.FromMoments(centre!.Value, deviation!.Value),
                "beta" when bounded => BetaDistribution.FromInterval(centre!.Value, interval[0], interval[1]),
                "beta" => Missing(Moments + ", alpha + beta"),
                "gamma" when shape is not null && scale is not null => new GammaDistribution(shape.Value, scale.Value),
                "gamma" when moments => GammaDistribution.FromMoments(centre!.Value, deviation!.Value),
                "gamma" when bounded => GammaDistribution.FromInterval(centre!.Value, interval[0], interval[1]),
                "gamma" => Missing(Moments + ", shape + scale"),
                "lognormal" when meanLog is not null && deviationLog is not null => new LogNormalDistribution(meanLog.Value, deviationLog.Value),
                "lognormal" when moments => LogNormalDistribution.FromMoments(centre!.Value, deviation!.Value),
                "lognormal" when bounded => LogNormalDistribution.FromInterval(centre!.Value, interval[0], interval[1]),
                "lognormal" => Missing(Moments + ", meanlog + sdlog"),
                "normal" when moments && (lower is not null || upper is not null) =>
                    new TruncatedNormalDistribution(centre!.Value, deviation!.Value, lower ?? double.NegativeInfinity, upper ?? double.PositiveInfinity),
                "normal" when moments => new NormalDistribution(centre!.Value, deviation!.Value),
                "normal" when bounded => NormalDistribution.FromInterval(centre!.Value, interval[0], interval[1]),
                "normal" => Missing(Moments),
                "uniform" when min is not null && max is not null => new UniformDistribution(min.Value, max.Value),
                "uniform" => Missing("min + max"),
                "triangular" when min is not null && mode is not null && max is not null => new TriangularDistribution(min.Value, mode.Value, max.Value),
                "triangular" => Missing("min + mode + max"),
                "pert" when min is not null && mode is not null && max is not null => new PertDistribution(min.Value, mode.Value, max.Value, weight ?? 4),
                "pert" => Missing("min + mode + max"),
                "samples" when samples.Count > 0 => new SampleDistribution(samples),
                "samples" => Missing("samples: [1, 2, 3]"),
                _ => Unknown(),
            };
            if (distribution is null) return parameter with { Value = double.IsNaN(parameter.Value) ? 0 : parameter.Value };
            return parameter with
            {
                Distribution = distribution,
                DistributionText = dist,
                Numbers = numbers,
                SampleGroup = group,
                Value = double.IsNaN(parameter.Value) && parameter.Formula is null ? mode ?? distribution.Mean : parameter.Value,
                Low = parameter.Low ?? distribution.Quantile(0.025),
                High = parameter.High ?? distribution.Quantile(0.975),
            };
        }
        catch (ArgumentException)
        {
            fields.Add(fields.Of("dist"), "economics.distribution." + dist, ("what", fields.What));
            return parameter with { Value = double.IsNaN(parameter.Value) ? 0 : parameter.Value };
        }
    }

    /// <summary>Shares that add up to one become one parameter per component, name.component.</summary>
    private static List<ParameterDefinition> ReadShares(YamlScalar name, Fields fields)
    {
        fields.Take("dist");
        var described = Describe(new ParameterDefinition(name.Text, name.At), fields);
        var components = fields.Named("alpha");
        List<double> alpha = [];
        foreach (var (key, value) in components)
        {
            if (value is YamlScalar scalar && Fields.TryNumber(scalar.Text, out var number)) alpha.Add(number);
            else fields.AddTo("alpha." + key.Text, value.At, "economics.field.number", ("text", (value as YamlScalar)?.Text));
        }
        if (alpha.Count != components.Count) return [];
        try
        {
            var shares = new DirichletDistribution(alpha);
            return [.. components.Select((component, i) => described with
            {
                Name = $"{name.Text}.{component.Key.Text}",
                Label = $"{described.Label}: {component.Key.Text}",
                Share = (shares, name.Text, i),
                DistributionText = string.Create(CultureInfo.InvariantCulture, $"dirichlet, weight {alpha[i]} of {shares.Total}"),
                Numbers = new Dictionary<string, double> { ["alpha"] = alpha[i] },
                Value = shares.Mean(i),
                Low = shares.Quantile(i, 0.025),
                High = shares.Quantile(i, 0.975),
            })];
        }
        catch (ArgumentException)
        {
            fields.Add(fields.At, "economics.distribution.dirichlet", ("what", fields.What));
            return [];
        }
    }
}

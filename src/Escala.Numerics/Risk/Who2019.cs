namespace Escala.Numerics.Risk;

/// <summary>Recalibration of one endpoint to a region: transformed = constant + slope · ln(-ln(1 - p)), Kaptoge 2019.</summary>
/// <param name="Constant">Intercept on the complementary log-log scale.</param>
/// <param name="Slope">Slope on the complementary log-log scale; positive.</param>
public readonly record struct Recalibration(double Constant, double Slope)
{
    internal double Apply(double probability) => 1 - Math.Exp(-Math.Exp(Constant + Slope * Math.Log(-Math.Log(1 - probability))));
}

/// <summary>Recalibration of both endpoints for one region, sex and variant.</summary>
/// <param name="Region">Name of the region.</param>
/// <param name="Laboratory">True for the variant with cholesterol and diabetes, false for that with body-mass index.</param>
/// <param name="Female">True for women.</param>
/// <param name="CoronaryHeartDisease">Recalibration of coronary events.</param>
/// <param name="Stroke">Recalibration of strokes.</param>
public sealed record RegionalRecalibration(string Region, bool Laboratory, bool Female, Recalibration CoronaryHeartDisease, Recalibration Stroke);

/// <summary>
/// The WHO cardiovascular risk equations: Kaptoge S, Pennells L, De Bacquer D, et al. Lancet Glob Health 2019;7:e1332-e1345.
/// Per endpoint p0 = 1 - S0^exp(lp) with age - 60, cholesterol - 6 mmol/L, systolic pressure - 120 mmHg, BMI - 25 kg/m² and their products
/// with age; p0 is recalibrated to the region; total = 1 - (1 - p_CHD)(1 - p_stroke). Charts cover ages 40 to 74.
/// </summary>
public static class Who2019
{
    private const string Citation =
        "Kaptoge S et al. World Health Organization cardiovascular disease risk charts: revised models. Lancet Glob Health 2019;7:e1332-e1345";

    // Diabetes enters the laboratory variant alone.
    private static readonly Coefficients[] s_laboratory =
    [
        new(0.0719227, 0.2284944, 0.0132183, 0.6410114, 0.5638109, -0.0045806, -0.0001576, -0.0124966, -0.0182545, 0.9540108),
        new(0.0986578, 0.029526, 0.0222629, 0.6268712, 0.4981217, 0.00142, -0.0004147, -0.026302, -0.0150561, 0.9849257),
        new(0.1020713, 0.2050377, 0.015823, 1.070358, 1.053223, -0.0051932, -0.0001378, -0.0234174, -0.0332666, 0.9894159),
        new(0.1056632, 0.0257782, 0.0206278, 0.8581998, 0.7443627, -0.0021387, -0.0004897, -0.0209826, -0.0200822, 0.9890569),
    ];

    private static readonly Coefficients[] s_office =
    [
        new(0.073593, 0.0337219, 0.0133937, 0, 0.5954767, -0.0010432, -0.0001837, 0, -0.0200831, 0.9544258),
        new(0.097674, 0.0159518, 0.0227294, 0, 0.4999862, -0.0003516, -0.0004374, 0, -0.0153895, 0.984826),
        new(0.1049418, 0.0257616, 0.016726, 0, 1.093132, -0.0006537, -0.0001966, 0, -0.0343739, 0.9887124),
        new(0.1046105, 0.0036406, 0.0216741, 0, 0.7399405, -0.0000129, -0.0005311, 0, -0.0203997, 0.9885706),
    ];

    /// <summary>
    /// The equations recalibrated to the regions given. Laboratory inputs: region, sex, age (years), sbp (mmHg), cholesterol (mmol/L), smoker,
    /// diabetes; the other variant takes bmi (kg/m²) for cholesterol and diabetes.
    /// </summary>
    /// <param name="recalibrations">Four rows per region: both variants, both sexes.</param>
    /// <exception cref="ArgumentException">A region lacks one of its four rows or has one twice.</exception>
    public static RiskScore Create(IReadOnlyList<RegionalRecalibration> recalibrations)
    {
        ArgumentNullException.ThrowIfNull(recalibrations);
        var regions = recalibrations.Select(r => r.Region).Distinct().ToArray();
        var lookup = recalibrations.ToLookup(r => (r.Region, r.Laboratory, r.Female));
        foreach (var region in regions)
        {
            foreach (var (laboratory, female) in new[] { (true, true), (true, false), (false, true), (false, false) })
            {
                var count = lookup[(region, laboratory, female)].Count();
                if (count != 1) throw new ArgumentException($"{region} has {count} rows for laboratory {laboratory}, female {female}; it needs one.", nameof(recalibrations));
            }
        }
        RiskCovariate place = RiskCovariate.Category("region", "region of the charts", regions), sex = RiskCovariate.Category("sex", "sex", ["male", "female"]),
            age = RiskCovariate.Number("age", "age", "years", 18, 110), sbp = RiskCovariate.Number("sbp", "systolic blood pressure", "mmHg", 60, 300),
            cholesterol = RiskCovariate.Number("cholesterol", "total cholesterol", "mmol/L", 1, 20), bmi = RiskCovariate.Number("bmi", "body-mass index", "kg/m²", 10, 80),
            smoker = RiskCovariate.Flag("smoker", "smokes now"), diabetes = RiskCovariate.Flag("diabetes", "has diabetes");
        var laboratoryRows = Rows(true);
        var officeRows = Rows(false);
        return new RiskScore("who", "who_cvd", "WHO cardiovascular risk 2019",
        [
            new("who-2019-laboratory", Citation, (40, 74), [place, sex, age, sbp, cholesterol, smoker, diabetes], x => Risk(x, laboratoryRows, s_laboratory, 6, x[6]),
                x => Steps(x, laboratoryRows, s_laboratory, "(cholesterol - 6)", "diabetes")),
            new("who-2019-non-laboratory", Citation, (40, 74), [place, sex, age, sbp, bmi, smoker], x => Risk(x, officeRows, s_office, 25, 0), x => Steps(x, officeRows, s_office, "(bmi - 25)", "0")),
        ], RiskEndpoint.CoronaryAndStroke);

        RegionalRecalibration[] Rows(bool laboratory) =>
            [.. regions.SelectMany(r => new[] { lookup[(r, laboratory, false)].Single(), lookup[(r, laboratory, true)].Single() })];
    }

    private static EndpointRisks Risk(ReadOnlySpan<double> x, RegionalRecalibration[] rows, Coefficients[] coefficients, double centre, double diabetes)
    {
        var sex = (int)x[1];
        var row = rows[2 * (int)x[0] + sex];
        var chd = row.CoronaryHeartDisease.Apply(coefficients[2 * sex].Probability(x[2], x[4] - centre, x[3], diabetes, x[5]));
        var stroke = row.Stroke.Apply(coefficients[2 * sex + 1].Probability(x[2], x[4] - centre, x[3], diabetes, x[5]));
        return new EndpointRisks(1 - (1 - chd) * (1 - stroke), chd, stroke);
    }

    private static IReadOnlyList<RiskStep> Steps(ReadOnlySpan<double> x, RegionalRecalibration[] rows, Coefficients[] coefficients, string metabolic, string diabetes)
    {
        var sex = (int)x[1];
        var row = rows[2 * (int)x[0] + sex];
        return
        [
            .. coefficients[2 * sex].Steps("chd", metabolic, diabetes, row.CoronaryHeartDisease),
            .. coefficients[2 * sex + 1].Steps("stroke", metabolic, diabetes, row.Stroke),
            new("risk", "1 - (1 - chd) * (1 - stroke)"),
        ];
    }

    /// <summary>Metabolic is cholesterol in the laboratory variant, body-mass index in the other.</summary>
    private sealed record Coefficients(
        double Age, double Metabolic, double Pressure, double Diabetes, double Smoker,
        double AgeMetabolic, double AgePressure, double AgeDiabetes, double AgeSmoker, double BaselineSurvival)
    {
        public double Probability(double age, double metabolic, double pressure, double diabetes, double smoker)
        {
            double a = age - 60, p = pressure - 120;
            var lp = Age * a + Metabolic * metabolic + Pressure * p + Diabetes * diabetes + Smoker * smoker
                + a * (AgeMetabolic * metabolic + AgePressure * p + AgeDiabetes * diabetes + AgeSmoker * smoker);
            return 1 - Math.Pow(BaselineSurvival, Math.Exp(lp));
        }

        public IEnumerable<RiskStep> Steps(string endpoint, string metabolic, string diabetes, Recalibration region) =>
        [
            new(endpoint + "_sum", FormattableString.Invariant(
                $"{Age:R} * (age - 60) + {Metabolic:R} * {metabolic} + {Pressure:R} * (sbp - 120) + {Diabetes:R} * {diabetes} + {Smoker:R} * smoker + (age - 60) * (({AgeMetabolic:R}) * {metabolic} + ({AgePressure:R}) * (sbp - 120) + ({AgeDiabetes:R}) * {diabetes} + ({AgeSmoker:R}) * smoker)")),
            new(endpoint + "_uncalibrated", FormattableString.Invariant($"1 - {BaselineSurvival:R} ^ exp({endpoint}_sum)")),
            new(endpoint, FormattableString.Invariant($"1 - exp(-exp({region.Constant:R} + {region.Slope:R} * ln(-ln(1 - {endpoint}_uncalibrated))))")),
        ];
    }
}

namespace Escala.Numerics.Risk;

/// <summary>
/// The Framingham general cardiovascular risk profile: D'Agostino RB, Vasan RS, Pencina MJ, et al. Circulation 2008;117:743-753.
/// Ten-year probability = 1 - S0^exp(sum(beta x) - mean), continuous covariates as natural logarithms, ages 30 to 74.
/// Neither floored nor capped. Fitted in Massachusetts: recalibrate before use elsewhere.
/// </summary>
public static class Framingham2008
{
    private const string Citation = "D'Agostino RB et al. General cardiovascular risk profile for use in primary care. Circulation 2008;117:743-753";

    private static readonly RiskCovariate s_sex = RiskCovariate.Category("sex", "sex", ["male", "female"]);
    private static readonly RiskCovariate s_age = RiskCovariate.Number("age", "age", "years", 18, 110);
    private static readonly RiskCovariate s_sbp = RiskCovariate.Number("sbp", "systolic blood pressure", "mmHg", 60, 300);
    private static readonly RiskCovariate s_treated = RiskCovariate.Flag("treated", "takes medicines for blood pressure");
    private static readonly RiskCovariate s_smoker = RiskCovariate.Flag("smoker", "smokes now");
    private static readonly RiskCovariate s_diabetes = RiskCovariate.Flag("diabetes", "has diabetes");

    private static readonly Coefficients s_laboratoryMen = new(3.06117, 1.12370, -0.93263, 1.93303, 1.99881, 0.65451, 0.57367, 23.9802, 0.88936);
    private static readonly Coefficients s_laboratoryWomen = new(2.32888, 1.20904, -0.70833, 2.76157, 2.82263, 0.52873, 0.69154, 26.1931, 0.95012);
    private static readonly Coefficients s_officeMen = new(3.11296, 0.79277, 0, 1.85508, 1.92672, 0.70953, 0.53160, 23.9388, 0.88431);
    private static readonly Coefficients s_officeWomen = new(2.72107, 0.51125, 0, 2.81291, 2.88267, 0.61868, 0.77763, 26.0145, 0.94833);

    /// <summary>
    /// With laboratory values: sex, age (years), total_cholesterol and hdl (mg/dL), sbp (mmHg), treated, smoker, diabetes.
    /// </summary>
    public static RiskEquation Laboratory { get; } = new("framingham-2008-laboratory", Citation, (30, 74),
    [
        s_sex, s_age,
        RiskCovariate.Number("total_cholesterol", "total cholesterol", "mg/dL", 40, 800),
        RiskCovariate.Number("hdl", "cholesterol in high-density lipoprotein", "mg/dL", 8, 200),
        s_sbp, s_treated, s_smoker, s_diabetes,
    ], x => Risk(x[0] == 0 ? s_laboratoryMen : s_laboratoryWomen, x[1], Math.Log(x[2]), Math.Log(x[3]), x[4..]),
        x => Steps(x[0] == 0 ? s_laboratoryMen : s_laboratoryWomen, "total_cholesterol", "hdl"));

    /// <summary>Without laboratory values: sex, age (years), bmi (kg/m²), sbp (mmHg), treated, smoker, diabetes.</summary>
    public static RiskEquation Office { get; } = new("framingham-2008-office", Citation, (30, 74),
    [
        s_sex, s_age, RiskCovariate.Number("bmi", "body-mass index", "kg/m²", 10, 80), s_sbp, s_treated, s_smoker, s_diabetes,
    ], x => Risk(x[0] == 0 ? s_officeMen : s_officeWomen, x[1], Math.Log(x[2]), 0, x[3..]), x => Steps(x[0] == 0 ? s_officeMen : s_officeWomen, "bmi", null));

    /// <summary>Both variants.</summary>
    public static RiskScore Score { get; } = new("framingham", "framingham", "Framingham general cardiovascular risk profile 2008", [Laboratory, Office], []);

    private static EndpointRisks Risk(Coefficients c, double age, double lnFirst, double lnSecond, ReadOnlySpan<double> pressureAndFlags)
    {
        var sum = c.LnAge * Math.Log(age) + c.LnFirst * lnFirst + c.LnSecond * lnSecond
            + (pressureAndFlags[1] != 0 ? c.LnPressureTreated : c.LnPressureUntreated) * Math.Log(pressureAndFlags[0])
            + c.Smoker * pressureAndFlags[2] + c.Diabetes * pressureAndFlags[3];
        return new EndpointRisks(1 - Math.Pow(c.BaselineSurvival, Math.Exp(sum - c.Mean)), double.NaN, double.NaN);
    }

    private static IReadOnlyList<RiskStep> Steps(Coefficients c, string first, string? second) =>
    [
        new("sum", FormattableString.Invariant(
            $"{c.LnAge:R} * ln(age) + {c.LnFirst:R} * ln({first}){(second is null ? "" : FormattableString.Invariant($" + ({c.LnSecond:R}) * ln({second})"))} + if(treated != 0, {c.LnPressureTreated:R}, {c.LnPressureUntreated:R}) * ln(sbp) + {c.Smoker:R} * smoker + {c.Diabetes:R} * diabetes")),
        new("risk", FormattableString.Invariant($"1 - {c.BaselineSurvival:R} ^ exp(sum - {c.Mean:R})")),
    ];

    /// <summary>LnFirst and LnSecond: total and high-density cholesterol in the laboratory variant, body-mass index and nothing in the other.</summary>
    private sealed record Coefficients(
        double LnAge, double LnFirst, double LnSecond, double LnPressureUntreated, double LnPressureTreated, double Smoker, double Diabetes, double Mean, double BaselineSurvival);
}

namespace Escala.Numerics.Models;

/// <summary>Where a profile deviance crosses its limit on one side of the maximum.</summary>
internal static class ProfileRoot
{
    /// <summary>
    /// Root of <paramref name="excess"/> (negative at <paramref name="from"/>) in the direction of <paramref name="step"/>; infinite when 60
    /// steps, growing, do not reach it: the likelihood is flat on that side.
    /// </summary>
    public static double Find(Func<double, double> excess, double from, double step)
    {
        var (inside, insideValue) = (from, excess(from));
        var (outside, outsideValue) = (from + 1.9 * step, double.NaN);
        for (var k = 0; ; k++)
        {
            outsideValue = excess(outside);
            if (outsideValue > 0) break;
            if (k == 60 || !double.IsFinite(outsideValue)) return step > 0 ? double.PositiveInfinity : double.NegativeInfinity;
            (inside, insideValue) = (outside, outsideValue);
            step *= 1.5;
            outside += step;
        }
        // Illinois variant of regula falsi, on a function that is nearly quadratic.
        for (var k = 0; k < 200 && Math.Abs(outside - inside) > 1e-10 * (1 + Math.Abs(outside)); k++)
        {
            var middle = (inside * outsideValue - outside * insideValue) / (outsideValue - insideValue);
            if (!double.IsFinite(middle)) middle = 0.5 * (inside + outside);
            var value = excess(middle);
            if (Math.Abs(value) < 1e-11) return middle;
            if (value > 0)
            {
                (outside, outsideValue) = (middle, value);
                insideValue *= 0.5;
            }
            else
            {
                (inside, insideValue) = (middle, value);
                outsideValue *= 0.5;
            }
        }
        return 0.5 * (inside + outside);
    }
}

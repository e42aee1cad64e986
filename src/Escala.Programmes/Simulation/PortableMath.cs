namespace Escala.Programmes.Simulation;

/// <summary>
/// Logarithm and exponential from the four operations alone. The run-time's own come from the machine's C library, whose last bit
/// differs from one to the next; a simulation must not.
/// </summary>
internal static class PortableMath
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>Natural logarithm of a positive normal number, to about 2 units in the last place.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951) (mantissa, exponent) = (mantissa / 2, exponent + 1);

        // log m = 2 artanh s, s = (m − 1)/(m + 1), |s| ≤ 0.172: s^23/23 is below the last place.
        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var sum = 0.0;
        for (var k = 21; k >= 1; k -= 2) sum = (sum * square) + (1.0 / k);
        return (exponent * Ln2High) + ((2 * s * sum) + (exponent * Ln2Low));
    }

    /// <summary>e to the power x; 0 below −700 and infinity above 700, farther than any log-odds goes.</summary>
    public static double Exp(double x)
    {
        if (x < -700) return 0;
        if (x > 700) return double.PositiveInfinity;
        var k = Math.Floor((x / Ln2High) + 0.5);
        var r = x - (k * Ln2High) - (k * Ln2Low);
        var sum = 1.0;
        for (var n = 13; n >= 1; n--) sum = 1 + (sum * r / n);
        return sum * BitConverter.Int64BitsToDouble((long)((int)k + 1023) << 52);
    }

    public static double Logistic(double logOdds) => 1 / (1 + Exp(-logOdds));

    public static double LogOdds(double probability) => Log(probability / (1 - probability));
}

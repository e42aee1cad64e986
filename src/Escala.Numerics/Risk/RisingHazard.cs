namespace Escala.Numerics.Risk;

/// <summary>
/// Yearly hazards of an ageing cohort whose ten-year risk is that of an equation. The equation's risk at attained age gives the shape, one
/// factor gives the height: reading the risk at each attained age as a flat ten-year hazard would give a quarter to a third too many events.
/// </summary>
public static class RisingHazard
{
    /// <summary>The span of the equations' risks, in years.</summary>
    public const double Span = 10;

    /// <summary>
    /// Fills in the hazard of each cycle, so that 1 - exp(-sum of hazards over ten years) is exactly the ten-year risk at the starting age.
    /// Between whole years of age the shape is a straight line; cycles beyond ten years go on with the same factor.
    /// </summary>
    /// <param name="yearlyRisk">Ten-year risk of the same person at the starting age and at each whole year after it, 0 to below 1; up to the end of the last cycle.</param>
    /// <param name="cycleLength">Length of a cycle in years; ten years must be a whole number of cycles.</param>
    /// <param name="hazards">Receives a yearly hazard per cycle, taken at its middle; at least ten years.</param>
    /// <exception cref="ArgumentException">A length is wrong or ten years are not a whole number of cycles.</exception>
    public static void Solve(ReadOnlySpan<double> yearlyRisk, double cycleLength, Span<double> hazards)
    {
        var cycles = CyclesInSpan(cycleLength);
        if (hazards.Length < cycles || yearlyRisk.Length < YearsNeeded(hazards.Length, cycleLength))
            throw new ArgumentException($"Ten years are {cycles} cycles; there is room for {hazards.Length}, and risks were given for {yearlyRisk.Length} ages.", nameof(yearlyRisk));
        var sum = 0.0;
        for (var k = 0; k < hazards.Length; k++)
        {
            var time = (k + 0.5) * cycleLength;
            var year = (int)time;
            double before = Hazard(yearlyRisk[year]), after = Hazard(yearlyRisk[year + 1]);
            hazards[k] = before + (time - year) * (after - before);
            if (k < cycles) sum += hazards[k] * cycleLength;
        }
        var factor = sum == 0 ? 0 : Hazard(yearlyRisk[0]) / sum;
        foreach (ref var hazard in hazards) hazard *= factor;
    }

    /// <summary>Number of ages at which <see cref="Solve"/> needs the risk.</summary>
    /// <param name="cycles">Number of cycles.</param>
    /// <param name="cycleLength">Length of a cycle in years.</param>
    public static int YearsNeeded(int cycles, double cycleLength) => (int)Math.Ceiling(cycles * cycleLength - 1e-9) + 1;

    private static double Hazard(double risk) => -double.LogP1(-risk);

    /// <summary>Number of cycles in ten years.</summary>
    /// <param name="cycleLength">Length of a cycle in years.</param>
    /// <exception cref="ArgumentException">Ten years are not a whole number of cycles.</exception>
    public static int CyclesInSpan(double cycleLength)
    {
        var cycles = Math.Round(Span / cycleLength);
        if (!(cycles >= 1) || Math.Abs(cycles * cycleLength - Span) > 1e-9) throw new ArgumentException($"Ten years are not a whole number of cycles of {cycleLength} years.", nameof(cycleLength));
        return (int)cycles;
    }
}

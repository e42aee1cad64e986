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
    /// Cycles beyond ten years go on with the same factor.
    /// </summary>
    /// <param name="attainedRisk">Ten-year risk of the same person at the middle of each cycle's age, 0 to below 1; length the number of cycles needed.</param>
    /// <param name="startRisk">Ten-year risk at the starting age, 0 to below 1.</param>
    /// <param name="cycleLength">Length of a cycle in years; ten years must be a whole number of cycles.</param>
    /// <param name="hazards">Receives a yearly hazard per cycle; as long as <paramref name="attainedRisk"/>, at least ten years.</param>
    /// <exception cref="ArgumentException">A length is wrong or ten years are not a whole number of cycles.</exception>
    public static void Solve(ReadOnlySpan<double> attainedRisk, double startRisk, double cycleLength, Span<double> hazards)
    {
        var cycles = CyclesInSpan(cycleLength);
        if (attainedRisk.Length != hazards.Length || hazards.Length < cycles)
            throw new ArgumentException($"Ten years are {cycles} cycles; risks were given for {attainedRisk.Length} and room for {hazards.Length}.", nameof(attainedRisk));
        var sum = 0.0;
        for (var k = 0; k < hazards.Length; k++)
        {
            hazards[k] = -double.LogP1(-attainedRisk[k]);
            if (k < cycles) sum += hazards[k] * cycleLength;
        }
        var factor = sum == 0 ? 0 : -double.LogP1(-startRisk) / sum;
        foreach (ref var hazard in hazards) hazard *= factor;
    }

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

namespace Escala.Numerics.CostEffectiveness;

/// <summary>
/// Brings costs to one price year and one currency. First to the price year with the inflation of the country where the cost arose, then to
/// the currency (Turner HC et al. Adjusting for inflation and currency changes within health economic studies. Value Health 2019;22:1026-1032).
/// </summary>
public static class MoneyConversion
{
    /// <summary>The amount at the prices of another year: amount · (1 + rate)^years.</summary>
    /// <param name="amount">Amount at the prices of the first year.</param>
    /// <param name="yearlyRate">Yearly inflation, 0.05 for 5 %; above -1.</param>
    /// <param name="years">Years from the first price year to the other; negative to go back.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not above -1.</exception>
    public static double Inflate(double amount, double yearlyRate, double years)
    {
        if (!(yearlyRate > -1)) throw new ArgumentOutOfRangeException(nameof(yearlyRate), yearlyRate, "Inflation must lie above -100 %.");
        return amount * Math.Pow(1 + yearlyRate, years);
    }

    /// <summary>The amount in another currency at the market's rate: amount / units.</summary>
    /// <param name="amount">Amount in the currency in which it was paid.</param>
    /// <param name="unitsPerTarget">Units of that currency for one unit of the other, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not positive.</exception>
    public static double Exchange(double amount, double unitsPerTarget)
    {
        if (!(unitsPerTarget > 0)) throw new ArgumentOutOfRangeException(nameof(unitsPerTarget), unitsPerTarget, "An exchange rate must be positive.");
        return amount / unitsPerTarget;
    }

    /// <summary>What buys as much in another country: amount / factor there · factor here.</summary>
    /// <param name="amount">Amount in the currency of the country where it was paid.</param>
    /// <param name="factorThere">Purchasing-power parity of that country, its currency per international dollar, above 0.</param>
    /// <param name="factorHere">Purchasing-power parity of the target, its currency per international dollar (1 for international dollars), above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is not positive.</exception>
    public static double PurchasingPower(double amount, double factorThere, double factorHere)
    {
        if (!(factorThere > 0)) throw new ArgumentOutOfRangeException(nameof(factorThere), factorThere, "A purchasing-power parity must be positive.");
        if (!(factorHere > 0)) throw new ArgumentOutOfRangeException(nameof(factorHere), factorHere, "A purchasing-power parity must be positive.");
        return amount / factorThere * factorHere;
    }
}

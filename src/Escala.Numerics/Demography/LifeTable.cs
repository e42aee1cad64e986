namespace Escala.Numerics.Demography;

/// <summary>Death rates by age group: m(x) a year from each group's first age to the next group's; the last group is open.</summary>
public sealed class LifeTable
{
    private readonly double[] _ages, _rates;

    /// <summary>Keeps the rates.</summary>
    /// <param name="ages">First age of each group, rising, in years.</param>
    /// <param name="rates">Deaths per person-year of each group, at least 0.</param>
    /// <exception cref="ArgumentException">The table is empty, lengths differ, ages do not rise, or a rate is negative or not finite.</exception>
    public LifeTable(IReadOnlyList<double> ages, IReadOnlyList<double> rates)
    {
        ArgumentNullException.ThrowIfNull(ages);
        ArgumentNullException.ThrowIfNull(rates);
        if (ages.Count == 0 || ages.Count != rates.Count) throw new ArgumentException("A life table needs one rate per age group, and at least one group.", nameof(rates));
        for (var i = 1; i < ages.Count; i++)
        {
            if (!(ages[i] > ages[i - 1])) throw new ArgumentException("The ages of a life table must rise.", nameof(ages));
        }
        if (rates.Any(r => !(r >= 0) || double.IsInfinity(r))) throw new ArgumentException("A death rate must be finite and not negative.", nameof(rates));
        _ages = [.. ages];
        _rates = [.. rates];
    }

    /// <summary>Yearly death rate at an age.</summary>
    /// <param name="age">Age in years, not below the first group.</param>
    /// <exception cref="ArgumentOutOfRangeException">The age lies below the first group.</exception>
    public double Rate(double age)
    {
        if (!(age >= _ages[0])) throw new ArgumentOutOfRangeException(nameof(age), age, $"The life table starts at {_ages[0]} years.");
        var at = Array.BinarySearch(_ages, age);
        return _rates[at >= 0 ? at : ~at - 1];
    }

    /// <summary>Remaining life expectancy with constant rates within groups, years; infinite where the open group has no deaths.</summary>
    /// <param name="age">Age in years, not below the first group.</param>
    /// <exception cref="ArgumentOutOfRangeException">The age lies below the first group.</exception>
    public double LifeExpectancy(double age)
    {
        Rate(age);
        double years = 0, alive = 1;
        for (var i = 0; i < _ages.Length; i++)
        {
            var end = i + 1 < _ages.Length ? _ages[i + 1] : double.PositiveInfinity;
            if (end <= age) continue;
            var width = end - Math.Max(age, _ages[i]);
            years += alive * (_rates[i] == 0 ? width : -double.ExpM1(-_rates[i] * width) / _rates[i]);
            alive *= Math.Exp(-_rates[i] * width);
        }
        return years;
    }

    /// <summary>
    /// Rate of dying of anything but the modelled causes: (all causes - modelled causes) · hazard ratio. NaN where the modelled causes exceed
    /// all causes: then the two sources do not describe the same people.
    /// </summary>
    /// <param name="allCause">Yearly death rate of all causes, at least 0.</param>
    /// <param name="modelled">Yearly death rate of the modelled causes, at least 0.</param>
    /// <param name="hazardRatio">Hazard ratio of the cohort against the population (e.g. people living with HIV), above 0; the user sets it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is negative or the ratio is not positive.</exception>
    public static double OtherCauseRate(double allCause, double modelled, double hazardRatio)
    {
        if (!(allCause >= 0)) throw new ArgumentOutOfRangeException(nameof(allCause), allCause, "A rate must not be negative.");
        if (!(modelled >= 0)) throw new ArgumentOutOfRangeException(nameof(modelled), modelled, "A rate must not be negative.");
        if (!(hazardRatio > 0)) throw new ArgumentOutOfRangeException(nameof(hazardRatio), hazardRatio, "A hazard ratio must be positive.");
        return modelled > allCause ? double.NaN : (allCause - modelled) * hazardRatio;
    }
}

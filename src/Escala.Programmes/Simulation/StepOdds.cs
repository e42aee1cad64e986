namespace Escala.Programmes.Simulation;

/// <summary>The log-odds of one step at every facility in every window, with the random effects that were drawn.</summary>
internal sealed class StepOdds
{
    private readonly double[] _district;
    private readonly double[] _facility;
    private readonly double[] _cells;
    private readonly int _windows;

    public StepOdds(StepPlan step, RandomStream chance, IReadOnlyList<SimulatedFacility> facilities, SimulatedPeriod period)
    {
        Step = step;
        _windows = period.Windows;
        _district = Deviations(chance.Of(0), facilities.Count == 0 ? 0 : facilities.Max(f => f.District.Index) + 1, step.District);
        _facility = Deviations(chance.Of(1), facilities.Count, step.Facility);
        _cells = Deviations(chance.Of(2), facilities.Count * _windows, step.FacilityPeriod);
        var years = new double[_windows];
        for (var day = period.Days - 1; day >= 0; day--) years[period.WindowOf(day)] = day / 365.25;
        var origin = PortableMath.LogOdds(step.Probability);
        foreach (var f in facilities)
        {
            for (var w = 0; w < _windows; w++)
                _cells[(f.Index * _windows) + w] += origin + _district[f.District.Index] + _facility[f.Index] + (step.TrendPerYear * years[w]);
        }
    }

    public StepPlan Step { get; }

    public double District(SimulatedDistrict district) => _district[district.Index];

    public double Facility(SimulatedFacility facility) => _facility[facility.Index];

    /// <summary>Of a person with this deviation, at the facility on a day of the window.</summary>
    public double Probability(SimulatedFacility facility, int window, bool exposed, double person) =>
        PortableMath.Logistic(_cells[(facility.Index * _windows) + window] + (exposed ? Step.Effect : 0) + person);

    private static double[] Deviations(RandomStream chance, int count, double spread)
    {
        var deviations = new double[count];
        for (var i = 0; i < count; i++) deviations[i] = spread * chance.Of(i).Normal();
        return deviations;
    }
}

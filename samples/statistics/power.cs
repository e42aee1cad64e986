// The power of the SAIA-HTN protocol, and what is left of it when the correlation between periods decays.
using System.Globalization;
using Escala.Numerics.SteppedWedge;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var layout = TrialLayout.SteppedWedge(sequences: 3, clustersPerSequence: 2, periods: 4, size: 140);
var outcome = TrialOutcome.Binary(0.234, 0.303);
foreach (var autocorrelation in new[] { 1, 0.95 })
{
    var correlation = new CorrelationStructure { Icc = 0.2, ClusterAutocorrelation = autocorrelation };
    var error = Math.Sqrt(TreatmentVariance.Of(layout, correlation, EffectModel.Constant).Value * outcome.TotalVariance);
    Console.WriteLine($"autocorrelation {autocorrelation:0.00}: power {Power.Of(outcome.Difference, error):0.000}");
}

// Prints:
// autocorrelation 1.00: power 0.797
// autocorrelation 0.95: power 0.393

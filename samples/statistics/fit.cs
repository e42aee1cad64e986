// Fits a stepped wedge from rows in memory: an odds ratio with its interval, and what a reader must know.
using System.Globalization;
using Escala.Numerics.Data;
using Escala.Numerics.Models;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
double[] district = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4], period = [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3], treat = [0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1];
double[] controlled = [30, 44, 47, 22, 35, 34, 41, 43, 56, 27, 29, 41], seen = [140, 140, 140, 140, 140, 140, 140, 140, 140, 140, 140, 140];
var data = new DataFrame(
    new NumericColumn("district", district), new NumericColumn("period", period), new NumericColumn("treat", treat),
    new NumericColumn("y", controlled), new NumericColumn("n", seen));
var fit = Regression.Fit(data, new ModelSpecification("cbind(y, n - y) ~ factor(period) + treat + (1 | district)"));
Console.WriteLine($"odds ratio {fit["treat"].Ratio:0.000} ({fit["treat"].RatioLower:0.000} to {fit["treat"].RatioUpper:0.000})");
Console.WriteLine($"randomisation p {RandomisationTest.Of(fit).P:0.000} over {RandomisationTest.Of(fit).Allocations} allocations");
foreach (var warning in fit.Warnings) Console.WriteLine(warning.Code);

// Prints:
// odds ratio 1.428 (0.908 to 2.244)
// randomisation p 0.333 over 6 allocations
// few-clusters

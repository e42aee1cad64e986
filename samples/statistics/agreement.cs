// Two supervisors rate twelve process maps; one rating is missing.
using System.Globalization;
using Escala.Numerics.Agreement;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
double[] first = [1, 2, 3, 3, 2, 1, 4, 1, 2, 2, 3, 4], second = [1, 2, 3, 3, 2, 2, 4, 1, 2, 2, 3, double.NaN];
var ratings = new double[first.Length, 2];
for (var unit = 0; unit < first.Length; unit++) (ratings[unit, 0], ratings[unit, 1]) = (first[unit], second[unit]);
var table = new RatingTable(ratings);
Console.WriteLine($"Krippendorff's alpha {MultiRaterAgreement.Krippendorff(table, MeasurementLevel.Ordinal).Value:0.000}");
Console.WriteLine($"Gwet's AC1 {MultiRaterAgreement.Gwet(table).Value:0.000}");

// Prints:
// Krippendorff's alpha 0.941
// Gwet's AC1 0.880

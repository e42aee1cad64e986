using Escala.Numerics.Agreement;
using FsCheck;
using FsCheck.Fluent;

namespace Escala.Numerics.Tests.Agreement;

public sealed class RaterAgreementTests
{
    /// <summary>Four observers and twelve units with missing ratings (Krippendorff 2011; also Gwet's package).</summary>
    private static readonly RatingTable s_fourRaters = Table("11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", "..3.");

    private static readonly RatingTable s_abstractors = RatingTable.FromCrossTable(new long[,] { { 13, 0, 0 }, { 0, 20, 7 }, { 0, 4, 56 } });

    private static RatingTable Table(params string[] units)
    {
        double[,] ratings = new double[units.Length, units[0].Length];
        for (int u = 0; u < units.Length; u++)
        {
            for (int r = 0; r < units[u].Length; r++)
            {
                ratings[u, r] = units[u][r] == '.' ? double.NaN : units[u][r] - '0';
            }
        }
        return new(ratings);
    }

    [Fact]
    public void A_rare_code_shows_the_prevalence_paradox()
    {
        var table = RatingTable.FromCrossTable(new long[,] { { 40, 4 }, { 3, 3 } });
        var kappa = CohenKappa.Of(table);
        Assert.Equal(0.860, kappa.Observed, 3);
        Assert.Equal(0.7736, kappa.Expected, 4);
        Assert.Equal(0.3816, kappa.Value, 4);
        Assert.Equal(0.8191, MultiRaterAgreement.Gwet(table).Value, 4);
        Assert.Equal(0.2262, MultiRaterAgreement.Gwet(table).Expected, 4);
        Assert.Equal(0.3873, MultiRaterAgreement.Krippendorff(table).Value, 4);
    }

    [Fact]
    public void Three_codes()
    {
        var table = RatingTable.FromCrossTable(new long[,] { { 20, 2, 1 }, { 3, 12, 2 }, { 0, 1, 9 } });
        Assert.Equal(0.82, CohenKappa.Of(table).Observed, 12);
        Assert.Equal(0.7180, CohenKappa.Of(table).Value, 4);
        Assert.Equal(0.7358, MultiRaterAgreement.Gwet(table).Value, 4);
        Assert.Equal(0.7205, MultiRaterAgreement.Krippendorff(table).Value, 4);
    }

    [Theory]
    [InlineData(MeasurementLevel.Nominal, 0.743)]
    [InlineData(MeasurementLevel.Ordinal, 0.815)]
    [InlineData(MeasurementLevel.Interval, 0.849)]
    [InlineData(MeasurementLevel.Ratio, 0.797)]
    public void Alpha_of_every_level_is_the_published_one(MeasurementLevel level, double alpha) =>
        Assert.Equal(alpha, MultiRaterAgreement.Krippendorff(s_fourRaters, level).Value, 5.1e-4);

    [Fact]
    public void Coefficients_and_errors_with_missing_ratings_are_those_of_Gwets_package()
    {
        AgreementCoefficient ac1 = MultiRaterAgreement.Gwet(s_fourRaters), fleiss = MultiRaterAgreement.Fleiss(s_fourRaters), alpha = MultiRaterAgreement.Krippendorff(s_fourRaters);
        Assert.Equal(0.77544, ac1.Value, 5);
        Assert.Equal(0.14295, ac1.StandardError, 5);
        Assert.Equal(0.461, ac1.Lower, 3);
        Assert.Equal(1, ac1.Upper);
        Assert.Equal(0.76117, fleiss.Value, 5);
        Assert.Equal(0.15302, fleiss.StandardError, 5);
        Assert.Equal(0.74342, alpha.Value, 5);
        Assert.Equal(0.419, alpha.Lower, 3);
        Assert.Equal((11, 1), (ac1.Units, ac1.SingleRatings));
    }

    [Fact]
    public void Two_raters_of_a_published_table()
    {
        Assert.Equal(0.7964094, CohenKappa.Of(s_abstractors).Value, 7);
        var ac1 = MultiRaterAgreement.Gwet(s_abstractors);
        Assert.Equal(0.8493305, ac1.Value, 7);
        // For cross-tables the package divides by n where it and we otherwise divide by n − 1.
        double factor = Math.Sqrt(100 / 99.0);
        Assert.Equal(0.04321747 * factor, ac1.StandardError, 8);
        var pi = MultiRaterAgreement.Fleiss(s_abstractors);
        Assert.Equal(0.7962397, pi.Value, 7);
        Assert.Equal(0.05905473 * factor, pi.StandardError, 8);
        Assert.Equal(0.7972585, MultiRaterAgreement.Krippendorff(s_abstractors).Value, 7);
    }

    [Fact]
    public void One_category_alone_leaves_kappa_undefined_and_AC1_complete()
    {
        var table = new RatingTable(new double[,] { { 1, 1 }, { 1, 1 }, { 1, 1 } }, [0, 1]);
        Assert.Contains("one category", CohenKappa.Of(table).Reason);
        Assert.Equal(1, CohenKappa.Of(table).Observed);
        Assert.Equal(1, MultiRaterAgreement.Gwet(table).Value);
        Assert.NotNull(MultiRaterAgreement.Krippendorff(table).Reason);
    }

    [Fact]
    public void Ratings_that_never_meet_are_said_to_be_so() =>
        Assert.Contains("two raters", MultiRaterAgreement.Fleiss(Table("1.", ".2")).Reason);

    [Fact]
    public void A_rating_outside_the_categories_is_named() =>
        Assert.Contains("Unit 2, rater 1", Assert.Throws<UnfitInputException>(() => new RatingTable(new double[,] { { 1, 2 }, { 7, 2 } }, [1, 2])).Message);

    [Fact]
    public void Neither_the_order_of_units_nor_of_raters_matters() =>
        Prop.ForAll(Gen.Choose(1, 4).ArrayOf(3).ArrayOf(9).ToArbitrary(), rows =>
        {
            double[,] one = new double[9, 3], two = new double[9, 3];
            for (int u = 0; u < 9; u++)
            {
                for (int r = 0; r < 3; r++)
                {
                    one[u, r] = rows[u][r];
                    two[8 - u, 2 - r] = rows[u][r];
                }
            }
            RatingTable a = new(one), b = new(two);
            return Same(MultiRaterAgreement.Fleiss(a), MultiRaterAgreement.Fleiss(b)) && Same(MultiRaterAgreement.Gwet(a, AgreementWeights.Quadratic), MultiRaterAgreement.Gwet(b, AgreementWeights.Quadratic))
                && Same(MultiRaterAgreement.Krippendorff(a, MeasurementLevel.Ordinal), MultiRaterAgreement.Krippendorff(b, MeasurementLevel.Ordinal));
        }).QuickCheckThrowOnFailure();

    private static bool Same(AgreementCoefficient a, AgreementCoefficient b) =>
        (double.IsNaN(a.Value) && double.IsNaN(b.Value)) || (Math.Abs(a.Value - b.Value) < 1e-9 && Math.Abs(a.StandardError - b.StandardError) < 1e-9);
}

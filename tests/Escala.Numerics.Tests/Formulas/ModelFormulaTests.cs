using Escala.Numerics.Data;
using Escala.Numerics.Formulas;
using Escala.Numerics.Models;

namespace Escala.Numerics.Tests.Formulas;

public sealed class ModelFormulaTests
{
    [Theory]
    [InlineData("y ~ a*b", "a,b,a:b")]
    [InlineData("y ~ (a + b + c)^2", "a,b,c,a:b,a:c,b:c")]
    [InlineData("y ~ a*b - a", "b,a:b")]
    [InlineData("y ~ a/b", "a,a:b")]
    [InlineData("y ~ a:b + b", "b,a:b")]
    [InlineData("y ~ factor(p) + log(x) + I(x^2) + offset(log(n)) + (1 | g)", "factor(p),log(x),I(x^2)")]
    [InlineData("y ~ `blood pressure` + a", "blood pressure,a")]
    public void Terms_expand_as_in_R(string formula, string terms) => Assert.Equal(terms.Split(','), ModelFormula.Parse(formula).FixedTerms);

    [Theory]
    [InlineData("y ~ 0 + a")]
    [InlineData("y ~ a - 1")]
    [InlineData("y ~ -1 + a")]
    public void The_intercept_can_be_left_out(string formula) => Assert.False(ModelFormula.Parse(formula).HasIntercept);

    [Theory]
    [InlineData("y ~ (1 | a/b)", "(1 | a)", "(1 | a:b)")]
    [InlineData("y ~ (1 | a/b/c)", "(1 | a)", "(1 | a:b)", "(1 | a:b:c)")]
    [InlineData("y ~ (x | g)", "(1 + x | g)")]
    [InlineData("y ~ (x || g)", "(1 | g)", "(0 + x | g)")]
    [InlineData("y ~ (0 + x | g) + (1 | a:b)", "(0 + x | g)", "(1 | a:b)")]
    public void Random_terms_expand_as_in_lme4(string formula, params string[] terms) => Assert.Equal(terms, ModelFormula.Parse(formula).RandomTerms);

    [Theory]
    [InlineData("y + x", 6)]
    [InlineData("y ~ a + ", 9)]
    [InlineData("y ~ a + (1 | g", 15)]
    [InlineData("y ~ a b", 7)]
    [InlineData("y ~ a + 1 | g", 11)]
    [InlineData("y ~ a * (1 | g)", 7)]
    [InlineData("y ~ a + 2", 9)]
    [InlineData("y ~ (a + b)^x", 13)]
    [InlineData("y ~ a)", 6)]
    [InlineData("y ~ \"a", 5)]
    public void Errors_point_at_the_character(string formula, int character) =>
        Assert.Equal(character, Assert.Throws<FormulaException>(() => ModelFormula.Parse(formula)).Character);

    [Theory]
    [InlineData("y ~ agee", 5)]
    [InlineData("y ~ arm + sin(age)", 11)]
    [InlineData("y ~ log(age - 1)", 5)]
    [InlineData("y ~ I(arm + 1)", 7)]
    [InlineData("age ~ arm", 1)]
    [InlineData("y ~ age + (1 | site) + (1 | month)", 27)]
    [InlineData("y ~ age + (1 | country)", 14)]
    public void Errors_of_the_data_point_at_the_character_too(string formula, int character)
    {
        var data = DataFrame.ReadCsv(new StringReader("y,arm,age,site,month,country\n0,a,1,1,1,1\n1,b,2,1,2,1\n1,a,3,2,1,1\n0,b,4,2,2,1\n"));
        Assert.Equal(character, Assert.Throws<FormulaException>(() => Regression.Fit(data, new ModelSpecification(formula))).Character);
    }

    [Fact]
    public void Levels_have_the_stated_order_and_the_first_is_the_reference()
    {
        var data = DataFrame.ReadCsv(new StringReader("y,arm\n0,new\n1,new\n1,old\n0,old\n1,older\n0,older\n1,older\n"));
        string[] Terms(DataFrame d, string arm) => [.. Regression.Fit(d, new ModelSpecification($"y ~ {arm}")).Fixed.Select(f => f.Term)];
        Assert.Equal(["(Intercept)", "armold", "armolder"], Terms(data, "arm"));
        Assert.Equal(["(Intercept)", "armnew", "armolder"], Terms(data.WithLevels("arm", "old", "new", "older"), "arm"));
        Assert.Equal(["(Intercept)", "factor(arm, ref = \"older\")new", "factor(arm, ref = \"older\")old"], Terms(data, "factor(arm, ref = \"older\")"));
    }
}

using System.Text.Json;
using Escala.Economics.Models;

namespace Escala.Economics.Tests;

public sealed class ModelSchemaTests
{
    /// <summary>An editor that trusts the schema must not offer a field that the loader refuses, nor hide one that it takes.</summary>
    [Theory]
    [InlineData("strategy", "strategies: {s: {nothing: 1}}")]
    [InlineData("state", "states: {S: {nothing: 1}}")]
    [InlineData("transition", "transitions:\n  - {nothing: 1}")]
    [InlineData("group", "groups:\n  - {nothing: 1}")]
    [InlineData("scenario", "scenarios:\n  - {nothing: 1}")]
    [InlineData("check", "checks:\n  - {nothing: 1}")]
    [InlineData("correlation", "correlations:\n  - {nothing: 1}")]
    [InlineData("budget", "budget: {nothing: 1}")]
    [InlineData("parameter", "parameters: {p: {nothing: 1, dist: beta}}")]
    public void Schema_and_loader_know_the_same_fields(string definition, string section)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.Sample("model.schema.json")));
        var inSchema = schema.RootElement.GetProperty("$defs").GetProperty(definition).GetProperty("properties").EnumerateObject().Select(p => p.Name).Order();
        var problem = Assert.Throws<ModelException>(() => DecisionModel.Load("model: M\n" + section)).Problems
            .Single(p => p.Code == "economics.field.unknown" && p.Problem.Details["field"] == "nothing").Problem;
        Assert.Equal(inSchema, problem.Details["known"].Split(", ").Order());
    }
}

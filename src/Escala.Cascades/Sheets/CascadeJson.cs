using System.Text.Json;
using System.Text.Json.Serialization;
using Escala.Platform.Texts;

namespace Escala.Cascades.Sheets;

/// <summary>The JSON of cascades, the same at the command line and over HTTP. Numbers are exact and invariant; what is unknown is null.</summary>
public static class CascadeJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write(CascadeSheet sheet, Language language) => JsonSerializer.Serialize(Shape(sheet, language), s_options);

    public static string Write(IEnumerable<CascadeSheet> sheets, Language language) =>
        JsonSerializer.Serialize(sheets.Select(s => Shape(s, language)), s_options);

    private static SheetShape Shape(CascadeSheet sheet, Language language) => new(
        sheet.Programme.Id, sheet.Place.Code, sheet.Place.Name, sheet.Place.Level, sheet.Place.IsSum, sheet.Window.ToString(), sheet.Exposure,
        sheet.EndStep.Id, sheet.Target is TargetChoice.Share share ? share.Value : "bestQuarter",
        sheet.Completeness.UpTo, sheet.Completeness.Status, sheet.Completeness.IsComplete, sheet.Completeness.NotOpen is null, sheet.Completeness.RowsEntered, sheet.Completeness.RowsExpected,
        sheet.Completeness.RowsOfExpected, sheet.Completeness.FacilitiesCounted, sheet.Completeness.RowsLeftOut,
        sheet.Tallied, sheet.TalliesAside, sheet.People, sheet.Queried, sheet.UnknownBirthDate, sheet.Programme.Example, sheet.Position,
        sheet.Steps.Select(s => Shape(s, language)), sheet.Indicators.Select(i => Shape(i, language)));

    private static StepShape Shape(SheetStep step, Language language) => new(
        step.Step.Measure.Id, step.Step.Kind, step.Step.Measure.Name.In(language), step.Step.Measure.Definition,
        step.Figure.Numerator, step.Figure.Denominator, step.Figure.Status, step.Figure.Proportion,
        step.Figure.Interval?.Lower, step.Figure.Interval?.Upper,
        step.Step.Kind == Programmes.Measures.StepKind.Yield ? null : step.Figure.DropOff,
        step.Target?.Proportion, step.Target?.Facilities ?? [], step.Gain.Persons, step.Gain.Status, step.GainBeside?.Persons, step.GainBeside?.Status);

    private static IndicatorShape Shape(SheetIndicator indicator, Language language) => new(
        indicator.Measure.Id, indicator.Measure.Name.In(language), indicator.Measure.Definition, indicator.Figure.Numerator, indicator.Figure.Denominator,
        indicator.Missing, indicator.Figure.Status, indicator.Figure.Proportion, indicator.Figure.Interval?.Lower, indicator.Figure.Interval?.Upper);

    private sealed record SheetShape(
        string Programme, string Place, string PlaceName, string Level, bool IsSum, string Month, string? Exposure, string EndStep, object Target,
        DateOnly? CompleteUpTo, CompletenessStatus Completeness, bool WindowComplete, bool Open, int RowsEntered, int? RowsExpected,
        int RowsOfExpected, int FacilitiesCounted, int RowsLeftOut,
        IReadOnlyList<string> Tallied, IReadOnlyList<string> TalliesAside, int People, int Queried, int UnknownBirthDate, bool Example, long Position, IEnumerable<StepShape> Steps, IEnumerable<IndicatorShape> Indicators);

    private sealed record StepShape(
        string Id, Programmes.Measures.StepKind Kind, string Name, string Definition, int? Numerator, int? Denominator, FigureStatus Status,
        double? Proportion, double? Lower, double? Upper, int? DropOff, double? Target, IReadOnlyList<string> TargetFacilities,
        double? Gain, GainStatus GainStatus, double? GainBeside, GainStatus? GainBesideStatus);

    private sealed record IndicatorShape(
        string Id, string Name, string Definition, int? Numerator, int? Denominator,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Missing,
        FigureStatus Status, double? Proportion, double? Lower, double? Upper);
}

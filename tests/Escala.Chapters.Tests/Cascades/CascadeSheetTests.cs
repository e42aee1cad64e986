using System.Text.Json;
using Escala.Cascades.Sheets;
using Escala.Programmes.Places;

namespace Escala.Chapters.Tests.Cascades;

public sealed class CascadeSheetTests
{
    private static readonly SheetChoice s_control = new("controlled", new TargetChoice.Share(1));
    private static readonly DateOnly s_endOfMarch = new(2025, 3, 31);

    private static SheetFixture District() => new SheetFixture()
        .Steps("F101", SheetFixture.March, SheetFixture.Closed).Complete("F101", s_endOfMarch)
        .Steps("F102", SheetFixture.March, (100, 90), (90, 30), (30, 27), (27, 27), (25, 20), (20, 10)).Complete("F102", new DateOnly(2025, 4, 2))
        .Steps("F103", SheetFixture.March, (50, 10), (10, 4), (4, 4), (4, 4), (4, 4), (4, 4)).NotDeclared("F103", new DateOnly(2025, 3, 20))
        .Steps("F501", SheetFixture.March, (10, 10), (10, 10), (10, 10), (10, 10), (10, 10), (10, 10)).Complete("F501", s_endOfMarch);

    private static CascadeSheet Read(SheetFixture fixture, string place, SheetChoice? choice = null) =>
        fixture.Reader.Sheet(place, SheetFixture.March, choice ?? new SheetChoice()).Value;

    [Fact]
    public void The_sheet_of_a_facility_carries_the_worked_example()
    {
        var sheet = Read(District(), "F101", s_control);
        Assert.Equal([300.0 / 400, 0.3, 0.8, 60.0 / 72, 0.7, 14.0 / 42], sheet.Steps.Select(s => s.Figure.Proportion!.Value));
        Assert.Equal([4.667, 3.5, 2.8, 6, 28], sheet.Steps.Where(s => s.Gain.Persons is not null).Select(s => Math.Round(s.Gain.Persons!.Value, 3)));
        Assert.Equal(["controlled", "picked-up", "screened", "diagnosed", "treated"], sheet.ByGain.Select(s => s.Step.Measure.Id));
    }

    [Fact]
    public void The_wilson_interval_of_52_of_72_is_that_of_the_book()
    {
        var interval = Figure.Of(52, 72, isSum: false).Interval!.Value;
        Assert.Equal((0.6095, 0.8124), (Math.Round(interval.Lower, 4), Math.Round(interval.Upper, 4)));
    }

    [Fact]
    public void By_default_pick_up_is_the_end_control_stands_beside_it_and_the_district_sets_the_target()
    {
        var sheet = Read(District(), "F101");
        Assert.Equal(("picked-up", "controlled"), (sheet.EndStep.Id, sheet.Beside!.Id));
        var screened = sheet.Steps[0];
        Assert.Equal(0.9, screened.Target!.Proportion);
        Assert.Equal(["F102"], screened.Target.Facilities);
        Assert.Equal(400 * (0.9 - 0.75) * 0.3 * 0.8 * (60.0 / 72) * 0.7, screened.Gain.Persons!.Value, 12);
        // F103 has four people from the third step on, too few to set a target.
        Assert.Equal(["F102"], sheet.Steps[4].Target!.Facilities);
        Assert.Null(sheet.Steps[1].Target);
    }

    [Fact]
    public void A_district_is_the_sum_of_its_facilities_without_an_interval()
    {
        var sheet = Read(District(), "D1");
        Assert.Equal((550, 400), (sheet.Steps[0].Figure.Denominator!.Value, sheet.Steps[0].Figure.Numerator!.Value));
        Assert.Null(sheet.Steps[0].Figure.Interval);
        Assert.Equal("sustainment", sheet.Exposure);
        Assert.Equal(1200, sheet.People);
    }

    [Fact]
    public void A_facility_counts_in_the_district_to_which_it_belonged_on_the_last_day_of_the_window()
    {
        var moved = District().With(SheetFixture.Place("F501", "Nhacuenda Sede", "facility", "D1", new DateOnly(2025, 4, 1)));
        Assert.Equal(550, Read(moved, "D1").Steps[0].Figure.Denominator);
        var earlier = District().With(SheetFixture.Place("F501", "Nhacuenda Sede", "facility", "D1", s_endOfMarch));
        Assert.Equal(560, Read(earlier, "D1").Steps[0].Figure.Denominator);
    }

    [Fact]
    public void A_province_whose_facilities_differ_has_no_single_exposure() => Assert.Null(Read(District(), "P1").Exposure);

    [Fact]
    public void A_district_is_declared_complete_only_when_all_its_facilities_are()
    {
        var district = Read(District(), "D1").Completeness;
        Assert.Equal((new DateOnly(2025, 3, 20), CompletenessStatus.NotDeclared, false), (district.UpTo!.Value, district.Status, district.IsComplete));
        Assert.Equal(["F103"], district.Incomplete);
        Assert.True(Read(District(), "F101").Completeness.IsComplete);
    }

    [Fact]
    public void A_month_with_fewer_rows_than_the_paper_register_is_incomplete()
    {
        var sheet = Read(District().Expect("F101", SheetFixture.March, 450), "F101");
        Assert.Equal((412, 450, false), (sheet.Completeness.RowsEntered, sheet.Completeness.RowsExpected!.Value, sheet.Completeness.IsComplete));
    }

    [Fact]
    public void Rows_in_and_rows_counted_on_paper_are_those_of_the_same_facilities()
    {
        var sheet = Read(District().Expect("F102", SheetFixture.March, 450), "D1");
        Assert.Equal((1236, 412, 450, 1), (sheet.Completeness.RowsEntered, sheet.Completeness.RowsOfExpected, sheet.Completeness.RowsExpected!.Value, sheet.Completeness.FacilitiesCounted));
        var said = string.Join(' ', new SheetWords(Platform.Texts.Language.En).Completeness(sheet));
        Assert.Contains("412 of 450 rows counted in the paper register are in, at 1 of 3 facilities.", said, StringComparison.Ordinal);
        Assert.Contains("1236 rows entered in all", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_month_in_which_the_facility_was_not_open_says_since_when_and_its_people_are_to_be_checked()
    {
        var words = new SheetWords(Platform.Texts.Language.En);
        PlaceRecord Opened(DateOnly? opened, DateOnly? closed) => SheetFixture.Place("F104", "Nova", "facility", "D1") with { Opened = opened, Closed = closed };
        var before = Read(District().With(Opened(new(2025, 4, 1), null)).Steps("F104", SheetFixture.March, SheetFixture.Closed).Complete("F104", s_endOfMarch), "F104");
        var said = string.Join(' ', words.Completeness(before));
        Assert.Contains("it opened on 1 April 2025", said, StringComparison.Ordinal);
        Assert.DoesNotContain("INCOMPLETE", said, StringComparison.Ordinal);
        Assert.Equal((before.People, false), (before.Queried, before.Completeness.IsComplete));
        var district = Read(District().With(Opened(new(2025, 4, 1), null)).Steps("F104", SheetFixture.March, SheetFixture.Closed), "D1");
        Assert.Equal((550, 412), (district.Steps[0].Figure.Denominator, district.Completeness.RowsLeftOut));
        Assert.Contains("412 rows of facilities that were not open are left out of this sum", string.Join(' ', words.Completeness(district)), StringComparison.Ordinal);
        Assert.Contains("it closed on 28 February 2025", string.Join(' ', words.Completeness(Read(District().With(Opened(null, new(2025, 2, 28))), "F104"))), StringComparison.Ordinal);
        Assert.Null(Read(District().With(Opened(new(2025, 3, 31), null)), "F104").Completeness.NotOpen);
    }

    [Fact]
    public void A_district_outside_the_trial_stays_outside_when_a_facility_of_the_trial_moves_into_it()
    {
        var moved = District().With(SheetFixture.Place("D9", "Fora", "district", "P1")).With(SheetFixture.Place("F501", "Nhacuenda Sede", "facility", "D9", new DateOnly(2025, 2, 1)));
        Assert.Equal("notEnrolled", Read(moved, "D9").Exposure);
        Assert.Equal(Read(District(), "F501").Exposure, Read(moved, "F501").Exposure);
    }

    [Fact]
    public void A_target_that_is_the_facilitys_own_figure_is_said_to_be_so()
    {
        var words = new SheetWords(Platform.Texts.Language.En);
        var fixture = new SheetFixture().Steps("F101", SheetFixture.March, (100, 33), (33, 30), (30, 10), (30, 10), (30, 10), (30, 10)).Complete("F101", s_endOfMarch);
        var sheet = Read(fixture, "F101");
        Assert.All(sheet.Steps.Where(s => s.Target is not null), s => Assert.True(sheet.SetsTarget(s)));
        Assert.Contains("the best of 1 facility with 5 people or more", words.OwnTargets(sheet), StringComparison.Ordinal);
        Assert.NotEqual(words.Say("gain.none"), words.GreatestGain(sheet));
        Assert.Equal(words.Say("gain.setsTarget"), words.Gain(sheet, sheet.Steps[0], sheet.Steps[0].Gain));
        Assert.Null(words.OwnTargets(Read(fixture, "F101", s_control)));
        Assert.Contains("(1 of 1 facility with 5 people or more)", words.TargetOf(sheet.Steps[0], fixture.Reader.Neighbours(sheet.Place, sheet.Window), 5), StringComparison.Ordinal);
    }

    [Fact]
    public void A_facility_of_which_nothing_is_known_is_not_complete()
    {
        var sheet = Read(new SheetFixture(), "F102");
        Assert.Equal((false, null), (sheet.Completeness.IsComplete, sheet.Completeness.UpTo));
        Assert.All(sheet.Steps, s => Assert.Equal(FigureStatus.NoDenominator, s.Figure.Status));
        Assert.All(sheet.Steps, s => Assert.Null(s.Figure.Proportion));
    }

    [Fact]
    public void A_sum_does_not_hide_that_a_facility_is_inconsistent()
    {
        var sheet = Read(District().Set("F102", SheetFixture.March, "screened", 1, 4, 100, 120), "D1");
        Assert.Equal(FigureStatus.Inconsistent, sheet.Steps[0].Figure.Status);
        Assert.Equal(430, sheet.Steps[0].Figure.Numerator);
    }

    [Fact]
    public void Bars_that_rise_are_marked()
    {
        var sheet = Read(new SheetFixture().Steps("F101", SheetFixture.March, (400, 300), (300, 90), (90, 72), (110, 95), (140, 98), (98, 30)), "F101");
        Assert.Equal([false, false, false, true, true, false], sheet.Steps.Select(s => s.Rises));
    }

    [Fact]
    public void An_unknown_place_step_or_target_is_a_problem_that_names_what_is_known()
    {
        var reader = District().Reader;
        Assert.Equal("cascades.sheet.unknown-place", Assert.Single(reader.Sheet("F999", SheetFixture.March, new()).Problems).Code);
        Assert.Contains("picked-up", Assert.Single(reader.Sheet("F101", SheetFixture.March, new("pick")).Problems).Details["known"]);
        Assert.Equal("cascades.sheet.target-range", Assert.Single(reader.Sheet("F101", SheetFixture.March, new(null, new TargetChoice.Share(90))).Problems).Code);
    }

    [Fact]
    public void The_json_has_the_fields_and_words_that_were_agreed()
    {
        using var json = JsonDocument.Parse(CascadeJson.Write(Read(District(), "F101", s_control), Platform.Texts.Language.En));
        var root = json.RootElement;
        Assert.Equal("saia-htn F101 facility 2025-03 sustainment controlled 2025-03-31 declared", string.Join(' ',
            ((string[])["programme", "place", "level", "month", "exposure", "endStep", "completeUpTo", "completeness"]).Select(f => root.GetProperty(f).GetString())));
        Assert.Equal(1, root.GetProperty("target").GetDouble());
        var steps = root.GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(["screened", "raised-or-known", "diagnosed", "treated", "picked-up", "controlled"], steps.Select(s => s.GetProperty("id").GetString()));
        Assert.Equal(("yield", "yield", "saia-htn/raised-or-known@1"),
            (steps[1].GetProperty("kind").GetString(), steps[1].GetProperty("gainStatus").GetString(), steps[1].GetProperty("definition").GetString()));
        Assert.Equal(JsonValueKind.Null, steps[1].GetProperty("dropOff").ValueKind);
        Assert.Equal((100, "ok", 400), (steps[0].GetProperty("dropOff").GetInt32(), steps[0].GetProperty("status").GetString(), steps[0].GetProperty("denominator").GetInt32()));
        Assert.Equal(28, steps[5].GetProperty("gain").GetDouble(), 9);
        var indicators = root.GetProperty("indicators").EnumerateArray().ToDictionary(i => i.GetProperty("id").GetString()!);
        Assert.Equal("noDenominator", indicators["in-care"].GetProperty("status").GetString());
        Assert.True(indicators["suppressed"].TryGetProperty("missing", out _));
        Assert.False(indicators["in-care"].TryGetProperty("missing", out _));
        Assert.Equal("bestQuarter", JsonDocument.Parse(CascadeJson.Write(Read(District(), "D1"), Platform.Texts.Language.Pt)).RootElement.GetProperty("target").GetString());
    }
}

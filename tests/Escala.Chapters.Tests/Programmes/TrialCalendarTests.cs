using Escala.Programmes;
using Escala.Programmes.Packages;
using Escala.Programmes.Places;
using Escala.Programmes.Trials;

namespace Escala.Chapters.Tests.Programmes;

/// <summary>domain.md 2.5 and 1.6.</summary>
public sealed class TrialCalendarTests
{
    private static readonly Trial s_trial = new()
    {
        ClusterLevel = "district",
        PreImplementationFrom = new(2023, 11, 1),
        Ends = new(2027, 7, 31),
        Waves = [new(1, new(2024, 8, 1), ["D1"]), new(2, new(2025, 5, 5), ["D2"])],
        Phases = [new("intensive", 9), new("sustainment", null)],
    };

    private static readonly TrialCalendar s_calendar = new(s_trial, new PlaceHistory(
    [
        Place("D1", "district", null), Place("D2", "district", null), Place("D3", "district", null),
        Place("F1", "facility", "D1"), Place("F2", "facility", "D2"), Place("F3", "facility", "D3"),
        Place("F2", "facility", "D1", new(2025, 1, 1)), Place("F4", "facility", "D2", new(2026, 1, 1)),
    ]));

    [Theory]
    [InlineData("F2", "2025-05-04", "unexposed", null)]
    [InlineData("F2", "2025-05-05", "intensive", 1)]
    [InlineData("F2", "2025-06-01", "intensive", 2)]
    [InlineData("F2", "2026-01-31", "intensive", 9)]
    [InlineData("F2", "2026-02-10", "sustainment", 10)]
    [InlineData("F1", "2024-08-01", "intensive", 1)]
    [InlineData("F3", "2026-02-10", "notEnrolled", null)]
    [InlineData("F9", "2026-02-10", "notEnrolled", null)]
    public void A_visit_is_exposed_from_the_day_of_initiation_on(string facility, string day, string word, int? month)
    {
        var exposure = s_calendar.On(facility, DateOnly.Parse(day));
        Assert.Equal((word, month), (exposure.Word, exposure.Month));
    }

    [Theory]
    [InlineData("F2", 2025, 4, "unexposed", null)]
    [InlineData("F2", 2025, 5, "transition", null)]
    [InlineData("F2", 2025, 6, "intensive", 2)]
    [InlineData("F2", 2026, 1, "intensive", 9)]
    [InlineData("F2", 2026, 2, "sustainment", 10)]
    [InlineData("F1", 2024, 7, "unexposed", null)]
    [InlineData("F1", 2024, 8, "intensive", 1)]
    [InlineData("F3", 2026, 2, "notEnrolled", null)]
    public void The_month_of_initiation_is_a_transition_unless_it_begins_that_day(string facility, int year, int month, string word, int? index)
    {
        var exposure = s_calendar.In(facility, Window.Holding(WindowKind.Month, new DateOnly(year, month, 1).DayNumber));
        Assert.Equal((word, index), (exposure.Word, exposure.Month));
    }

    [Fact]
    public void A_facility_keeps_the_cluster_that_it_was_allocated_with()
    {
        Assert.Equal(("D1", "D2", "D2", null), (s_calendar.ClusterOf("F1"), s_calendar.ClusterOf("F2"), s_calendar.ClusterOf("F4"), s_calendar.ClusterOf("F3")));
    }

    [Fact]
    public void The_shipped_trial_has_the_months_of_its_protocol()
    {
        var programme = PackageReader.Read(Repository.PathTo("programmes", "saia-htn")).Value;
        var calendar = new TrialCalendar(programme.Trial!, new PlaceHistory(programme.Places));
        Assert.Equal(18, programme.Places.Count(p => p.Level == "facility" && calendar.WaveOf(p.Code) is not null));
        var months = calendar.Windows(WindowKind.Month);
        Assert.Equal(("2022-11", "2026-07", 45), (months[0].ToString(), months[^1].ToString(), months.Count));

        // 36 months from the first initiation on: 36, 27 and 18 exposed, of which nine (the transition among them) are intensive.
        var wedge = calendar.Wedge(WindowKind.Month);
        Assert.Equal([(9, 1, 8, 27), (18, 1, 8, 18), (27, 1, 8, 9)], wedge.Select(row => (Count(row, "unexposed"), Count(row, "transition"), Count(row, "intensive"), Count(row, "sustainment"))));
    }

    [Fact]
    public void A_quarter_is_of_the_phase_in_which_it_begins()
    {
        var wave = s_trial.Waves[0];
        string[] words = [.. s_calendar.Windows(WindowKind.Quarter).Where(w => w.ToString().StartsWith("2024", StringComparison.Ordinal) || w.ToString().StartsWith("2025", StringComparison.Ordinal)).Select(w => s_calendar.In(wave, w).Word)];
        Assert.Equal(["unexposed", "unexposed", "transition", "intensive", "intensive", "intensive", "sustainment", "sustainment"], words);
    }

    private static int Count(WedgeRow row, string word) => row.Cells.Count(c => c.Word == word);

    private static PlaceRecord Place(string code, string level, string? parent, DateOnly? from = null) =>
        new() { Code = code, Name = code, Level = level, ParentCode = parent, ValidFrom = from };
}

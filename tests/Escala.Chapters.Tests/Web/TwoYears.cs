using Escala.Cascades.Sheets;
using Escala.Chapters.Tests.Cascades;
using Escala.Programmes;
using Escala.Programmes.Places;

namespace Escala.Chapters.Tests.Web;

/// <summary>The example programme with two years of counts in every facility; the last month is not all in.</summary>
internal static class TwoYears
{
    public static readonly Window Latest = SheetFixture.Month(2025, 4);

    /// <summary>At F503 nobody came to the last step then, so that no gain at it can be computed.</summary>
    public static readonly Window WithoutControl = SheetFixture.Month(2024, 11);

    public static SheetSource Source { get; } = Write().Source;

    private static SheetFixture Write()
    {
        var fixture = new SheetFixture { PlacesOfThePackage = true };
        var facilities = fixture.Programme.Places.Where(p => p.Level == "facility").ToList();
        for (var f = 0; f < facilities.Count; f++) Facility(fixture, facilities[f], f);
        return fixture;
    }

    private static void Facility(SheetFixture fixture, PlaceRecord place, int f)
    {
        for (var back = 0; back < 24; back++)
        {
            var window = Latest with { Number = Latest.Number - back };
            // Ups and downs without chance: the same numbers on every run.
            var wave = ((f * 7) + (back * 5)) % 11;
            var seen = 60 + (f * 41 % 340) + wave;
            var screened = seen * (62 + wave + (back < 6 ? 12 : 0)) / 100;
            var raised = screened * (27 + (wave % 5)) / 100;
            var diagnosed = raised * (75 + wave) / 100;
            var standing = (diagnosed * 5 / 4) + wave;
            var treated = standing * (80 + wave) / 100;
            var supplied = treated + 6;
            var picked = supplied * (60 + (2 * wave)) / 100;
            (int, int)[] steps = [(seen, screened), (screened, raised), (raised, diagnosed), (standing, treated), (supplied, picked), (picked, picked * (24 + wave) / 100)];
            if (place.Code == "F503" && window == WithoutControl) steps[^1] = (0, 0);
            for (var step = 0; step < steps.Length; step++) Split(fixture, place.Code, window, fixture.Programme.Cascade.Steps[step].Measure.Id, steps[step]);
            foreach (var indicator in fixture.Programme.Cascade.Indicators) Split(fixture, place.Code, window, indicator.Id, (seen, seen * (40 + (4 * wave)) / 100));
        }

        var last = DateOnly.FromDayNumber(Latest.LastDay);
        if (f % 3 == 2) fixture.NotDeclared(place.Code, last.AddDays(-9));
        else fixture.Complete(place.Code, f % 4 == 1 ? last : last.AddDays(-30));
    }

    private static void Split(SheetFixture fixture, string facility, Window window, string measure, (int D, int X) figure)
    {
        // Most are women; a few are old, so that small groups occur.
        (int Sex, int Band, int Share)[] strata = [(1, 3, 30), (1, 4, 25), (2, 4, 20), (2, 5, 15), (1, 6, 8)];
        var (d, x) = figure;
        foreach (var (sex, band, share) in strata)
        {
            var (part, passed) = (figure.D * share / 100, figure.X * share / 100);
            fixture.Set(facility, window, measure, sex, band, part, passed);
            (d, x) = (d - part, x - passed);
        }

        fixture.Set(facility, window, measure, 0, 0, d, Math.Min(d, x));
    }
}

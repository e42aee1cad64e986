namespace Escala.Chapters.Tests.Stores;

/// <summary>
/// Every definition by a row that settles it, from the text of a register file to the counter. Here is H, another facility E, the month
/// March 2025 unless said; expected is numerator/denominator, and +n missing.
/// </summary>
public sealed class DefinitionTests(DefinitionTests.Stores stores) : IClassFixture<DefinitionTests.Stores>
{
    private const string Adult = "1970-05-01";

    private static readonly Case[] s_cases =
    [
        new("a complete pair", "screened", "1/1", At("H", "03-05") with { Pressure = "150/95" }),
        new("half a pair is none", "screened", "0/1", At("H", "03-05") with { Pressure = "150/" }),
        new("a pair elsewhere is not here", "screened", "0/1", At("H", "03-05"), At("E", "03-06") with { Pressure = "150/95" }),
        new("nobody seen", "screened", "0/0", At("E", "03-05") with { Pressure = "150/95" }),
        new("two visits are one person", "screened", "1/1", At("H", "03-05"), At("H", "03-25") with { Pressure = "120/80" }),
        new("139.5/89 is not raised", "raised-or-known", "0/1", At("H", "03-05") with { Pressure = "139/89 140/89" }),
        new("140 is raised", "raised-or-known", "1/1", At("H", "03-05") with { Pressure = "140/80" }),
        new("90 is raised", "raised-or-known", "1/1", At("H", "03-05") with { Pressure = "120/90" }),
        new("the mean is of the last two", "raised-or-known", "0/1", At("H", "03-05") with { Pressure = "152/94 142/88 136/86" }),
        new("an incomplete pair is passed over", "raised-or-known", "1/1", At("H", "03-05") with { Pressure = "150/95 /80" }),
        new("the first raised, the second not", "raised-or-known", "1/1", At("H", "03-05") with { Pressure = "150/95" }, At("H", "03-15") with { Pressure = "120/80" }),
        new("known without being raised", "raised-or-known", "1/1", At("E", "01-05") with { Diagnosed = "1" }, At("H", "03-05") with { Pressure = "120/80" }),
        new("1 in January, 0 in March stands in March", "diagnosed", "1/1", At("H", "01-05") with { Diagnosed = "1" }, At("H", "03-05") with { Pressure = "120/80", Diagnosed = "0" }),
        new("withdrawn in February", "diagnosed", "0/0", At("H", "01-05") with { Diagnosed = "1" }, At("H", "02-05") with { Diagnosed = "withdrawn" }, At("H", "03-05") with { Pressure = "120/80" }),
        new("withdrawn and raised", "diagnosed", "0/1", At("H", "01-05") with { Diagnosed = "1" }, At("H", "03-05") with { Pressure = "150/80", Diagnosed = "withdrawn" }),
        new("diagnosed at the month's last day", "diagnosed", "1/1", At("H", "03-05") with { Pressure = "150/80" }, At("E", "03-31") with { Diagnosed = "1" }),
        new("diagnosed the day after", "diagnosed", "0/1", At("H", "03-05") with { Pressure = "150/80" }, At("E", "04-01") with { Diagnosed = "1" }),
        new("prescribed at another facility", "treated", "1/1", At("E", "01-05") with { Diagnosed = "1", Prescribed = "1" }, At("H", "03-05")),
        new("stopped", "treated", "0/1", At("E", "01-05") with { Diagnosed = "1", Prescribed = "1" }, At("H", "03-05") with { Prescribed = "stopped" }),
        new("0 does not stop", "treated", "1/1", At("E", "01-05") with { Diagnosed = "1", Prescribed = "1" }, At("H", "03-05") with { Prescribed = "0" }),
        new("60 days on 1 and 15 January do not reach March's end", "picked-up", "0/1",
            At("H", "01-01") with { Prescribed = "1", Days = "60" }, At("H", "01-15") with { Days = "60" }, At("H", "03-05")),
        new("90 days on 1 January reach past 31 March? 1 April is day 90", "picked-up", "1/1", At("H", "01-01") with { Prescribed = "1", Days = "90" }, At("H", "03-05")),
        new("89 days do not", "picked-up", "0/1", At("H", "01-01") with { Prescribed = "1", Days = "89" }, At("H", "03-05")),
        new("given elsewhere in the month", "picked-up", "1/1", At("H", "03-05") with { Prescribed = "1" }, At("E", "03-20") with { Days = "5" }),
        new("0 days are no dispensing", "picked-up", "0/1", At("H", "03-05") with { Prescribed = "1", Days = "0" }),
        new("150/95 then 135/85 on one day", "controlled", "1/1",
            At("H", "02-01") with { Prescribed = "1", Days = "30" }, At("H", "03-05") with { Pressure = "150/95" }, At("H", "03-05") with { Pressure = "135/85" }),
        new("140/85 is not controlled", "controlled", "0/1", At("H", "02-01") with { Prescribed = "1", Days = "30" }, At("H", "03-05") with { Pressure = "140/85" }),
        new("138/90 is not controlled", "controlled", "0/1", At("H", "02-01") with { Prescribed = "1", Days = "30" }, At("H", "03-05") with { Pressure = "138/90" }),
        new("first given on the day of the reading", "controlled", "0/0", At("H", "03-05") with { Prescribed = "1", Days = "30", Pressure = "120/80" }),
        new("first given between two readings", "controlled", "0/1",
            At("H", "03-05") with { Prescribed = "1", Days = "30", Pressure = "120/80" }, At("H", "03-15") with { Pressure = "150/95" }),
        new("the day before the 18th birthday", "screened", "0/0", At("H", "03-14") with { Born = "2007-03-15", Pressure = "120/80" }),
        new("the 18th birthday", "screened", "1/1", At("H", "03-15") with { Born = "2007-03-15", Pressure = "120/80" }),
        new("a child's diagnosis is ignored", "treated", "0/0", At("H", "03-14") with { Born = "2007-03-15", Diagnosed = "1" }, At("H", "03-15") with { Born = "" }),
        new("an unknown birth date counts", "screened", "1/1", At("H", "03-05") with { Born = "", Pressure = "120/80" }),
        new("diagnosed of screened", "diagnosed-of-screened", "1/1", At("H", "03-05") with { Pressure = "120/80", Diagnosed = "1" }),
        new("undiagnosed of screened", "diagnosed-of-screened", "0/1", At("H", "03-05") with { Pressure = "150/95" }),
        new("due here, came elsewhere", "in-care", "1/1", At("H", "02-05") with { Next = "2025-03-05" }, At("E", "03-20")),
        new("due here, stayed away", "in-care", "0/1", At("H", "02-05") with { Next = "2025-03-31" }),
        new("a later visit elsewhere took over", "in-care", "0/0", At("H", "02-05") with { Next = "2025-03-05" }, At("E", "02-20") with { Next = "2025-04-05" }),
        new("due in April", "in-care", "0/0", At("H", "02-05") with { Next = "2025-04-01" }, At("H", "03-05")),
        new("ever controlled", "ever-controlled", "1/1", At("H", "01-05") with { Prescribed = "1" }, At("E", "02-05") with { Pressure = "120/80" }, At("H", "03-05") with { Pressure = "150/95" }),
        new("controlled on the day of prescription is not after it", "ever-controlled", "0/1", At("H", "03-05") with { Prescribed = "1", Pressure = "120/80" }),
        new("a prescription that was stopped began", "ever-controlled", "1/1", At("H", "01-05") with { Prescribed = "1" }, At("H", "02-05") with { Prescribed = "stopped", Pressure = "120/80" }, At("H", "03-05")),
        new("nothing until day 120", "controlled-3m", "0/0+1", On("H", "2024-11-10") with { Prescribed = "1" }),
        new("day 60 counts", "controlled-3m", "1/1", On("H", "2024-11-10") with { Prescribed = "1" }, On("E", "2025-01-09") with { Pressure = "120/80" }),
        new("day 59 does not", "controlled-3m", "0/0+1", On("H", "2024-11-10") with { Prescribed = "1" }, On("E", "2025-01-08") with { Pressure = "120/80" }),
        new("day 120 counts", "controlled-3m", "0/1", On("H", "2024-11-10") with { Prescribed = "1" }, On("E", "2025-03-10") with { Pressure = "150/80" }),
        new("day 121 does not", "controlled-3m", "0/0+1", On("H", "2024-11-10") with { Prescribed = "1" }, On("E", "2025-03-11") with { Pressure = "150/80" }),
        new("a tie goes to the earlier day", "controlled-3m", "1/1", On("H", "2024-11-10") with { Prescribed = "1" },
            On("H", "2025-01-29") with { Pressure = "120/80" }, On("H", "2025-02-18") with { Pressure = "150/95" }),
        new("of that day the last row", "controlled-3m", "0/1", On("H", "2024-11-10") with { Prescribed = "1" },
            On("H", "2025-01-29") with { Pressure = "120/80" }, On("H", "2025-01-29") with { Pressure = "150/95" }),
        new("first prescribed elsewhere", "controlled-3m", "0/0", On("E", "2024-11-10") with { Prescribed = "1" }, On("H", "2024-11-11") with { Prescribed = "1" }),
        new("81 of 90 is not adherent", "adherent-3m", "0/1", On("H", "2024-12-10") with { Days = "81" }),
        new("82 of 90 is", "adherent-3m", "1/1", On("H", "2024-12-10") with { Days = "82" }),
        new("fills of 30 days on 0, 25 and 70 are 80 of 90", "adherent-3m", "0/1", On("H", "2024-12-10") with { Days = "30" }, On("E", "2025-01-04") with { Days = "30" }, On("H", "2025-02-18") with { Days = "30" }),
        new("a fill on day 90 is outside", "adherent-3m", "0/1", On("H", "2024-12-10") with { Days = "60" }, On("H", "2025-03-10") with { Days = "90" }),
        new("90 days on 0 and 100 are 170 of 180", "adherent-6m", "1/1", On("H", "2024-09-10") with { Days = "90" }, On("H", "2024-12-19") with { Days = "90" }),
        new("first given elsewhere", "adherent-6m", "0/0", On("E", "2024-09-10") with { Days = "90" }, On("H", "2024-09-11") with { Days = "180" }),
        new("1000 is suppressed", "suppressed", "1/1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = "1000" }),
        new("1001 is not", "suppressed", "0/1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = "1001" }),
        new("<1000 is suppressed", "suppressed", "1/1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = "< 1000" }),
        new("<1001 says nothing", "suppressed", "0/0+1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = "<1001" }),
        new(">999 says nothing", "suppressed", "0/0+1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = ">999" }),
        new(">1000 is not", "suppressed", "0/1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = ">1000" }),
        new("nd is suppressed", "suppressed", "1/1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = "nd" }),
        new("nd is undetectable", "undetectable", "1/1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = "nd" }),
        new("<20 is not", "undetectable", "0/1", At("H", "03-05") with { Diagnosed = "1", ViralLoad = "<20" }),
        new("the same day a year before the end is outside", "suppressed", "0/0+1", On("E", "2024-03-31") with { ViralLoad = "50" }, At("H", "03-05") with { Diagnosed = "1" }),
        new("the day after is inside", "suppressed", "1/1", On("E", "2024-04-01") with { ViralLoad = "50" }, At("H", "03-05") with { Diagnosed = "1" }),
        new("the latest decides", "suppressed", "0/1", At("E", "03-06") with { ViralLoad = "5000" }, At("H", "03-05") with { Diagnosed = "1", ViralLoad = "50" }),
        new("seen at two facilities: here", "picked-up", "1/1", At("H", "03-05") with { Prescribed = "1" }, At("E", "03-06") with { Days = "30" }),
        new("seen at two facilities: there", "picked-up", "1/1", "E", At("H", "03-05") with { Prescribed = "1" }, At("E", "03-06") with { Days = "30" }),
    ];

    public static IEnumerable<TheoryDataRow<Engine, string>> Cases =>
        from engine in AnyStore.Engines
        from c in s_cases
        select new TheoryDataRow<Engine, string>(engine.Data, c.Name + ": " + c.Measure) { Traits = engine.Traits };

    [Theory, MemberData(nameof(Cases))]
    public void A_row_settles_the_definition(Engine engine, string name)
    {
        var (number, settled) = s_cases.Index().Single(c => c.Item.Name + ": " + c.Item.Measure == name);
        var (denominator, numerator, missing) = stores.Of(engine).Count(settled.Measure, CodeOf(settled.Here, number), "2025-03");
        Assert.Equal(settled.Expected, $"{numerator}/{denominator}" + (missing > 0 ? $"+{missing}" : ""));
        // The second writing of the definitions, which histories are held to, must agree with the stated answers too.
        var verdict = Naive.Ask(settled.Measure, [.. settled.Rows.OrderBy(r => r.DayNumber)], settled.Here, "2025-03");
        Assert.Equal(settled.Expected, verdict switch { Naive.Verdict.Passed => "1/1", Naive.Verdict.Failed => "0/1", Naive.Verdict.Missing => "0/0+1", _ => "0/0" });
    }

    private static Visit At(string facility, string day) => On(facility, "2025-" + day);

    private static Visit On(string facility, string day) => new("", facility, day) { Born = Adult };

    private static string CodeOf(string facility, int number) => FormattableString.Invariant($"{facility}{number:000}");

    private sealed record Case(string Name, string Measure, string Expected, string Here, params Visit[] Rows)
    {
        public Case(string name, string measure, string expected, params Visit[] rows)
            : this(name, measure, expected, "H", rows)
        {
        }
    }

    /// <summary>One store an engine, with a person and two facilities for each case.</summary>
    public sealed class Stores : IDisposable
    {
        private readonly Dictionary<Engine, RunningStore> _stores = [];

        internal RunningStore Of(Engine engine)
        {
            if (_stores.TryGetValue(engine, out var known)) return known;
            var places = s_cases.Index().SelectMany(c => new[] { CodeOf("H", c.Index), CodeOf("E", c.Index) });
            var store = _stores[engine] = new RunningStore(engine, Register.Places(places));
            store.Import(Register.Csv(s_cases.Index().SelectMany(c => c.Item.Rows.Select(r => r with { Person = $"p{c.Index}", Facility = CodeOf(r.Facility, c.Index) }))));
            return store;
        }

        public void Dispose()
        {
            foreach (var store in _stores.Values) store.Dispose();
        }
    }
}

import { describe, expect, it } from "vitest";
import { readRecord, writeRecord } from "../../src/registers/csv";
import { isoDate, parseLayout, readRow, writeRow } from "../../src/registers/layout";
import type { Fact } from "../../src/registers/pack";
import { doubtOf, isWhole, pairDoubt } from "../../src/registers/values";
import { ageOn, dayOf, isoOf, offsetIn, todayIn } from "../../src/people/days";

const text = { pt: "", es: "", en: "" };

describe("a record", () => {
  it.each([[["a", "b", ""]], [["x, y", 'say "no"', "5"]], [["", "", "ç"]], [[""]]])("%j comes back as it was", (fields) => expect(readRecord(writeRecord(fields, ","), ",")).toEqual(fields));
  it("reads spaces, quotes and empty fields as the server does", () => {
    expect(readRecord(' a ,"b ""c"" , d", ,', ",")).toEqual(["a", 'b "c" , d', "", ""]);
    expect(readRecord('"open', ",")).toBeNull();
    expect(readRecord('"a"b,c', ",")).toBeNull();
  });
  it("never breaks a line", () => expect(writeRecord(["a\nb", "c"], ",")).toBe("a b,c"));
});

describe("a layout", () => {
  const layout = parseLayout("csv|;|,|DayMonthYear|patient_id|visit_date|weight")!;
  it("names what a row says", () => {
    const row = readRow("A1;14/03/2025;81,5", layout)!;
    expect([...row]).toEqual([["patient_id", "A1"], ["visit_date", "14/03/2025"], ["weight", "81,5"]]);
    expect(isoDate(row.get("visit_date")!, layout.dates)).toBe("2025-03-14");
    expect(writeRow(row, layout)).toBe("A1;14/03/2025;81,5");
  });
  it("is refused when it is none", () => expect(parseLayout("xlsx|,|.|Iso|a")).toBeNull());
});

describe("values", () => {
  const pair: Fact = { name: "p", type: "pair", columns: ["a", "b"], plausible: [[60, 280], [30, 180]], firstAboveSecond: true, label: text };
  const quantity: Fact = { name: "q", type: "quantity", columns: ["q"], plausible: [[0, 1e8]], readableAt: 1000, label: text };
  const flag: Fact = { name: "f", type: "flag", columns: ["f"], clearedBy: "stopped", label: text };
  const supply: Fact = { name: "s", type: "supply", columns: ["s"], plausible: [[1, 370]], label: text };
  it.each([[pair, "148", 0, null], [pair, "300", 0, "implausible"], [pair, "29", 1, "implausible"], [pair, "14x", 0, "unreadable"], [quantity, "<20", 0, null], [quantity, "<5000", 0, "implausible"],
    [quantity, "nd", 0, null], [flag, "Stopped", 0, null], [flag, "2", 0, "unreadable"], [supply, "0", 0, null], [supply, "400", 0, "implausible"], [supply, "30.5", 0, "unreadable"]] as const)(
    "%# %s", (fact, value, part, doubt) => expect(doubtOf(fact, value, part)).toBe(doubt));
  it("asks about a pair the wrong way round", () => expect([pairDoubt(pair, "80", "120"), pairDoubt(pair, "120", "80"), pairDoubt(pair, "90", "90")]).toEqual(["reversed", null, "reversed"]));
  it("moves on after three digits, or after two from 40 to 99", () => expect(["1", "12", "148", "39", "40", "92", "9"].map(isWhole)).toEqual([false, false, true, false, true, true, false]));
});

describe("days", () => {
  it("are the place's, whatever zone the tablet is set to", () => {
    const late = Date.parse("2026-03-31T22:30:00Z");
    expect(todayIn("Africa/Maputo", late)).toBe("2026-04-01");
    expect(todayIn("America/Hermosillo", late)).toBe("2026-03-31");
    expect(offsetIn("Africa/Maputo", late)).toBe(120);
    expect(offsetIn("America/Hermosillo", late)).toBe(-420);
  });
  it("know the calendar", () => {
    expect(dayOf("2024-02-29")).toBe(dayOf("2024-02-28") + 1);
    expect([dayOf("2025-02-29"), dayOf("25-02-01"), dayOf("")].every(Number.isNaN)).toBe(true);
    expect(isoOf(dayOf("2026-11-25") + 30)).toBe("2026-12-25");
    expect([ageOn("1970-07-01", "2026-06-30"), ageOn("1970-07-01", "2026-07-01"), ageOn("1970", "2026-01-01")]).toEqual([55, 56, 56]);
  });
});

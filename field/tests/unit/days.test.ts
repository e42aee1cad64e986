import { describe, expect, it } from "vitest";
import { windowsUpTo } from "../../src/people/days";

describe("windows of a programme", () => {
  it("are named as the server reads them, with their first and last day", () => {
    expect(windowsUpTo("2026-01-15", "month").slice(0, 3)).toEqual([{ name: "2026-01", first: "2026-01-01", last: "2026-01-31" }, { name: "2025-12", first: "2025-12-01", last: "2025-12-31" }, { name: "2025-11", first: "2025-11-01", last: "2025-11-30" }]);
    expect(windowsUpTo("2026-02-28", "quarter").slice(0, 2)).toEqual([{ name: "2026-Q1", first: "2026-01-01", last: "2026-03-31" }, { name: "2025-Q4", first: "2025-10-01", last: "2025-12-31" }]);
  });
  it("begin on Mondays and belong to the year of their Thursday", () => {
    expect(windowsUpTo("2026-01-01", "week").slice(0, 2)).toEqual([{ name: "2026-W01", first: "2025-12-29", last: "2026-01-04" }, { name: "2025-W52", first: "2025-12-22", last: "2025-12-28" }]);
    expect(windowsUpTo("2027-01-03", "week")[0]).toEqual({ name: "2026-W53", first: "2026-12-28", last: "2027-01-03" });
    expect(windowsUpTo("2027-01-04", "week")[0]).toEqual({ name: "2027-W01", first: "2027-01-04", last: "2027-01-10" });
  });
});

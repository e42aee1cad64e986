import { describe, expect, it } from "vitest";
import { gainOf, type Step } from "../../src/sheets/gain";

const step = (denominator: number, numerator: number, kind = "service", status = denominator === 0 ? "noDenominator" : "ok"): Step => ({ denominator, numerator, kind, status });

// The worked examples of docs/methods/cascade-sheet.md, "Gain".
describe("the what-if", () => {
  const all = (steps: Step[], target = 1) => steps.map((_, i) => gainOf(steps, i, steps.length - 1, target));
  it("follows a closed chain", () => {
    const gains = all([step(400, 300), step(300, 90, "yield"), step(90, 72), step(72, 60), step(60, 42), step(42, 14)]);
    expect(gains.map((g) => (g === null ? null : Number(g.toFixed(3))))).toEqual([4.667, null, 3.5, 2.8, 6, 28]);
  });
  it("keeps each step's own denominator in an open one", () => {
    const gains = all([step(400, 300), step(300, 72, "yield"), step(110, 95), step(140, 98), step(98, 30)]);
    expect(gains.map((g) => (g === null ? null : Number(g.toFixed(3))))).toEqual([4.442, null, 3.214, 12.857, 68]);
  });
  it("does not take an unknown step for one", () => expect(all([step(10, 5), step(0, 0), step(10, 5)])).toEqual([null, null, 5]));
  it("gives nothing where the target is reached, and nothing behind the end", () => {
    const steps = [step(10, 9), step(9, 3), step(3, 1)];
    expect(gainOf(steps, 0, 1, 0.8)).toBe(0);
    expect(gainOf(steps, 2, 1, 1)).toBeNull();
  });
});

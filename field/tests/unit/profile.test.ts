import { describe, expect, it } from "vitest";
import { askedConflicts, conflictsOf, emptyProfile, say, settling, unsay, valueOf, type Field, type Saying } from "../../src/people/profile";

const saying = (id: string, p: number | null, b: number, device = id, q = 1): Saying => ({ id, p, b, device, q, author: "a", day: "2026-01-01" });
type Act = [Saying, Record<string, Field>];

describe("a profile", () => {
  it("is the union of what was said", () => {
    const profile = emptyProfile();
    say(profile, saying("a", 1, 0), { given: "Ana", village: "X" });
    say(profile, saying("b", 2, 0), { phone: "84" });
    expect([valueOf(profile, "given"), valueOf(profile, "phone"), valueOf(profile, "family")]).toEqual(["Ana", "84", null]);
    expect(conflictsOf(profile)).toEqual([]);
  });
  it("asks of two births once, and takes over with one whether it was estimated", () => {
    const profile = emptyProfile();
    say(profile, saying("a", 7, 3), { birthDate: "1960-07-01", birthEstimated: true });
    say(profile, saying("b", 9, 3), { birthDate: "1961-03-14", birthEstimated: false });
    const [conflict, ...others] = askedConflicts(profile);
    expect(others).toEqual([]);
    expect(conflict!.values.map((one) => settling(profile, conflict!, one))).toEqual([{ birthDate: "1961-03-14", birthEstimated: false }, { birthDate: "1960-07-01", birthEstimated: true }]);
    say(profile, saying("c", 12, 9), settling(profile, conflict!, conflict!.values[1]!));
    expect(conflictsOf(profile)).toEqual([]);
    expect([valueOf(profile, "birthDate"), valueOf(profile, "birthEstimated")]).toEqual(["1960-07-01", true]);
  });
  it("settles a field for whoever had seen it", () => {
    const profile = emptyProfile();
    say(profile, saying("a", 1, 0), { village: "X" });
    say(profile, saying("b", 5, 3), { village: "Y" });
    expect(valueOf(profile, "village")).toBe("Y");
    expect(conflictsOf(profile)).toEqual([]);
  });
  it("keeps both when neither had seen the other, and the next who saw both settles it", () => {
    const profile = emptyProfile();
    say(profile, saying("a", 7, 3), { village: "X" });
    say(profile, saying("b", 9, 3), { village: "Y" });
    expect(valueOf(profile, "village")).toBe("Y");
    expect(conflictsOf(profile)[0]!.values.map((v) => v.value)).toEqual(["Y", "X"]);
    say(profile, saying("c", 12, 9), { village: "X" });
    expect(conflictsOf(profile)).toEqual([]);
    expect(valueOf(profile, "village")).toBe("X");
  });
  it("calls the same answer twice no conflict", () => {
    const profile = emptyProfile();
    say(profile, saying("a", 7, 3), { village: "X" });
    say(profile, saying("b", 9, 3), { village: "X" });
    expect(conflictsOf(profile)).toEqual([]);
  });
  it("lets one device change its mind before it was ever sent", () => {
    const profile = emptyProfile();
    say(profile, saying("a", null, 3, "d", 1), { village: "X" });
    say(profile, saying("b", null, 3, "d", 2), { village: "Y" });
    expect(conflictsOf(profile)).toEqual([]);
    expect(valueOf(profile, "village")).toBe("Y");
  });
  it("comes to the same in whatever order entries arrive", () => {
    const acts: Act[] = [[saying("a", 7, 3, "d1", 4), { v: "X" }], [saying("b", 9, 3, "d2", 1), { v: "Y" }], [saying("c", 12, 8, "d1", 5), { v: "Z" }], [saying("d", 14, 11, "d3", 2), { v: "Y", w: 1 }]];
    const results = permutations(acts).map((order) => {
      const profile = emptyProfile();
      for (const [s, set] of order) say(profile, { ...s }, set);
      return JSON.stringify([valueOf(profile, "v"), conflictsOf(profile).map((c) => c.values.map((v) => v.value))]);
    });
    expect(new Set(results).size).toBe(1);
  });
  it("takes the position when the own entry comes back, and says nothing twice", () => {
    const profile = emptyProfile();
    say(profile, saying("a", null, 0, "d", 1), { v: "X" });
    say(profile, saying("a", 4, 0, "d", 1), { v: "X" });
    expect(profile.said.map((s) => s.p)).toEqual([4]);
  });
  it("forgets what was erased", () => {
    const profile = emptyProfile();
    say(profile, saying("a", 1, 0), { v: "X" });
    say(profile, saying("b", 2, 0), { v: "Y" });
    unsay(profile, "b");
    expect([valueOf(profile, "v"), profile.said.length]).toEqual(["X", 1]);
  });
});

function permutations<T>(items: T[]): T[][] {
  return items.length < 2 ? [items] : items.flatMap((item, i) => permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]));
}

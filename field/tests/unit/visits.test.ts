import { describe, expect, it } from "vitest";
import { Folder, newPerson, type Person, type Visit } from "../../src/people/person";
import type { Summary } from "../../src/people/summary";
import type { Pack } from "../../src/registers/pack";
import { shortYear } from "../../src/registers/values";
import { inOverdueOrder } from "../../src/visits/lists";
import { before, isCorrectable, nextDoubt, openDay, rowOf, standing, valuesOf } from "../../src/visits/visit-row";

const label = { pt: "", es: "", en: "" };
const register = {
  form: "visit@1", layout: "csv|,|.|Iso|number|place|day|sex|birth|known|weight|remark", personColumn: "number", personSystem: "own", facilityColumn: "place", dateColumn: "day", sexFact: "sex", birthDateFact: "birth",
  facts: [
    { name: "sex", type: "category", columns: ["sex"], label, categories: [{ name: "female", words: ["F"] }, { name: "male", words: ["M"] }] }, { name: "birth", type: "date", columns: ["birth"], label },
    { name: "known", type: "flag", columns: ["known"], clearedBy: "ended", label }, { name: "weight", type: "number", columns: ["weight"], label }, { name: "remark", type: "text", columns: ["remark"], label },
  ],
};
const pack = { register, visit: [] } as unknown as Pack;
const folder = new Folder(pack);
const visit = (id: string, day: string, row: string, more: Partial<Visit> = {}): Visit => ({ id, day, facility: "F1", at: 0, position: 1, row, author: "ana", ...more });
const person: Person = { ...newPerson("P"), ids: [["own", "9"]], visits: [visit("a", "2026-01-05", "7,F1,2026-01-05,F,1970-01-01,1,60,first"), visit("b", "2026-02-05", "7,F1,2026-02-05,F,1970-01-01,,61,"), visit("c", "2026-03-05", "7,F1,2026-03-05,F,1970-01-01,ended,62,last")] };

describe("a saved visit that is corrected", () => {
  it("opens as it was saved, and a column that nobody changes stays, also the number she had then", () => {
    const [first] = person.visits;
    const values = valuesOf(pack, folder, first!);
    expect(values).toEqual({ known: "1", weight: "60", remark: "first" });
    expect(rowOf(pack, folder, person, "2026-01-06", "F1", { ...values, weight: "65,5" }, first)).toBe("7,F1,2026-01-06,F,1970-01-01,1,65.5,first");
    expect(rowOf(pack, folder, person, "2026-01-05", "F1", { ...values, remark: "" }, first)).toBe("7,F1,2026-01-05,F,1970-01-01,1,60,");
  });
  it("is judged by what stood before it and not by what came since or by itself", () => {
    const known = register.facts[2] as Pack["register"]["facts"][number];
    expect(standing(folder, person, known)).toBeNull();
    expect(standing(folder, before(person, person.visits[1]!), known)).toBe("2026-01-05");
    expect(standing(folder, before(person, person.visits[0]!), known)).toBeNull();
  });
  it("was written in the app at this place: rows of an imported register are corrected there", () => {
    expect([visit("x", "2026-01-05", ""), visit("y", "2026-01-05", "", { imported: true }), visit("z", "2026-01-05", "", { facility: "F2" })].map((v) => isCorrectable(v, "F1"))).toEqual([true, false, false]);
  });
});

describe("the next day", () => {
  const sundays = new Set([0]);
  it("moves to the open day before, so that the medicine given lasts", () => {
    // 2026-03-01 is a Sunday.
    expect(openDay("2026-01-30", 30, sundays)).toBe("2026-02-28");
    expect(openDay("2026-01-30", 30, new Set([0, 6]))).toBe("2026-02-27");
    expect(openDay("2026-01-29", 30, sundays)).toBe("2026-02-28");
    expect(openDay("2026-01-30", 30, new Set([0, 1, 2, 3, 4, 5, 6]))).toBe("2026-03-01");
  });
  it("is asked about where it is a closed one", () => {
    expect(nextDoubt("2026-03-01", "2026-01-30", sundays)).toBe("next-closed");
    expect(nextDoubt("2026-03-02", "2026-01-30", sundays)).toBeNull();
  });
});

describe("a year of two digits", () => {
  it("is offered in both centuries where both may be meant, and in none where it has four", () => {
    expect(shortYear("14/03/54", 2026)).toEqual(["1954-03-14"]);
    expect(shortYear("4.3.05", 2026)).toEqual(["2005-03-04", "1905-03-04"]);
    expect(shortYear("0026-03-14", 2026)).toEqual(["2026-03-14", "1926-03-14"]);
    expect(shortYear("29/02/25", 2026)).toEqual([]);
    expect(shortYear("14/03/1954", 2026)).toEqual([]);
  });
});

describe("the overdue list", () => {
  const day = 20_500;
  const someone = (name: string, next: number, more: Partial<Summary> = {}): Summary => ({ id: name, name, sex: "", birth: "", village: "", phone: "84", facility: "F1", number: "", numbers: [], group: "", next, last: 0, disputes: 0, call: "", ...more });
  const people = [
    someone("Zélia", day - 300, { village: "Polana" }), someone("Ângela", day - 10, { village: "Ínhaca" }), someone("Berta", day - 9, { phone: "" }), someone("Celeste", day - 8, { call: `${day} no-answer` }),
    someone("Dulce", day - 40, { call: `${day - 9} no-answer`, village: "Polana" }),
  ];
  const names = (order: Parameters<typeof inOverdueOrder>[1]) => inOverdueOrder(people, order, day).map((p) => p.name);
  it("begins with whoever can be called and missed the day last, and leaves who was just called and who has no telephone for the end", () => expect(names("to-call")).toEqual(["Ângela", "Dulce", "Zélia", "Celeste", "Berta"]));
  it("can be turned: by the longest, by village, by name with accents in their place", () => {
    expect(names("longest")).toEqual(["Zélia", "Dulce", "Ângela", "Berta", "Celeste"]);
    expect(names("village")).toEqual(["Ângela", "Zélia", "Dulce", "Berta", "Celeste"]);
    expect(names("name")).toEqual(["Ângela", "Berta", "Celeste", "Dulce", "Zélia"]);
  });
});

import { describe, expect, it } from "vitest";
import { Folder, newPerson } from "../../src/people/person";
import type { Pack } from "../../src/registers/pack";

const label = { pt: "", es: "", en: "" };
const register = {
  form: "visit@1", layout: "csv|,|.|Iso|number|place|day|sex|birth|weight", personColumn: "number", personSystem: "own", facilityColumn: "place", dateColumn: "day", sexFact: "sex", birthDateFact: "birth",
  facts: [
    { name: "sex", type: "category", columns: ["sex"], label, categories: [{ name: "female", words: ["F"] }, { name: "male", words: ["M"] }] }, { name: "birth", type: "date", columns: ["birth"], label },
    { name: "weight", type: "number", columns: ["weight"], label },
  ],
};
const folder = new Folder({ register, visit: [] } as unknown as Pack);
const origin = { kind: "visit", class: "clinical" as const, programme: "p@1", zone: "Africa/Maputo", recordedOffset: 120, author: "a", device: "d", layout: register.layout };
const seen = (rows: string[]) => {
  const person = newPerson("P");
  rows.forEach((row, i) => folder.apply(person, { origin, entry: { id: "v" + i, s: "P", f: "F1", d: `2026-01-${String(i + 1).padStart(2, "0")}`, t: i, q: i, b: 0, body: row } }));
  const { sex, birth } = folder.summary(person);
  return [sex, birth];
};

describe("what is known of a person from rows", () => {
  it("stays when later rows leave it empty, however many they are", () => {
    expect(seen(["7,F1,2026-01-01,F,1970-05-12,60", "7,F1,2026-01-02,,,61"])).toEqual(["female", "1970-05-12"]);
    expect(seen(["7,F1,2026-01-01,F,1970-05-12,60", ...Array.from({ length: 20 }, () => "7,F1,2026-01-02,,,61")])).toEqual(["female", "1970-05-12"]);
  });
  it("is what the latest row says that says something", () => expect(seen(["7,F1,2026-01-01,F,1970-05-12,60", "7,F1,2026-01-02,M,,61", "7,F1,2026-01-03,,1971-05-12,"])).toEqual(["male", "1971-05-12"]));
});

import { describe, expect, it } from "vitest";
import { PersonIndex } from "../../src/people/search";
import { textsOf, type Summary } from "../../src/people/summary";

const person = (id: number, name: string, more: Partial<Summary> = {}): Summary => ({
  id: `00000000-0000-7000-8000-${String(id).padStart(12, "0")}`, name, sex: "", birth: "", village: "", phone: "", facility: "F1", number: "", numbers: [], group: "", next: 0, last: 0, disputes: 0, call: "", ...more,
});

const people = [
  person(1, "Maria João Macuácua", { number: "11010106/19/00123", numbers: ["11010106/19/00123"], last: 20100 }),
  person(2, "Maria Joana Sitoe", { facility: "F2", phone: "+258 84 123 4567" }),
  person(3, "João Maria Cossa", { numbers: ["A-77"], number: "A-77" }),
  person(4, "Helena Sousa", { next: 20000, last: 19900 }),
];

describe("search", () => {
  const index = new PersonIndex([textsOf(people.slice(0, 2)), textsOf(people.slice(2))]);
  const names = (query: string) => index.find(query, "F1").map((p) => p.name);

  it("does not care for order, accents or spelling", () => {
    expect(names("macuacua maria")).toEqual(["Maria João Macuácua"]);
    expect(names("elena souza")).toEqual(["Helena Sousa"]);
    expect(names("joao")).toEqual(expect.arrayContaining(["Maria João Macuácua", "João Maria Cossa"]));
  });
  it("puts whole words and the own facility first", () => expect(names("maria jo").at(-1)).toBe("Maria Joana Sitoe"));
  it("finds numbers by any run of digits, with or without slashes", () => {
    expect(names("00123")).toEqual(["Maria João Macuácua"]);
    expect(names("110101061900123")).toEqual(["Maria João Macuácua"]);
    expect(names("841234567")).toEqual(["Maria Joana Sitoe"]);
    expect(names("a77")).toEqual(["João Maria Cossa"]);
  });
  it("joins a name and a number", () => expect(names("maria 123")).toEqual(["Maria João Macuácua", "Maria Joana Sitoe"]));
  it("knows who holds exactly a number", () => {
    expect(index.holding("11010106/19/00123").map((p) => p.id)).toEqual([people[0]!.id]);
    expect(index.holding("00123")).toEqual([]);
  });
  describe("by a number typed without its zeros", () => {
    // Whose card codes, telephones and longer numbers have the digits too, of the own facility and seen last.
    const crowd = Array.from({ length: 900 }, (_, i) => person(100 + i, `Outra ${i}`, { number: `1313${1000 + i}`, numbers: [`1313${1000 + i}`], last: 20500 }));
    const wanted = person(50, "Zulmira Certa", { facility: "F2", number: "00001313", numbers: ["00001313"] });
    const short = person(51, "Ana Curta", { facility: "F2", number: "0012", numbers: ["0012"] });
    const busy = new PersonIndex([textsOf([...crowd, wanted, short, person(52, "Telefone", { phone: "841313000" })])]);
    it("puts whoever holds it first, however many have a part of it, and says by what the others were found", () => {
      for (const query of ["1313", "00001313", "001313"]) expect(busy.find(query, "F1")[0]).toMatchObject({ name: "Zulmira Certa", hit: { how: "whole", of: "identifier", number: "00001313" } });
      expect(busy.find("12", "F1")[0]).toMatchObject({ name: "Ana Curta", hit: { how: "whole" } });
      expect(busy.find("1313", "F1").slice(1).every((p) => p.hit?.how === "beginning")).toBe(true);
      expect(busy.find("841313", "F1")).toMatchObject([{ name: "Telefone", hit: { of: "phone", how: "beginning" } }]);
    });
    it("knows a card by its code from five digits on, behind a beginning of a number, and nobody by fewer that are in a code by chance", () => {
      const holder = person(60, "Número", { facility: "F2", number: "0000112", numbers: ["0000112"] });
      // The code printed on her card is 0000119 and a check digit.
      const carded = person(77, "Cartão", { last: 20500 });
      const few = new PersonIndex([textsOf([carded, holder])]);
      expect(few.find("00001", "F1").map((p) => [p.name, p.hit!.of])).toEqual([["Número", "identifier"], ["Cartão", "card"]]);
      for (const query of ["119", "0119", "0000"]) expect(few.find(query, "F1").filter((p) => p.name === "Cartão")).toEqual([]);
    });
    it("knows the same number but for its zeros, also of somebody who came since", () => {
      expect(busy.holdingButForZeros("1313").map((p) => p.name)).toEqual(["Zulmira Certa"]);
      busy.put(person(70, "Nova", { number: "01313", numbers: ["01313"] }));
      expect(busy.holdingButForZeros("1313").map((p) => p.name).sort()).toEqual(["Nova", "Zulmira Certa"]);
      expect(busy.holding("1313")).toEqual([]);
    });
  });
  it("sees changes at once, and only the changed person", () => {
    const changing = new PersonIndex([textsOf(people)]);
    changing.put(person(4, "Helena Tembe"));
    expect(changing.find("sousa", "F1")).toEqual([]);
    expect(changing.find("tembe", "F1").map((p) => p.id)).toEqual([people[3]!.id]);
    changing.put(person(5, "Nova Pessoa"));
    expect(changing.size).toBe(5);
    changing.remove(people[0]!.id);
    expect(changing.find("macuacua", "F1")).toEqual([]);
  });
  it("knows of whom two people said different things, until it is settled", () => {
    const disputed = new PersonIndex([textsOf([...people, person(8, "Disputada", { disputes: 2 })])]);
    expect(disputed.disputed().map((p) => [p.name, p.disputes])).toEqual([["Disputada", 2]]);
    expect(disputed.find("disputada", "F1")).toHaveLength(1);
    disputed.put(person(8, "Disputada"));
    expect(disputed.disputed()).toEqual([]);
  });
  it("lists by days without reading names, and follows who changed since", () => {
    const list = () => index.where("expected", (next) => next === 20000).map((p) => p.name);
    expect(list()).toEqual(["Helena Sousa"]);
    const helena = index.where("expected", (next) => next === 20000)[0]!;
    index.put({ ...helena, next: 20030 });
    expect(list()).toEqual([]);
    index.put({ ...helena, next: 20000, name: "Helena S." });
    expect(list()).toEqual(["Helena S."]);
    index.put(helena);
    expect(list()).toEqual(["Helena Sousa"]);
  });
});

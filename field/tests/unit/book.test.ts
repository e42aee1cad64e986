import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { importDeviceKey } from "../../src/crypto/pin";
import { linesOf } from "../../src/exchange/entry";
import type { Pack } from "../../src/registers/pack";
import { Book } from "../../src/store/book";
import { openDatabase } from "../../src/store/database";
import { isLacking } from "../../src/store/outbox";

const label = { pt: "", es: "", en: "" };
const pack = {
  programme: "p", version: 1, zone: "Africa/Maputo", facility: { code: "F1", name: "F1" }, places: [], lockMinutes: 5, visit: [],
  register: { form: "visit@1", layout: "csv|,|.|Iso|number|place|day|weight", personColumn: "number", personSystem: "own", facilityColumn: "place", dateColumn: "day", facts: [{ name: "weight", type: "number", columns: ["weight"], label }] },
} as unknown as Pack;
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const key = await importDeviceKey(new Uint8Array(32));
let name = 0;
let db: IDBDatabase;
const open = () => Book.open(db, key, pack, "a", "d", "F1");
const registration = (n: number) => ({ kind: "person", subject: id(n), day: "2026-01-02", body: JSON.stringify({ set: { given: "Maria", family: `Sitoe ${"abcdefghij"[n % 10]}`, birthDate: "1970-01-01" }, identifiers: [{ system: "own", value: `P${n}` }] }) });
const visit = (n: number, weight: number) => ({ kind: "visit", form: "visit@1", layout: pack.register.layout, subject: id(n), day: "2026-01-03", body: `P${n},F1,2026-01-03,${weight}` });

describe("a tablet that is being opened", () => {
  beforeEach(async () => {
    db = await openDatabase("book" + name++);
    const book = open();
    await book.record(Array.from({ length: 2400 }, (_, n) => registration(n)));
    await book.fold();
  });
  it("can be searched before everybody is there, says how far it is, and holds back whatever must know everybody", async () => {
    await open().record([visit(2399, 71)]);
    const book = open();
    await expect.poll(() => book.index.size, { interval: 0 }).toBeGreaterThan(0);
    expect(book.isWhole).toBe(false);
    expect(book.index.size).toBeLessThan(book.expected);
    expect(book.index.find("sitoe a", "F1").length).toBeGreaterThan(0);
    // Asked at once, answered with everything: her record with the visit that was not folded, and an entry behind it.
    const [person, [entry]] = await Promise.all([book.person(id(2399)), book.record([visit(3, 60)])]);
    expect(book.isWhole).toBe(true);
    expect(person!.visits.map((v) => v.row)).toEqual(["P2399,F1,2026-01-03,71"]);
    expect(entry!.q).toBe(2402);
    expect([book.index.size, book.unsent]).toEqual([2400, 2402]);
  });
  it("shows what was written offline the same before and after it is folded into people's records, block by block", async () => {
    const book = open();
    // Across blocks and out of their order, somebody new among them.
    const sayings = [2300, 5, 1200, 2301, 6, 5].map((n, i) => visit(n, 60 + i));
    await book.record([...sayings, registration(9000)]);
    const shown = async (one: Book) => [await Promise.all([5, 6, 1200, 2300, 2301].map(async (n) => (await one.person(id(n)))!.visits.map((v) => v.row))), one.index.size, one.index.holding("P9000").map((p) => p.id)];
    const again = open();
    expect(await shown(again)).toEqual(await shown(book));
    expect(again.unfolded).toBe(7);
    const before = await shown(again);
    await again.fold();
    expect(again.unfolded).toBe(0);
    expect(await shown(again)).toEqual(before);
    expect(await shown(open())).toEqual(before);
  });
});

describe("a visit that the server refused", () => {
  const refuse = (book: Book, entry: string) => book.receive([{ id: entry, status: "refused", problem: { code: "x.y.z", title: "No" } }], new Set([entry]));
  beforeEach(async () => {
    db = await openDatabase("book" + name++);
  });
  it("is corrected by one that stands for it, also where the correction was refused with it or is folded, and leaves the inbox", async () => {
    const book = open();
    const [, first] = await book.record([registration(1), visit(1, 60)]);
    const [second] = await book.record([{ ...visit(1, 61), replaces: first!.id }]);
    for (const entry of [first!, second!]) await refuse(book, entry.id);
    await book.fold();
    const [third] = await book.record([{ ...visit(1, 62), replaces: second!.id }]);
    // The server has neither: there is nothing to replace.
    expect(third!.r).toBeUndefined();
    for (const one of [book, open()]) {
      expect((await one.person(id(1)))!.visits.map((v) => v.id)).toEqual([third!.id]);
      expect([one.refused.length, one.unsent]).toEqual([0, 2]);
    }
    await book.fold();
    expect((await open().person(id(1)))!.visits.map((v) => v.id)).toEqual([third!.id]);
  });
  it("and was itself a correction still replaces what the server has", async () => {
    const book = open();
    const [, first] = await book.record([registration(1), visit(1, 60)]);
    await book.receive([{ id: first!.id, status: "accepted", position: 5 }], new Set([first!.id]));
    const [second] = await book.record([{ ...visit(1, 61), replaces: first!.id }]);
    await refuse(book, second!.id);
    const [third] = await book.record([{ ...visit(1, 62), replaces: second!.id }]);
    expect(third!.r).toBe(first!.id);
    expect((await book.person(id(1)))!.visits.map((v) => v.id)).toEqual([third!.id]);
  });
  it("is settled by its withdrawal, which takes back what the server has of it and names what it stands for", async () => {
    const book = open();
    const [, first] = await book.record([registration(1), visit(1, 60)]);
    await refuse(book, first!.id);
    const withdrawal = (id_: string) => ({ kind: "withdrawal", subject: id(1), day: "2026-01-03", body: "", withdraws: id_ });
    const [gone] = await book.record([withdrawal(first!.id)]);
    expect([gone!.w, book.refused.length]).toEqual([first!.id, 0]);
    expect(linesOf(book.held.filter((h) => h.record.id === gone!.id).map((h) => h.own)).at(-1)).toContain(`"x":["${first!.id}"]`);
    // Of a correction: the visit that the server has, but for one that somebody else has changed already.
    const [known] = await book.record([visit(1, 70)]);
    await book.receive([{ id: known!.id, status: "accepted", position: 5 }], new Set([known!.id]));
    const [second] = await book.record([{ ...visit(1, 71), replaces: known!.id }]);
    await refuse(book, second!.id);
    expect((await book.record([withdrawal(second!.id)]))[0]!.w).toBe(known!.id);
    const [third] = await book.record([{ ...visit(1, 72), replaces: known!.id }]);
    await book.receive([{ id: third!.id, status: "refused", problem: { code: "x.y.changed", title: "No" } }], new Set([third!.id]));
    expect((await book.record([withdrawal(third!.id)]))[0]!.w).toBe(third!.id);
    for (const one of [book, open()]) expect([(await one.person(id(1)))!.visits, one.refused]).toEqual([[], []]);
  });
  it("or a session is shown once, before and after its correction is folded", async () => {
    const book = open();
    const session = { kind: "session", class: "delivery" as const, subject: id(9), day: "2026-01-03", body: "{}" };
    const [first] = await book.record([session]);
    await refuse(book, first!.id);
    await book.fold();
    const [second] = await book.record([{ ...session, replaces: first!.id }]);
    expect(book.delivered("session").map((s) => s.entry.id)).toEqual([second!.id]);
    await book.fold();
    const again = open();
    await again.whole;
    expect(again.delivered("session").map((s) => s.entry.id)).toEqual([second!.id]);
  });
});

describe("a refused entry that the office has settled", () => {
  const told = (entry: string, outcome: "taken" | "given-up" | "withdrawn", position = 0) => ({ id: entry, outcome, position, by: "eva", reason: outcome === "given-up" ? "torn" : null, at: 1_770_000_000_000 });
  const refuse = (book: Book, ...entries: string[]) => book.receive(entries.map((entry) => ({ id: entry, status: "refused", problem: { code: "x.y.z", title: "No" } })), new Set(entries));
  beforeEach(async () => {
    db = await openDatabase("book" + name++);
  });
  it.each([false, true])("is told until it was read, and what was given up leaves her record (folded before: %s)", async (folded) => {
    const book = open();
    const [known, first, second] = await book.record([registration(1), visit(1, 60), visit(1, 61)]);
    await refuse(book, known!.id, first!.id, second!.id);
    if (folded) await book.fold();
    await book.hear([told(known!.id, "taken", 7), told(first!.id, "given-up"), told(second!.id, "taken", 8)]);
    const again = open();
    await again.whole;
    for (const one of [book, again]) {
      expect((await one.person(id(1)))!.visits.map((v) => v.id)).toEqual([second!.id]);
      expect(one.told.map((h) => [h.told!.outcome, h.told!.by, h.told!.reason])).toEqual([["taken", "eva", null], ["given-up", "eva", "torn"], ["taken", "eva", null]]);
      expect([one.refused.length, one.unsent]).toEqual([0, 0]);
    }
    // What nobody has read stays, whatever a backup covers.
    await again.fold();
    await again.keepState({ backedUp: 10 });
    await again.prune();
    for (const held of again.told) await again.settle(held.record.id);
    expect((await open().person(id(1)))!.visits.map((v) => v.id)).toEqual([second!.id]);
    const last = open();
    await last.whole;
    expect(last.held).toEqual([]);
  });
  it("and hides a visit that the server has brings that again from the beginning; its author's own word is not told", async () => {
    const book = open();
    const [, first] = await book.record([registration(1), visit(1, 60)]);
    await book.receive([{ id: first!.id, status: "accepted", position: 5 }], new Set([first!.id]));
    await book.keepState({ cursor: 9 });
    const [second] = await book.record([{ ...visit(1, 61), replaces: first!.id }]);
    await refuse(book, second!.id);
    await book.hear([told(second!.id, "given-up")]);
    expect(book.state.cursor).toBe(0);
    expect((await book.person(id(1)))!.gone).not.toContain(first!.id);
    const [third] = await book.record([visit(1, 62)]);
    await book.keepState({ cursor: 9 });
    await refuse(book, third!.id);
    await book.hear([told(third!.id, "withdrawn")]);
    expect([book.state.cursor, book.told.length, book.refused.length]).toEqual([9, 1, 0]);
  });
  it("is heard of too where its author has left it to the office, and goes out in a file until then", async () => {
    const book = open();
    const [, first] = await book.record([registration(1), visit(1, 60)]);
    await refuse(book, first!.id);
    await book.settle(first!.id);
    const again = open();
    await again.whole;
    expect([again.refused.length, again.held.filter(isLacking).length]).toEqual([0, 2]);
    await again.hear([told(first!.id, "given-up")]);
    expect([again.told.length, again.held.filter(isLacking).length]).toEqual([1, 1]);
    expect((await again.person(id(1)))!.visits).toEqual([]);
  });
  it("and was a session is off the list", async () => {
    const book = open();
    const session = { kind: "session", class: "delivery" as const, subject: id(9), day: "2026-01-03", body: "{}" };
    const [first] = await book.record([session]);
    const [second] = await book.record([{ ...session, replaces: first!.id }]);
    await refuse(book, second!.id);
    await book.fold();
    await book.hear([told(second!.id, "given-up")]);
    expect(book.delivered("session").map((s) => s.entry.id)).toEqual([first!.id]);
    await book.fold();
    expect(book.delivered("session").map((s) => s.entry.id)).toEqual([first!.id]);
  });
});

it("a register page holds rows of its own facility: what was written at another is not moved here by a digit", async () => {
  db = await openDatabase("book" + name++);
  const first = open();
  const [, there] = await first.record([registration(1), visit(1, 60)]);
  await first.close();
  const book = Book.open(db, key, pack, "a", "d", "F2");
  const [here] = await book.record([visit(1, 61)]);
  const written = async (one: Book) => (await one.ownSince(0)).filter((h) => h.own.origin.kind === "visit").map((h) => h.own.entry.id);
  expect(await written(book)).toEqual([here!.id]);
  expect(await written(open())).toEqual([there!.id]);
});

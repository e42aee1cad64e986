import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import type { Pack } from "../../src/registers/pack";
import { Device } from "../../src/store/device";

const label = { pt: "", es: "", en: "" };
const pack = {
  programme: "p", version: 1, zone: "Africa/Maputo", facility: { code: "F1", name: "F1" }, places: [], lockMinutes: 5, visit: [],
  register: { form: "visit@1", layout: "csv|,|.|Iso|number|place|day|weight", personColumn: "number", personSystem: "own", facilityColumn: "place", dateColumn: "day", facts: [{ name: "weight", type: "number", columns: ["weight"], label }] },
} as unknown as Pack;
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const registration = (n: number) => ({ kind: "person", subject: id(n), day: "2026-01-02", body: JSON.stringify({ set: { given: "Maria", family: "Sitoe", birthDate: "1970-01-01" }, identifiers: [{ system: "own", value: `P${n}` }] }) });

it("a tablet that is locked while people are folded into its records opens again with all of them", async () => {
  // No server answers here; whatever is asked of it finds the tablet offline.
  globalThis.fetch = () => Promise.reject(new TypeError("offline"));
  const { app } = await import("../../src/app");
  app.device = await Device.open("en");
  await app.device.admit("ana", { facility: "F1", isAlone: false }, "246810", { token: "t", account: { id: "ana", name: "Ana", role: "nurse", places: [{ code: "F1", name: "F1" }] }, wholes: [], deviceKey: new Uint8Array(32), epoch: "e", lockMinutes: 5 });
  await app.device.keepPack(pack, "");
  app.choose(app.device.accounts[0]!);
  await app.unlock("246810");
  const first = app.book!;
  await first.record(Array.from({ length: 300 }, (_, n) => registration(n)));
  const folding = first.fold();
  app.lock();
  await app.unlock("246810");
  await folding;
  const book = app.book!;
  await book.whole;
  expect([book.index.size, book.unfolded]).toEqual([300, 0]);
  await expect(first.record([registration(900)])).rejects.toThrow("closed");
  await book.record([registration(300)]);
  await book.fold();
  expect(book.index.size).toBe(301);
  expect((await book.person(id(7)))!.ids).toEqual([["own", "P7"]]);
  expect((await book.person(id(300)))!.ids).toEqual([["own", "P300"]]);
  app.lock();
}, 60_000);

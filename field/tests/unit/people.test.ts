import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { importDeviceKey } from "../../src/crypto/pin";
import { Folder, newPerson } from "../../src/people/person";
import type { Pack } from "../../src/registers/pack";
import { openDatabase, write } from "../../src/store/database";
import { foldInto } from "../../src/store/folding";
import { People, type SealedBlock } from "../../src/store/people";

const pack = { visit: [], register: { form: "visit@1", layout: "csv|,|.|Iso|number|place|day", personColumn: "number", personSystem: "own", facilityColumn: "place", dateColumn: "day", facts: [] } } as unknown as Pack;
const folder = new Folder(pack);
const her = "00000000-0000-7000-8000-000000000001";
const visit = { origin: { kind: "visit", class: "clinical", layout: pack.register.layout, device: "d" }, entry: { id: "v", s: her, f: "F1", d: "2026-01-03", t: 1, q: 1, body: "9,F1,2026-01-03" } };

it("a record that was being read while a fold wrote it is not written back by the next fold", async () => {
  const db = await openDatabase("people");
  const people = new People(db, await importDeviceKey(new Uint8Array(32)), folder);
  const put = (blocks: SealedBlock[]) => write(db, ["people"], (tx) => blocks.forEach((block) => tx.put("people", block.n, block.people)));
  const first = await people.seal(0, [newPerson(her)]);
  await put([first]);
  people.replace([first]);

  const seen = newPerson(her);
  folder.apply(seen, visit);
  const second = await people.seal(0, [seen]);
  // A screen asks for her before the fold has written, and is answered after it.
  const late = people.block(0);
  const writing = put([second]);
  people.replace([second]);
  await Promise.all([late, writing]);

  expect((await people.person(her))!.visits.map((v) => v.id)).toEqual(["v"]);
  const { blocks } = await foldInto(people, folder, [{ ...visit, entry: { ...visit.entry, id: "w", q: 2 } }]);
  await put(blocks);
  people.replace(blocks);
  expect((await people.person(her))!.visits.map((v) => v.id)).toEqual(["v", "w"]);
});

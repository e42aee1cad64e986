import type { Said } from "../exchange/entry";
import { type Folder, merge, newPerson, unmerge, type Person } from "../people/person";
import { standing, type Held, type OwnEntry } from "./outbox";
import { aboutPeople, applyOwn, blockSize, pause, type People, type SealedBlock } from "./people";

/** Kinds of entries that are about the place and not about somebody. */
export const aboutPlaces: ReadonlySet<string> = new Set(["session", "tally"]);

/** What a fold makes of entries, before anything of it is written. */
export interface Folded {
  blocks: SealedBlock[];
  /** Of the place, not of its people. */
  delivered: Said[];
}

/** What is said of places and was not replaced, oldest first: as it was folded, with own entries over it. */
export function standingOf(delivery: ReadonlyMap<string, Said>, held: readonly Held[]): Said[] {
  const all = new Map(delivery);
  for (const one of held) if (aboutPlaces.has(one.own.origin.kind) && (one.record.state !== "settled" || one.record.gone === true)) all.set(one.record.id, standing(one));
  const replaced = new Set([...[...all.values()].flatMap(({ entry }) => (entry.erased === true ? [] : [entry.r ?? "", entry.w ?? ""])), ...held.map((h) => h.own.drops ?? "")]);
  return [...all.values()].filter(({ entry }) => entry.erased !== true && !replaced.has(entry.id)).sort((a, b) => (a.entry.d < b.entry.d ? -1 : a.entry.d > b.entry.d ? 1 : a.entry.t - b.entry.t));
}

/** From so many entries on, everybody's place is looked up at once rather than each one's when it is needed. */
const many = 300;

/** Folds entries into people's blocks, those of the office last. Reads and seals a block at a time, letting the screen go between. */
export async function foldInto(people: People, folder: Folder, entries: readonly OwnEntry[], onProgress?: (done: number, of: number) => void): Promise<Folded> {
  const all = entries.length < many ? null : people.index.slots();
  const added = new Map<string, number>();
  const slotOf = (id: string) => added.get(id) ?? (all === null ? people.index.slotOf(id) : all.get(id) ?? -1);
  const work = new Map<number, Map<string, OwnEntry[]>>();
  const office: Said[] = [];
  const delivered: Said[] = [];
  for (const said of entries) {
    if (aboutPlaces.has(said.origin.kind)) delivered.push({ origin: said.origin, entry: said.entry });
    else if (said.origin.kind.startsWith("person.")) office.push(said);
    else if (said.entry.s !== "") {
      let slot = slotOf(said.entry.s);
      if (slot < 0) {
        if (!aboutPeople.has(said.origin.kind) || said.entry.erased === true) continue;
        slot = people.index.count + added.size;
        added.set(said.entry.s, slot);
      }
      const block = Math.floor(slot / blockSize);
      const ofBlock = work.get(block) ?? new Map<string, OwnEntry[]>();
      ofBlock.set(said.entry.s, [...(ofBlock.get(said.entry.s) ?? []), said]);
      work.set(block, ofBlock);
    }
  }
  const loaded = new Map<number, Person[]>();
  const load = async (n: number) => {
    const known = loaded.get(n) ?? await people.onDisk(n);
    loaded.set(n, known);
    return known;
  };
  for (const n of [...work.keys()].sort((a, b) => a - b)) {
    const block = await load(n);
    const places = new Map(block.map((p, i) => [p.id, i]));
    for (const [id, said] of work.get(n)!) {
      const at = places.get(id);
      const person = at === undefined ? newPerson(id) : structuredClone(block[at]!);
      for (const one of said) applyOwn(folder, person, one);
      if (at === undefined) block.push(person);
      else block[at] = person;
    }
  }
  await applyOffice(office, slotOf, load, work);
  const blocks: SealedBlock[] = [];
  for (const [n, block] of loaded) {
    blocks.push(await people.seal(n, block));
    onProgress?.(blocks.length, loaded.size);
    await pause();
  }
  return { blocks, delivered };
}

/** What the office decided: merges, their undoing, erasures; and entries that still name somebody who was merged. */
async function applyOffice(office: Said[], slotOf: (id: string) => number, load: (n: number) => Promise<Person[]>, work: ReadonlyMap<number, ReadonlyMap<string, OwnEntry[]>>): Promise<void> {
  const find = async (id: string) => {
    const slot = slotOf(id);
    if (slot < 0) return undefined;
    const people = await load(Math.floor(slot / blockSize));
    const at = people.findIndex((p) => p.id === id);
    if (at >= 0) people[at] = structuredClone(people[at]!);
    return people[at];
  };
  for (const n of work.keys()) {
    for (const person of (await load(n)).filter((p) => p.into !== undefined && work.get(n)!.has(p.id))) {
      const into = await find(person.into!);
      if (into !== undefined) merge(person, into);
    }
  }
  for (const { origin, entry } of office.sort((a, b) => (a.entry.p ?? 0) - (b.entry.p ?? 0))) {
    const said = JSON.parse(entry.body || "{}") as { into?: string; people?: string[] };
    if (origin.kind === "person.erasure") {
      for (const id of said.people ?? []) {
        const person = await find(id);
        if (person !== undefined) Object.assign(person, newPerson(id), { erased: true });
      }
      continue;
    }
    const person = await find(entry.s);
    const other = origin.kind === "person.merge" ? said.into : person?.into;
    const into = other === undefined ? undefined : await find(other);
    if (person === undefined || into === undefined) continue;
    if (origin.kind === "person.merge") merge(person, into);
    else if (origin.kind === "person.unmerge") unmerge(person, into);
  }
}

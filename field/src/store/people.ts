import { open, openText, pack as gzip, seal, sealText, unpack } from "../crypto/seal";
import { dayOf } from "../people/days";
import { Folder, newPerson, type Person } from "../people/person";
import { PersonIndex } from "../people/search";
import { textsOf, type IndexTexts } from "../people/summary";
import { read, readAll } from "./database";
import type { OwnEntry } from "./outbox";

export const blockSize = 256;
const separator = "\u0001";

/** Kinds of entries that make somebody known of whom nothing was. */
export const aboutPeople: ReadonlySet<string> = new Set(["visit", "person", "consent", "call"]);

/** Blocks of the index that are opened before the screen gets its turn. */
const blocksAtOnce = 8;

/** Milliseconds between two drawings of what can be searched so far. */
const between = 200;

/** A block as it is written: what search needs, and what is known of its people. */
export interface SealedBlock {
  n: number;
  texts: IndexTexts;
  index: Uint8Array<ArrayBuffer>;
  people: Uint8Array<ArrayBuffer>;
}

/** Everybody on the device: sealed in blocks on the disk, the index in memory, and over both what was said since the blocks were written. */
export class People {
  index = new PersonIndex();
  private readonly touched = new Map<string, Person>();
  private cached: { block: number; people: Person[] } | null = null;
  /** Grows whenever what lies on the disk is not what was read before. */
  private written = 0;

  constructor(private readonly db: IDBDatabase, private readonly key: CryptoKey, private readonly folder: Folder) {}

  /** The sealed index as it lies on the disk: nothing in it can be read, so that it may be fetched while a PIN is still looked at. */
  static sealed(db: IDBDatabase): Promise<[IDBValidKey, Uint8Array<ArrayBuffer>][]> {
    return readAll<Uint8Array<ArrayBuffer>>(db, "index");
  }

  /** Opens the index a few blocks at a time; the screen may search those that are open. */
  async load(blocks: [IDBValidKey, Uint8Array<ArrayBuffer>][], onSome: () => void): Promise<void> {
    let told = performance.now();
    for (let i = 0; i < blocks.length; i += blocksAtOnce) {
      const some = await Promise.all(blocks.slice(i, i + blocksAtOnce).map(([n, sealed]) => openText(this.key, "index/" + String(n), sealed)));
      for (const text of some) this.index.add(textsFrom(text));
      if (performance.now() - told > between) {
        onSome();
        told = performance.now();
      }
      await pause();
    }
  }

  /** A person with everything that the device knows; undefined for somebody unknown. */
  async person(id: string): Promise<Person | undefined> {
    const known = this.touched.get(id);
    if (known !== undefined) return known;
    const slot = this.index.slotOf(id);
    if (slot < 0) return undefined;
    const person = (await this.block(Math.floor(slot / blockSize))).find((p) => p.id === id);
    if (person?.erased === true) return undefined;
    return person?.into === undefined ? person : this.person(person.into);
  }

  /** Shows an own entry before it is folded. */
  async overlay(own: OwnEntry): Promise<void> {
    const known = await this.person(own.entry.s);
    if (known === undefined && (!aboutPeople.has(own.origin.kind) || own.entry.erased === true)) return;
    const copy = structuredClone(known ?? newPerson(own.entry.s));
    if (!applyOwn(this.folder, copy, own)) return;
    this.touched.set(copy.id, copy);
    this.index.put(this.folder.summary(copy));
  }

  /** Shows many, block by block: each is opened once, and what concerns one person keeps its order. */
  async overlayAll(entries: readonly OwnEntry[]): Promise<void> {
    const slots = new Map([...new Set(entries.map((own) => own.entry.s))].map((id) => [id, this.index.slotOf(id)]));
    for (const own of [...entries].sort((a, b) => slots.get(a.entry.s)! - slots.get(b.entry.s)!)) await this.overlay(own);
  }

  /** Whether there is a visit to a facility within these days: of whoever came last then the index says so, of others their records. */
  async hasVisit(facility: string, first: string, last: string): Promise<boolean> {
    const [from, to] = [dayOf(first), dayOf(last)];
    if (this.index.where(`last ${first} ${last}`, (_, seen) => seen >= from && seen <= to).some((p) => p.facility === facility)) return true;
    const isMeant = (people: Iterable<Person>) => [...people].some((person) => person.visits.some((v) => v.facility === facility && v.day >= first && v.day <= last));
    if (isMeant(this.touched.values())) return true;
    for (let n = 0; n * blockSize < this.index.count; n++) {
      if (isMeant(await this.block(n))) return true;
      await pause();
    }
    return false;
  }

  async block(n: number): Promise<Person[]> {
    if (this.cached?.block === n) return this.cached.people;
    const { written } = this;
    const people = await this.onDisk(n);
    // What was replaced while it was read is shown once, and not kept.
    if (written === this.written) this.cached = { block: n, people };
    return people;
  }

  /** A block as it lies on the disk now: whoever writes it anew starts from nothing else. */
  async onDisk(n: number): Promise<Person[]> {
    const sealed = await read<Uint8Array<ArrayBuffer>>(this.db, "people", n);
    return sealed === undefined ? [] : (JSON.parse(new TextDecoder().decode(await unpack(await open(this.key, "people/" + n, sealed)))) as Person[]);
  }

  async seal(n: number, people: Person[]): Promise<SealedBlock> {
    const texts = textsOf(people.map((p) => this.folder.summary(p)));
    return {
      n, texts,
      index: await sealText(this.key, "index/" + n, [texts.ids, texts.keys, texts.numbers, texts.lines].join(separator)),
      people: await seal(this.key, "people/" + n, await gzip(new TextEncoder().encode(JSON.stringify(people)))),
    };
  }

  /** These blocks lie on the disk now, and nothing lies over them. */
  replace(blocks: readonly SealedBlock[]): void {
    this.cached = null;
    this.written++;
    this.touched.clear();
    this.index = this.index.with(blocks.map(({ n, texts }) => [n, texts] as const));
  }

  forget(): void {
    [this.index, this.cached] = [new PersonIndex(), null];
    this.written++;
    this.touched.clear();
  }
}

/** Applies an own entry, and takes away the refused one that it stands for. */
export function applyOwn(folder: Folder, person: Person, own: OwnEntry): boolean {
  if (own.drops !== undefined) {
    person.visits = person.visits.filter((v) => v.id !== own.drops);
    if (person.forms !== undefined) person.forms = person.forms.filter((f) => f.id !== own.drops);
    person.gone.push(own.drops);
  }
  return folder.apply(person, own);
}

function textsFrom(text: string): IndexTexts {
  const [ids, keys, numbers, lines] = text.split(separator);
  return { ids: ids ?? "", keys: keys ?? "", numbers: numbers ?? "", lines: lines ?? "" };
}

/** Lets keys and drawing go between. */
export const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

import { newId } from "../crypto/ids";
import { open, openJson, openText, pack as gzip, seal, sealJson, sealText, unpack } from "../crypto/seal";
import { readPulled, type Entry, type Origin, type Pulled, type Said, type SharedNumber } from "../exchange/entry";
import { offsetIn, todayIn } from "../people/days";
import { Folder, merge, newPerson, unmerge, type Person } from "../people/person";
import { PersonIndex } from "../people/search";
import { textsOf, type IndexTexts } from "../people/summary";
import type { Pack } from "../registers/pack";
import { read, readAll, write } from "./database";

/** An own entry on the disk. Only what exchange must see without a key lies open. */
export interface OutboxRecord {
  q: number;
  id: string;
  /** waiting: no receipt yet. accepted: the server has it at `position`. refused: stands in the problem inbox. settled: refused, and dealt with. */
  state: "waiting" | "accepted" | "refused" | "settled";
  position: number;
  problem?: { code: string; title: string };
  folded: boolean;
  sealed: Uint8Array<ArrayBuffer>;
}

/** What is sealed in it. `drops` names a refused entry that this one stands for on the device. */
export interface OwnEntry extends Said {
  drops?: string;
}

export interface Held {
  record: OutboxRecord;
  own: OwnEntry;
}

interface PulledRecord {
  next: number;
  folded: boolean;
  sealed: Uint8Array<ArrayBuffer>;
}

export interface ExchangeState {
  epoch: string;
  /** Position up to which everything of the place was pulled. */
  cursor: number;
  head: number;
  /** Position and chain of pulls, thinned by halves. */
  checkpoints: [number, string][];
  backedUp: number;
  /** Instant of the last whole exchange; 0 is never. */
  last: number;
  /** Seconds by which this device's clock is ahead of the server's. */
  skew: number;
  /** Numbers that people of the place share with others, as the latest answer had them. */
  shared?: SharedNumber[];
  /** The place that the cursor is of. Absent in what an earlier version wrote: then it is the place of whoever opens it. */
  facility?: string;
  /** Cursors of the other places that people who share the tablet work at. */
  others?: Record<string, number>;
}

/** The state as the exchange of a place goes on from it: each place has a cursor of its own, for what concerns one may not concern the other. */
export function atPlace(state: ExchangeState, facility: string): ExchangeState {
  if (state.facility === undefined || state.facility === facility) return { ...state, facility };
  const { [facility]: cursor = 0, ...others } = state.others ?? {};
  return { ...state, facility, cursor, shared: [], others: { ...others, [state.facility]: state.cursor } };
}

export const noExchange: ExchangeState = { epoch: "", cursor: 0, head: 0, checkpoints: [], backedUp: 0, last: 0, skew: 0 };

export interface Draft {
  key: string;
  kind: string;
  person: string;
  label: string;
  values: Record<string, unknown>;
  changed: number;
}

/** What somebody says: everything of an entry that the book does not know by itself. */
export interface Saying {
  kind: string;
  class?: Origin["class"];
  form?: string;
  layout?: string;
  subject: string;
  day: string;
  body: string;
  facility?: string;
  replaces?: string;
  withdraws?: string;
  drops?: string;
}

const blockSize = 256;
const separator = "\u0001";

/** The tablet's records while somebody has unlocked it: people, own entries, drafts. One at a time; a lock throws it away. */
export class Book {
  index = new PersonIndex();
  state: ExchangeState = noExchange;
  /** Own entries that are not done with: without receipt, or refused. */
  held: Held[] = [];
  drafts = new Map<string, Draft>();
  /** Grows whenever anything that a screen shows has changed. */
  revision = 0;
  readonly folder: Folder;
  private parts: IndexTexts[] = [];
  private delivery = new Map<string, Said>();
  private readonly touched = new Map<string, Person>();
  private sequence = 0;
  private queue: Promise<unknown> = Promise.resolve();
  private cached: { block: number; people: Person[] } | null = null;
  private readonly listeners = new Set<() => void>();

  private constructor(
    readonly db: IDBDatabase, private readonly key: CryptoKey, readonly pack: Pack,
    readonly author: string, readonly device: string, readonly facility: string, readonly practice: boolean) {
    this.folder = new Folder(pack);
  }

  static async open(db: IDBDatabase, key: CryptoKey, pack: Pack, author: string, device: string, facility: string, practice = false): Promise<Book> {
    const book = new Book(db, key, pack, author, device, facility, practice);
    await book.load();
    return book;
  }

  get today(): string {
    return todayIn(this.pack.zone);
  }

  /** Of which place the people are taken along, and under which key its position is kept. */
  get takes(): { place: string; key: string } {
    // People who share a tablet share what is known of a place, not what each may see.
    const { takes } = this.pack;
    return takes?.account === this.author ? takes : { place: this.facility, key: this.facility };
  }

  get unsent(): number {
    return this.held.filter((h) => h.record.state === "waiting").length;
  }

  get refused(): Held[] {
    return this.held.filter((h) => h.record.state === "refused");
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A person with everything that the device knows; undefined for somebody unknown. */
  async person(id: string): Promise<Person | undefined> {
    const known = this.touched.get(id);
    if (known !== undefined) return known;
    const slot = this.index.slotOf(id);
    if (slot < 0) return undefined;
    const people = await this.block(Math.floor(slot / blockSize));
    const person = people.find((p) => p.id === id);
    if (person?.erased === true) return undefined;
    return person?.into === undefined ? person : this.person(person.into);
  }

  /** Writes entries down, all or none; when this resolves the disk has them. */
  record(sayings: Saying[], forgetDraft?: string): Promise<Entry[]> {
    return this.alone(async () => {
      const now = Date.now();
      const first = this.sequence + 1;
      const made: { record: OutboxRecord; own: OwnEntry }[] = [];
      for (const [i, saying] of sayings.entries()) {
        const own = this.entryOf(saying, first + i, now);
        const sealed = await sealJson(this.key, "outbox/" + own.entry.id, own);
        made.push({ own, record: { q: first + i, id: own.entry.id, state: "waiting", position: 0, folded: false, sealed } });
      }
      const last = first + made.length - 1;
      await write(this.db, ["outbox", "meta", "drafts"], async (tx) => {
        if (((await tx.get<number>("meta", "sequence")) ?? 0) !== first - 1) throw new Error("another tab has written");
        for (const { record } of made) tx.put("outbox", record.q, record);
        tx.put("meta", "sequence", last);
        if (forgetDraft !== undefined) tx.remove("drafts", forgetDraft);
      });
      this.sequence = last;
      if (forgetDraft !== undefined) this.drafts.delete(forgetDraft);
      for (const held of made) {
        this.held.push(held);
        await this.overlay(held.own);
      }
      this.changed();
      return made.map((m) => m.own.entry);
    });
  }

  /** A refused entry that a new one stands for, or that its author gives up with full knowledge. It stays on the disk until it is exported. */
  async settle(id: string): Promise<void> {
    await this.change(id, (record) => ({ ...record, state: "settled" }));
  }

  /** Takes over what receipts say, each about its own entry and no other. */
  async receive(receipts: { id: string; status: string; position?: number; problem?: unknown }[], sent: ReadonlySet<string>): Promise<void> {
    await this.alone(async () => {
      const changes: OutboxRecord[] = [];
      for (const receipt of receipts) {
        const held = this.held.find((h) => h.record.id === receipt.id);
        if (held === undefined || held.record.state !== "waiting" || !sent.has(receipt.id)) continue;
        if (receipt.status === "accepted" || receipt.status === "duplicate") changes.push({ ...held.record, state: "accepted", position: receipt.position ?? 0 });
        else if (receipt.status === "refused") changes.push({ ...held.record, state: "refused", problem: problemOf(receipt.problem) });
      }
      if (changes.length === 0) return;
      await write(this.db, ["outbox"], (tx) => {
        for (const record of changes) tx.put("outbox", record.q, record);
      });
      for (const record of changes) this.held.find((h) => h.record.id === record.id)!.record = record;
      this.held = this.held.filter((h) => h.record.state === "waiting" || h.record.state === "refused" || !h.record.folded);
      this.changed();
    });
  }

  /** Keeps a pulled batch as it came, and where the next begins: one transaction, so that a crash never leaves one without the other. */
  async keepPulled(bytes: Uint8Array<ArrayBuffer>, pulled: Pulled): Promise<void> {
    const key = `${this.takes.key}/${pulled.next}`;
    const sealed = await seal(this.key, "pulled/" + key, bytes);
    await this.alone(async () => {
      const state: ExchangeState = {
        ...this.state, cursor: pulled.next, head: pulled.head, epoch: pulled.epoch || this.state.epoch,
        checkpoints: thinned([...this.state.checkpoints, [pulled.next, pulled.chain]]),
      };
      await write(this.db, ["pulled", "meta"], (tx) => {
        if (pulled.said.length > 0) tx.put("pulled", key, { next: pulled.next, folded: false, sealed } satisfies PulledRecord);
        tx.put("meta", "exchange", state);
      });
      this.state = state;
    });
  }

  async keepState(change: Partial<ExchangeState>): Promise<void> {
    await this.alone(async () => {
      const state = { ...this.state, ...change };
      await write(this.db, ["meta"], (tx) => tx.put("meta", "exchange", state));
      this.state = state;
      this.changed();
    });
  }

  /** After the stores were wiped: nobody is in memory either, but whom unsent entries are about. */
  async forgetPeople(): Promise<void> {
    await this.alone(async () => {
      [this.parts, this.index, this.cached, this.state] = [[], new PersonIndex(), null, atPlace(noExchange, this.takes.key)];
      this.touched.clear();
      this.held = this.held.filter((h) => h.record.state !== "accepted");
      for (const { own } of this.held) await this.overlay(own);
    });
    this.changed();
  }

  /** Drops what a verified backup of the server covers and people's records already hold. */
  async prune(): Promise<void> {
    await this.alone(async () => {
      const covered = this.state.backedUp;
      const own = (await readAll<OutboxRecord>(this.db, "outbox")).filter(([, r]) => r.state === "accepted" && r.folded && r.position > 0 && r.position <= covered);
      const pulled = (await readAll<PulledRecord>(this.db, "pulled")).filter(([, r]) => r.folded && r.next <= covered);
      if (own.length + pulled.length === 0) return;
      await write(this.db, ["outbox", "pulled"], (tx) => {
        for (const [key] of own) tx.remove("outbox", key);
        for (const [key] of pulled) tx.remove("pulled", key);
      });
    });
  }

  /** After a restore of the server: own entries behind the last common position and refused ones wait again, and positions behind it are forgotten. */
  async rewind(epoch: string, common: number): Promise<Said[]> {
    const offered: Said[] = [];
    await this.alone(async () => {
      const records = (await readAll<OutboxRecord>(this.db, "outbox")).map(([, r]) => r).filter((r) => r.state === "refused" || (r.state === "accepted" && (r.position === 0 || r.position > common)));
      const pulled = (await readAll<PulledRecord>(this.db, "pulled")).filter(([, record]) => record.next > common);
      const seen = new Set<string>();
      for (const [key, record] of pulled) {
        const batch = readPulled(await textOfBatch(await open(this.key, "pulled/" + String(key), record.sealed)));
        for (const said of batch?.said ?? []) if (!seen.has(said.entry.id) && seen.add(said.entry.id) && (said.entry.p ?? 0) > common && said.origin.device !== this.device && said.entry.erased !== true) offered.push(said);
      }
      const state: ExchangeState = { ...this.state, epoch, cursor: common, head: common, backedUp: 0,
        ...(this.state.others === undefined ? {} : { others: Object.fromEntries(Object.entries(this.state.others).map(([place, cursor]) => [place, Math.min(cursor, common)])) }), checkpoints: this.state.checkpoints.filter(([at]) => at <= common) };
      const again = records.map((record): OutboxRecord => ({ ...record, state: "waiting", position: 0 }));
      await write(this.db, ["outbox", "meta"], (tx) => {
        for (const record of again) tx.put("outbox", record.q, record);
        tx.put("meta", "exchange", state);
      });
      this.state = state;
      for (const record of again) {
        const held = this.held.find((h) => h.record.id === record.id);
        if (held !== undefined) held.record = record;
        else this.held.push({ record, own: await openJson<OwnEntry>(this.key, "outbox/" + record.id, record.sealed) });
      }
      this.held.sort((a, b) => a.record.q - b.record.q);
      this.changed();
    });
    return offered;
  }

  /**
   * Folds pulled batches and own entries into people's blocks. Reads and seals a block at a time, letting the screen go between; writes all blocks
   * in one transaction with the mark that they are folded.
   */
  async fold(onProgress?: (done: number, of: number) => void): Promise<void> {
    await this.alone(async () => {
      while (await this.foldSome(onProgress)) {
        // A first load is more than memory should hold at once.
      }
    });
    this.changed();
  }

  async keepDraft(draft: Draft): Promise<void> {
    this.drafts.set(draft.key, draft);
    const sealed = await sealJson(this.key, "drafts/" + draft.key, draft);
    if (this.drafts.get(draft.key) !== draft) return;
    await write(this.db, ["drafts"], (tx) => tx.put("drafts", draft.key, sealed));
    // Saved or thrown away while this was on its way.
    if (!this.drafts.has(draft.key)) await write(this.db, ["drafts"], (tx) => tx.remove("drafts", draft.key));
  }

  async dropDraft(key: string): Promise<void> {
    this.drafts.delete(key);
    await write(this.db, ["drafts"], (tx) => tx.remove("drafts", key));
    this.changed();
  }

  /** Sealed things that are fetched again rather than kept for good: sheets of the district. */
  async keepSheets(name: string, value: unknown): Promise<void> {
    const sealed = await sealJson(this.key, "sheets/" + name, value);
    await write(this.db, ["sheets"], (tx) => tx.put("sheets", name, sealed));
  }

  async sheets<T>(name: string): Promise<T | null> {
    const sealed = await read<Uint8Array<ArrayBuffer>>(this.db, "sheets", name);
    return sealed === undefined ? null : openJson<T>(this.key, "sheets/" + name, sealed);
  }

  /** Own entries that were written since an instant, oldest first, whether sent or not: the clerk's page of the day. */
  async ownSince(instant: number): Promise<Held[]> {
    const found: Held[] = [];
    for (const [, record] of await readAll<OutboxRecord>(this.db, "outbox")) {
      const own = this.held.find((h) => h.record.id === record.id)?.own ?? (await openJson<OwnEntry>(this.key, "outbox/" + record.id, record.sealed));
      if (own.entry.t >= instant) found.push({ record, own });
    }
    return found;
  }

  /** Sessions and tallies of the place, whoever wrote them, without those that were replaced; oldest first. */
  delivered(kind: string): Said[] {
    const all = new Map(this.delivery);
    for (const { own, record } of this.held) if (aboutPlaces.has(own.origin.kind) && record.state !== "settled") all.set(own.entry.id, own);
    const replaced = new Set([...all.values()].flatMap(({ entry }) => [entry.r ?? "", entry.w ?? ""]));
    return [...all.values()].filter(({ origin, entry }) => origin.kind === kind && entry.erased !== true && !replaced.has(entry.id)).sort((a, b) => (a.entry.d < b.entry.d ? -1 : a.entry.d > b.entry.d ? 1 : a.entry.t - b.entry.t));
  }

  /** Everything without a receipt or refused, as the file that `escala import` takes. */
  async export(): Promise<Uint8Array<ArrayBuffer>> {
    const { batchBytes } = await import("../exchange/batch");
    return batchBytes(this.device, this.state.epoch, this.held.filter((h) => h.record.state !== "accepted").map((h) => h.own));
  }

  private entryOf(saying: Saying, q: number, now: number): OwnEntry {
    const origin: Origin = {
      kind: saying.kind, class: saying.class ?? "clinical",
      ...(saying.form === undefined ? {} : { form: saying.form }), ...(saying.layout === undefined ? {} : { layout: saying.layout }),
      programme: `${this.pack.programme}@${this.pack.version}`, zone: this.pack.zone, recordedOffset: offsetIn(this.pack.zone, now),
      author: this.author, device: this.device,
    };
    const entry: Entry = {
      id: newId(now), s: saying.subject, f: saying.facility ?? this.facility, d: saying.day, t: now, q,
      ...(saying.replaces === undefined ? {} : { r: saying.replaces }), ...(saying.withdraws === undefined ? {} : { w: saying.withdraws }),
      b: this.state.cursor, body: saying.body,
    };
    return saying.drops === undefined ? { origin, entry } : { origin, entry, drops: saying.drops };
  }

  private async load(): Promise<void> {
    const [blocks, records, drafts, state, sequence] = await Promise.all([
      readAll<Uint8Array<ArrayBuffer>>(this.db, "index"), readAll<OutboxRecord>(this.db, "outbox"), readAll<Uint8Array<ArrayBuffer>>(this.db, "drafts"),
      read<ExchangeState>(this.db, "meta", "exchange"), read<number>(this.db, "meta", "sequence"),
    ]);
    this.state = atPlace(state ?? noExchange, this.takes.key);
    this.sequence = sequence ?? 0;
    this.delivery = new Map((await this.sheets<[string, Said][]>("delivery")) ?? []);
    this.parts = await Promise.all(blocks.map(async ([n, sealed]) => textsFrom(await openText(this.key, "index/" + String(n), sealed))));
    this.index = new PersonIndex(this.parts);
    for (const [key, sealed] of drafts) {
      const draft = await openJson<Draft>(this.key, "drafts/" + String(key), sealed).catch(() => null);
      if (draft !== null) this.drafts.set(String(key), draft);
    }
    const open = records.map(([, record]) => record).filter((r) => !r.folded || r.state === "waiting" || r.state === "refused");
    this.held = await Promise.all(open.map(async (record) => ({ record, own: await openJson<OwnEntry>(this.key, "outbox/" + record.id, record.sealed) })));
    for (const { record, own } of this.held) if (!record.folded) await this.overlay(own);
  }

  private async overlay(own: OwnEntry): Promise<void> {
    const known = await this.person(own.entry.s);
    if (known === undefined && !aboutPeople.has(own.origin.kind)) return;
    const person = known ?? newPerson(own.entry.s);
    const copy = structuredClone(person);
    if (!this.applyOwn(copy, own)) return;
    this.touched.set(copy.id, copy);
    this.index.put(this.folder.summary(copy));
  }

  private applyOwn(person: Person, own: OwnEntry): boolean {
    if (own.drops !== undefined) {
      person.visits = person.visits.filter((v) => v.id !== own.drops);
      person.gone.push(own.drops);
    }
    return this.folder.apply(person, own);
  }

  private async foldSome(onProgress?: (done: number, of: number) => void): Promise<boolean> {
    const own = this.held.filter((h) => !h.record.folded);
    const waiting = (await readAll<PulledRecord>(this.db, "pulled")).filter(([, record]) => !record.folded);
    const pulled = waiting.slice(0, 48);
    if (own.length + pulled.length === 0) return false;
    const slots = this.index.slots();
    const work = new Map<number, Map<string, OwnEntry[]>>();
    let count = slots.size;
    const office: Said[] = [];
    let delivered = false;
    const add = (said: OwnEntry) => {
      if (aboutPlaces.has(said.origin.kind)) {
        this.delivery.set(said.entry.id, { origin: said.origin, entry: said.entry });
        delivered = true;
      } else if (said.origin.kind.startsWith("person.")) office.push(said);
      else if (said.entry.s !== "") {
        let slot = slots.get(said.entry.s);
        if (slot === undefined) {
          if (!aboutPeople.has(said.origin.kind)) return;
          slot = count++;
          slots.set(said.entry.s, slot);
        }
        const block = Math.floor(slot / blockSize);
        const people = work.get(block) ?? new Map<string, OwnEntry[]>();
        people.set(said.entry.s, [...(people.get(said.entry.s) ?? []), said]);
        work.set(block, people);
      }
    };
    for (const [key, record] of pulled) {
      const batch = readPulled(await textOfBatch(await open(this.key, "pulled/" + String(key), record.sealed)));
      for (const said of batch?.said ?? []) add(said);
    }
    for (const { own: said } of own) add(said);
    const blocks = new Map<number, Person[]>();
    const load = async (n: number) => {
      const known = blocks.get(n);
      if (known !== undefined) return known;
      const people = [...(await this.block(n))];
      blocks.set(n, people);
      return people;
    };
    for (const n of [...work.keys()].sort((a, b) => a - b)) {
      const people = await load(n);
      const places = new Map(people.map((p, i) => [p.id, i]));
      for (const [id, said] of work.get(n)!) {
        const at = places.get(id);
        const person = at === undefined ? newPerson(id) : structuredClone(people[at]!);
        for (const one of said) this.applyOwn(person, one);
        if (at === undefined) people.push(person);
        else people[at] = person;
      }
    }
    await this.applyOffice(office, slots, load, work);
    const changed: { n: number; texts: IndexTexts; index: Uint8Array<ArrayBuffer>; people: Uint8Array<ArrayBuffer> }[] = [];
    for (const [n, people] of blocks) {
      const texts = textsOf(people.map((p) => this.folder.summary(p)));
      changed.push({
        n, texts,
        index: await sealText(this.key, "index/" + n, [texts.ids, texts.keys, texts.numbers, texts.lines].join(separator)),
        people: await seal(this.key, "people/" + n, await gzip(new TextEncoder().encode(JSON.stringify(people)))),
      });
      onProgress?.(changed.length, blocks.size);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    const folded = own.map((h) => ({ ...h.record, folded: true }));
    const sealedDelivery = delivered ? await sealJson(this.key, "sheets/delivery", [...this.delivery]) : null;
    await write(this.db, ["index", "people", "pulled", "outbox", "sheets"], (tx) => {
      if (sealedDelivery !== null) tx.put("sheets", "delivery", sealedDelivery);
      for (const block of changed) {
        tx.put("index", block.n, block.index);
        tx.put("people", block.n, block.people);
      }
      for (const [key, record] of pulled) tx.put("pulled", key, { ...record, folded: true } satisfies PulledRecord);
      for (const record of folded) tx.put("outbox", record.q, record);
    });
    for (const block of changed) this.parts[block.n] = block.texts;
    for (const record of folded) this.held.find((h) => h.record.id === record.id)!.record = record;
    this.held = this.held.filter((h) => h.record.state === "waiting" || h.record.state === "refused");
    this.cached = null;
    this.touched.clear();
    this.index = new PersonIndex(this.parts);
    return waiting.length > pulled.length;
  }

  /** What the office decided: merges, their undoing, erasures; and entries that still name somebody who was merged. */
  private async applyOffice(office: Said[], slots: Map<string, number>, load: (n: number) => Promise<Person[]>, work: ReadonlyMap<number, ReadonlyMap<string, OwnEntry[]>>): Promise<void> {
    const find = async (id: string) => {
      const slot = slots.get(id);
      if (slot === undefined) return undefined;
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

  private async block(n: number): Promise<Person[]> {
    if (this.cached?.block === n) return this.cached.people;
    const sealed = await read<Uint8Array<ArrayBuffer>>(this.db, "people", n);
    if (sealed === undefined) return [];
    const people = JSON.parse(new TextDecoder().decode(await unpack(await open(this.key, "people/" + n, sealed)))) as Person[];
    this.cached = { block: n, people };
    return people;
  }

  private async change(id: string, how: (record: OutboxRecord) => OutboxRecord): Promise<void> {
    await this.alone(async () => {
      const held = this.held.find((h) => h.record.id === id);
      if (held === undefined) return;
      const record = how(held.record);
      await write(this.db, ["outbox"], (tx) => tx.put("outbox", record.q, record));
      held.record = record;
      this.held = this.held.filter((h) => h.record.state === "waiting" || h.record.state === "refused" || !h.record.folded);
      this.changed();
    });
  }

  /** One writer after the other: sequence and memory stay what the disk holds. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work, work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private changed(): void {
    this.revision++;
    for (const listener of this.listeners) listener();
  }
}

const aboutPlaces = new Set(["session", "tally"]);
const aboutPeople = new Set(["visit", "person", "consent", "call"]);

function textsFrom(text: string): IndexTexts {
  const [ids, keys, numbers, lines] = text.split(separator);
  return { ids: ids ?? "", keys: keys ?? "", numbers: numbers ?? "", lines: lines ?? "" };
}

async function textOfBatch(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new TextDecoder().decode(bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpack(bytes) : bytes);
}

function problemOf(problem: unknown): { code: string; title: string } {
  const said = (typeof problem === "object" && problem !== null ? problem : {}) as Record<string, unknown>;
  return { code: String(said["type"] ?? said["code"] ?? ""), title: String(said["title"] ?? said["sentence"] ?? (typeof problem === "string" ? problem : "")) };
}

/** Keeps the newest eight, then one of two, one of four …: a restore of any age finds a near one. */
function thinned(checkpoints: [number, string][]): [number, string][] {
  if (checkpoints.length <= 40) return checkpoints;
  const old = checkpoints.slice(0, -8);
  return [...old.filter((_, i) => i % 2 === 0), ...checkpoints.slice(-8)];
}

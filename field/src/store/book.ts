import { newId } from "../crypto/ids";
import { openJson, seal, sealJson } from "../crypto/seal";
import type { Entry, Pulled, Said, SharedNumber } from "../exchange/entry";
import { offsetIn, todayIn } from "../people/days";
import { Folder, type Person } from "../people/person";
import type { PersonIndex } from "../people/search";
import type { Pack } from "../registers/pack";
import { read, readAll, write } from "./database";
import type { Draft } from "./draft";
import { atPlace, noExchange, rewound, thinned, type ExchangeState } from "./exchange-state";
import { aboutPlaces, foldInto } from "./folding";
import { isOpen, ownEntryOf, receipted, refusedFrom, type Held, type OutboxRecord, type OwnEntry, type Receipt, type Saying } from "./outbox";
import { blockSize, pause, People } from "./people";
import { batchesAtOnce, saidIn, type PulledRecord } from "./pulled";
import { Sheets } from "./sheets";
import { Turns } from "./turns";

/**
 * The tablet's records while somebody has unlocked it: people, own entries, drafts. One at a time; a lock throws it away. It can be searched while it
 * is still being opened; whatever writes, and whatever must know everybody, waits until it is whole.
 */
export class Book {
  state: ExchangeState = noExchange;
  /** Own entries that are not done with: without receipt, or refused. */
  held: Held[] = [];
  drafts = new Map<string, Draft>();
  shared: SharedNumber[] = [];
  /** Grows whenever anything that a screen shows has changed. */
  revision = 0;
  /** Everything of the disk is in memory. */
  isWhole = false;
  /** How many people there will be once it is whole, roughly: blocks on the disk times their size. */
  expected = 0;
  readonly whole: Promise<void>;
  readonly folder: Folder;
  readonly sheets: Sheets;
  private readonly people: People;
  private delivery = new Map<string, Said>();
  private sequence = 0;
  private readonly turns = new Turns();
  private readonly listeners = new Set<() => void>();

  private constructor(
    readonly db: IDBDatabase, private readonly key: CryptoKey, readonly pack: Pack,
    readonly author: string, readonly device: string, readonly facility: string, sealed: ReturnType<typeof People.sealed>) {
    this.folder = new Folder(pack);
    this.people = new People(db, key, this.folder);
    this.sheets = new Sheets(db, key);
    this.whole = this.load(sealed);
    // Told to whoever waits for it.
    this.whole.catch(() => undefined);
  }

  /** A book that opens by itself; `sealed` is the index where it was fetched ahead. */
  static open(db: IDBDatabase, key: CryptoKey, pack: Pack, author: string, device: string, facility: string, sealed = People.sealed(db)): Book {
    return new Book(db, key, pack, author, device, facility, sealed);
  }

  get index(): PersonIndex {
    return this.people.index;
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

  /** Own entries over people's blocks: each costs the opening of a block whenever somebody unlocks. */
  get unfolded(): number {
    return this.held.filter((h) => !h.record.folded).length;
  }

  get refused(): Held[] {
    return this.held.filter((h) => h.record.state === "refused");
  }

  /** Names of people and tablets come with any exchange; whatever else is new in a pack waits for the next unlocking. */
  takeNames({ staff, devices }: Pack): void {
    Object.assign(this.pack, staff === undefined ? {} : { staff }, devices === undefined ? {} : { devices });
    this.changed();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Nothing more is written through it; done when whatever was begun lies on the disk, so that the next book reads no half of it. */
  close(): Promise<unknown> {
    return this.turns.end();
  }

  /** A person with everything that the device knows; undefined for somebody unknown. */
  async person(id: string): Promise<Person | undefined> {
    await this.whole;
    return this.people.person(id);
  }

  /** Whether there is a visit to the facility within these days, so far as the tablet's records go back. */
  async hasVisit(first: string, last: string): Promise<boolean> {
    await this.whole;
    return this.people.hasVisit(this.facility, first, last);
  }

  /**
   * Writes entries down, all or none; when this resolves the disk has them. What replaces a refused entry stands for it instead, and for whatever refused
   * one that replaced: the server has neither, and the inbox is done with them.
   */
  record(sayings: Saying[], forgetDraft?: string): Promise<Entry[]> {
    return this.alone(async () => {
      const now = Date.now();
      const first = this.sequence + 1;
      const made: Held[] = [];
      const settled = new Map<Held, OutboxRecord>();
      for (const [i, saying] of sayings.entries()) {
        const refused = refusedFrom(this.held, saying.replaces);
        for (const held of refused) settled.set(held, { ...held.record, state: "settled" });
        const own = this.entryOf(refused.length === 0 ? saying : { ...saying, replaces: refused.at(-1)!.own.entry.r, drops: saying.replaces }, first + i, now);
        const sealed = await sealJson(this.key, "outbox/" + own.entry.id, own);
        made.push({ own, record: { q: first + i, id: own.entry.id, state: "waiting", position: 0, folded: false, sealed } });
      }
      const last = first + made.length - 1;
      await write(this.db, ["outbox", "meta", "drafts"], async (tx) => {
        if (((await tx.get<number>("meta", "sequence")) ?? 0) !== first - 1) throw new Error("another tab has written");
        for (const record of [...settled.values(), ...made.map((m) => m.record)]) tx.put("outbox", record.q, record);
        tx.put("meta", "sequence", last);
        if (forgetDraft !== undefined) tx.remove("drafts", forgetDraft);
      });
      this.sequence = last;
      for (const [held, record] of settled) held.record = record;
      this.held = this.held.filter((h) => isOpen(h.record));
      if (forgetDraft !== undefined) this.drafts.delete(forgetDraft);
      for (const held of made) {
        this.held.push(held);
        await this.people.overlay(held.own);
      }
      this.changed();
      return made.map((m) => m.own.entry);
    });
  }

  /** A refused entry that its author gives up with full knowledge. It stays on the disk until it is exported. */
  async settle(id: string): Promise<void> {
    await this.change(id, (record) => ({ ...record, state: "settled" }));
  }

  /** Takes over what receipts say, each about its own entry and no other. */
  async receive(receipts: Receipt[], sent: ReadonlySet<string>): Promise<void> {
    await this.alone(async () => {
      const changes: OutboxRecord[] = [];
      for (const receipt of receipts) {
        const held = this.held.find((h) => h.record.id === receipt.id);
        if (held === undefined || held.record.state !== "waiting" || !sent.has(receipt.id)) continue;
        const record = receipted(held.record, receipt);
        if (record !== null) changes.push(record);
      }
      if (changes.length === 0) return;
      await write(this.db, ["outbox"], (tx) => {
        for (const record of changes) tx.put("outbox", record.q, record);
      });
      for (const record of changes) this.held.find((h) => h.record.id === record.id)!.record = record;
      this.held = this.held.filter((h) => isOpen(h.record));
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
      [this.state, this.shared] = [atPlace(noExchange, this.takes.key), []];
      this.people.forget();
      this.held = this.held.filter((h) => h.record.state !== "accepted");
      await this.people.overlayAll(this.held.map((h) => h.own));
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
      for (const batch of pulled) {
        for (const said of await saidIn(this.key, batch)) if (!seen.has(said.entry.id) && seen.add(said.entry.id) && (said.entry.p ?? 0) > common && said.origin.device !== this.device && said.entry.erased !== true) offered.push(said);
      }
      const state = rewound(this.state, epoch, common);
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

  /** Numbers that several people have, as the latest answer had them: sealed, for a number is known of a person. */
  async keepShared(shared: SharedNumber[]): Promise<void> {
    if (JSON.stringify(shared) === JSON.stringify(this.shared)) return;
    await this.sheets.put("shared/" + this.takes.key, shared);
    this.shared = shared;
    this.changed();
  }

  /** Own entries of the facility that were written since an instant, oldest first, whether sent or not: the clerk's page of the day. */
  async ownSince(instant: number): Promise<Held[]> {
    const found: Held[] = [];
    for (const [, record] of await readAll<OutboxRecord>(this.db, "outbox")) {
      const own = this.held.find((h) => h.record.id === record.id)?.own ?? (await openJson<OwnEntry>(this.key, "outbox/" + record.id, record.sealed));
      if (own.entry.t >= instant && own.entry.f === this.facility) found.push({ record, own });
    }
    return found;
  }

  /** Sessions and tallies of the facility, whoever wrote them, without those that were replaced; oldest first. */
  delivered(kind: string): Said[] {
    const all = new Map(this.delivery);
    for (const { own, record } of this.held) if (aboutPlaces.has(own.origin.kind) && record.state !== "settled") all.set(own.entry.id, own);
    const replaced = new Set([...[...all.values()].flatMap(({ entry }) => [entry.r ?? "", entry.w ?? ""]), ...this.held.map((h) => h.own.drops ?? "")]);
    return [...all.values()].filter(({ origin, entry }) => origin.kind === kind && entry.f === this.facility && entry.erased !== true && !replaced.has(entry.id)).sort((a, b) => (a.entry.d < b.entry.d ? -1 : a.entry.d > b.entry.d ? 1 : a.entry.t - b.entry.t));
  }

  /** Everything without a receipt or refused, as the file that `escala import` takes. */
  async export(): Promise<Uint8Array<ArrayBuffer>> {
    const { batchBytes } = await import("../exchange/batch");
    return batchBytes(this.device, this.state.epoch, this.held.filter((h) => h.record.state !== "accepted").map((h) => h.own));
  }

  private entryOf(saying: Saying, q: number, now: number): OwnEntry {
    return ownEntryOf(
      saying, { programme: `${this.pack.programme}@${this.pack.version}`, zone: this.pack.zone, recordedOffset: offsetIn(this.pack.zone, now), author: this.author, device: this.device },
      { id: newId(now), f: this.facility, t: now, q, b: this.state.cursor });
  }

  /** After the sealed index, which waits for the book before this one: what the first screen says; then the index, searched meanwhile; own entries over it last. */
  private async load(fetching: ReturnType<typeof People.sealed>): Promise<void> {
    const blocks = await fetching;
    const [state, sequence] = await Promise.all([read<ExchangeState>(this.db, "meta", "exchange"), read<number>(this.db, "meta", "sequence")]);
    this.state = atPlace(state ?? noExchange, this.takes.key);
    this.sequence = sequence ?? 0;
    this.expected = blocks.length * blockSize;
    // The screen is drawn before anything is opened.
    this.changed();
    await pause();
    const openedIndex = this.people.load(blocks, () => this.changed());
    const [records, drafts, delivery, shared] = await Promise.all([
      readAll<OutboxRecord>(this.db, "outbox"), readAll<Uint8Array<ArrayBuffer>>(this.db, "drafts"), this.sheets.get<[string, Said][]>("delivery"), this.sheets.get<SharedNumber[]>("shared/" + this.takes.key), openedIndex,
    ]);
    this.delivery = new Map(delivery ?? []);
    this.shared = shared ?? [];
    for (const [key, sealed] of drafts) {
      const draft = await openJson<Draft>(this.key, "drafts/" + String(key), sealed).catch(() => null);
      if (draft !== null) this.drafts.set(String(key), draft);
    }
    this.held = await Promise.all(records.map(([, record]) => record).filter(isOpen).map(async (record) => ({ record, own: await openJson<OwnEntry>(this.key, "outbox/" + record.id, record.sealed) })));
    await this.people.overlayAll(this.held.filter((h) => !h.record.folded).map((h) => h.own));
    this.isWhole = true;
    this.changed();
  }

  /** True when there is more to fold. */
  private async foldSome(onProgress?: (done: number, of: number) => void): Promise<boolean> {
    const own = this.held.filter((h) => !h.record.folded);
    const waiting = (await readAll<PulledRecord>(this.db, "pulled")).filter(([, record]) => !record.folded);
    const pulled = waiting.slice(0, batchesAtOnce);
    if (own.length + pulled.length === 0) return false;
    const said: Said[][] = [];
    for (const batch of pulled) said.push(await saidIn(this.key, batch));
    const entries: OwnEntry[] = [...said.flat(), ...own.map((h) => h.own)];
    const { blocks, delivered } = await foldInto(this.people, this.folder, entries, onProgress);
    const folded = own.map((h) => ({ ...h.record, folded: true }));
    const delivery = new Map([...this.delivery, ...delivered.map((said) => [said.entry.id, said] as const)]);
    for (const { drops } of entries) delivery.delete(drops ?? "");
    const sealedDelivery = delivered.length > 0 ? await sealJson(this.key, "sheets/delivery", [...delivery]) : null;
    await write(this.db, ["index", "people", "pulled", "outbox", "sheets"], (tx) => {
      if (sealedDelivery !== null) tx.put("sheets", "delivery", sealedDelivery);
      for (const block of blocks) {
        tx.put("index", block.n, block.index);
        tx.put("people", block.n, block.people);
      }
      for (const [key, record] of pulled) tx.put("pulled", key, { ...record, folded: true } satisfies PulledRecord);
      for (const record of folded) tx.put("outbox", record.q, record);
    });
    this.delivery = delivery;
    for (const record of folded) this.held.find((h) => h.record.id === record.id)!.record = record;
    this.held = this.held.filter((h) => isOpen(h.record));
    this.people.replace(blocks);
    return waiting.length > pulled.length;
  }

  private async change(id: string, how: (record: OutboxRecord) => OutboxRecord): Promise<void> {
    await this.alone(async () => {
      const held = this.held.find((h) => h.record.id === id);
      if (held === undefined) return;
      const record = how(held.record);
      await write(this.db, ["outbox"], (tx) => tx.put("outbox", record.q, record));
      held.record = record;
      this.held = this.held.filter((h) => isOpen(h.record));
      this.changed();
    });
  }

  /** One writer after the other, and none before the book is whole: sequence and memory stay what the disk holds. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take(() => this.whole.then(work));
  }

  private changed(): void {
    this.revision++;
    for (const listener of this.listeners) listener();
  }
}

import { newId } from "../crypto/ids";
import { seal, sealJson } from "../crypto/seal";
import type { Told } from "../exchange/calls";
import type { Entry, Pulled, Said, SharedNumber } from "../exchange/entry";
import { offsetIn, todayIn } from "../people/days";
import { Folder, type Person } from "../people/person";
import type { PersonIndex } from "../people/search";
import type { Pack } from "../registers/pack";
import { read, readAll, write } from "./database";
import { draftsOf, type Draft } from "./draft";
import { atPlace, noExchange, rewound, thinned, type ExchangeState } from "./exchange-state";
import { foldInto, standingOf } from "./folding";
import { heldOf, hides, isLacking, isOpen, isRefused, ownEntryOf, receipted, refusedFrom, settledBy, standing, standingFor, writtenSince, type Held, type OutboxRecord, type OwnEntry, type Receipt, type Saying } from "./outbox";
import { blockSize, pause, People } from "./people";
import { batchesAtOnce, othersBehind, saidIn, type PulledRecord } from "./pulled";
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

  /** What the office has settled and nobody here has seen. */
  get told(): Held[] {
    return this.held.filter((h) => h.told !== undefined);
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
   * Writes entries down, all or none; when this resolves the disk has them. What replaces or withdraws a refused entry stands for it instead, and for whatever refused
   * one that replaced: the server has neither, and the inbox is done with them.
   */
  record(sayings: Saying[], forgetDraft?: string): Promise<Entry[]> {
    return this.alone(async () => {
      const now = Date.now();
      const first = this.sequence + 1;
      const made: Held[] = [];
      const settled = new Map<Held, OutboxRecord>();
      for (const [i, saying] of sayings.entries()) {
        const refused = refusedFrom(this.held, saying.replaces ?? saying.withdraws);
        for (const held of refused) settled.set(held, { ...held.record, state: "settled" });
        const own = this.entryOf(standingFor(saying, refused), first + i, now);
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

  /** A refused entry that its author leaves to the office, of which it is heard what becomes of it; or one of which that was read here. It stays on the disk. */
  async settle(id: string): Promise<void> {
    await this.alone(async () => {
      const { told, own, record: { told: _, ...record } } = this.held.find((h) => h.record.id === id)!;
      await this.keep([{ own, record: told === undefined ? { ...record, state: "left" } : record }]);
    });
  }

  /** Takes over what became of refused entries: people's records let go of what the server will never have. */
  async hear(told: readonly Told[]): Promise<void> {
    await this.alone(async () => {
      const settled = await Promise.all(told.flatMap((one) => this.held.filter((h) => h.record.id === one.id && isRefused(h.record)).map((h) => settledBy(this.key, h, one))));
      if (settled.length === 0) return;
      // It comes again with what is pulled from the beginning; the other way round a crash would leave it out.
      if (settled.some(hides)) await this.putState({ cursor: 0 });
      await this.keep(settled);
      await this.people.overlayAll(settled.filter((h) => h.record.gone === true).map(standing));
      this.changed();
    });
  }

  /** Takes over what receipts say, each about its own entry and no other. */
  async receive(receipts: Receipt[], sent: ReadonlySet<string>): Promise<void> {
    await this.alone(async () => {
      const changes: Held[] = [];
      for (const receipt of receipts) {
        const held = this.held.find((h) => h.record.id === receipt.id);
        if (held === undefined || held.record.state !== "waiting" || !sent.has(receipt.id)) continue;
        const record = receipted(held.record, receipt);
        if (record !== null) changes.push({ ...held, record });
      }
      if (changes.length > 0) await this.keep(changes);
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
    await this.alone(() => this.putState(change));
  }

  private async putState(change: Partial<ExchangeState>): Promise<void> {
    const state = { ...this.state, ...change };
    await write(this.db, ["meta"], (tx) => tx.put("meta", "exchange", state));
    this.state = state;
    this.changed();
  }

  /** After the stores were wiped: nobody is in memory either, but whom unsent entries are about. */
  async forgetPeople(): Promise<void> {
    await this.alone(async () => {
      [this.state, this.shared] = [atPlace(noExchange, this.takes.key), []];
      this.people.forget();
      this.held = this.held.filter((h) => h.record.state !== "accepted");
      await this.people.overlayAll(this.held.map(standing));
    });
    this.changed();
  }

  /** Drops what a verified backup of the server covers and people's records already hold. */
  async prune(): Promise<void> {
    await this.alone(async () => {
      const covered = this.state.backedUp;
      const own = (await readAll<OutboxRecord>(this.db, "outbox")).filter(([, r]) => r.state === "accepted" && !isOpen(r) && r.position > 0 && r.position <= covered);
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
    let offered: Said[] = [];
    await this.alone(async () => {
      const records = (await readAll<OutboxRecord>(this.db, "outbox")).map(([, r]) => r).filter((r) => isRefused(r) || (r.state === "accepted" && (r.position === 0 || r.position > common)));
      offered = await othersBehind(this.db, this.key, common, this.device);
      const state = rewound(this.state, epoch, common);
      const again = records.map(({ told: _, ...record }): OutboxRecord => ({ ...record, state: "waiting", position: 0 }));
      await write(this.db, ["outbox", "meta"], (tx) => {
        for (const record of again) tx.put("outbox", record.q, record);
        tx.put("meta", "exchange", state);
      });
      this.state = state;
      for (const record of again) {
        const held = this.held.find((h) => h.record.id === record.id);
        if (held !== undefined) [held.record, held.told] = [record, undefined];
        else this.held.push(await heldOf(this.key, record));
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
  ownSince(instant: number): Promise<Held[]> {
    return writtenSince(this.db, this.key, this.held, this.facility, instant);
  }

  /** Sessions and tallies of the facility, whoever wrote them, without those that were replaced; oldest first. */
  delivered(kind: string): Said[] {
    return standingOf(this.delivery, this.held).filter(({ origin, entry }) => origin.kind === kind && entry.f === this.facility);
  }

  /** Everything without a receipt or refused, as the file that `escala import` takes. */
  async export(): Promise<Uint8Array<ArrayBuffer>> {
    return (await import("../exchange/batch")).batchBytes(this.device, this.state.epoch, this.held.filter(isLacking).map((h) => h.own));
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
      readAll<OutboxRecord>(this.db, "outbox"), draftsOf(this.db, this.key), this.sheets.get<[string, Said][]>("delivery"), this.sheets.get<SharedNumber[]>("shared/" + this.takes.key), openedIndex,
    ]);
    this.delivery = new Map(delivery ?? []);
    this.shared = shared ?? [];
    for (const [key, draft] of drafts) this.drafts.set(key, draft);
    this.held = await Promise.all(records.map(([, record]) => record).filter(isOpen).map((record) => heldOf(this.key, record)));
    await this.people.overlayAll(this.held.filter((h) => !h.record.folded).map(standing));
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
    const entries: OwnEntry[] = [...said.flat(), ...own.map(standing)];
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

  /** Own entries as they stand now: on the disk, and in memory while they are not done with. */
  private async keep(changed: readonly Held[]): Promise<void> {
    await write(this.db, ["outbox"], (tx) => {
      for (const { record } of changed) tx.put("outbox", record.q, record);
    });
    const now = new Map(changed.map((h) => [h.record.id, h]));
    this.held = this.held.map((h) => now.get(h.record.id) ?? h).filter((h) => isOpen(h.record));
    this.changed();
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

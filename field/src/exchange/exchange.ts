import type { Pack } from "../registers/pack";
import type { Book } from "../store/book";
import { isFull } from "../store/database";
import { isRefused, type Held } from "../store/outbox";
import { batchBytes, inOrder, largestBatch } from "./batch";
import { CallFailed, type PushAnswer, type Server, type Trouble } from "./calls";
import { readPulled, type Said } from "./entry";

export type Phase = "idle" | "sending" | "fetching" | "folding";

export interface Standing {
  phase: Phase;
  /** What stopped the last exchange; null when it went through. */
  trouble: Trouble | { kind: "full" } | null;
  /** Entries sent or positions fetched of all, while one runs. */
  done: number;
  of: number;
}

/** Refused entries that are asked about at once. */
const mostAsked = 1000;

/**
 * Sends what has no receipt, fetches what is new, and folds it. Nothing remembers "in flight": what the server has not said it holds is sent
 * again, and the server knows it by its id.
 */
export class Exchange {
  standing: Standing = { phase: "idle", trouble: null, done: 0, of: 0 };
  private running: Promise<void> | null = null;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(
    private readonly book: Book, private readonly server: Server,
    private readonly onPack: (pack: Pack, tag: string) => void, private readonly newerPack: () => Promise<{ pack: Pack; tag: string } | null>, private readonly tell: () => void, private readonly onRevoked: () => void,
    private readonly onDisabled: () => void) {}

  /** Runs soon; a run that goes on is followed by another. */
  ask(): void {
    if (this.stopped) return;
    if (this.running !== null) {
      this.again = true;
      return;
    }
    this.running = this.run().finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        this.ask();
      }
    });
  }

  async whole(): Promise<void> {
    this.ask();
    while (this.running !== null) await this.running;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    let wait = 5 * 60;
    try {
      await this.push();
      await this.hear();
      await this.pull();
      await this.fetchPack();
      await this.book.keepState({ last: Date.now(), skew: this.server.ahead ?? this.book.state.skew });
      await this.book.prune();
      this.show({ phase: "idle", trouble: null, done: 0, of: 0 });
    } catch (failure) {
      const trouble: Standing["trouble"] = failure instanceof CallFailed ? failure.trouble : isFull(failure) ? { kind: "full" } : null;
      // The book was closed meanwhile: the next one goes on with what it lacks.
      if (trouble === null && this.stopped) return;
      if (trouble === null) throw failure;
      if (trouble.kind === "revoked") this.onRevoked();
      if (trouble.kind === "disabled") return this.onDisabled();
      wait = trouble.kind === "later" ? trouble.seconds : trouble.kind === "offline" || trouble.kind === "portal" ? 60 : 5 * 60;
      this.show({ phase: "idle", trouble, done: 0, of: 0 });
    }
    if (!this.stopped) this.timer = setTimeout(() => this.ask(), wait * 1000);
  }

  private async push(): Promise<void> {
    const offered: Said[] = [];
    for (;;) {
      const waiting = this.book.held.filter((h) => h.record.state === "waiting");
      const said: Said[] = [...inOrder(waiting.map((h: Held) => h.own), this.book.today, this.book.facility), ...offered];
      if (said.length === 0) return;
      this.show({ phase: "sending", trouble: null, done: 0, of: said.length });
      const { count, bytes } = await this.chunk(said);
      const sent = said.slice(0, count);
      const before = this.book.state.epoch;
      const answer = await this.server.push(bytes);
      await this.book.receive(answer.receipts, new Set(sent.map((s) => s.entry.id)));
      const answered = new Set(answer.receipts.map((r) => r.id));
      for (const one of sent) {
        const at = offered.indexOf(one);
        if (at >= 0 && answered.has(one.entry.id)) offered.splice(at, 1);
      }
      await this.note(answer);
      if (before !== "" && before !== answer.epoch) offered.push(...(await this.meet()));
      // An answer that settles nothing would be asked for again at once, for ever.
      else if (this.book.unsent + offered.length >= said.length) throw new CallFailed({ kind: "later", seconds: 60 });
    }
  }

  /** What the office has settled of entries that were refused, however long ago. */
  private async hear(): Promise<void> {
    const ids = this.book.held.filter((h) => isRefused(h.record)).map((h) => h.record.id);
    for (let from = 0; from < ids.length; from += mostAsked) await this.book.hear(await this.server.refused(ids.slice(from, from + mostAsked)));
  }

  private async pull(): Promise<void> {
    for (;;) {
      const after = this.book.state.cursor;
      this.show({ phase: "fetching", trouble: null, done: after, of: Math.max(this.book.state.head, after) });
      const { bytes, text } = await this.server.pull(this.book.takes.place, after);
      const pulled = readPulled(text);
      if (pulled === null) throw new CallFailed({ kind: "offline" });
      // Before anything is folded or saved: a day written by a wrong clock is not found out later.
      if (this.server.ahead !== null && Math.abs(this.server.ahead - this.book.state.skew) > 60) await this.book.keepState({ skew: this.server.ahead });
      if (this.book.state.epoch !== "" && pulled.epoch !== "" && pulled.epoch !== this.book.state.epoch) {
        const offered = await this.meet();
        await this.offer(offered);
        await this.push();
        continue;
      }
      if (pulled.next > after || this.book.state.epoch === "") await this.book.keepPulled(bytes, pulled);
      this.show({ phase: "fetching", trouble: null, done: pulled.next, of: Math.max(pulled.head, pulled.next) });
      await this.book.keepShared(pulled.shared);
      if (pulled.next >= pulled.head || pulled.next <= after) break;
    }
    await this.book.fold((done, of) => this.show({ phase: "folding", trouble: null, done, of }));
  }

  /** The store was restored: goes back to what both hold, and gives what this device knows behind it. */
  private async meet(): Promise<Said[]> {
    const { epoch, common } = await this.server.common(this.book.state.checkpoints);
    return this.book.rewind(epoch, common);
  }

  private async offer(offered: Said[]): Promise<void> {
    let rest = offered;
    while (rest.length > 0) {
      const { count, bytes } = await this.chunk(rest);
      await this.note(await this.server.push(bytes));
      rest = rest.slice(count);
    }
  }

  /** As many entries as fit into 64 kB, at least one. */
  private async chunk(said: readonly Said[]): Promise<{ count: number; bytes: Uint8Array<ArrayBuffer> }> {
    let count = Math.min(said.length, 1000);
    for (;;) {
      const bytes = await batchBytes(this.book.device, this.book.state.epoch, said.slice(0, count));
      if (bytes.length <= largestBatch || count === 1) return { count, bytes };
      count = Math.max(1, Math.floor((count * largestBatch * 0.9) / bytes.length));
    }
  }

  private async note(answer: PushAnswer): Promise<void> {
    const skew = typeof answer.now === "number" ? Math.round((Date.now() - answer.now) / 1000) : this.book.state.skew;
    const same = this.book.state.epoch === "" || this.book.state.epoch === answer.epoch;
    await this.book.keepState({ skew, ...(same ? { epoch: answer.epoch, backedUp: answer.backedUp ?? 0 } : {}) });
  }

  private async fetchPack(): Promise<void> {
    const newer = await this.newerPack();
    if (newer !== null) this.onPack(newer.pack, newer.tag);
  }

  private show(standing: Standing): void {
    this.standing = standing;
    this.tell();
  }
}

import type { Entry, Origin, Said } from "../exchange/entry";

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

/** What somebody says: everything of an entry that the book does not know by itself. */
export interface Saying {
  /** Where another entry of the same record names it. */
  id?: string;
  kind: string;
  class?: Origin["class"];
  form?: string;
  layout?: string;
  subject: string;
  day: string;
  body: string;
  facility?: string;
  replaces?: string | undefined;
  withdraws?: string;
  /** Set by the book where what is replaced was refused. */
  drops?: string | undefined;
}

export interface Receipt {
  id: string;
  status: string;
  position?: number;
  problem?: unknown;
}

/** A saying as an entry: `entry` is what the book knows of every entry, `origin` what many share. */
export function ownEntryOf(saying: Saying, origin: Pick<Origin, "programme" | "zone" | "recordedOffset" | "author" | "device">, entry: Pick<Entry, "id" | "f" | "t" | "q" | "b">): OwnEntry {
  const own: OwnEntry = {
    origin: {
      kind: saying.kind, class: saying.class ?? "clinical",
      ...(saying.form === undefined ? {} : { form: saying.form }), ...(saying.layout === undefined ? {} : { layout: saying.layout }), ...origin,
    },
    entry: {
      id: saying.id ?? entry.id, s: saying.subject, f: saying.facility ?? entry.f, d: saying.day, t: entry.t, q: entry.q,
      ...(saying.replaces === undefined ? {} : { r: saying.replaces }), ...(saying.withdraws === undefined ? {} : { w: saying.withdraws }),
      ...(entry.b === undefined ? {} : { b: entry.b }), body: saying.body,
    },
  };
  return saying.drops === undefined ? own : { ...own, drops: saying.drops };
}

/** The record after its receipt; null where the receipt changes nothing. */
export function receipted(record: OutboxRecord, receipt: Receipt): OutboxRecord | null {
  if (receipt.status === "accepted" || receipt.status === "duplicate") return { ...record, state: "accepted", position: receipt.position ?? 0 };
  return receipt.status === "refused" ? { ...record, state: "refused", problem: problemOf(receipt.problem) } : null;
}

function problemOf(problem: unknown): { code: string; title: string } {
  const said = (typeof problem === "object" && problem !== null ? problem : {}) as Record<string, unknown>;
  return { code: String(said["type"] ?? said["code"] ?? ""), title: String(said["title"] ?? said["sentence"] ?? (typeof problem === "string" ? problem : "")) };
}

/** Not done with: without receipt, or refused, or not yet in people's blocks. */
export const isOpen = (record: OutboxRecord) => !record.folded || record.state === "waiting" || record.state === "refused";

/** The refused entry of this id and, one after the other, the refused ones that it was to replace. */
export function refusedFrom(all: readonly Held[], id: string | undefined): Held[] {
  const held = all.find((h) => h.record.id === id && h.record.state === "refused");
  return held === undefined ? [] : [held, ...refusedFrom(all, held.own.entry.r)];
}

import { openJson, sealJson } from "../crypto/seal";
import type { Told } from "../exchange/calls";
import type { Entry, Origin, Said } from "../exchange/entry";
import { readAll } from "./database";

/** An own entry on the disk. Only what exchange must see without a key lies open. */
export interface OutboxRecord {
  q: number;
  id: string;
  /** waiting: no receipt yet. accepted: the server has it at `position`. refused: stands in the problem inbox. left: refused, and left to the office. settled: refused, and dealt with. */
  state: "waiting" | "accepted" | "refused" | "left" | "settled";
  position: number;
  problem?: { code: string; title: string };
  folded: boolean;
  sealed: Uint8Array<ArrayBuffer>;
  /** The server will never have it: people's records let go of it when it is folded. */
  gone?: true;
  /** What the office has said of it (`Told`), until whoever reads the inbox has seen it. */
  told?: Uint8Array<ArrayBuffer>;
}

/** What is sealed in it. `drops` names a refused entry that this one stands for on the device. */
export interface OwnEntry extends Said {
  drops?: string;
}

export interface Held {
  record: OutboxRecord;
  own: OwnEntry;
  told?: Told | undefined;
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
  settles?: string[];
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
  return saying.drops === undefined ? own : { ...own, drops: saying.drops, settles: saying.settles ?? [saying.drops] };
}

/** A saying that stands for refused entries, the latest first: it replaces or withdraws what the server has of them, if it has anything. */
export function standingFor(saying: Saying, refused: readonly Held[]): Saying {
  const last = refused.at(-1);
  if (last === undefined) return saying;
  const settles = refused.map((h) => h.record.id);
  const base = last.own.entry.r;
  // Where another's word stands already, it is not that which is withdrawn.
  const isOvertaken = last.record.problem?.code.endsWith(".changed") === true;
  return { ...saying, ...(saying.withdraws === undefined ? { replaces: base } : isOvertaken || base === undefined ? {} : { withdraws: base }), drops: settles[0], settles };
}

export const heldOf = async (key: CryptoKey, record: OutboxRecord): Promise<Held> => ({
  record, own: await openJson<OwnEntry>(key, "outbox/" + record.id, record.sealed),
  ...(record.told === undefined ? {} : { told: await openJson<Told>(key, "told/" + record.id, record.told) }),
});

/** Own entries of a facility that were written since an instant, oldest first, whether sent or not. */
export async function writtenSince(db: IDBDatabase, key: CryptoKey, known: readonly Held[], facility: string, instant: number): Promise<Held[]> {
  const found: Held[] = [];
  for (const [, record] of await readAll<OutboxRecord>(db, "outbox")) {
    const held = known.find((h) => h.record.id === record.id) ?? (await heldOf(key, record));
    if (held.own.entry.t >= instant && held.own.entry.f === facility) found.push(held);
  }
  return found;
}

/** A refused entry of which the office has said what becomes of it. Its author's own word on it needs no telling. */
export async function settledBy(key: CryptoKey, { record, own }: Held, told: Told): Promise<Held> {
  const settled: OutboxRecord = told.outcome === "taken" ? { ...record, state: "accepted", position: told.position } : { ...record, state: "settled", gone: true, folded: false };
  if (told.outcome !== "taken" && told.outcome !== "given-up") return { record: settled, own };
  return { record: { ...settled, told: await sealJson(key, "told/" + record.id, told) }, own, told };
}

/** What it replaced, or said anew of somebody, is not on the tablet any more, and stands on the server. */
export const hides = ({ record, own }: Held) => record.gone === true && (own.origin.kind === "person" || (own.entry.r !== undefined && record.problem?.code.endsWith(".changed") !== true));

/** What people's records are to say of it: of what the server will never have, nothing. */
export const standing = ({ record, own }: Held): OwnEntry => (record.gone === true ? { ...own, entry: { ...own.entry, erased: true } } : own);

/** The record after its receipt; null where the receipt changes nothing. */
export function receipted(record: OutboxRecord, receipt: Receipt): OutboxRecord | null {
  if (receipt.status === "accepted" || receipt.status === "duplicate") return { ...record, state: "accepted", position: receipt.position ?? 0 };
  return receipt.status === "refused" ? { ...record, state: "refused", problem: problemOf(receipt.problem) } : null;
}

function problemOf(problem: unknown): { code: string; title: string } {
  const said = (typeof problem === "object" && problem !== null ? problem : {}) as Record<string, unknown>;
  return { code: String(said["type"] ?? said["code"] ?? ""), title: String(said["title"] ?? said["sentence"] ?? (typeof problem === "string" ? problem : "")) };
}

/** The server has it not, and may yet. */
export const isLacking = ({ record }: Held) => record.state === "waiting" || isRefused(record);

/** The server took it not, and nobody has said yet what becomes of it. */
export const isRefused = (record: OutboxRecord) => record.state === "refused" || record.state === "left";

/** Not done with: without receipt, or refused and not settled, or not yet in people's blocks, or settled at the office and not seen. */
export const isOpen = (record: OutboxRecord) => !record.folded || record.told !== undefined || record.state === "waiting" || isRefused(record);

/** The refused entry of this id and, one after the other, the refused ones that it was to replace. */
export function refusedFrom(all: readonly Held[], id: string | undefined): Held[] {
  const held = all.find((h) => h.record.id === id && isRefused(h.record));
  return held === undefined ? [] : [held, ...refusedFrom(all, held.own.entry.r)];
}

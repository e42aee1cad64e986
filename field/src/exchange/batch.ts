import { pack } from "../crypto/seal";
import { linesOf, type Said } from "./entry";

export const largestBatch = 64 * 1024;

/** A batch as it travels: lines of JSON, gzip. */
export function batchBytes(device: string, epoch: string, said: readonly Said[], now = Date.now()): Promise<Uint8Array<ArrayBuffer>> {
  const lines = [JSON.stringify({ escala: 1, device, epoch, sent: now }), ...linesOf(said)];
  return pack(new TextEncoder().encode(lines.join("\n") + "\n"));
}

/**
 * In which order to send: what was written today at the own facility first, with whatever earlier entry of the same people it leans on, then the
 * rest by sequence.
 */
export function inOrder<T extends Said>(said: readonly T[], today: string, facility: string): T[] {
  const first = new Set(said.filter(({ entry }) => entry.d === today && entry.f === facility).map(({ entry }) => entry.s));
  const urgent = said.filter(({ entry }) => first.has(entry.s));
  return [...urgent, ...said.filter(({ entry }) => !first.has(entry.s))];
}

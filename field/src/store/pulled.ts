import { open, textIn } from "../crypto/seal";
import { readPulled, type Said } from "../exchange/entry";

/** A pulled batch as it lies on the disk. */
export interface PulledRecord {
  next: number;
  folded: boolean;
  sealed: Uint8Array<ArrayBuffer>;
}

/** Pulled batches that are folded together: a first load is more than memory should hold at once. */
export const batchesAtOnce = 48;

/** What a batch says; nothing where it cannot be read. */
export async function saidIn(key: CryptoKey, [name, record]: [IDBValidKey, PulledRecord]): Promise<Said[]> {
  return readPulled(await textIn(await open(key, "pulled/" + String(name), record.sealed)))?.said ?? [];
}

import { open, textIn } from "../crypto/seal";
import { readPulled, type Said } from "../exchange/entry";
import { readAll } from "./database";

/** A pulled batch as it lies on the disk. */
export interface PulledRecord {
  next: number;
  folded: boolean;
  sealed: Uint8Array<ArrayBuffer>;
}

/** Pulled batches that are folded together: a first load is more than memory should hold at once. */
export const batchesAtOnce = 48;

/** What other devices said behind a position, as it was pulled, each once. */
export async function othersBehind(db: IDBDatabase, key: CryptoKey, position: number, device: string): Promise<Said[]> {
  const found = new Map<string, Said>();
  for (const batch of (await readAll<PulledRecord>(db, "pulled")).filter(([, record]) => record.next > position)) {
    for (const said of await saidIn(key, batch)) {
      if ((said.entry.p ?? 0) > position && said.origin.device !== device && said.entry.erased !== true && !found.has(said.entry.id)) found.set(said.entry.id, said);
    }
  }
  return [...found.values()];
}

/** What a batch says; nothing where it cannot be read. */
export async function saidIn(key: CryptoKey, [name, record]: [IDBValidKey, PulledRecord]): Promise<Said[]> {
  return readPulled(await textIn(await open(key, "pulled/" + String(name), record.sealed)))?.said ?? [];
}

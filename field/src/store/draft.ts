import { openJson } from "../crypto/seal";
import { readAll } from "./database";

/** Something begun and not saved: a visit, a correction, a registration, a page, a session, a form. */
export interface Draft {
  key: string;
  kind: string;
  person: string;
  label: string;
  values: Record<string, unknown>;
  changed: number;
}

/** Every draft that can be read, by its key. */
export async function draftsOf(db: IDBDatabase, key: CryptoKey): Promise<Map<string, Draft>> {
  const drafts = new Map<string, Draft>();
  for (const [name, sealed] of await readAll<Uint8Array<ArrayBuffer>>(db, "drafts")) {
    const draft = await openJson<Draft>(key, "drafts/" + String(name), sealed).catch(() => null);
    if (draft !== null) drafts.set(String(name), draft);
  }
  return drafts;
}

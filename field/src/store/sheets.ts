import { openJson, sealJson } from "../crypto/seal";
import { read, write } from "./database";

/** Sealed things that are fetched again rather than kept for good: the district's sheets, numbers that several people have. */
export class Sheets {
  constructor(private readonly db: IDBDatabase, private readonly key: CryptoKey) {}

  async put(name: string, value: unknown): Promise<void> {
    const sealed = await sealJson(this.key, "sheets/" + name, value);
    await write(this.db, ["sheets"], (tx) => tx.put("sheets", name, sealed));
  }

  async get<T>(name: string): Promise<T | null> {
    const sealed = await read<Uint8Array<ArrayBuffer>>(this.db, "sheets", name);
    return sealed === undefined ? null : openJson<T>(this.key, "sheets/" + name, sealed);
  }
}

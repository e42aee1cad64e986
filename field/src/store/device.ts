import { importDeviceKey, unwrapDeviceKey, waitAfter, mostTries, wrapDeviceKey, type WrappedKey } from "../crypto/pin";
import { newId } from "../crypto/ids";
import { openText, sealText } from "../crypto/seal";
import type { Pack, Place } from "../registers/pack";
import { openDatabase, read, readAll, write } from "./database";
import type { OutboxRecord } from "./outbox";

/** A person who has signed in on this tablet. Names of staff are readable without a PIN; their keys and tokens are not. */
export interface Account {
  id: string;
  login: string;
  name: string;
  role: string;
  places: string[];
  facility: string;
  /** The facility's people alone are taken along, also where a whole district could be. */
  isAlone?: boolean;
  key: WrappedKey;
  /** Digits of the PIN: the pad submits with the last. */
  digits: number;
  token: Uint8Array<ArrayBuffer>;
  failed: number;
  waitUntil: number;
  /** The server has said that the account was closed: its PIN opens nothing here until it signs in anew. */
  isDisabled?: true;
}

export interface Settings {
  language: "pt" | "es" | "en";
  deviceId: string;
  deviceName: string;
}

export interface SignedIn {
  token: string;
  account: { id: string; name: string; role: string; places: Place[] };
  /** Districts that could be taken whole, as long as they have no more people than `most`. */
  wholes: (Place & { facility: string; people: number; most: number })[];
  deviceKey: Uint8Array<ArrayBuffer>;
  epoch: string;
  lockMinutes: number;
}

/** Where somebody works with a tablet, and whether only the people of that facility are taken along. */
export interface Choice {
  facility: string;
  isAlone: boolean;
}

/** What lies on the tablet outside the sealed stores, and the way in. */
export class Device {
  private constructor(readonly db: IDBDatabase, public settings: Settings, public accounts: Account[], public pack: Pack | null) {}

  static async open(language: Settings["language"], name = "escala-field"): Promise<Device> {
    const db = await openDatabase(name);
    const [settings, accounts, pack] = await Promise.all([read<Settings>(db, "meta", "settings"), read<Account[]>(db, "meta", "accounts"), read<Pack>(db, "meta", "pack")]);
    const device = new Device(db, settings ?? { language, deviceId: newId(), deviceName: "" }, accounts ?? [], pack ?? null);
    if (settings === undefined) await device.keep();
    return device;
  }

  async set(settings: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...settings };
    await this.keep();
  }

  async keepPack(pack: Pack, tag: string): Promise<void> {
    await write(this.db, ["meta"], (tx) => {
      // The last one says how long until the lock, before anybody has said who they are.
      tx.put("meta", "pack", pack);
      tx.put("meta", "pack/" + pack.facility.code, pack);
      tx.put("meta", "packTag/" + pack.facility.code, tag);
    });
    this.pack = pack;
  }

  packTag(facility: string): Promise<string | undefined> {
    return read<string>(this.db, "meta", "packTag/" + facility);
  }

  /** What is known of a place; people who share a tablet may work at several. */
  async packOf(facility: string): Promise<Pack> {
    return (await read<Pack>(this.db, "meta", "pack/" + facility)) ?? this.pack!;
  }

  /** The account works at another place of its scope. */
  async place(account: Account, choice: Choice): Promise<void> {
    Object.assign(account, choice);
    await this.keepAccounts();
  }

  /**
   * Lets an account in that has just signed in with the server. Null when what lies here is sealed with another key: then the tablet must first
   * give up what it holds.
   */
  async admit(login: string, choice: Choice, pin: string, signed: SignedIn): Promise<CryptoKey | null> {
    const key = await importDeviceKey(signed.deviceKey);
    const probe = await read<Uint8Array<ArrayBuffer>>(this.db, "meta", "probe");
    if (probe !== undefined && (await openText(key, "probe", probe).catch(() => null)) === null) return null;
    const account: Account = {
      id: signed.account.id, login, name: signed.account.name, role: signed.account.role, ...choice,
      places: signed.account.places.map((place) => place.code),
      key: await wrapDeviceKey(pin, signed.deviceKey), digits: pin.length,
      token: await sealText(key, "token/" + signed.account.id, signed.token),
      failed: 0, waitUntil: 0,
    };
    const sealed = probe ?? (await sealText(key, "probe", "escala"));
    const accounts = [...this.accounts.filter((a) => a.id !== account.id), account];
    await write(this.db, ["meta"], (tx) => {
      tx.put("meta", "accounts", accounts);
      tx.put("meta", "probe", sealed);
    });
    this.accounts = accounts;
    return key;
  }

  pinLength(account: Account | null): number {
    return account?.digits ?? 6;
  }

  token(account: Account, key: CryptoKey): Promise<string> {
    return openText(key, "token/" + account.id, account.token);
  }

  /** The key, or how it stands after another failed try. A try is on the disk before its answer is known. */
  async unlock(account: Account, pin: string, now = Date.now()): Promise<CryptoKey | { wait: number } | "wiped"> {
    if (account.waitUntil > now) return { wait: Math.ceil((account.waitUntil - now) / 1000) };
    account.failed += 1;
    account.waitUntil = now + 1000 * waitAfter(account.failed);
    const [key] = await Promise.all([unwrapDeviceKey(pin, account.key), this.keepAccounts()]);
    if (key !== null) {
      account.failed = 0;
      account.waitUntil = 0;
      // Nobody waits for it: where the tablet dies first, one try too many is remembered.
      this.keepAccounts().catch(() => undefined);
      return key;
    }
    if (account.failed < mostTries) return { wait: waitAfter(account.failed) };
    await this.wipe(account);
    return "wiped";
  }

  /** Takes off the tablet what is already safe on the server. Entries without a receipt stay, sealed, and so do drafts. */
  async wipe(account?: Account): Promise<void> {
    const accounts = account === undefined ? this.accounts : this.accounts.filter((a) => a.id !== account.id);
    const safe = (await readAll<OutboxRecord>(this.db, "outbox")).filter(([, record]) => record.state === "accepted").map(([key]) => key);
    await write(this.db, ["meta", "outbox", "pulled", "index", "people", "sheets"], (tx) => {
      for (const store of ["pulled", "index", "people", "sheets"] as const) tx.remove(store, IDBKeyRange.lowerBound(-Infinity));
      for (const key of safe) tx.remove("outbox", key);
      tx.put("meta", "accounts", accounts);
      tx.remove("meta", "exchange");
    });
    this.accounts = accounts;
  }

  async disable(account: Account): Promise<void> {
    account.isDisabled = true;
    await this.keepAccounts();
  }

  /** Forgets an account; with the last one goes everything that is safe on the server. */
  async forget(account: Account): Promise<void> {
    if (this.accounts.length <= 1) return this.wipe(account);
    this.accounts = this.accounts.filter((a) => a.id !== account.id);
    await this.keepAccounts();
  }

  /** After a revocation or a change of key, when nothing unsent is left: begins anew. */
  async clear(): Promise<void> {
    await this.wipe();
    await write(this.db, ["meta", "outbox", "drafts"], (tx) => {
      tx.remove("outbox", IDBKeyRange.lowerBound(-Infinity));
      tx.remove("drafts", IDBKeyRange.lowerBound(""));
      for (const key of ["probe", "accounts", "pack", "exchange", "sequence"]) tx.remove("meta", key);
      tx.remove("meta", IDBKeyRange.bound("pack/", "packTag/\uffff"));
    });
    [this.accounts, this.pack] = [[], null];
    await this.set({ deviceId: newId() });
  }

  async unsent(): Promise<number> {
    return (await readAll<OutboxRecord>(this.db, "outbox")).filter(([, record]) => record.state === "waiting").length;
  }

  private async keep(): Promise<void> {
    await write(this.db, ["meta"], (tx) => tx.put("meta", "settings", this.settings));
  }

  private async keepAccounts(): Promise<void> {
    await write(this.db, ["meta"], (tx) => tx.put("meta", "accounts", this.accounts));
  }
}


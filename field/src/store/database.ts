/**
 * The browser's database. Since Chromium 121 a transaction reports success before the disk has it unless strict durability is asked for; every
 * write of the app goes through `write`, and a test holds the source to that.
 */
export const stores = ["meta", "outbox", "pulled", "index", "people", "drafts", "sheets"] as const;
export type Store = (typeof stores)[number];

const generation = 1;

export function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, generation);
    request.onupgradeneeded = () => {
      const db = request.result;
      // Only ever adds: what an earlier version wrote is read by the later one as it lies.
      for (const store of stores) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
    };
    request.onsuccess = () => {
      const db = request.result;
      // A newer app in another tab must not wait for this one.
      db.onversionchange = () => db.close();
      resolve(db);
    };
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
    request.onblocked = () => reject(new Error("IndexedDB is held by another tab"));
  });
}

export interface Writing {
  get<T>(store: Store, key: IDBValidKey): Promise<T | undefined>;
  put(store: Store, key: IDBValidKey, value: unknown): void;
  remove(store: Store, key: IDBValidKey | IDBKeyRange): void;
}

/** Done only when the disk has it; a failed transaction rejects and has written nothing. */
export async function write(db: IDBDatabase, touched: Store[], work: (tx: Writing) => void | Promise<void>): Promise<void> {
  const transaction = db.transaction(touched, "readwrite", { durability: "strict" });
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
  try {
    await work({
      get: <T>(store: Store, key: IDBValidKey) => settle<T | undefined>(transaction.objectStore(store).get(key)),
      put: (store, key, value) => void transaction.objectStore(store).put(value, key),
      remove: (store, key) => void transaction.objectStore(store).delete(key),
    });
  } catch (failure) {
    done.catch(() => undefined);
    try {
      transaction.abort();
    } catch {
      // It has aborted by itself.
    }
    throw failure;
  }
  return done;
}

export function read<T>(db: IDBDatabase, store: Store, key: IDBValidKey): Promise<T | undefined> {
  return settle(db.transaction(store).objectStore(store).get(key));
}

export async function readAll<T>(db: IDBDatabase, store: Store, range?: IDBKeyRange): Promise<[IDBValidKey, T][]> {
  const source = db.transaction(store).objectStore(store);
  const [keys, values] = await Promise.all([settle<IDBValidKey[]>(source.getAllKeys(range)), settle<T[]>(source.getAll(range))]);
  return keys.map((key, i) => [key, values[i]!]);
}

function settle<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
}

/** The disk is full, or the browser says so in one of its ways. */
export const isFull = (failure: unknown) => failure instanceof DOMException && (failure.name === "QuotaExceededError" || failure.name === "AbortError" || failure.name === "UnknownError");

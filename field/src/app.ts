import { newId } from "./crypto/ids";
import { CallFailed, isRevoked, Server, signIn, type Trouble } from "./exchange/calls";
import { Exchange } from "./exchange/exchange";
import type { Pack } from "./registers/pack";
import { Book } from "./store/book";
import { Device, type Account, type Choice, type SignedIn } from "./store/device";
import { openDatabase } from "./store/database";
import { People } from "./store/people";
import { setLanguage, t, type Language } from "./texts/texts";

export type Screen =
  | { name: "home" }
  /** `correct` is a saved visit that is opened to be corrected. */
  | { name: "person"; id: string; correct?: string }
  | { name: "new-person"; number?: string; text?: string; draft: string }
  | { name: "list"; which: "due" | "overdue" | "today" | "conflicts" }
  | { name: "page" }
  | { name: "tallies" }
  | { name: "sessions" }
  /** `entry` is a saved session that is seen or corrected. */
  | { name: "session"; id: string; entry?: string }
  | { name: "sheets" }
  | { name: "inbox" }
  | { name: "unsent" }
  | { name: "forms" }
  | { name: "form"; form: string; key: string; person?: string; replaces?: string }
  | { name: "device" };

export type Stage = "loading" | "elsewhere" | "broken" | "sign-in" | "choose" | "pin" | "open";

/** An account with several places has signed in: `enter` goes on with what was chosen. */
export interface Choosing extends Pick<SignedIn, "wholes"> {
  kind: "choose";
  places: SignedIn["account"]["places"];
  enter: (choice: Choice) => Promise<Trouble | { kind: "other-key" } | null>;
}

/** The work, or what stopped a call of it. */
const attempt = <T>(work: () => Promise<T>): Promise<T | Trouble> => work().catch((failure: unknown) => {
  if (failure instanceof CallFailed) return failure.trouble;
  throw failure;
});

/** Own entries that may lie over people's records, and milliseconds without a touch after which they are folded in. */
const mostUnfolded = 20;
const quiet = 15_000;

/** The app as a whole: which account, which screen, and the book while it is unlocked. */
export class App {
  stage: Stage = "loading";
  device!: Device;
  account: Account | null = null;
  book: Book | null = null;
  exchange: Exchange | null = null;
  practice = false;
  screens: Screen[] = [{ name: "home" }];
  /** A new version waits for a moment when nobody writes. */
  upgrade: (() => void) | null = null;
  persistent: boolean | null = null;
  notice = "";
  /** Whoever unlocked the tablet has read that its clock is far off. */
  isClockSeen = false;
  private key: CryptoKey | null = null;
  /** Until earlier books have written what they had begun. */
  private closing: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Set<() => void>();
  private lockTimer: ReturnType<typeof setTimeout> | undefined;
  private lastTouch = Date.now();

  get screen(): Screen {
    return this.screens[this.screens.length - 1]!;
  }

  get pack(): Pack {
    return this.book!.pack;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Another screen begins at its top: what it says first must not lie above what is seen. */
  private turn(): void {
    this.notice = "";
    this.tell();
    requestAnimationFrame(() => window.scrollTo(0, 0));
  }

  tell(): void {
    for (const listener of this.listeners) listener();
  }

  async start(language: Language): Promise<void> {
    // One tab writes; a second would number its entries from the same sequence.
    const alone = await new Promise<boolean>((resolve) => {
      if (navigator.locks === undefined) resolve(true);
      else void navigator.locks.request("escala-field", { ifAvailable: true }, (lock) => (resolve(lock !== null), lock === null ? undefined : new Promise(() => undefined)));
    });
    if (!alone) return this.go("elsewhere");
    try {
      this.device = await Device.open(language);
    } catch {
      return this.go("broken");
    }
    setLanguage(this.device.settings.language);
    this.go(this.device.accounts.length === 0 ? "sign-in" : this.device.accounts.length === 1 ? "pin" : "choose");
    if (this.device.accounts.length === 1) this.choose(this.device.accounts[0]!);
    void this.askToPersist();
    void this.askIfRevoked();
    window.addEventListener("online", () => (this.exchange === null ? void this.askIfRevoked() : this.exchange.ask()));
    window.addEventListener("popstate", () => this.popped());
    document.addEventListener("visibilitychange", () => this.lockIfIdle());
    for (const event of ["pointerdown", "keydown"] as const) window.addEventListener(event, () => (this.lastTouch = Date.now()), { passive: true });
  }

  /** While nobody has unlocked it, or can, because the account was closed, the tablet must still learn that it was withdrawn. */
  private async askIfRevoked(): Promise<void> {
    if (this.device.accounts.length > 0 && (await isRevoked(this.device.settings.deviceId)) && this.book === null) await this.device.wipe();
  }

  async askToPersist(): Promise<void> {
    this.persistent = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
    this.tell();
  }

  choose(account: Account): void {
    this.account = account;
    this.go("pin");
  }

  go(stage: Stage): void {
    this.stage = stage;
    this.tell();
  }

  /** Signs in with the server; whoever may work at several places and has not chosen here is asked first. Null when it went through. */
  async signIn(login: string, pin: string, deviceName: string): Promise<Trouble | { kind: "other-key" } | Choosing | null> {
    return attempt(async () => {
      const signed = await signIn({ account: login, pin, device: { id: this.device.settings.deviceId, name: deviceName }, facility: null }, this.device.settings.language);
      const enter = (choice: Choice) => attempt(() => this.settleIn(login, pin, deviceName, signed, choice));
      const known = this.device.accounts.find((a) => a.id === signed.account.id);
      const { places } = signed.account;
      if (known !== undefined && places.some((place) => place.code === known.facility)) return enter({ facility: known.facility, isAlone: known.isAlone === true });
      return places.length > 1 ? { kind: "choose" as const, places, wholes: signed.wholes, enter } : enter({ facility: places[0]?.code ?? "", isAlone: false });
    });
  }

  private async settleIn(login: string, pin: string, deviceName: string, signed: SignedIn, choice: Choice): Promise<{ kind: "other-key" } | null> {
    const fetched = (await this.server(signed.token).pack(choice, ""))!;
    const key = await this.device.admit(login, choice, pin, signed);
    if (key === null) return { kind: "other-key" };
    await this.keepPack(fetched.pack, fetched.tag);
    await this.device.set({ deviceName });
    this.account = this.device.accounts.find((a) => a.id === signed.account.id)!;
    await this.enter(key);
    return null;
  }

  /** Null when the PIN opened the tablet. */
  async unlock(pin: string): Promise<{ wait: number } | "wiped" | null> {
    this.close();
    // Read while the PIN is looked at, which takes the tablet longest; nothing of it can be opened without.
    const sealed = this.sealed();
    sealed.catch(() => undefined);
    const key = await this.device.unlock(this.account!, pin);
    if (!(key instanceof CryptoKey)) {
      if (key === "wiped") this.account = null;
      return key;
    }
    await this.enter(key, sealed);
    return null;
  }

  lock(): void {
    this.close();
    clearTimeout(this.lockTimer);
    [this.book, this.exchange, this.key, this.practice] = [null, null, null, false];
    this.isClockSeen = false;
    this.screens = [{ name: "home" }];
    this.notice = "";
    this.go(this.device.accounts.length === 0 ? "sign-in" : this.device.accounts.length > 1 ? "choose" : "pin");
    this.upgrade?.();
  }

  show(screen: Screen): void {
    if (screen.name === "home") this.screens = [screen];
    else {
      this.screens = [...this.screens.filter((s) => JSON.stringify(s) !== JSON.stringify(screen)), screen];
      history.pushState({ depth: this.screens.length }, "");
    }
    this.turn();
  }

  /** Begins a registration; what is typed is a draft under its own key, to which going back returns. */
  register(known: { number?: string; text?: string } = {}): void {
    this.show({ name: "new-person", draft: "registration/" + newId(), ...known });
  }

  /** Shows what stands behind a finished screen, which going back must not open again. */
  leaveFor(screen: Screen): void {
    this.screens = screen.name === "home" ? [screen] : [{ name: "home" }, screen];
    this.turn();
  }

  back(): void {
    if (this.screens.length > 1) history.back();
  }

  say(notice: string): void {
    this.notice = notice;
    this.tell();
  }

  seeClock(): void {
    this.isClockSeen = true;
    this.tell();
  }

  /** Practice: another database with invented people, the same screens, and no exchange at all. */
  async startPractice(): Promise<void> {
    const practice = await import("./visits/practice").catch(() => null);
    if (practice === null) {
      this.leaveFor({ name: "home" });
      return this.say(t("later.missing"));
    }
    this.close();
    const db = await openDatabase("escala-practice");
    this.book = await practice.practiceBook(db, this.key!, this.book!.pack, this.account!);
    this.exchange = null;
    this.practice = true;
    this.book.onChange(() => this.tell());
    this.show({ name: "home" });
  }

  /** The district's sheets from the server, those of the own facility where the account sees no more, or a sentence why not. */
  async district(): Promise<{ sheets: unknown[]; isOwnOnly?: boolean; trouble: string | null }> {
    try {
      const server = this.server(await this.device.token(this.account!, this.key!));
      const isOutside = (failure: unknown) => failure instanceof CallFailed && failure.trouble.kind === "refused" && failure.trouble.code === "web.field.scope";
      const whole: unknown = await server.sheets(this.pack.district ?? "").catch((failure: unknown) => {
        if (isOutside(failure)) return null;
        throw failure;
      });
      const answer = whole ?? (await server.sheets(this.book!.facility));
      return { sheets: Array.isArray(answer) ? answer : [], isOwnOnly: whole === null, trouble: null };
    } catch (failure) {
      if (!(failure instanceof CallFailed)) throw failure;
      const { trouble } = failure;
      return { sheets: [], trouble: trouble.kind === "refused" ? trouble.title : t(`trouble.${trouble.kind}`) };
    }
  }

  /**
   * Goes on at another place of the account's scope, or with the people of more or fewer of its places, which come with the next exchange; null when it
   * went through. What is unsent or begun stays the tablet's.
   */
  moveTo(choice: Choice): Promise<Trouble | null> {
    return attempt(async () => {
      const fetched = await this.server(await this.device.token(this.account!, this.key!)).pack(choice, "");
      await this.keepPack(fetched!.pack, fetched!.tag);
      await this.device.place(this.account!, choice);
      await this.enter(this.key!);
      return null;
    });
  }

  /** An older server does not say how long until the lock: then it stays as it was. */
  private keepPack(pack: Pack, tag: string): Promise<void> {
    return this.device.keepPack({ ...pack, lockMinutes: pack.lockMinutes || (this.device.pack?.lockMinutes ?? 5) }, tag);
  }

  /** Takes the account off the tablet: its token is given back where the server can be reached, its key is forgotten. */
  async leave(): Promise<void> {
    const account = this.account!;
    const token = await this.device.token(account, this.key!);
    await this.server(token).signOut().catch(() => undefined);
    this.close();
    await this.closing;
    await this.device.forget(account);
    this.account = null;
    this.lock();
  }

  async endPractice(): Promise<void> {
    this.practice = false;
    await this.enter(this.key!);
  }

  /** Ends the book's exchange and its writing, but for what was begun. */
  private close(): void {
    this.exchange?.stop();
    const written = this.book?.close();
    this.closing = Promise.all([this.closing, written]);
  }

  /** The sealed index as the last book has left it. */
  private sealed(): ReturnType<typeof People.sealed> {
    return this.closing.then(() => People.sealed(this.device.db));
  }

  private async enter(key: CryptoKey, sealed?: ReturnType<typeof People.sealed>): Promise<void> {
    this.close();
    const { device, account } = this;
    this.key = key;
    const pack = await device.packOf(account!.facility);
    const book = Book.open(device.db, key, pack, account!.id, device.settings.deviceId, account!.facility || pack.facility.code, sealed ?? this.sealed());
    this.book = book;
    book.onChange(() => this.tell());
    this.screens = [{ name: "home" }];
    this.go("open");
    this.watchLock();
    const isWhole = await book.whole.then(() => true, () => false);
    if (this.book !== book) return;
    if (!isWhole) return this.go("broken");
    const token = await device.token(account!, key);
    if (this.book !== book) return;
    this.exchange = new Exchange(
      book, this.server(token), (pack, tag) => void this.keepPack(pack, tag).then(() => book.takeNames(pack)),
      async () => this.server(token).pack({ facility: book.facility, isAlone: account!.isAlone === true }, (await device.packTag(book.facility)) ?? ""), () => this.tell(),
      // A withdrawn tablet gives up at once what the server has; what it has not stays sealed, to be exported.
      () => void device.wipe().then(() => (this.book === book ? book.forgetPeople() : undefined)),
      () => void device.disable(account!).then(() => this.book === book && this.lock()).then(() => this.askIfRevoked()));
    this.exchange.ask();
  }

  private server(token: string): Server {
    return new Server(token, this.device.settings.deviceId, this.device.settings.language);
  }

  private popped(): void {
    if (this.screens.length > 1) this.screens = this.screens.slice(0, -1);
    this.turn();
  }

  private watchLock(): void {
    clearTimeout(this.lockTimer);
    this.lockTimer = setTimeout(() => {
      this.lockIfIdle();
      // While nobody touches it: what was written offline is not laid over people's records anew at each unlocking.
      if (this.book?.isWhole === true && this.book.unfolded >= mostUnfolded && Date.now() - this.lastTouch > quiet) this.book.fold().catch(() => undefined);
      if (this.book !== null) this.watchLock();
    }, 5000);
  }

  private lockIfIdle(): void {
    const minutes = this.device.pack?.lockMinutes || 5;
    if (this.book !== null && Date.now() - this.lastTouch > minutes * 60_000) this.lock();
  }
}

export const app = new App();

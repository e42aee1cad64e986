import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type CDPSession, type Page } from "playwright-core";

/** A Chromium of its own process and profile, so that it can be killed and started again as a tablet would be. */
export class Tablet {
  readonly profile = mkdtempSync(join(tmpdir(), "escala-tablet-"));
  private process: ChildProcess | null = null;
  private browser: Browser | null = null;
  page!: Page;
  private readonly size: { width: number; height: number };

  constructor(readonly root: string, width = 360, height = 640, private readonly more: string[] = []) {
    this.size = { width, height };
  }

  async start(path = "/field/"): Promise<Page> {
    const child = spawn(process.env["CHROMIUM"] ?? "chromium", [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--remote-debugging-port=0", `--user-data-dir=${this.profile}`, ...this.more, "about:blank",
    ], { stdio: ["ignore", "ignore", "pipe"], detached: true });
    this.process = child;
    const address = await new Promise<string>((resolve, reject) => {
      let said = "";
      child.stderr!.on("data", (data: Buffer) => {
        said += data.toString();
        const found = /DevTools listening on (ws:\S+)/.exec(said);
        if (found !== null) resolve(found[1]!);
      });
      child.on("exit", () => reject(new Error("Chromium ended: " + said)));
    });
    this.browser = await chromium.connectOverCDP(address);
    this.page = this.browser.contexts()[0]!.pages()[0] ?? (await this.browser.contexts()[0]!.newPage());
    this.page.setDefaultTimeout(60_000);
    await this.page.setViewportSize(this.size);
    await this.page.goto(this.root + path);
    return this.page;
  }

  /** As when the battery dies. */
  async kill(): Promise<void> {
    if (this.process?.pid === undefined) return;
    const gone = new Promise((resolve) => this.process!.once("exit", resolve));
    const running = this.process.exitCode === null && this.process.signalCode === null;
    try {
      process.kill(-this.process.pid, "SIGKILL");
    } catch {
      // Gone already.
    }
    if (running) await gone;
    await this.browser?.close().catch(() => undefined);
    [this.process, this.browser] = [null, null];
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  async cdp(): Promise<CDPSession> {
    return this.page.context().newCDPSession(this.page);
  }

  /** `place` is asked of whoever has several. */
  async signIn(account: Account, name = "Consulta 1", place: string | null = null): Promise<void> {
    const { page } = this;
    await page.fill("#account", account.login);
    await page.fill("#pin", account.pin);
    if (await page.locator("#tablet").count() > 0) await page.fill("#tablet", name);
    await page.click("button.primary");
    await page.waitForSelector("#search, #take-place");
    if (await page.locator("#take-place").count() > 0) await this.take(place);
    await page.waitForSelector("#search");
  }

  /** Says whose people are taken along: a facility, or what stands first in the list. */
  private async take(place: string | null): Promise<void> {
    await this.page.selectOption("#take-place", place ?? { index: 1 });
    await this.page.click("button.primary");
  }

  async unlock(pin: string): Promise<void> {
    await this.page.waitForSelector(".pinpad");
    await this.page.keyboard.type(pin);
    await this.page.waitForSelector("#search");
  }

  /** As when it is charged again: the page of the browser that was killed is gone. */
  async restart(pin: string): Promise<Page> {
    await this.kill();
    await this.start();
    await this.unlock(pin);
    return this.page;
  }

  /** From the first screen. */
  async lock(): Promise<void> {
    await this.page.locator("nav.more button").last().click();
    await this.page.click("#lock");
  }

  /** Until the app lies on the tablet and starts without a network. */
  async kept(): Promise<void> {
    await this.page.evaluate(() => navigator.serviceWorker.ready.then((registration) => new Promise<void>((resolve) => {
      const look = () => (registration.active?.state === "activated" && navigator.serviceWorker.controller !== null ? resolve() : setTimeout(look, 20));
      look();
    })));
  }

  /** Asks for an exchange from the list of what is unsent, and stays there until it is whole. */
  async exchange(): Promise<void> {
    await this.page.locator(".standing").first().click();
    await this.page.click("#exchange-now");
    await this.exchanged();
  }

  /** The same, and back to what was on the screen before. */
  async exchangeAndBack(shows = "#search"): Promise<void> {
    await this.exchange();
    await this.page.goBack();
    await this.page.waitForSelector(shows);
  }

  /** Until everything written is on the server and everything new is here. */
  async exchanged(): Promise<void> {
    await this.page.waitForFunction(() => /enviado|sent/i.test(document.querySelector(".standing .state")?.textContent ?? "") && document.querySelector(".standing .why") === null);
  }
}

/** The day at a place, so many days back, and its month. */
export const dayIn = (zone: string, back = 0) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(Date.now() - back * 86_400_000);

/** How many entries the tablet says that it has still to send. */
export const unsent = (page: Page) => page.locator(".standing .state").first().textContent().then((text) => Number(/\d+/.exec(text ?? "")?.[0] ?? 0));

/** How many records lie in stores of the tablet's database. */
export const stored = (page: Page, ...stores: string[]) => page.evaluate((names) => new Promise<number[]>((resolve) => {
  const opening = indexedDB.open("escala-field");
  opening.onsuccess = () => {
    const transaction = opening.result.transaction(names);
    const counts = names.map((name) => transaction.objectStore(name).count());
    transaction.oncomplete = () => {
      opening.result.close();
      resolve(counts.map((count) => count.result));
    };
  };
}), stores);

/** By which the office knows the tablet. */
export const deviceId = (page: Page) => page.evaluate(() => new Promise<string>((resolve) => {
  const opening = indexedDB.open("escala-field");
  opening.onsuccess = () => {
    const settings = opening.result.transaction("meta").objectStore("meta").get("settings");
    settings.onsuccess = () => {
      opening.result.close();
      resolve((settings.result as { deviceId: string }).deviceId);
    };
  };
}));

/** Opens whoever comes first for what is typed. */
export async function open(page: Page, query: string): Promise<void> {
  await page.fill("#search", query);
  await page.locator("#found .personline").first().click();
  await page.waitForSelector("form.visit");
}

/** Fills in the registration of somebody by her age, and does not save it. */
export async function fillPerson(page: Page, given: string, family: string, age: number, isWoman = true): Promise<void> {
  await page.waitForSelector("#search");
  await page.fill("#search", "");
  await page.locator("main > button.wide").first().click();
  await fillIn(page, given, family, age, isWoman);
}

/** The registration that is on the screen. */
export async function fillIn(page: Page, given: string, family: string, age: number, isWoman = true): Promise<void> {
  await page.fill("#f-given", given);
  await page.fill("#f-family", family);
  await page.locator(".register .chip").nth(isWoman ? 0 : 1).click();
  await page.fill("#f-age", String(age));
}

export async function register(page: Page, given: string, family: string, age: number, isWoman = true): Promise<void> {
  await fillPerson(page, given, family, age, isWoman);
  await page.click("#save");
  await page.waitForSelector("form.visit");
}

export async function fillReading(page: Page, first: string, second: string): Promise<void> {
  await page.locator("input.big").nth(0).fill(first);
  await page.locator("input.big").nth(1).fill(second);
}

/** A reading for whoever is on the screen, saved. */
export async function visit(page: Page, first: string, second: string): Promise<void> {
  await fillReading(page, first, second);
  await saveVisit(page);
}

/** Saves the visit on the screen, as another of the day where she was seen already. */
export async function saveVisit(page: Page): Promise<void> {
  if ((await page.locator("#ask-seen-already").count()) > 0) await page.click("#ask-seen-already button");
  await page.click("#save");
  await page.waitForSelector(".saved");
}

/** Takes the latest visit of whoever is on the screen back. */
export async function withdraw(page: Page): Promise<void> {
  await page.locator('[role="tab"]').nth(1).click();
  await page.locator(".history .withdraw").first().click();
  await page.locator(".history .note button").first().click();
}

/** Pastes rows as a spreadsheet gives them into a register page, from a cell ("row:column") on. */
export const paste = (page: Page, at: string, text: string) => page.evaluate(([cell, said]) => {
  const input = document.querySelector<HTMLInputElement>(`[data-at='${cell}']`)!;
  input.focus();
  const data = new DataTransfer();
  data.setData("text/plain", said!);
  input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}, [at, text]);

export interface Account {
  login: string;
  pin: string;
}

export const end = (child: ChildProcess) => void (child.pid !== undefined && spawnSync("kill", ["-9", String(child.pid)]));

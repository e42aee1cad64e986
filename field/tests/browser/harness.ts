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

  async signIn(account: Account, name = "Consulta 1"): Promise<void> {
    const { page } = this;
    await page.fill("#account", account.login);
    await page.fill("#pin", account.pin);
    if (await page.locator("#tablet").count() > 0) await page.fill("#tablet", name);
    await page.click("button.primary");
    await page.waitForSelector("#search");
  }

  async unlock(pin: string): Promise<void> {
    await this.page.waitForSelector(".pinpad");
    await this.page.keyboard.type(pin);
    await this.page.waitForSelector("#search");
  }

  /** Until the app lies on the tablet and starts without a network. */
  async kept(): Promise<void> {
    await this.page.evaluate(() => navigator.serviceWorker.ready.then((registration) => new Promise<void>((resolve) => {
      const look = () => (registration.active?.state === "activated" && navigator.serviceWorker.controller !== null ? resolve() : setTimeout(look, 20));
      look();
    })));
  }

  /** Until everything written is on the server and everything new is here. */
  async exchanged(): Promise<void> {
    await this.page.waitForFunction(() => /enviado|sent/i.test(document.querySelector(".standing .state")?.textContent ?? "") && document.querySelector(".standing .why") === null);
  }
}

/** Saves the visit on the screen, as another of the day where she was seen already. */
export async function saveVisit(page: Page): Promise<void> {
  if ((await page.locator("#ask-seen-already").count()) > 0) await page.click("#ask-seen-already button");
  await page.click("#save");
  await page.waitForSelector(".saved");
}

export interface Account {
  login: string;
  pin: string;
}

export const end = (child: ChildProcess) => void (child.pid !== undefined && spawnSync("kill", ["-9", String(child.pid)]));

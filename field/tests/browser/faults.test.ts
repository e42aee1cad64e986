import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Page } from "playwright-core";
import { dayIn, open, paste, register, unsent, visit } from "./harness";
import { clerk, meet, nurse, nurseElsewhere, supervisor } from "./office";
import { hindrances } from "./reading";

/** What goes wrong around a tablet for days: clocks, disks of the server, thin lines, new versions, people of several places. */

const day = (back = 0) => dayIn("Africa/Maputo", back);
const month = day().slice(0, 7);
const { begin, bring, office, road } = meet((office) => office.know(["0801", "0802", "0803"], day(40)));

const visitOf = async (page: Page, number: string, first: string, second: string) => {
  await open(page, number);
  await visit(page, first, second);
};

describe("a tablet whose clock is a year wrong", () => {
  test("is told so, and what it wrote is taken and keeps its place in the order of the server", async () => {
    const tablet = await begin(nurse);
    let { page } = tablet;
    await page.addInitScript(() => {
      const away = 365 * 86_400_000;
      const real = Date;
      globalThis.Date = class extends real {
        constructor(...parts: ConstructorParameters<typeof Date> | []) {
          if (parts.length === 0) super(real.now() - away);
          else super(...(parts as ConstructorParameters<typeof Date>));
        }
        static override now() {
          return real.now() - away;
        }
      } as DateConstructor;
    });
    await page.reload();
    await tablet.unlock(nurse.pin);
    // Before anything can be saved, in words and with the day that it would bear.
    await page.waitForSelector("#clock-seen");
    expect(await page.locator("dialog").textContent()).toMatch(/365 (dias|días|days)/);
    expect(await page.locator("dialog").textContent()).toContain(String(Number(day().slice(0, 4)) - 1));
    await page.click("#clock-seen");
    await visitOf(page, "0801", "141", "91");
    await tablet.exchangeAndBack();
    expect(await page.locator(".note.wrong").first().textContent()).toMatch(/365 (dias|días|days)/);
    // With the clock put right a later visit stands behind it.
    page = await tablet.restart(nurse.pin);
    await visitOf(page, "0801", "132", "84");
    await tablet.exchangeAndBack();
    expect(await page.locator(".note.wrong").count()).toBe(0);
    await page.fill("#search", "0801");
    await page.locator("#found .personline").first().click();
    await page.waitForSelector(".last li");
    expect(await page.locator(".last li strong").first().textContent()).toBe("132/84");
    await page.locator('[role="tab"]').nth(1).click();
    expect(await page.locator(".history h3").allTextContents()).toHaveLength(3);
  });
});

describe("a server put back from yesterday's backup", () => {
  test("gets again what any tablet holds, written there or received from another", async () => {
    const one = await begin(nurse, "Consulta 1");
    const first = one.page;
    const two = await begin(clerk, "Arquivo");
    const second = two.page;
    const before = office.step("screened", month);
    const backup = join(office.folder, "yesterday.backup");
    office.run(["backup", backup]);
    await visitOf(first, "0802", "150", "90");
    await one.exchangeAndBack();
    await visitOf(second, "0803", "151", "92");
    await two.exchangeAndBack();
    await one.exchangeAndBack();
    const after = office.step("screened", month);
    expect(after.numerator).toBe(before.numerator + 2);

    await office.kill();
    office.restore(backup);
    await office.start();
    expect(office.step("screened", month)).toEqual(before);
    // The second tablet never comes back: what it wrote lies on the first, which received it.
    await two.kill();
    await one.exchangeAndBack();
    expect(office.step("screened", month)).toEqual(after);
    await one.exchangeAndBack();
    expect(office.step("screened", month)).toEqual(after);
    expect(office.run(["verify"])).not.toMatch(/differs/);
  });
});

describe("a new version of the app", () => {
  test.each(["first", "second"] as const)("opens what the %s version laid down, with entries that were never sent, and loses none", async (version) => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await tablet.kept();
    const before = office.step("screened", month);
    road.mode = "cut";
    await register(page, "Antiga", version, 47);
    await visit(page, "125", "81");
    road.mode = "open";
    await page.goto(road.url + "/field/icon.svg");
    // As those versions wrote it: one cursor for the whole tablet, one pack with its tag; the first kept nothing of sessions and tallies apart.
    await page.evaluate((older) => new Promise<void>((resolve, reject) => {
      const open = indexedDB.open("escala-field");
      open.onsuccess = () => {
        const db = open.result;
        const tx = db.transaction(["meta", "pulled", "sheets"], "readwrite", { durability: "strict" });
        const meta = tx.objectStore("meta");
        const state = meta.get("exchange");
        state.onsuccess = () => {
          const { facility: _, others: __, ...plain } = state.result;
          meta.put(plain, "exchange");
        };
        const keys = meta.getAllKeys();
        keys.onsuccess = () => {
          for (const key of keys.result) if (/^pack(Tag)?\//.test(String(key))) meta.delete(key);
          meta.put("earlier", "packTag");
        };
        tx.objectStore("pulled").clear();
        if (older === "first") tx.objectStore("sheets").clear();
        tx.oncomplete = () => (db.close(), resolve());
        tx.onabort = () => reject(tx.error);
      };
    }), version);
    await page.goto(road.url + "/field/");
    await tablet.unlock(nurse.pin);
    await tablet.exchanged();
    await expect.poll(() => unsent(page)).toBe(0);
    expect(office.step("screened", month)).toEqual({ numerator: before.numerator + 1, denominator: before.denominator + 1 });
    await page.fill("#search", "antiga " + version);
    await page.waitForSelector("#found .personline");
  });
});

describe("three days without a network", () => {
  test("and five hundred visits go over a thin line that breaks, by themselves, once each", async () => {
    const tablet = await begin(clerk, "Arquivo", 1280, 800);
    const { page } = tablet;
    const before = office.step("screened", month).numerator;
    road.mode = "cut";
    await page.locator("nav.more button").first().click();
    await page.waitForSelector(".grid input");
    const rows = Array.from({ length: 500 }, (_, i) => `T${1000 + i}\t${day(2 - (i % 3))}\t${i % 2 === 0 ? "F" : "M"}\t01/02/${1950 + (i % 40)}\t${118 + (i % 50)}\t${70 + (i % 25)}`).join("\n");
    await paste(page, "0:0", rows);
    await expect.poll(() => unsent(page), { timeout: 120_000 }).toBe(1000);
    const cdp = await tablet.cdp();
    await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 300, downloadThroughput: 50_000 / 8, uploadThroughput: 50_000 / 8 });
    road.seen.length = 0;
    road.mode = "open";
    const breaking = setInterval(() => road.cutFor(1500), 30_000);
    onTestFinished(() => clearInterval(breaking));
    await page.goBack();
    await page.waitForSelector("#search");
    await page.locator(".standing").first().click();
    await page.click("#exchange-now");
    await expect.poll(() => unsent(page), { timeout: 240_000, interval: 500 }).toBe(0);
    clearInterval(breaking);
    const up = road.seen.filter((s) => s.path.includes("/push")).reduce((sum, s) => sum + s.up, 0);
    // Five hundred people and as many visits; what a break has cut off goes again.
    expect(up).toBeLessThan(90_000);
    const within = Array.from({ length: 500 }, (_, i) => day(2 - (i % 3))).filter((d) => d.startsWith(month)).length;
    expect(office.step("screened", month).numerator).toBe(before + within);
  });
});

describe("a tablet that people of two facilities share", () => {
  test("brings each of them all people of her own", async () => {
    office.know(["0901"], day(35), "F102");
    const tablet = await begin(nurse, "Partilhado");
    const { page } = tablet;
    await page.fill("#search", "0901");
    await page.waitForSelector(".empty");
    await page.fill("#search", "");
    await tablet.lock();
    await page.locator(".entrance-links button").last().click();
    await page.fill("#account", "");
    await tablet.signIn(nurseElsewhere, "Partilhado");
    await tablet.exchanged();
    await page.fill("#search", "0901");
    await page.waitForSelector("#found .personline");
    await visitOf(page, "0901", "128", "80");
    await tablet.exchangeAndBack();
    expect(office.step("screened", month, "F102").numerator).toBe(1);
  });
});

describe("somebody with several places", () => {
  test("says whose people the tablet takes along, and says otherwise later without losing what is unsent", async () => {
    const tablet = bring();
    const page = await tablet.start();
    await page.fill("#account", supervisor.login);
    await page.fill("#pin", supervisor.pin);
    await page.fill("#tablet", "Distrito");
    await page.click("button.primary");
    await page.waitForSelector("#take-place");
    expect(await hindrances(page)).toEqual([]);
    expect(await page.locator("button.primary").isDisabled()).toBe(true);
    await page.selectOption("#take-place", "F102");
    await page.click("button.primary");
    await page.waitForSelector("#search");
    await tablet.exchanged();
    await page.fill("#search", "0801");
    await page.waitForSelector(".empty");
    await page.fill("#search", "");
    const place = await page.locator(".bar h1").textContent();
    const before = office.step("screened", month, "F102").numerator;
    road.mode = "lose-answer";
    await register(page, "Mudada", "Distrito", 51);
    await visit(page, "131", "82");
    await expect.poll(() => unsent(page)).toBe(2);
    await page.locator("nav.more button").last().click();
    expect(await hindrances(page)).toEqual([]);
    await page.selectOption("#takes", "false");
    await page.waitForSelector("#search");
    expect(await unsent(page)).toBe(2);
    road.mode = "open";
    await tablet.exchangeAndBack();
    expect(office.step("screened", month, "F102").numerator).toBe(before + 1);
    await page.fill("#search", "0801");
    await page.waitForSelector("#found .personline");
    await page.fill("#search", "mudada");
    await page.waitForSelector("#found .personline");
    // Signing in again asks nothing that was said already.
    await page.fill("#search", "");
    await tablet.lock();
    await page.locator(".entrance-links button").last().click();
    await page.fill("#pin", supervisor.pin);
    await page.click("button.primary");
    await page.waitForSelector("#search");
    expect(await page.locator(".bar h1").textContent()).toBe(place);
  });
});

describe("a tablet that cannot reach the server any more", () => {
  test("gives what is unsent as a file that the office takes", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    const before = office.step("screened", month);
    road.mode = "cut";
    await register(page, "Ficheiro", "Levado", 62, false);
    await visit(page, "138", "86");
    await page.locator(".standing").first().click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#export")]);
    const file = join(office.folder, download.suggestedFilename());
    await download.saveAs(file);
    office.run(["import", file]);
    expect(office.step("screened", month)).toEqual({ numerator: before.numerator + 1, denominator: before.denominator + 1 });
    // When it does come back, the server knows the entries.
    road.mode = "open";
    await page.click("#exchange-now");
    await tablet.exchanged();
    expect(office.step("screened", month)).toEqual({ numerator: before.numerator + 1, denominator: before.denominator + 1 });
  });
});

describe("a part of the app that the tablet has lost", () => {
  test("is named in words where its screen would stand, and comes once there is a network", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await tablet.kept();
    await page.reload();
    await tablet.unlock(nurse.pin);
    await page.evaluate(async () => {
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const asked of await cache.keys()) if (/\/(page|tallies)-/.test(asked.url)) await cache.delete(asked);
      }
    });
    await (await tablet.cdp()).send("Network.clearBrowserCache");
    road.mode = "cut";
    await page.locator("nav.more button").first().click();
    await page.waitForSelector("#load-again", { timeout: 10_000 });
    expect(await hindrances(page)).toEqual([]);
    await page.goBack();
    await page.waitForSelector("nav.more");
    await page.locator("nav.more button").first().click();
    await page.click("#load-again");
    await page.waitForSelector("#load-again");
    road.mode = "open";
    await page.click("#load-again");
    await page.waitForSelector("main .hint");
    expect(await page.locator("#load-again").count()).toBe(0);
  });
});

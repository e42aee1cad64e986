import { describe, expect, test } from "vitest";
import { dayIn, deviceId, open, paste, stored, unsent, visit } from "./harness";
import { clerk, meet, nurse, supervisor } from "./office";
import { hindrances } from "./reading";

/** Screens and their use: a clerk's page, a practice, a full tablet, tokens that end, and whether everybody can read and reach them. */

const [day, month] = [dayIn("Africa/Maputo"), dayIn("Africa/Maputo").slice(0, 7)];
const { begin, bring, office, road } = meet((office) => office.know(["0801", "0802", "0803"], dayIn("Africa/Maputo", 40)));

describe("a clerk at a desk", () => {
  test("types and pastes a page by keyboard alone, corrects a row, and the sheet follows", async () => {
    const tablet = await begin(clerk, "Arquivo", 1280, 800);
    const { page } = tablet;
    await page.locator("nav.more button").first().click();
    await page.waitForSelector(".grid input");
    const heads = (await page.locator(".grid input[data-at^='0:']").count());
    expect(heads).toBeGreaterThan(10);
    await page.locator("[data-at='0:0']").focus();
    // number Enter, date Enter, sex Enter, birth Enter, readings
    await page.keyboard.type("0001");
    await page.keyboard.press("Enter");
    await page.keyboard.type(day);
    await page.keyboard.press("Enter");
    await page.keyboard.type("F");
    await page.keyboard.press("Enter");
    await page.keyboard.type("12/05/1970");
    await page.keyboard.press("Enter");
    await page.keyboard.type("300");
    await page.keyboard.press("Enter");
    await page.keyboard.type("92");
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => /[✓?]/.test(document.querySelector(".grid .state")!.textContent!));
    await paste(page, "1:0", `0002\t${day}\tM\t01/02/1960\t128\t82\n0003\t${day}\tF\t03/04/1981\t151\t95\n`);
    await page.waitForFunction(() => [...document.querySelectorAll(".grid .state")].filter((s) => /[✓?]/.test(s.textContent!)).length === 3);
    await tablet.exchange();
    expect(office.step("screened", month)).toEqual({ numerator: 3, denominator: 3 });
    await page.goBack();
    await page.waitForSelector("[data-at='0:4']");
    await page.locator("[data-at='0:4']").fill("");
    await page.locator("[data-at='0:5']").fill("");
    await page.locator("[data-at='1:0']").focus();
    await page.waitForFunction(() => document.querySelector(".grid .state")!.textContent!.includes("✓"));
    await tablet.exchange();
    expect(office.step("screened", month)).toEqual({ numerator: 2, denominator: 3 });
  });
});

describe("a repeat visit", () => {
  test("keeps each digit in its field on a tablet that draws nothing between the keys", async () => {
    const tablet = await begin(nurse, "Consulta 1", 1280, 800);
    const { page } = tablet;
    await page.fill("#search", "0802");
    await page.waitForSelector("#found li");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form.visit");
    await page.evaluate(() => void (window.requestAnimationFrame = () => 0));
    await page.keyboard.type("151 9113588");
    expect(await page.evaluate(() => [...document.querySelectorAll<HTMLInputElement>("input.big")].map((input) => input.value))).toEqual(["151", "91", "135", "88", "", ""]);
  });

  test("takes eight touches with a card and the PIN counted as one act, and eleven keys at a desk", async () => {
    const tablet = await begin(nurse, "Consulta 1", 1280, 800);
    const { page } = tablet;
    await page.fill("#search", "0802");
    await page.waitForSelector("#found li");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form.visit");
    await page.locator("input.big").nth(0).fill("140");
    await page.locator("input.big").nth(1).fill("90");
    await page.locator(".refill .chip").first().click();
    await page.locator(".refill input").first().fill("amlodipina 5 mg");
    await page.locator('form.visit .chips').nth(1).locator(".chip").nth(1).click();
    await page.locator("form.visit > button.link").click();
    await page.fill("#visit-day", new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10));
    await page.click("#save");
    await page.waitForSelector(".saved");
    // As a handheld scanner types it, then by keyboard alone: 148 92 Enter Enter.
    await page.keyboard.type("0802");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form.visit");
    await page.keyboard.type("148 92");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("save-as-last");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".saved");
    await page.fill("#search", "0802");
    await page.waitForSelector("#found li");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".last li");
    expect(await page.locator(".last li strong").first().textContent()).toBe("148/92");
    expect(await page.locator(".last .apart").textContent()).toContain("amlodipina 5 mg");
  });
});

describe("a tablet", () => {
  test("that is full says so, keeps what is on the screen, and saves it when there is room again", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await open(page, "0803");
    const cdp = await tablet.cdp();
    await cdp.send("Storage.overrideQuotaForOrigin", { origin: road.url, quotaSize: 1 });
    // The browser believes for half a minute in the room that it last saw; every keystroke writes a draft, and one of them is refused.
    let typed = 0;
    await expect.poll(async () => {
      await page.locator("input.big").nth(0).fill(String(130 + (typed++ % 4)));
      return page.locator("form.visit .error").count();
    }, { timeout: 90_000, interval: 500 }).toBe(1);
    await page.locator("input.big").nth(0).fill("133");
    await page.locator("input.big").nth(1).fill("84");
    await page.click("#save");
    await page.waitForSelector("form.visit .error");
    expect(await page.locator("input.big").nth(0).inputValue()).toBe("133");
    await cdp.send("Storage.overrideQuotaForOrigin", { origin: road.url });
    await page.click("#save");
    await page.waitForSelector(".saved");
    await tablet.exchange();
  });

  test("whose sign-in has ended keeps everything and sends it after the new PIN; a withdrawn one gives up its people and not its entries", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await tablet.kept();
    road.mode = "cut";
    await open(page, "0803");
    await visit(page, "127", "79");
    await office.kill();
    office.run(["account", "pin", nurse.login, "--pin-from-stdin"], "619274");
    await office.start();
    road.mode = "open";
    await page.locator(".standing").first().click();
    await page.click("#exchange-now");
    await page.waitForSelector(".standing.wrong");
    await expect.poll(() => unsent(page)).toBe(1);
    await page.goBack();
    await page.locator(".note.wrong button").first().click();
    await tablet.signIn({ login: nurse.login, pin: "619274" });
    await tablet.exchanged();
    await expect.poll(() => unsent(page)).toBe(0);

    road.mode = "cut";
    await open(page, "0803");
    await visit(page, "126", "78");
    await office.kill();
    const id = await deviceId(page);
    office.run(["device", "revoke", id]);
    await office.start();
    road.mode = "open";
    await page.locator(".standing").first().click();
    await page.click("#exchange-now");
    await page.waitForSelector(".standing.wrong");
    await page.goBack();
    await page.waitForSelector(".note.wrong");
    await expect.poll(() => unsent(page)).toBe(1);
    await page.fill("#search", "0801");
    await page.waitForSelector(".empty");
    expect(await stored(page, "people", "index", "pulled", "outbox")).toEqual([0, 0, 0, 1]);
  });

  test("slows tries down, and in practice sends nothing", async () => {
    const tablet = await begin(clerk, "Treino");
    const { page } = tablet;
    await page.locator("nav.more button").last().click();
    const before = road.seen.filter((s) => s.path.includes("/push")).length;
    await page.click("#practice");
    await page.waitForSelector(".practice #search");
    await page.fill("#search", "exemplo");
    await page.locator("#found .personline").first().click();
    await page.waitForSelector("form.visit");
    await page.locator("input.big").nth(0).fill("150");
    await page.locator("input.big").nth(1).fill("95");
    await page.click("#save");
    await page.waitForSelector(".saved");
    expect(road.seen.filter((s) => s.path.includes("/push")).length).toBe(before);
    await tablet.lock();
    for (let i = 0; i < 5; i++) {
      await page.waitForFunction(() => !document.querySelector<HTMLButtonElement>(".key")!.disabled);
      await page.keyboard.type("000000");
      await page.waitForFunction(() => document.querySelector(".error")!.textContent !== "" && document.querySelector(".dot.on") === null);
      if (i < 4) await page.waitForTimeout(50);
    }
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>(".key")!.disabled && /\d+ s/.test(document.querySelector(".error")!.textContent!));
    expect(await page.locator("#search").count()).toBe(0);
  });
});

describe("everybody", () => {
  test.each([[360, 640], [1280, 800]])("can read and reach every screen, %i wide: axe finds nothing serious", async (width, height) => {
    const tablet = bring(width, height);
    const page = await tablet.start();
    await page.waitForSelector("#account");
    const found: string[] = [];
    const look = async (name: string) => {
      for (const finding of await hindrances(page)) found.push(`${name} ${finding}`);
    };
    await look("sign-in");
    await tablet.signIn(supervisor, "Distrito");
    await tablet.exchanged();
    await look("home");
    await page.fill("#search", "080");
    await page.waitForTimeout(100);
    await look("search");
    await page.locator("#found .personline").first().click();
    await page.waitForSelector("form.visit");
    await page.locator("input.big").nth(0).fill("290");
    await look("visit");
    for (const tab of [1, 2]) {
      await page.locator('[role="tab"]').nth(tab).click();
      await look("person " + tab);
    }
    await page.goBack();
    await page.waitForSelector("#search");
    await page.locator("main > button.wide").first().click();
    await page.waitForSelector("#f-given");
    await page.click("#save");
    await look("register");
    await page.goBack();
    const buttons = await page.locator("nav.more button").count();
    for (let i = 0; i < buttons; i++) {
      await page.waitForSelector("nav.more button");
      await page.locator("nav.more button").nth(i).click();
      await page.waitForFunction(() => document.querySelector("nav.more") === null && document.querySelector("main:not([aria-busy])") !== null);
      await page.waitForTimeout(100);
      if (await page.locator("#fetch-sheets").count() > 0) {
        await page.click("#fetch-sheets");
        await page.waitForSelector(".cascade li");
      }
      await look("other " + i);
      await page.goBack();
    }
    for (const tile of [0, 1, 2]) {
      await page.waitForSelector(".tile");
      await page.locator(".tile").nth(tile).click();
      await look("list " + tile);
      await page.goBack();
    }
    expect(found).toEqual([]);
  });

  test("sees no content-policy violation and no error while working", async () => {
    const tablet = bring();
    const said: string[] = [];
    const page = await tablet.start("/field/icon.svg");
    page.on("console", (m) => m.type() === "error" && m.location().url.includes("/field/") && said.push(m.text()));
    page.on("pageerror", (failure) => said.push(failure.message));
    page.on("response", (r) => r.status() >= 400 && said.push(`${r.status()} ${r.url()}`));
    await page.goto(road.url + "/field/");
    await page.waitForSelector("#account");
    await tablet.signIn(clerk, "Olhar");
    await tablet.exchanged();
    for (const name of ["nav.more button >> nth=0", "nav.more button >> nth=1", "nav.more button >> nth=2"]) {
      await page.locator(name).click();
      await page.waitForFunction(() => document.querySelector("nav.more") === null);
      await page.goBack();
      await page.waitForSelector("nav.more");
    }
    expect(said).toEqual([]);
  });
});

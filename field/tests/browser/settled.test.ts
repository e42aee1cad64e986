import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { dayIn, open, unsent, visit, withdraw } from "./harness";
import { administrator, meet, nurse } from "./office";
import { hindrances } from "./reading";

/** What the server refused and nobody mends: its author withdraws it, or the office says what becomes of it. */

const day = (back = 0) => dayIn("Africa/Maputo", back);
const { begin, bring, office } = meet((office) => office.know(["0801", "0802"], day(60)));
const places = readFileSync(join(import.meta.dirname, "../../../programmes/saia-htn/places.csv"), "utf8");

/** From which day on the office knows the facility: the server takes nothing of days before. */
function knownFrom(on: string): void {
  const file = join(office.folder, "places.csv");
  writeFileSync(file, places.trimEnd().split("\n").map((line, i) => `${line},${i === 0 ? "valid_from" : line.startsWith("F101,") ? on : ""}`).join("\n") + "\n");
  office.run(["places", "apply", file, "--yes"]);
}

afterEach(() => knownFrom(""));

async function visitBefore(page: Page, number: string, back: number, first: string): Promise<void> {
  await open(page, number);
  await page.locator("form.visit > button.link").click();
  await page.fill("#visit-day", day(back));
  await visit(page, first, "91");
}

describe("a visit that the server refused", () => {
  test("is withdrawn by its author, and nobody is asked about it any more", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    knownFrom(day(10));
    await visitBefore(page, "0801", 15, "151");
    await tablet.exchangeAndBack();
    await page.locator(".note.wrong .link").click();
    expect(await page.locator(".refused").count()).toBe(1);
    await page.locator(".refused .inline button").nth(1).click();
    await withdraw(page);
    await page.waitForSelector(".history .withdraw", { state: "detached" });
    await page.goBack();
    await page.waitForSelector("main > .empty");
    await page.goBack();
    await tablet.exchangeAndBack();
    expect([await unsent(page), await page.locator(".note.wrong").count()]).toEqual([0, 0]);
    expect(office.run(["inbox", "list"])).not.toMatch(/^e/m);
    expect(office.run(["verify"])).not.toMatch(/differs/);
  });

  test("and what the office does with it reaches the tablet that was away, with who and why, and is let go once it was read", async () => {
    const tablet = await begin(nurse, "Consulta 2");
    let { page } = tablet;
    await tablet.kept();
    knownFrom(day(10));
    await visitBefore(page, "0802", 15, "152");
    await visitBefore(page, "0802", 16, "153");
    await tablet.exchangeAndBack();
    await page.waitForSelector(".note.wrong .link");
    await tablet.kill();

    const desk = await bring(1280, 800).start("/inbox");
    await desk.fill("#account", administrator.login);
    await desk.fill("#pin", administrator.pin);
    await desk.click("main button");
    // The newest stands first.
    const rows = desk.locator('[aria-labelledby="refused"] tbody tr');
    await rows.nth(1).waitFor();
    expect(await hindrances(desk)).toEqual([]);
    await rows.nth(1).locator('[name="reason"]').fill("folha de outra unidade");
    await rows.nth(1).locator("button").last().click();
    await expect.poll(() => rows.count()).toBe(1);
    knownFrom("");
    expect(() => office.run(["inbox", "discard", "e999", "--reason", "x"])).toThrow(/e999/);
    office.run(["inbox", "retry", "--author", "dina"]);
    await desk.reload();
    expect(await rows.count()).toBe(0);
    expect(await desk.locator('[aria-labelledby="settled"] tbody tr').count()).toBeGreaterThan(1);
    expect(await hindrances(desk)).toEqual([]);

    page = await tablet.start();
    await tablet.unlock(nurse.pin);
    await page.waitForSelector("#told");
    expect(await page.locator(".note.wrong").count()).toBe(0);
    await page.click("#told");
    expect(await hindrances(page)).toEqual([]);
    const cards = await page.locator(".settled").allTextContents();
    expect(cards).toHaveLength(2);
    expect(cards.filter((text) => text.includes("dina"))).toHaveLength(2);
    expect(cards.filter((text) => text.includes("folha de outra unidade"))).toHaveLength(1);
    // Not read yet: it is there again.
    page = await tablet.restart(nurse.pin);
    await page.click("#told");
    for (const left of [1, 0]) {
      await page.locator(".settled .primary").first().click();
      await expect.poll(() => page.locator(".settled").count()).toBe(left);
    }
    await page.goBack();
    await open(page, "0802");
    expect(await page.locator(".last li strong").allTextContents()).toEqual(["153/91", "150/95"]);
    page = await tablet.restart(nurse.pin);
    await tablet.exchanged();
    expect(await page.locator("#told").count()).toBe(0);
  });
});

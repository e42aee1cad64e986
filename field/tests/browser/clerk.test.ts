import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { dayIn, paste, Tablet } from "./harness";
import { clerk, Office } from "./office";
import { hindrances } from "./reading";

/** A clerk's page: rows that go to another person, are emptied, wait on an earlier page or come from a spreadsheet. */

let office: Office;
let tablet: Tablet;
let page: Page;
const [day, month] = [dayIn("Africa/Maputo"), dayIn("Africa/Maputo").slice(0, 7)];

beforeAll(async () => {
  office = new Office();
  await office.start();
  tablet = new Tablet(office.url, 1280, 800);
  page = await tablet.start();
  await tablet.signIn(clerk, "Arquivo");
  await tablet.exchanged();
  await open();
});
afterAll(async () => {
  await tablet?.end();
  await office?.end();
});

async function open(): Promise<void> {
  await page.locator("nav.more button").first().click();
  await page.waitForSelector(".grid input");
}
const states = () => page.locator(".grid .state").evaluateAll((cells) => cells.map((cell) => cell.textContent!.trim()[0]).join(""));
const cell = (at: string) => page.locator(`[data-at='${at}']`);
const ended = async () => {
  await page.locator("main .inline button").first().click();
  const figures = await page.locator("dl dd").allTextContents();
  return figures.slice(0, 4).map(Number);
};
const exchange = () => tablet.exchangeAndBack(".grid input");

describe("a register page", () => {
  test("begins in the first empty cell, and cells are named as printed", async () => {
    await page.waitForFunction(() => (document.activeElement as HTMLElement).dataset["at"] === "0:0");
    expect(await cell("0:0").getAttribute("aria-label")).toBe("Number, Row 1");
    expect(await cell("0:4").getAttribute("aria-label")).not.toContain("_");
  });

  test("takes rows under printed heads, names columns that it has no place for, and saves no row of a number alone", async () => {
    const heads = await page.locator(".grid thead th").allTextContents();
    const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toUpperCase();
    await paste(page, "0:0", [`${plain(heads[1]!)}\t${heads[2]}\tSapatos\t${plain(heads[5]!)}\t${heads[6]}`, `0001\t${day}\t"38\nlargos"\t150\t95`, `0002\t${day}\t\t128\t82`, "0003\t\t\t\t"].join("\n"));
    await expect.poll(states).toBe("✓✓!4");
    expect(await page.locator("[role=status] .note").allTextContents()).toEqual([expect.stringMatching(/: Sapatos$/)]);
    await exchange();
    expect(office.step("screened", month)).toEqual({ numerator: 2, denominator: 2 });
  });

  test("leaves a row as it was typed when the row below is pasted", async () => {
    await cell("2:0").fill("0005");
    await paste(page, "3:0", `0006\t${day}\tF\t01/02/1960\t120\t80`);
    await expect.poll(states).toBe("✓✓!✓5");
    expect(await cell("2:0").inputValue()).toBe("0005");
  });

  test("keeps unfinished rows of an earlier page, and the end of the day counts and names them", async () => {
    await page.click("#page-next");
    await expect.poll(states).toBe("1");
    await paste(page, "0:0", `0004\t${day}\tF\t01/02/1960\t300\t90`);
    await expect.poll(states).toBe("?2");
    expect(await ended()).toEqual([4, 2, 1, 1]);
    await page.locator("main .link").first().click();
    await expect.poll(states).toBe("✓✓!✓5");
    await page.goBack();
    await page.waitForSelector("#search");
    await open();
    await expect.poll(states).toBe("?2");
    await page.click("#page-before");
    await expect.poll(states).toBe("✓✓✓!5");
    expect(await hindrances(page).then((found) => found.filter((f) => !f.startsWith("small target")))).toEqual([]);
  });

  test("takes a visit from one person and gives it to another when the number of a saved row changes", async () => {
    await cell("0:0").fill("0009");
    await cell("1:0").focus();
    await page.waitForSelector("[role=status] .note");
    await exchange();
    await page.goBack();
    await page.fill("#search", "0001");
    await page.waitForSelector("#found .personline");
    expect(await page.locator("#found .personline").count()).toBe(1);
    expect(await page.locator("#found .personline").textContent()).not.toContain("0009");
    await page.fill("#search", "0009");
    await page.waitForFunction(() => document.querySelector("#found .personline")?.textContent?.includes("0009"));
    await page.fill("#search", "");
    expect(office.step("screened", month)).toEqual({ numerator: 4, denominator: 4 });
    await open();
  });

  test("asks before an emptied row is withdrawn, and shows that it is still saved", async () => {
    await page.click("#page-before");
    const row = await page.locator(".grid tbody tr").evaluateAll((rows) => rows.findIndex((r) => r.querySelector("input")!.value === "0002"));
    const empty = async () => {
      await cell(`${row}:0`).fill("");
      await cell(`${row}:1`).fill("");
      await page.locator(".grid tbody tr").last().locator("input").first().focus();
      await expect.poll(async () => (await states())[row]).toBe("!");
    };
    await empty();
    const choices = page.locator(".error + .inline button");
    await choices.nth(1).click();
    await expect.poll(async () => (await states())[row]).toBe("✓");
    expect(await cell(`${row}:0`).inputValue()).toBe("0002");
    await empty();
    await choices.nth(0).click();
    await page.waitForSelector("[role=status] .note");
    await exchange();
    expect(office.step("screened", month)).toEqual({ numerator: 3, denominator: 3 });
  });

  test("asks which century a short year is of, and at the second entry for every cell, also the empty ones", async () => {
    const columns = (await page.locator(".grid thead th").count()) - 1;
    await page.click("#page-next");
    await expect.poll(states).toBe("1");
    await paste(page, "0:0", `0010\t${day}\tF\t12/05/54\t141\t90`);
    await expect.poll(states).toBe("!2");
    await page.locator(".doubt button").click();
    await expect.poll(states).toBe("✓2");
    expect(await cell("0:3").inputValue()).toBe("1954-05-12");
    await page.locator("main .inline button").nth(1).click();
    const again = page.locator("fieldset.card input");
    expect(await again.count()).toBe(columns - 2);
    // Written as the book has it; the second reading was left out the first time.
    for (const [i, value] of ["F", "12/05/1954", "141", "90", "139", "88"].entries()) await again.nth(i).fill(value);
    await page.locator("main .primary").click();
    expect(await page.locator(".lead").textContent()).toMatch(new RegExp(`^2 .*${columns - 2}`));
    expect(await hindrances(page)).toEqual([]);
    await page.locator("div.card button").nth(1).click();
    await page.locator("div.card button").nth(3).click();
    await page.locator("main > .inline button").last().click();
    await expect.poll(states).toBe("✓2");
    expect([await cell("0:6").inputValue(), await cell("0:7").inputValue()]).toEqual(["139", "88"]);
  });
});

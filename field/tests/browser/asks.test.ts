import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { dayIn, deviceId, fillPerson, fillReading, stored } from "./harness";
import { clerk, meet, nurse } from "./office";

/** What is asked before it is written, whom a number opens, and what an account or a tablet that was shut out still holds. */

const today = dayIn("Africa/Maputo");
const back = (days: number) => dayIn("Africa/Maputo", days);
const { begin, office } = meet((office) => {
  office.know(["00001313", "13130001", "13130002", "0901"], back(40));
  const late = join(office.folder, "late.csv");
  writeFileSync(late, `patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1,next_visit_date\n0990,F101,${back(90)},F,1950-03-04,150,95,${back(60)}\n`);
  office.run(["import", late]);
});

async function open(page: Page, number: string): Promise<void> {
  await page.fill("#search", number);
  await page.keyboard.press("Enter");
  await page.waitForSelector("form.visit");
}

describe("a number and Enter", () => {
  test("open whoever alone holds the whole of it, and otherwise only the list; the same number but for zeros is asked about", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await open(page, "1313");
    expect(await page.locator(".identity").textContent()).toContain("00001313");
    await page.goBack();
    await page.fill("#search", "3130");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement!.className)).toBe("personline");
    expect(await page.locator("form.visit").count()).toBe(0);

    await fillPerson(page, "Nova", "Pessoa", 41);
    await page.fill("#f-number", "1313");
    await page.click("#save");
    await page.waitForSelector("#another");
    const box = (await page.locator(".register .personline").first().boundingBox())!;
    expect(box.y >= 0 && box.y + box.height <= 640).toBe(true);
    expect(await page.locator(".register .note").textContent()).toContain("00001313");
    await page.click("#another");
    await page.waitForSelector("form.visit");
  });
});

describe("a visit", () => {
  test("on a strange day, with a strange next day or the second of a day is asked about and then saved", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await open(page, "0901");
    await fillReading(page, "141", "91");
    const next = page.locator('input[id^="in-"][type="date"]').first();
    await next.fill(back(-800));
    await page.locator("form.visit > button.link").click();
    await page.fill("#visit-day", back(120));
    await page.click("#save");
    await expect.poll(() => page.locator(".doubt button").count()).toBe(2);
    expect(await page.locator(".saved").count()).toBe(0);
    // Before her birth, and the next day before the visit.
    await page.fill("#visit-day", "1969-01-01");
    await next.fill("1968-12-01");
    await expect.poll(() => page.locator(".doubt").allTextContents().then((texts) => texts.join())).toMatch(/1968.*1969|1969.*1968/);
    await next.fill(back(-800));
    await page.fill("#visit-day", today);
    await page.locator(".doubt button").first().click();
    await page.click("#save");
    await page.waitForSelector(".saved");
    expect(await page.locator(".saved").textContent()).toContain(back(-800).slice(0, 4));

    await open(page, "0901");
    await fillReading(page, "141", "91");
    await page.click("#save");
    expect(await page.locator("#ask-seen-already").textContent()).toContain(nurse.login);
    expect(await page.locator(".saved").count()).toBe(0);
    await page.click("#ask-seen-already button");
    await page.click("#save");
    await page.waitForSelector(".saved");
  });
});

describe("a call that ends the search", () => {
  test("is asked about first, and stands with its remark on her page and in her history", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await page.locator(".tile").nth(1).click();
    await page.locator('.overdue button[aria-expanded="false"]').click();
    await page.fill(".outcomes input", "disse a irmã");
    await page.locator(".outcomes .chip").nth(3).click();
    await page.waitForSelector(".outcomes .sure");
    expect(await page.locator(".overdue").count()).toBe(1);
    await page.locator(".outcomes .note .link").click();
    await page.locator(".outcomes .chip").nth(3).click();
    await page.click(".outcomes .sure");
    await page.waitForSelector("main > .empty");
    await page.goBack();
    await open(page, "990");
    expect(await page.locator(".last .call").textContent()).toContain("disse a irmã");
    await page.locator('[role="tab"]').nth(1).click();
    expect(await page.locator(".history .call").textContent()).toMatch(/(Faleceu|Falleció|Died) – disse a irmã/);
  });
});

describe("an account that was closed", () => {
  test("is locked on its tablet, which gives up its people once it is withdrawn though nobody unlocks it", async () => {
    const tablet = await begin(clerk, "Arquivo");
    let { page } = tablet;
    await expect.poll(() => stored(page, "people").then(([count]) => count)).toBeGreaterThan(0);
    office.run(["account", "disable", clerk.login]);
    await page.locator(".standing").first().click();
    await page.click("#exchange-now");
    await page.waitForSelector(".entrance .note.wrong");
    expect(await page.locator(".pinpad").count()).toBe(0);
    expect((await stored(page, "people"))[0]).toBeGreaterThan(0);
    const id = await deviceId(page);
    office.run(["device", "revoke", id]);
    await tablet.kill();
    page = await tablet.start();
    await page.waitForSelector(".entrance .note.wrong");
    await expect.poll(() => stored(page, "people")).toEqual([0]);
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dayIn, fillPerson, fillReading, open, register, saveVisit, stored, visit } from "./harness";
import { meet, nurse } from "./office";
import { hindrances } from "./reading";

/** What was written is mended in place, and what was begun is gone on with. */

const zone = "Africa/Maputo";
const day = dayIn(zone);
const month = day.slice(0, 7);
/** The middle of the month before. */
const lastMonth = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 2, 15)).toISOString().slice(0, 10);

const { begin, office } = meet((office) => {
  office.know(["0901", "0902"], lastMonth);
  const late = join(office.folder, "late.csv");
  writeFileSync(late, "patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1,next_visit_date\n" + [60, 20].map((back, i) => `099${i},F101,${dayIn(zone, back + 30)},F,1950-03-04,150,95,${dayIn(zone, back)}\n`).join(""));
  office.run(["import", late]);
});

describe("a saved visit", () => {
  test("is corrected in place: it opens filled, survives a kill, replaces what was sent, and what nobody changed stays", async () => {
    const tablet = await begin(nurse);
    let { page } = tablet;
    const before = office.step("treated", month).numerator;
    await register(page, "Corrigida", "Ensaio", 52);
    await fillReading(page, "288", "92");
    await page.locator(".doubt button").first().click();
    await page.locator(".flag .chip").nth(0).click();
    await page.locator(".flag .chip").nth(1).click();
    await page.locator(".refill .chip").first().click();
    await page.locator(".refill input").first().fill("amlodipina 5 mg");
    await saveVisit(page);
    await tablet.exchangeAndBack();
    expect(office.step("treated", month).numerator).toBe(before + 1);

    await open(page, "corrigida");
    await page.locator('[role="tab"]').nth(1).click();
    await page.locator(".history .correct").click();
    await page.waitForSelector("#correct-not");
    expect(await hindrances(page)).toEqual([]);
    const readings = () => page.locator("input.big").evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
    expect((await readings()).slice(0, 2)).toEqual(["288", "92"]);
    expect(await page.locator("#save").isDisabled()).toBe(true);
    await page.locator("input.big").nth(0).fill("138");
    await expect.poll(() => stored(page, "drafts")).toEqual([1]);
    page = await tablet.restart(nurse.pin);
    await page.locator(".open-people .chip").click();
    await page.waitForSelector("#correct-not");
    expect((await readings()).slice(0, 2)).toEqual(["138", "92"]);
    await page.click("#save");
    await page.waitForSelector(".saved");
    await expect.poll(() => stored(page, "drafts")).toEqual([0]);
    await tablet.exchangeAndBack();
    expect(office.step("treated", month).numerator).toBe(before + 1);
    expect(office.run(["verify"])).not.toMatch(/differs/);

    const other = await begin(nurse, "Consulta 2");
    const second = other.page;
    await open(second, "corrigida");
    await second.waitForSelector(".last li");
    expect(await second.locator(".last li strong").allTextContents()).toEqual(["138/92"]);
    expect(await second.locator(".last .apart").textContent()).toContain("amlodipina 5 mg");
  });
});

describe("a registration", () => {
  test("that is half typed survives a kill as a draft, is gone on with or thrown away", async () => {
    const tablet = await begin(nurse);
    let { page } = tablet;
    await tablet.kept();
    await fillPerson(page, "Interrompida", "Pessoa", 44);
    await page.fill("#f-number", "7788");
    // The last key may still be on its way to the disk when the battery dies: whoever reads the drafts once she has gone back reads behind it.
    await page.goBack();
    await page.waitForSelector(".open-people .chip");
    await expect.poll(() => stored(page, "drafts")).toEqual([1]);
    page = await tablet.restart(nurse.pin);
    await page.locator(".open-people .chip", { hasText: "Interrompida Pessoa" }).click();
    await page.waitForSelector("#discard");
    expect(await hindrances(page)).toEqual([]);
    expect([await page.inputValue("#f-given"), await page.inputValue("#f-age"), await page.inputValue("#f-number"), await page.locator('.register .chip[aria-pressed="true"]').count()]).toEqual(["Interrompida", "44", "7788", 1]);
    await page.click("#save");
    await page.waitForSelector("form.visit");
    await expect.poll(() => stored(page, "drafts")).toEqual([0]);
    await page.goBack();
    await fillPerson(page, "Engano", "Pessoa", 30);
    await expect.poll(() => stored(page, "drafts")).toEqual([1]);
    await page.click("#discard");
    await page.click("#discard-yes");
    await page.waitForSelector("#search");
    await expect.poll(() => stored(page, "drafts")).toEqual([0]);
    expect(await page.locator(".open-people").count()).toBe(0);
  });
});

describe("a nurse is told", () => {
  test("whose number she adds, which century a year is of, that a day is a Sunday, and in which order she telephones", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await open(page, "0901");
    // A row that came with a register is corrected in the register.
    await page.locator('[role="tab"]').nth(1).click();
    expect([await page.locator(".history h3").count(), await page.locator(".history .correct").count()]).toEqual([1, 0]);
    await page.locator('[role="tab"]').nth(2).click();
    await page.fill("#new-number", "902");
    await page.waitForSelector("#number-taken");
    expect(await page.locator("#number-taken").textContent()).toContain("0902");
    expect(await page.locator("#add-number").isDisabled()).toBe(true);
    expect(await hindrances(page)).toEqual([]);
    await page.locator("#number-taken > button").click();
    expect(await page.locator("#add-number").isDisabled()).toBe(false);

    await page.click("#edit-birthDate");
    await page.waitForSelector("#f-age");
    await page.locator(".birth .link").click();
    await page.fill("#f-birth", "0054-03-14");
    await page.locator("#f-birth").blur();
    await page.locator(".birth .doubt button").click();
    expect(await page.inputValue("#f-birth")).toBe("1954-03-14");
    await page.click("#said-birth");
    await page.waitForSelector("#edit-birthDate");
    await expect.poll(() => page.locator(".about dl").textContent()).toContain("14/03/54");

    // From a Saturday on, fifteen days end on a Sunday: the button offers the day before, and a Sunday by hand is asked about.
    await page.locator('[role="tab"]').nth(0).click();
    const back = (new Date(day).getUTCDay() + 1) % 7;
    const next = page.locator('input[id^="in-"][type="date"]').first();
    await fillReading(page, "131", "82");
    await page.locator("form.visit > button.link").click();
    await page.fill("#visit-day", dayIn(zone, back));
    const chip = page.locator("form.visit .chips").nth(1).locator(".chip").first();
    await chip.click();
    expect(await next.inputValue()).toBe(dayIn(zone, back - 14));
    expect(await page.locator("form.visit").textContent()).toMatch(/Closed|Fechado|Cerrado/);
    await next.fill(dayIn(zone, back - 15));
    await page.click("#save");
    await expect.poll(() => page.locator(".doubt").allTextContents().then((texts) => texts.join())).toMatch(/closed|fechada|cerrada/);
    await page.goBack();

    await page.locator(".tile").nth(1).click();
    await page.waitForSelector(".overdue");
    const order = () => page.locator(".overdue .apart strong").allTextContents().then((texts) => texts.map((text) => Number(/\d+/.exec(text)![0])));
    const first = await order();
    await page.locator("main .chips .chip").nth(1).click();
    await expect.poll(order).toEqual([...first].sort((a, b) => b - a));
    expect(await page.locator("main .field .hint").textContent()).not.toBe("");
    expect(await hindrances(page)).toEqual([]);
  });

  test("what of the district she may see, and that counts by hand stand back where there are rows", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await page.locator("nav.more button").nth(2).click();
    await page.click("#fetch-sheets");
    await page.waitForSelector(".cascade li");
    expect(await page.locator("main select").first().locator("option").count()).toBe(1);
    expect(await page.locator("main > .note").first().textContent()).toMatch(/facility|unidade|unidad/);
    expect(await hindrances(page)).toEqual([]);
    await page.goBack();
    await page.locator("nav.more button").nth(1).click();
    await page.waitForSelector("#tally-rows");
    expect(await hindrances(page)).toEqual([]);
    await page.selectOption("#tally-window", { index: 12 });
    await page.waitForSelector("#tally-rows", { state: "detached" });
    await page.selectOption("#tally-window", lastMonth.slice(0, 7));
    await page.waitForSelector("#tally-rows");
  });
});

describe("touches", () => {
  test("are few: a person is registered in six and what is typed of her", async () => {
    const tablet = await begin(nurse);
    const { page } = tablet;
    await page.evaluate(() => {
      const acts = { touches: 0, keys: 0 };
      Object.assign(globalThis, { acts });
      addEventListener("click", (e) => void (e.isTrusted && acts.touches++), true);
      addEventListener("keydown", () => void acts.keys++, true);
    });
    // The name that was not found is taken along.
    await page.locator("#search").pressSequentially("Toque Contado");
    await page.locator("section button.wide").click();
    await page.waitForSelector("#f-given");
    await page.locator(".register .chip").nth(0).click();
    await page.locator("#f-age").click();
    await page.locator("#f-age").pressSequentially("47");
    await page.locator("#f-phone").click();
    await page.locator("#f-phone").pressSequentially("841234567");
    await page.click("#save");
    await page.waitForSelector("form.visit");
    const acts = await page.evaluate(() => (globalThis as unknown as { acts: { touches: number; keys: number } }).acts);
    console.log(`registering: ${acts.touches} touches, ${acts.keys} keys`);
    expect(acts.touches).toBeLessThanOrEqual(6);
    await visit(page, "128", "79");
  });
});

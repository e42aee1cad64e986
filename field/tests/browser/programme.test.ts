import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { dayIn, unsent } from "./harness";
import { facilitator, meet } from "./office";
import { hindrances } from "./reading";

/** A programme of another kind: groups, a course of sessions, and forms from the workbooks of its package. */

const day = dayIn("America/Hermosillo");
const { begin, office, road } = meet((office) => {
  const file = join(office.folder, "members.csv");
  writeFileSync(file, ["member_number,group_code,measured_on,sex,birth_date,weight_kg", ...Array.from({ length: 30 }, (_, i) => `M${100 + i},G1,2026-01-15,${i % 3 === 0 ? "M" : "F"},1965-02-0${1 + (i % 9)},${60 + i}`)].join("\n") + "\n");
  office.run(["import", file]);
}, "meta-salud");

describe("a form from a workbook of the package", () => {
  test("is filled without network under a consent, survives a kill, asks what it must, and is read at the office", async () => {
    const tablet = await begin(facilitator, "Sala");
    let { page } = tablet;
    await tablet.kept();
    await office.kill();
    road.mode = "cut";
    await page.fill("#search", "M105");
    await page.locator("#found .personline").first().click();
    await page.locator('[role="tab"]').nth(3).click();
    await page.locator(".card button.wide").first().click();
    // No answer of the study before she has said yes.
    expect(await page.locator(".questions").count()).toBe(0);
    await page.locator(".note .inline button").first().click();
    await page.waitForSelector(".questions");
    const field = (label: RegExp) => page.locator(".questions").getByLabel(label).first();
    await field(/^(Data|Fecha|Date)/).fill(day);
    expect(await page.locator(".questions .instance").count()).toBe(0);
    await page.locator(".questions .chip").first().click();
    await page.waitForSelector(".questions .instance");
    await field(/^(Meses|Months)/).fill("14");
    await page.locator(".instance input").nth(0).fill("metformina");
    await page.locator(".instance input").nth(1).fill("2");
    await page.locator(".questions button.wide").first().click();
    expect(await page.locator(".questions .instance").count()).toBe(2);
    await field(/^(Peso|Weight)/).fill("81");
    await field(/^(Altura|Talla|Height)/).fill("160");
    // Computed, and shown in a note.
    await page.waitForFunction(() => document.querySelector(".questions")!.textContent!.includes("31.6"));
    await field(/1st|1\.ª/).fill("131");
    await page.locator(".questions").getByLabel(/^Diast.*1/).fill("182");
    await page.waitForSelector(".questions .error");
    await page.click("#save");
    await page.waitForSelector('form [role="alert"]');
    expect(await unsent(page)).toBe(1);

    page = await tablet.restart(facilitator.pin);
    await page.fill("#search", "M105");
    await page.locator("#found .personline").first().click();
    await page.locator('[role="tab"]').nth(3).click();
    await page.locator(".card button.wide").first().click();
    await page.waitForSelector(".questions");
    expect(await page.locator(".questions").getByLabel(/^Diast.*1/).inputValue()).toBe("182");
    await page.locator(".questions").getByLabel(/^Diast.*1/).fill("82");
    await page.locator(".questions").getByLabel(/açucaradas|azucaradas|sugar/).fill("6,5");
    await page.locator(".questions").getByLabel(/sentad|sitting/).fill("5");
    await page.click("#save");
    await page.waitForSelector(".identity");
    await expect.poll(() => unsent(page)).toBe(2);
    await page.locator('[role="tab"]').nth(3).click();
    await page.waitForSelector(".card .done");

    await office.start();
    road.mode = "open";
    await tablet.exchange();
    const answers = office.run(["form", "answers", "baseline"]).trim().split("\n").map((line) => line.split(","));
    expect(answers).toHaveLength(2);
    const of = (path: string) => answers[1]![answers[0]!.indexOf(path)];
    expect([of("body/dbp_1"), of("body/bmi"), of("week/sweet_drinks_cups"), of("who/medicine[1]/medicine_name"), of("problems")]).toEqual(["82", "31.6", "6.5", "metformina", ""]);
  });
});

describe("answers whose consent was withdrawn meanwhile", () => {
  test("are refused with a sentence, wait in the inbox, and go once she has agreed again", async () => {
    const one = await begin(facilitator, "Sala 1");
    const first = one.page;
    const open = async (page: Page, tab: number) => {
      await page.fill("#search", "M107");
      await page.locator("#found .personline").first().click();
      await page.locator('[role="tab"]').nth(tab).click();
    };
    await open(first, 3);
    await first.locator(".card button.wide").nth(2).click();
    await first.locator(".note .inline button").first().click();
    await first.waitForSelector(".questions");
    await first.goBack();
    await first.goBack();
    await one.exchange();
    const two = await begin(facilitator, "Sala 2");
    const second = two.page;
    road.mode = "cut";
    await open(second, 3);
    await second.locator(".card button.wide").nth(2).click();
    await second.waitForSelector(".questions");
    const fill = (label: RegExp, value: string) => second.locator(".questions").getByLabel(label).first().fill(value);
    for (const [label, value] of [[/^(Data|Date|Fecha)/, day], [/^(Peso|Weight)/, "70"], [/^(Altura|Height|Talla)/, "158"], [/1st|1\.ª/, "126"], [/^Diast.*1/, "77"], [/açucaradas|azucaradas|sugar/, "3"], [/sentad|sitting/, "4"]] as const) await fill(label, value);
    await second.click("#save");
    await second.waitForSelector(".identity");
    // Tried and failed, so that it does not go as soon as the road is open.
    await second.waitForSelector(".standing .why");
    await second.goBack();
    road.mode = "open";
    await first.goBack();
    await open(first, 2);
    await first.locator("section.about p.row .link").click();
    await first.goBack();
    await one.exchange();
    await two.exchange();
    await second.goBack();
    await second.locator(".note.wrong .link").click();
    const card = second.locator(".refused");
    expect(await card.locator(".error").textContent()).toMatch(/research/);
    await card.locator(".inline button").nth(1).click();
    await second.locator('[role="tab"]').nth(2).click();
    await second.locator("section.about p.row .link").click();
    await second.goBack();
    // Its answers are corrected on her page; here they go as they are.
    await second.click("#mend");
    await second.waitForSelector(".empty");
    await two.exchange();
    expect(await unsent(second)).toBe(0);
    expect(office.run(["form", "answers", "post"]).trim().split("\n")).toHaveLength(2);
  });
});

describe("a session of thirty", () => {
  test("is ticked with a touch each, its activities, times and measurements go along, and the office counts them", async () => {
    const tablet = await begin(facilitator, "Sala");
    const { page } = tablet;
    await page.locator("nav.more button").nth(2).click();
    await page.waitForSelector("main.session .tick");
    expect(await page.locator(".tick").count()).toBe(30);
    await page.locator(".times input").nth(0).fill("09:00");
    await page.evaluate(() => {
      const acts = { touches: 0 };
      Object.assign(globalThis, { acts });
      addEventListener("click", (e) => void (e.isTrusted && acts.touches++), true);
    });
    for (let i = 0; i < 30; i++) await page.locator(".tick").nth(i).click();
    expect(await page.evaluate(() => (globalThis as unknown as { acts: { touches: number } }).acts.touches)).toBe(30);
    expect(await page.locator(".tick[aria-checked=true]").count()).toBe(30);
    await page.locator(".tick").nth(29).click();
    await page.locator(".roster li").nth(0).locator(".chip").nth(0).click();
    await page.locator(".roster li").nth(1).locator(".chip").nth(1).click();
    const inputs = page.locator(".measures input");
    for (const [i, value] of ["80.5", "128", "78", "6,9"].entries()) await inputs.nth(i).fill(value);
    for (let i = 0; i < 5; i++) await page.locator("main.session .check input").nth(i).check();
    await page.click("#save");
    await page.waitForSelector(".error");
    await page.locator(".times input").nth(1).fill("11:35");
    // What looks strange is asked about as at a visit; another value is asked about anew.
    await inputs.nth(1).fill("300");
    await page.click("#save");
    await page.waitForSelector(".error");
    expect(await page.locator(".saved").count()).toBe(0);
    await page.locator(".measures .doubt button").click();
    await inputs.nth(1).fill("301");
    await page.click("#save");
    expect(await page.locator(".measures .doubt button").count()).toBe(1);
    expect(await page.locator(".saved").count()).toBe(0);
    await inputs.nth(1).fill("128");
    // A finger that trembles saves it once.
    await page.locator("#save").evaluate(async (button: HTMLButtonElement) => {
      button.click();
      await new Promise(requestAnimationFrame);
      button.click();
    });
    await page.waitForSelector(".saved");
    await tablet.exchange();
    expect(office.step("pressure-taken", day.slice(0, 7), "G1")).toEqual({ numerator: 1, denominator: 1 });
    expect(office.step("hba1c-at-goal", day.slice(0, 7), "G1")).toEqual({ numerator: 1, denominator: 1 });
    // The next session is the second, and says what the first was.
    await page.goBack();
    await page.waitForSelector("nav.more");
    await page.locator("nav.more button").nth(2).click();
    await page.waitForSelector("main.session details");
    expect(await page.locator("main.session select").inputValue()).toBe("2");
    expect(await page.locator("main.session details li").allTextContents()).toEqual([expect.stringMatching(/29.*09:00.11:35/)]);

    // Opened again it shows what was saved; a correction replaces the session and the row that was measured at it.
    await page.locator("main.session summary").click();
    await page.locator("main.session details button").click();
    await page.waitForSelector("#correct-not");
    expect(await page.locator(".tick[aria-checked=true]").count()).toBe(29);
    expect([await page.locator(".times input").nth(1).inputValue(), await page.locator("main.session .check input:checked").count()]).toEqual(["11:35", 5]);
    await page.locator(".roster li").nth(1).locator(".chip").nth(1).click();
    expect(await page.locator(".measures input").evaluateAll((all) => all.map((input) => (input as HTMLInputElement).value))).toEqual(["80.5", "128", "78", "6.9"]);
    expect(await page.locator(".measures").textContent()).toMatch(/kg.*mmHg.*%/);
    await page.locator(".measures input").nth(3).fill("9,4");
    await page.locator(".tick").nth(5).click();
    await page.locator(".times input").nth(1).fill("11:20");
    expect(await hindrances(page)).toEqual([]);
    await page.click("#save");
    await page.waitForSelector(".saved");
    await tablet.exchange();
    expect(office.step("pressure-taken", day.slice(0, 7), "G1")).toEqual({ numerator: 1, denominator: 1 });
    expect(office.step("hba1c-at-goal", day.slice(0, 7), "G1")).toEqual({ numerator: 0, denominator: 1 });
    await page.goBack();
    await page.waitForSelector("nav.more");
    await page.locator("nav.more button").nth(2).click();
    await page.waitForSelector("main.session details");
    expect(await page.locator("main.session details li").allTextContents()).toEqual([expect.stringMatching(/28.*09:00.11:20/)]);
  });
});

describe("everybody", () => {
  test.each([[360, 640], [1280, 800]])("can read and reach sessions and forms, %i wide", async (width, height) => {
    const { page } = await begin(facilitator, "Sala", width, height);
    const found: string[] = [];
    const look = async (name: string) => found.push(...(await hindrances(page)).map((h) => `${name} ${h}`));
    await page.locator("nav.more button").nth(2).click();
    await page.waitForSelector("main.session .tick");
    await page.locator(".tick").nth(3).click();
    await page.locator(".roster li").nth(3).locator(".chip").nth(1).click();
    await look("session");
    await page.goBack();
    await page.waitForSelector("nav.more");
    await page.locator("nav.more button").nth(3).click();
    await page.waitForSelector("main .note");
    await look("forms");
    await page.goBack();
    await page.fill("#search", "M110");
    await page.locator("#found .personline").first().click();
    await page.locator('[role="tab"]').nth(3).click();
    await page.waitForSelector(".card");
    await look("forms of a person");
    // Leaving asks for no consent.
    await page.locator(".card button.wide").nth(1).click();
    await page.waitForSelector(".questions");
    await page.click("#save");
    await look("form with what is missing");
    expect(found).toEqual([]);
  });
});

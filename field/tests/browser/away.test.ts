import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dayIn, open, register, stored, unsent, visit } from "./harness";
import { meet, nurse, supervisor } from "./office";
import { hindrances } from "./reading";

/** A tablet far from the office: in a supervisor's bag, and in the wrong hands. */

const month = dayIn("Africa/Maputo").slice(0, 7);
const back = dayIn("Africa/Maputo", 40);
const { begin, office, road } = meet((office) => {
  const file = join(office.folder, "cascade.csv");
  // One of each kind along the steps: controlled, treated, diagnosed only, found only, and not meant.
  const rows = ["128,80,1,1,30", "152,96,1,1,30", "150,95,1,,", "151,94,,,", "118,75,,,"];
  writeFileSync(file, ["patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1,hypertension_diagnosed,antihypertensive_prescribed,dispensed_days", ...rows.map((row, i) => `080${i},F101,${back},F,1970-05-12,${row}`)].join("\n") + "\n");
  office.run(["import", file]);
});

describe("a supervisor on the road", () => {
  test("asks what one step would bring with the server's process dead, from a month that is all in", async () => {
    const tablet = await begin(supervisor, "Distrito");
    let { page } = tablet;
    await tablet.kept();
    const sheets = async () => {
      await page.locator("nav.more button").nth(2).click();
      await page.waitForSelector("#fetch-sheets");
    };
    await sheets();
    await page.click("#fetch-sheets");
    await page.waitForSelector(".cascade li");
    await office.kill();
    road.mode = "cut";
    page = await tablet.restart(supervisor.pin);
    await sheets();
    await page.waitForSelector(".cascade li");
    expect(await page.locator("main select").first().locator("option").count()).toBeGreaterThan(1);
    await page.locator("main select").first().selectOption("F101");
    await page.locator("main select").nth(1).selectOption(back.slice(0, 7));
    // Of treatment, whose next step is the last one: nobody more where it stays as it is, somebody more where all were treated.
    const step = page.locator(".cascade li", { has: page.locator(".whatif") }).filter({ has: page.locator("h2", { hasText: /treated|tratad|prescri|recet/i }) }).first();
    const slide = async (value: string) => {
      await step.locator('input[type="range"]').fill(value);
      return Number(/[0-9]+([.,][0-9]+)?/.exec((await step.locator("output").textContent())!)![0].replace(",", "."));
    };
    expect(await slide("0")).toBe(0);
    expect(await slide("100")).toBeGreaterThan(0);
    expect(await hindrances(page)).toEqual([]);
  });
});

describe("somebody who guesses at a PIN", () => {
  test("finds nothing after the twelfth: what the server has is off the tablet, what it has not waits for its author", async () => {
    const tablet = await begin(nurse, "Roubado");
    let { page } = tablet;
    await tablet.kept();
    const before = office.step("screened", month).numerator;
    road.mode = "cut";
    await register(page, "Guardada", "Selada", 49);
    await visit(page, "133", "84");
    await expect.poll(() => unsent(page)).toBe(2);
    await tablet.kill();
    page = await tablet.start();
    await page.waitForSelector(".pinpad");
    await page.clock.install();
    await page.reload();
    for (let i = 1; i <= 12; i++) {
      await page.waitForSelector(".key:not([disabled])");
      await page.keyboard.type("000000");
      if (i === 12) break;
      await page.waitForFunction(() => document.querySelector(".error")!.textContent !== "" && document.querySelector(".dot.on") === null);
      if (i < 5) continue;
      // The fifth failure brings a wait, each later one twice as long, up to a quarter of an hour.
      expect(await page.locator(".key").first().isDisabled()).toBe(true);
      await page.clock.fastForward(1000 * Math.min(901, 15 * 2 ** (i - 5) + 1));
      await page.reload();
    }
    await page.waitForSelector("#account");
    expect(await stored(page, "people", "index", "pulled", "outbox")).toEqual([0, 0, 0, 2]);
    expect(await page.locator(".pinpad").count()).toBe(0);
    road.mode = "open";
    await page.fill("#account", "");
    await tablet.signIn(nurse, "Roubado");
    await tablet.exchanged();
    await expect.poll(() => office.step("screened", month).numerator).toBe(before + 1);
    await open(page, "guardada");
    expect(await page.locator(".last li strong").first().textContent()).toBe("133/84");
  });
});

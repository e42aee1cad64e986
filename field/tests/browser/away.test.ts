import { describe, expect, test } from "vitest";
import { dayIn, open, register, stored, Tablet, unsent, visit } from "./harness";
import { meet, nurse, supervisor } from "./office";
import { hindrances } from "./reading";

/** A tablet far from the office: in a supervisor's bag, and in the wrong hands. */

const month = dayIn("Africa/Maputo").slice(0, 7);
const { office, road } = meet((office) => office.know(["0801", "0802", "0803"], dayIn("Africa/Maputo", 40)));

describe("a supervisor on the road", () => {
  test("asks what one step would bring with the server's process dead, from a month that is all in", async () => {
    const tablet = new Tablet(road.url);
    try {
      let page = await tablet.start();
      await tablet.signIn(supervisor, "Distrito");
      await tablet.exchanged();
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
      await tablet.kill();
      page = await tablet.start();
      await tablet.unlock(supervisor.pin);
      await sheets();
      await page.waitForSelector(".cascade li");
      expect(await page.locator("main select").first().locator("option").count()).toBeGreaterThan(1);
      await page.locator("main select").first().selectOption("F101");
      // The month in which three people came, none of them treated.
      await page.locator("main select").nth(1).selectOption(dayIn("Africa/Maputo", 40).slice(0, 7));
      const gain = page.locator(".whatif output").nth(1);
      const slide = async (value: string) => {
        await page.locator('.whatif input[type="range"]').nth(1).fill(value);
        return gain.textContent();
      };
      const [none, all] = [await slide("0"), await slide("100")];
      expect(all).not.toBe(none);
      expect(all).toMatch(/^\+/);
      expect(await hindrances(page)).toEqual([]);
    } finally {
      road.mode = "open";
      await tablet.end();
    }
  });
});

describe("somebody who guesses at a PIN", () => {
  test("finds nothing after the twelfth: what the server has is off the tablet, what it has not waits for its author", async () => {
    const tablet = new Tablet(road.url);
    try {
      let page = await tablet.start();
      await tablet.signIn(nurse, "Roubado");
      await tablet.exchanged();
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
        await page.waitForFunction(() => document.querySelector(".pinpad + .error, .error")!.textContent !== "" && document.querySelector(".dot.on") === null);
        // The wait that the fifth and later failures bring.
        if (i >= 5) {
          expect(await page.locator(".key").first().isDisabled()).toBe(true);
          await page.clock.fastForward(901_000);
          await page.reload();
        }
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
    } finally {
      road.mode = "open";
      await tablet.end();
    }
  });
});

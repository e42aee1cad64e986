import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What keeps somebody from reading or reaching what is on the screen now: serious and critical findings of axe, targets under 44 pixels, a page wider than the screen. */
export async function hindrances(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(o: unknown): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> } }).axe.run;
    const { violations } = await run({ resultTypes: ["violations"] });
    return violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 140)).join(" | ")}`);
  });
  const small = await page.evaluate(() => [...document.querySelectorAll("button, input:not([type=checkbox]):not([type=range]), select, a.button")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.height < 43.5 || box.width < 43.5);
  }).map((e) => "small target " + e.outerHTML.slice(0, 90)));
  const wide = await page.evaluate(() => (document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["wider than the screen"] : []));
  return [...found, ...small, ...wide];
}

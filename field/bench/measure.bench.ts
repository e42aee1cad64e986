import { createServer, type Server } from "node:http";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "vite";
import type { CDPSession, Page } from "playwright-core";
import { Tablet } from "../tests/browser/harness";

/**
 * The app on a slow tablet: Chromium at six times less processor, no server at all behind the files. Prints a table; asserts only that the figures
 * were taken. Each is beside a floor taken in the same minute: how long the same browser needs to load a page with nothing on it.
 */
const dist = join(import.meta.dirname, "../dist");
const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json" };
let server: Server;
let root = "";
const pin = "482915";
const people = Number(process.env["BENCH_PEOPLE"] ?? 50_000);

beforeAll(async () => {
  const out = join(import.meta.dirname, "../node_modules/.bench");
  await build({ configFile: false, logLevel: "warn", build: { outDir: out, emptyOutDir: true, target: "chrome109", lib: { entry: join(import.meta.dirname, "fill.ts"), formats: ["es"], fileName: () => "fill.js" } } });
  server = createServer((request, response) => {
    const path = request.url!.replace(/\?.*/, "").replace(/^\/field\//, "");
    const file = path === "blank" ? null : path.startsWith("bench/") ? join(out, path.slice(6)) : join(dist, path || "index.html");
    if (file === null) return response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>-</title>");
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    // Packed, as Escala.Web sends it.
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream", "Content-Encoding": "gzip" }).end(gzipSync(readFileSync(file), { level: 9 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  root = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}, 600_000);
afterAll(() => void server.close());

const filled = async (page: Page, count: number, visits: number, own = 0) =>
  page.addScriptTag({ type: "module", url: root + "/field/bench/fill.js" }).then(() => page.evaluate(([n, v, p, o]) =>
    (globalThis as unknown as { fill: (n: number, v: number, p: string, o: number) => Promise<{ fold: number; pulled: number; known: string[] }> }).fill(n, v, p, o), [count, visits, pin, own] as const));

test("the first visit of all on 2G: 50 kbit/s, 300 ms, six times less processor", async () => {
  const taken: number[] = [];
  const floor: number[] = [];
  for (let i = 0; i < 3; i++) {
    const tablet = new Tablet(root, 360, 640);
    try {
      const page = await tablet.start("/field/blank");
      const cdp = await tablet.cdp();
      await cdp.send("Network.enable");
      await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 300, downloadThroughput: 50_000 / 8, uploadThroughput: 50_000 / 8 });
      await throttled(cdp, 6);
      let start = performance.now();
      await page.goto(root + "/field/blank?again");
      floor.push(performance.now() - start);
      start = performance.now();
      await page.goto(root + "/field/", { waitUntil: "commit" });
      await page.waitForSelector("#account");
      taken.push(performance.now() - start);
    } finally {
      await tablet.end();
    }
  }
  const bytes = JSON.parse(readFileSync(join(dist, "../dist-bytes.json"), "utf8")) as { first: number; all: number };
  print([["first screen, whole app (gzip)", `${(bytes.first / 1000).toFixed(1)} kB, ${(bytes.all / 1000).toFixed(1)} kB`], ["2G, nothing kept, to the sign-in (median of 3)", `${ms(median(taken))}; an empty page ${ms(median(floor))}`]]);
  expect(taken.length).toBe(3);
}, 600_000);

test("ten thousand people with sixty thousand visits", async () => {
  const tablet = new Tablet(root, 360, 640);
  try {
    const page = await tablet.start("/field/blank");
    const { fold, pulled } = await filled(page, 10_000, 6, 500);
    const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
    await page.goto(root + "/field/");
    await page.waitForSelector(".pinpad .key");
    const slow = await throttled(await tablet.cdp(), 6);
    await page.keyboard.type(pin.slice(0, -1));
    const start = performance.now();
    await page.keyboard.type(pin.slice(-1));
    await page.waitForSelector("#search");
    const opened = performance.now() - start;
    await page.waitForFunction(() => /^[0-9]/.test(document.querySelector(".tile strong")?.textContent ?? ""));
    const whole = performance.now() - start;
    await slow(1);
    print([["500 visits never sent: last digit to the search box, to everybody", `${ms(opened)}, ${ms(whole)}`], ["10,000 people, 60,000 visits: batches received", (pulled / 1e6).toFixed(2) + " MB"], ["folding them, unthrottled", ms(fold)], ["on the device afterwards", (used / 1e6).toFixed(1) + " MB"]]);
    expect(used).toBeGreaterThan(0);
  } finally {
    await tablet.end();
  }
}, 600_000);

test("fifty thousand people at six times less processor", async () => {
  const tablet = new Tablet(root, 360, 640);
  try {
    const page = await tablet.start("/field/blank");
    page.on("pageerror", (failure) => console.log("page: " + failure.message));
    const { fold, known } = await filled(page, people, 3);
    await page.goto(root + "/field/");
    await page.waitForSelector(".pinpad");
    await tablet.kept();
    await page.reload();
    await page.waitForSelector(".pinpad");
    server.closeAllConnections();
    server.close();
    const slow = await throttled(await tablet.cdp(), 6);
    const rows: [string, string][] = [[`folding ${people} people with three visits each, unthrottled`, ms(fold)]];
    const pads: number[] = [];
    const firsts: number[] = [];
    const derived: number[] = [];
    for (let i = 0; i < 5; i++) {
      let start = performance.now();
      await page.reload({ waitUntil: "commit" });
      await page.waitForSelector(".pinpad .key");
      pads.push(performance.now() - start);
      await page.keyboard.type(pin.slice(0, -1));
      start = performance.now();
      await page.keyboard.type(pin.slice(-1));
      await page.waitForSelector("#search");
      const opened = performance.now() - start;
      await page.keyboard.type("mari");
      await page.waitForSelector("#found li");
      firsts.push(performance.now() - start);
      derived.push(opened);
    }
    rows.push(["offline, to the PIN pad (median of 5)", ms(median(pads))], ["last digit to the search box", ms(median(derived))], ["last digit to the first result", ms(median(firsts))]);
    const searches: [string, number][] = [];
    for (const query of ["ma", "maria", "macuacua maria", "joao sousa", "zz", "xavier nhamposse", "00123", "841", "an", "elena machava ana"]) {
      const taken: number[] = [];
      for (let i = 0; i < 5; i++) {
        taken.push(await page.evaluate(async (text) => {
          const box = document.querySelector<HTMLInputElement>("#search")!;
          const put = (value: string) => {
            box.value = value;
            const start = performance.now();
            box.dispatchEvent(new InputEvent("input", { bubbles: true }));
            return start;
          };
          put("");
          await new Promise((r) => requestAnimationFrame(() => setTimeout(r, 30)));
          const start = put(text);
          // Until the list is drawn: microtasks, rendering, a frame.
          await new Promise((r) => requestAnimationFrame(() => setTimeout(r, 0)));
          return performance.now() - start;
        }, query));
      }
      searches.push([query, median(taken)]);
    }
    rows.push(["search to drawn list, worst of 10 queries", ms(Math.max(...searches.map(([, t]) => t))) + "   " + searches.map(([q, t]) => `${q} ${ms(t)}`).join(", ")]);
    const scans: number[] = [];
    for (const id of known.slice(0, 5)) {
      await page.fill("#search", id);
      scans.push(await page.evaluate(async () => {
        const start = performance.now();
        document.querySelector("#search")!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
        while (document.querySelector("form.visit") === null && performance.now() - start < 20_000) await new Promise((r) => requestAnimationFrame(r));
        return performance.now() - start;
      }));
      await page.goBack();
      await page.waitForSelector("#search");
    }
    rows.push(["code to open record (median)", ms(median(scans))]);
    const saves: number[] = [];
    for (const id of known.slice(5, 12)) {
      await page.fill("#search", id);
      await page.keyboard.press("Enter");
      await page.waitForSelector("form.visit input.big");
      await page.fill("#in-a1", "148");
      await page.fill("#in-b1", "92");
      await page.waitForSelector("#save:not([disabled])");
      saves.push(await page.evaluate(async () => {
        const start = performance.now();
        document.querySelector<HTMLButtonElement>("#save-as-last")!.click();
        while (document.querySelector(".saved") === null && performance.now() - start < 20_000) await new Promise((r) => requestAnimationFrame(r));
        return performance.now() - start;
      }));
    }
    rows.push(["save, durable and said so (median, worst)", `${ms(median(saves))}, ${ms(Math.max(...saves))}`]);
    await slow(1);
    const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
    rows.push([`bytes on the device, ${people} people, three visits each`, (used / 1e6).toFixed(1) + " MB"]);
    print(rows);
    expect(saves.length).toBe(7);
  } finally {
    await tablet.end();
  }
}, 1_200_000);

async function throttled(session: CDPSession, rate: number): Promise<(rate: number) => Promise<void>> {
  await session.send("Emulation.setCPUThrottlingRate", { rate });
  return async (next) => void (await session.send("Emulation.setCPUThrottlingRate", { rate: next }));
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const ms = (value: number) => `${value.toFixed(0)} ms`;
const print = (rows: [string, string][]) => console.log("\n" + rows.map(([name, value]) => `${name.padEnd(62)} ${value}`).join("\n"));

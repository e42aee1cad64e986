import { test } from "vitest";
import { Tablet } from "./harness";
const [width, height] = (process.env["SIZE"] ?? "360x640").split("x").map(Number) as [number, number];
test("look", async () => {
  const tablet = new Tablet("http://127.0.0.1:5391", width, height);
  const page = await tablet.start();
  page.setDefaultTimeout(20000);
  page.on("console", (m) => { if (m.type() !== "log") console.log("console", m.text()); });
  page.on("pageerror", (e) => console.log("pageerror", e.message, e.stack));
  page.on("response", (r) => { if (r.status() >= 400) console.log(r.status(), r.url()); });
  let n = 0;
  const shot = async (name: string, full = false) => { await page.screenshot({ path: `/tmp/fieldshots/${width}-${String(++n).padStart(2, "0")}-${name}.png`, fullPage: full }); };
  try {
    await page.waitForSelector("#account");
    await page.click('button[lang="pt"]');
    await tablet.signIn({ login: process.env["LOGIN"] ?? "nurse", pin: process.env["PIN"]! });
    await page.waitForFunction(() => /enviado|sent/i.test(document.querySelector(".standing .state")?.textContent ?? ""), undefined, { timeout: 60000 });
    await shot("home");
    await page.fill("#search", "f101-0");
    await page.waitForTimeout(300);
    await shot("search");
    await page.locator(".tile").nth(1).click().catch(() => undefined);
    await page.fill("#search", "");
    await page.waitForTimeout(200);
    await page.locator(".tile").nth(1).click();
    await page.waitForTimeout(400);
    await shot("overdue");
    const outcome = page.locator("button[aria-expanded]").first();
    if (await outcome.count() > 0) { await outcome.click(); await page.waitForTimeout(200); await shot("overdue-outcome"); }
    await page.locator(".personline").first().click();
    await page.waitForSelector("form.visit");
    await shot("person");
    await shot("person-full", true);
    const inputs = page.locator("input.big");
    await inputs.nth(0).click();
    await page.keyboard.type("14892");
    await page.waitForTimeout(200);
    await shot("visit-typed");
    await page.keyboard.type("29040");
    await page.waitForTimeout(200);
    await shot("visit-doubt");
    await page.locator('button[role="tab"]').nth(1).click();
    await shot("history");
    await page.locator('button[role="tab"]').nth(2).click();
    await page.waitForTimeout(200);
    await shot("about", true);
    await page.locator(".bar .icon").click();
    await page.waitForTimeout(300);
    await page.locator(".bar .icon").click();
    await page.waitForSelector("#search");
    await page.waitForTimeout(300);
    await shot("home-open");
    await page.locator("text=Registar pessoa").first().click();
    await page.fill("#f-given", "Esperança");
    await page.fill("#f-family", "Ensaio");
    await page.waitForTimeout(200);
    await page.locator("#save").click();
    await page.waitForTimeout(200);
    await shot("register", true);
    await page.locator('.chip', { hasText: "Mulher" }).click();
    await page.fill("#f-age", "54");
    await page.locator("#save").click();
    await page.waitForSelector("form.visit");
    await page.waitForTimeout(300);
    await shot("new-person");
    for (const [name, label] of [["page", "Página do livro"], ["tallies", "Contagens"], ["sheets", "Cascatas"], ["inbox", "Problemas"], ["device", "Este tablet"]] as const) {
      await page.goto("about:blank").catch(() => undefined);
      await page.goto("http://127.0.0.1:5391/field/");
      await tablet.unlock(process.env["PIN"]!);
      await page.locator("nav.more button", { hasText: label }).click();
      await page.waitForTimeout(700);
      if (name === "page") { await page.locator("[data-at='0:1']").fill("X-1"); await page.locator("[data-at='0:4']").fill("300"); await page.locator("[data-at='0:5']").fill("9x"); await page.locator("[data-at='1:1']").focus(); await page.waitForTimeout(500); }
      await shot(name, name !== "page");
      if (name === "device") {
        await page.locator("#practice").click();
        await page.waitForSelector(".practice #search");
        await page.waitForTimeout(500);
        await shot("practice");
        await page.fill("#search", "exem");
        await page.waitForTimeout(300);
        await page.locator(".personline").first().click();
        await page.waitForSelector("form.visit");
        await page.waitForTimeout(300);
        await shot("practice-person");
      }
    }
    await page.goto("http://127.0.0.1:5391/field/");
    await page.waitForSelector(".pinpad");
    await shot("pin");
  } catch (e) { console.log(String(e)); await shot("fail"); }
  await tablet.end();
}, 300000);

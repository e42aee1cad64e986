import { test } from "vitest";
import { Tablet } from "./harness";
test("look", async () => {
  const tablet = new Tablet("http://127.0.0.1:5390", 360, 640);
  const page = await tablet.start();
  page.on("console", (m) => console.log("console", m.text()));
  page.on("pageerror", (e) => console.log("pageerror", e.message, e.stack));
  page.on("response", (r) => console.log(r.status(), r.url()));
  try {
    await page.waitForSelector("#account", { timeout: 20000 });
    await page.screenshot({ path: "/tmp/fieldshots/sign-in.png" });
    await tablet.signIn({ login: process.env["LOGIN"]!, pin: process.env["PIN"]! });
    await page.screenshot({ path: "/tmp/fieldshots/home.png" });
    await page.waitForTimeout(8000);
    await page.screenshot({ path: "/tmp/fieldshots/home2.png" });
  } catch (e) { console.log(String(e)); await page.screenshot({ path: "/tmp/fieldshots/fail.png" }); }
  await tablet.end();
}, 120000);

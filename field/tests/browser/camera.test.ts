import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fillIn, Tablet } from "./harness";
import { nurse, Office } from "./office";

const width = 640, height = 480;

/** A film of one still picture, as a camera gives it (YUV 4:2:0): grey values and no colour. */
function film(file: string, grey: Buffer): void {
  const frame = Buffer.concat([Buffer.from("FRAME\n"), grey, Buffer.alloc((width * height) / 2, 128)]);
  writeFileSync(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...Array.from({ length: 20 }, () => frame)]));
}

/** What a camera sees of a printed card that is held a little askew in grey light. */
async function seen(cards: string): Promise<Buffer> {
  const printer = new Tablet("file://", 1280, 800);
  try {
    const page = await printer.start(cards);
    const picture = (await page.locator("svg").first().screenshot()).toString("base64");
    const grey = await page.evaluate(async ([png, w, h]) => {
      const image = new Image();
      image.src = "data:image/png;base64," + png;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [w, h];
      const on = canvas.getContext("2d")!;
      on.fillStyle = "#bbb";
      on.fillRect(0, 0, w, h);
      on.translate(w / 2, h / 2);
      on.rotate(0.12);
      on.filter = "brightness(0.85) blur(0.6px)";
      on.fillStyle = "#fff";
      on.fillRect(-150, -150, 300, 300);
      on.drawImage(image, -120, -120, 240, 240);
      const pixels = on.getImageData(0, 0, w, h).data;
      return btoa(Array.from({ length: w * h }, (_, i) => String.fromCharCode(pixels[4 * i]!)).join(""));
    }, [picture, width, height] as [string, number, number]);
    return Buffer.from(grey, "base64");
  } finally {
    await printer.end();
  }
}

test("a printed card that is held before the camera begins a registration, and opens the record once it is somebody's", async () => {
  const office = new Office();
  const [cards, video] = [join(office.folder, "cards.html"), join(office.folder, "card.y4m")];
  office.run(["cards", "--facility", "F101", "--count", "1", "--out", cards]);
  film(video, await seen(cards));
  await office.start();
  const tablet = new Tablet(`http://127.0.0.1:${office.port}`, 360, 640, ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--use-file-for-fake-video-capture=" + video]);
  try {
    const page = await tablet.start();
    await tablet.signIn(nurse);
    await tablet.exchanged();
    await page.click("button.scan");
    await page.waitForSelector("#f-given");
    await fillIn(page, "Rosa", "Cossa", 51);
    await page.click("#save");
    await page.waitForSelector("form.visit");
    await page.goBack();
    await page.click("button.scan");
    await page.waitForSelector("form.visit");
    expect(await page.locator("body").textContent()).toContain("Rosa Cossa");
  } finally {
    await tablet.end();
    await office.end();
  }
});

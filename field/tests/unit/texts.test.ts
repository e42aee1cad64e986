import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/texts/catalogue";

const source = join(import.meta.dirname, "../../src");
const files = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(folder, e.name)) : [join(folder, e.name)]));
const sources = files(source).filter((f) => /\.tsx?$/.test(f)).map((f) => [f.slice(source.length + 1), readFileSync(f, "utf8")] as const);

describe("texts", () => {
  it("exist in three languages with the same places to fill", () => {
    for (const [key, texts] of Object.entries(catalogue)) {
      expect(texts.length, key).toBe(3);
      for (const text of texts) expect(text.trim(), key).not.toBe("");
      const places = texts.map((text) => [...new Set(text.match(/\{\d\}/g) ?? [])].sort().join());
      if (key !== "conflict.said") expect(new Set(places).size, key).toBe(1);
    }
  });
  it("are all used, and none stands in a screen", () => {
    const all = sources.filter(([name]) => !name.startsWith("texts/catalogue")).map(([, text]) => text).join("\n");
    for (const key of Object.keys(catalogue)) {
      const stem = key.replace(/\.[a-z-]+$/, ".");
      expect(all.includes(`"${key}"`) || all.includes("`" + stem + "${") || all.includes("`person.tab-${") && key.startsWith("person.tab-") || all.includes("}-text`") && /^list\..*-text$/.test(key), key).toBe(true);
    }
  });
  it("name no disease, medicine or measure of one programme", () => {
    const words = /hypertens|hipertens|diabet|antihyper|blood pressure|tensão arterial|presión arterial|systol|diastol|viral load|carga viral|\bhiv\b|\bvih\b|hba1c/i;
    for (const [name, text] of sources) expect(words.exec(text)?.[0], name).toBeUndefined();
  });
});

describe("the source", () => {
  it("writes to the database in one place, with strict durability", () => {
    for (const [name, text] of sources) {
      if (name === "store/database.ts") expect(text.match(/"readwrite"/g)).toHaveLength(1);
      else expect(/\.transaction\(|"readwrite"|objectStore/.test(text), name).toBe(false);
    }
    expect(sources.find(([name]) => name === "store/database.ts")![1]).toContain('db.transaction(touched, "readwrite", { durability: "strict" })');
  });
  it("puts no style or script into the page that its content policy forbids", () => {
    for (const [name, text] of sources) expect(/style=\{|dangerouslySetInnerHTML|innerHTML|\beval\(|new Function/.test(text), name).toBe(false);
  });
});

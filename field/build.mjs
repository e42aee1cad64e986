// Builds the app into dist and writes the service worker with the list of what it keeps.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const here = import.meta.dirname;
const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(join(folder, e.name)) : [join(folder, e.name)]));
const hash = createHash("sha256");
for (const file of [...walk(join(here, "src")), ...walk(join(here, "public")), join(here, "index.html"), join(here, "worker.js"), join(here, "package-lock.json")].sort()) hash.update(readFileSync(file));
const version = "field-" + hash.digest("hex").slice(0, 12);

process.chdir(here);
await build({ define: { __VERSION__: JSON.stringify(process.env.ESCALA_FIELD_VERSION ?? version) }, logLevel: "warn" });

const dist = join(here, "dist");
const files = walk(dist).map((file) => relative(dist, file).replaceAll("\\", "/")).filter((file) => file !== "sw.js").sort();
const kept = files.map((file) => (file === "index.html" ? "" : file));
writeFileSync(join(dist, "sw.js"), readFileSync(join(here, "worker.js"), "utf8").replace("__VERSION__", process.env.ESCALA_FIELD_VERSION ?? version).replace("__FILES__", JSON.stringify(kept)));

// What travels: the first screen is what index.html asks for, the whole app is everything kept.
const size = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
const page = readFileSync(join(dist, "index.html"), "utf8");
const first = files.filter((file) => file === "index.html" || page.includes(file));
const sum = (list) => list.reduce((total, file) => total + size(file), 0);
const bytes = { version, first: sum(first), all: sum(files) + size("sw.js"), files: Object.fromEntries(files.map((file) => [file, size(file)])) };
writeFileSync(join(here, "dist-bytes.json"), JSON.stringify(bytes, null, 2) + "\n");
console.log(`first screen ${(bytes.first / 1000).toFixed(1)} kB, whole app ${(bytes.all / 1000).toFixed(1)} kB (gzip)`);

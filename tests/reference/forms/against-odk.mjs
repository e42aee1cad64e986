/*
 * Asks ODK's own evaluator for the cases of conformance.json, and lists where it gives something else. Not part of any test run.
 *
 *   mkdir /tmp/odk && cd /tmp/odk && npm init -y && npm i jsdom@26.0.0 temporal-polyfill@0.3.0 && npm pack @getodk/xpath@0.11.0 && tar xf getodk-xpath-*.tgz
 *   node against-odk.mjs /tmp/odk
 *
 * Asked with Node 20.20 of @getodk/xpath 0.11.0, at UTC+2, with ${name} written out as pyxform does: 851 cases asked, 783 alike, 61 different, 7 not
 * taken. What differs, and what the cases follow instead:
 *   XPath 1.0: exponents, '+17' and '0x1F' are no numbers; numbers have no exponent as texts; characters are code points; round(-2.5) is -2;
 *     substring-after; a path takes the first of each parent; minus signs may follow each other.
 *   JavaRosa, the engine of ODK Collect: a question without answer is false; what is not relevant compares as the empty text; an absolute path
 *     within a repeat stays in its instance; days are whole at the device's clock; round() is decimal.
 *   ODK's documentation: regex() matches the whole, and knows \p{L}; date() gives a date.
 *   docs/methods/forms.md: the root may have any name; coalesce() takes more than two; what is no date is not a number, and no date is empty.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const at = process.argv[2];
const require = createRequire(`${at}/x.js`);
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("<x/>", { contentType: "text/xml" });
Object.assign(globalThis, { document: window.document, Node: window.Node, Element: window.Element, Attr: window.Attr, Document: window.Document, Text: window.Text, XMLDocument: window.XMLDocument, XPathResult: window.XPathResult, DOMParser: window.DOMParser, XPathException: Error, require, __dirname: `${at}/package/dist` });
const odk = await import(pathToFileURL(`${at}/package/dist/index.js`).href);
const file = JSON.parse(readFileSync(new URL("conformance.json", import.meta.url), "utf8"));
const form = file.forms.visit.compiled;

/* The instance as XML: what is not relevant is not there. */
const items = form.items.map((item, index) => ({ ...item, index, parent: item.in ?? -1 }));
const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const answers = new Map();
const counts = new Map();
for (const [path, value] of file.answers) {
  if (path === "add") counts.set(value, (counts.get(value) ?? 1) + 1);
  else answers.set(path, value);
}

const write = (parent, path) =>
  items
    .filter((i) => i.parent === parent && i.relevant !== false)
    .map((i) => {
      const here = path + i.name;
      if (i.type === "repeat") return Array.from({ length: counts.get(here) ?? 1 }, (_, n) => `<${i.name}>${write(i.index, `${here}[${n + 1}]/`)}</${i.name}>`).join("");
      if (i.type === "group") return `<${i.name}>${write(i.index, `${here}/`)}</${i.name}>`;
      return `<${i.name}>${escape(answers.get(here) ?? i.default ?? "")}</${i.name}>`;
    })
    .join("");
const parse = (xml) => new window.DOMParser().parseFromString(xml, "text/xml");
const instance = parse(`<data>${write(-1, "")}</data>`);
const lists = new Map(
  Object.entries(form.lists).map(([name, list]) => [
    name,
    parse(`<instance id="${name}"><root>${list.choices.map(([n, label, ...values]) => `<item><name>${n}</name><label>${label[0]}</label>${values.map((v, c) => `<${list.columns[c]}>${v}</${list.columns[c]}>`).join("")}</item>`).join("")}</root></instance>`).documentElement,
  ]),
);
const offset = file.environment.now.slice(-6);
const evaluator = new odk.DefaultEvaluator({ rootNode: instance, timeZoneId: offset });
const forms = odk.XFormsXPathEvaluator === undefined ? evaluator : new odk.XFormsXPathEvaluator({ rootNode: instance, domAdapter: odk.DEFAULT_DOM_ADAPTER, itextTranslationsByLanguage: new Map(), secondaryInstancesById: lists, timeZoneId: offset });

const chain = (index) => (index < 0 ? [] : [...chain(items[index].parent), items[index]]);
const itemAt = (path) => path.split("/").map((s) => s.split("[")[0]).reduce((parent, name) => items.find((i) => i.parent === parent && i.name === name).index, -1);
const nodeAt = (path) => path.split("/").reduce((node, step) => {
  const [, name, place = "1"] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step);
  return [...node.children].filter((c) => c.tagName === name)[Number(place) - 1];
}, instance.documentElement);

/* As pyxform writes ${name}: relative to the nearest repeat that both stand in, else from the root. */
function reference(name, own, predicate) {
  const target = chain(items.find((i) => i.name === name).index);
  const here = chain(own);
  let shared = 0;
  for (let i = 0; i < Math.min(target.length - 1, here.length); i++) if (target[i] === here[i] && target[i].type === "repeat") shared = i + 1;
  const rest = target.slice(shared).map((i) => i.name).join("/");
  if (shared === 0) return ` /data/${rest} `;
  return ` ${predicate ? "current()/" : ""}${"../".repeat(here.length - shared)}${rest} `;
}

function written(expr, own) {
  let depth = 0;
  return expr.replace(/'[^']*'|"[^"]*"|\[|\]|\$\{\s*([^}]+?)\s*\}/g, (part, name) => {
    if (part === "[") depth++;
    if (part === "]") depth--;
    return name === undefined ? part.replace(/\$\{([^}]+)\}/, (_, n) => reference(n, own, false)) : reference(name, own, depth > 0);
  });
}

const told = (value) => (typeof value === "object" && value !== null ? ("number" in value ? Number(value.number) : value.nodes.join("\n")) : value);
const tally = { asked: 0, same: 0, different: [], refused: [] };
for (const c of file.expressions) {
  if (c.language !== undefined || /today|now|random|uuid|jr:choice-name|pulldata|once\(/.test(c.expr)) continue;
  tally.asked++;
  const wanted = told(c.value);
  try {
    const kind = typeof c.value === "object" && "nodes" in c.value ? 7 : typeof wanted === "number" ? 1 : typeof wanted === "string" ? 2 : 3;
    const result = forms.evaluate(written(c.expr, itemAt(c.at)), nodeAt(c.at), null, kind);
    const got = kind === 7 ? Array.from({ length: result.snapshotLength }, (_, i) => result.snapshotItem(i).textContent).join("\n") : kind === 1 ? result.numberValue : kind === 2 ? result.stringValue : result.booleanValue;
    if (Object.is(got, wanted) || got === wanted || (typeof got === "number" && Math.abs(got - wanted) <= 1e-12 * Math.abs(wanted))) tally.same++;
    else tally.different.push(`${c.id} ${c.expr} @${c.at}: ${JSON.stringify(wanted)}, ODK ${typeof got === "number" ? got : JSON.stringify(got)}`);
  } catch (error) {
    tally.refused.push(`${c.id} ${c.expr}: ${String(error.message ?? error).split("\n")[0].slice(0, 80)}`);
  }
}

console.log(`${tally.asked} asked, ${tally.same} alike, ${tally.different.length} different, ${tally.refused.length} refused by ODK's`);
for (const line of [...tally.different, "--", ...tally.refused]) console.log(line);

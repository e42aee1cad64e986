/** Fills this origin's database through the app's own code, as pulls would: for bench/measure.bench.ts, in a browser. */
import { importDeviceKey, wrapDeviceKey } from "../src/crypto/pin";
import { newId } from "../src/crypto/ids";
import { pack as gzip, sealText } from "../src/crypto/seal";
import { dayOf, isoOf, todayIn } from "../src/people/days";
import type { Pack } from "../src/registers/pack";
import { Book } from "../src/store/book";
import { openDatabase, write } from "../src/store/database";

const label = (text: string) => ({ pt: text, es: text, en: text });

const pack: Pack = {
  programme: "bench", version: 1, name: label("Bench"), zone: "Africa/Maputo", window: "month", facility: { code: "F1", name: "Unidade de medida" }, places: [{ code: "F1", name: "Unidade de medida" }],
  lockMinutes: 600,
  register: {
    form: "visit@1", layout: "csv|,|.|Iso|patient_id|facility_code|visit_date|sex|birth_date|a1|b1|a2|b2|a3|b3|known|given|days|load|next|weight|height|medicines",
    personColumn: "patient_id", personSystem: "register-number", facilityColumn: "facility_code", dateColumn: "visit_date", sexFact: "sex", birthDateFact: "birth_date",
    facts: [
      { name: "sex", type: "category", columns: ["sex"], categories: [{ name: "female", words: ["F"] }, { name: "male", words: ["M"] }], label: label("Sexo") },
      { name: "birth_date", type: "date", columns: ["birth_date"], label: label("Nascimento") },
      { name: "pressure", type: "pair", columns: ["a1", "b1", "a2", "b2", "a3", "b3"], parts: ["first", "second"], plausible: [[60, 280], [30, 180]], firstAboveSecond: true, unit: "mmHg", label: label("Medição") },
      { name: "known", type: "flag", columns: ["known"], clearedBy: "withdrawn", label: label("Diagnóstico") },
      { name: "given", type: "flag", columns: ["given"], clearedBy: "stopped", label: label("Prescrição") },
      { name: "days", type: "supply", columns: ["days"], unit: "dias", plausible: [[1, 370]], label: label("Levantamento") },
      { name: "load", type: "quantity", columns: ["load"], label: label("Carga") },
      { name: "next", type: "date", columns: ["next"], label: label("Próxima consulta") },
      { name: "weight", type: "number", columns: ["weight"], unit: "kg", plausible: [[20, 300]], label: label("Peso") },
      { name: "height", type: "number", columns: ["height"], unit: "cm", label: label("Altura") },
      { name: "medicines", type: "text", columns: ["medicines"], label: label("Medicamentos") },
    ],
  },
  visit: [
    { fact: "pressure", widget: "pairs" }, { fact: "known", widget: "flag" }, { fact: "given", widget: "flag" }, { fact: "days", widget: "refill", with: ["medicines"], choices: [30, 60, 90] },
    { fact: "next", widget: "next", choices: [15, 30, 60, 90] }, { fact: "weight", widget: "number" }, { fact: "load", widget: "quantity", more: true },
  ],
};

const given = "Maria João Ana Helena Fátima Celeste Amélia Rosa Graça Luísa Teresa Joana Lurdes Isabel António José Manuel Carlos Paulo Pedro Domingos Alberto Fernando Armando Ernesto Filipe Joaquim Tomás Vasco Xavier Zacarias Yolanda Olga Judite Marta Sara Ester Rute Celina Telma".split(" ");
const family = "Macuácua Sitoe Cossa Nhantumbo Tembe Machava Mondlane Chissano Massingue Sousa Matusse Langa Muianga Zandamela Nhamposse Bila Mabunda Cumbe Manhiça Ubisse Chambule Guambe Novela Tivane Zunguza Maússe Vilanculos Uamusse Simango Dhlakama Sixpene Mavie Nguenha Bape Chaúque Macamo Mulhovo Ngovene Pelembe Quive".split(" ");
const villages = "Mafalala Polana Maxaquene Hulene Zimpeto Chamanculo Malhangalene Inhagoia".split(" ");

let seed = 20260101;
const draw = (n: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};
const one = <T>(list: T[]): T => list[draw(list.length)]!;

/** `own` visits are written on the tablet and were never sent: three days without a network. */
export async function fill(people: number, visits: number, pin: string, own: number): Promise<{ fold: number; pulled: number; known: string[] }> {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const key = await importDeviceKey(raw);
  const db = await openDatabase("escala-field");
  const account = { id: "bench", login: "bench", name: "Enfermeira", role: "nurse", places: ["F1"], facility: "F1", key: await wrapDeviceKey(pin, raw), digits: pin.length, token: await sealText(key, "token/bench", "none"), failed: 0, waitUntil: 0 };
  const probe = await sealText(key, "probe", "escala");
  await write(db, ["meta"], (tx) => {
    tx.put("meta", "settings", { language: "pt", deviceId: newId(), deviceName: "bench" });
    tx.put("meta", "accounts", [account]);
    tx.put("meta", "probe", probe);
    tx.put("meta", "pack", pack);
  });
  const book = Book.open(db, key, pack, "bench", newId(), "F1");
  const today = dayOf(todayIn(pack.zone));
  const origin = (kind: string) => ({ origin: { kind, class: "clinical", form: "visit@1", layout: pack.register.layout, programme: "bench@1", zone: pack.zone, author: "other", device: "another" } });
  let position = 0;
  let lines: string[] = [];
  let pulled = 0;
  const known: string[] = [];
  const flush = async (last: boolean) => {
    const head = people * (visits + 1);
    const text = [JSON.stringify({ escala: 1, device: "server", epoch: "e", after: position }), ...lines, JSON.stringify({ next: position, head, chain: "c" + position })].join("\n") + "\n";
    const bytes = await gzip(new TextEncoder().encode(text));
    pulled += bytes.length;
    const { readPulled } = await import("../src/exchange/entry");
    await book.keepPulled(bytes, readPulled(text)!);
    lines = [];
    void last;
  };
  for (let i = 0; i < people; i++) {
    const id = newId(Date.now() - draw(1e9));
    const number = `11010106/${10 + draw(15)}/${String(i).padStart(5, "0")}`;
    if (i % 997 === 0) known.push(id);
    const female = draw(2) === 0;
    const born = isoOf(today - 7000 - draw(22000));
    lines.push(JSON.stringify(origin("person")));
    lines.push(JSON.stringify({ id: newId(), s: id, f: "F1", d: isoOf(today - 500), t: 1700000000000, q: 1, b: 0, p: ++position,
      body: JSON.stringify({ set: { given: one(given) + " " + one(given), family: one(family) + (draw(3) === 0 ? " " + one(family) : ""), sex: female ? "female" : "male", birthDate: born, phone: "84" + String(1000000 + draw(8999999)), village: one(villages) }, identifiers: [{ system: "register-number", value: number }] }) }));
    lines.push(JSON.stringify(origin("visit")));
    for (let v = 0; v < visits; v++) {
      const day = today - 30 * (visits - v) - draw(20);
      const body = [number, "F1", isoOf(day), female ? "F" : "M", born, 110 + draw(70), 65 + draw(40), 110 + draw(70), 65 + draw(40), "", "", v === 0 ? 1 : "", v === 0 ? 1 : "", 30, "", isoOf(day + 30), 50 + draw(40), "", one(["amlodipina 5 mg", "hidroclorotiazida 25 mg", "enalapril 10 mg"])].join(",");
      lines.push(JSON.stringify({ id: newId(), s: id, f: "F1", d: isoOf(day), t: 1700000000000 + v, q: 2 + v, p: ++position, body }));
    }
    if (lines.length > 2400) await flush(false);
  }
  await flush(true);
  const start = performance.now();
  await book.fold();
  const fold = performance.now() - start;
  await book.keepState({ backedUp: position, last: Date.now() });
  await book.prune();
  const subjects = [...book.index.everybody()];
  await book.record(Array.from({ length: own }, (_, i) => {
    const { id, number } = subjects[(i * 37) % subjects.length]!;
    const day = isoOf(today - (i % 3));
    return { kind: "visit", form: "visit@1", layout: pack.register.layout, subject: id, day, body: [number, "F1", day, "", "", 120 + (i % 50), 80, ...Array<string>(12).fill("")].join(",") };
  }));
  db.close();
  return { fold, pulled, known };
}

Object.assign(globalThis, { fill });

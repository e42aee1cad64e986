import { newId } from "../crypto/ids";
import { dayOf, isoOf } from "../people/days";
import { newPerson } from "../people/person";
import type { Pack } from "../registers/pack";
import { Book } from "../store/book";
import type { Account } from "../store/device";
import type { Saying } from "../store/outbox";
import { rowOf, type Values } from "./visit-row";

const given = ["Amélia", "Benedito", "Celeste", "Domingos", "Esperança", "Félix", "Graça", "Hortênsia", "Inácio", "Jorgina", "Lourenço", "Máxima"];
const family = ["Exemplo", "Ensaio", "Prova", "Treino", "Modelo", "Ficção"];

/** A book of invented people in a database of its own. Nothing in it can reach the server: no exchange is ever made for it. */
export async function practiceBook(db: IDBDatabase, key: CryptoKey, pack: Pack, account: Account): Promise<Book> {
  const open = async () => {
    const book = Book.open(db, key, pack, account.id, "practice", pack.facility.code);
    await book.whole;
    return book;
  };
  const book = await open().catch(async () => {
    // Sealed by an earlier key of this tablet: practice holds nothing to keep.
    await clear(db);
    return open();
  });
  if (book.index.size > 0) return book;
  const today = dayOf(book.today);
  const sayings: Saying[] = [];
  for (let i = 0; i < 36; i++) {
    const id = newId();
    const registered = isoOf(today - 200 + i);
    const person = newPerson(id);
    sayings.push({
      kind: "person", subject: id, day: registered,
      body: JSON.stringify({ set: { given: given[i % given.length]!, family: family[Math.floor(i / 6)]!, sex: i % 12 % 2 === 0 ? "female" : "male", birthDate: `${1950 + i}-0${1 + (i % 9)}-15`, phone: `84 000 ${String(1000 + i)}`, village: i % 3 === 0 ? "Aldeia A" : "Aldeia B" }, identifiers: [{ system: pack.register.personSystem, value: `P${1000 + i}` }] }),
    });
    for (const back of [120, 60, 30]) {
      const day = isoOf(today - back + (i % 5) - 2);
      sayings.push({ kind: "visit", form: pack.register.form, layout: pack.register.layout, subject: id, day, body: rowOf(pack, book.folder, { ...person, ids: [[pack.register.personSystem, `P${1000 + i}`]] }, day, pack.facility.code, invented(pack, day, i)) });
    }
  }
  await book.record(sayings);
  await book.fold();
  return book;
}

/** Plausible values for every fact of whatever register the programme has. */
function invented(pack: Pack, day: string, i: number): Values {
  const values: Values = {};
  for (const item of pack.visit) {
    const fact = pack.register.facts.find((f) => f.name === item.fact);
    if (fact === undefined || item.more === true) continue;
    const column = fact.columns[0]!;
    const within = (part: number) => {
      const [low, high] = fact.plausible?.[part] ?? [1, 100];
      return String(Math.round(low + (high - low) * (0.32 + 0.02 * (i % 6))));
    };
    if (fact.type === "pair") [values[fact.columns[0]!], values[fact.columns[1]!]] = [within(0), within(1)];
    else if (item.widget === "refill") values[column] = String(item.choices?.[0] ?? 30);
    else if (item.widget === "next") values[column] = isoOf(dayOf(day) + (item.choices?.[1] ?? 30));
    else if (fact.type === "flag") values[column] = i % 3 === 0 ? "" : "1";
    else if (fact.type === "number") values[column] = within(0);
  }
  return values;
}

async function clear(db: IDBDatabase): Promise<void> {
  const { write, stores } = await import("../store/database");
  await write(db, [...stores], (tx) => {
    for (const store of stores) tx.remove(store, IDBKeyRange.lowerBound(-Infinity));
  });
}

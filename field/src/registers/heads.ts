import { catalogue } from "../texts/catalogue";
import type { Fact, Register, Text } from "./pack";

type Columns = Pick<Register, "personColumn" | "dateColumn">;

const inAll = (key: "person.number" | "visit.day"): Text => ({ pt: catalogue[key][0], es: catalogue[key][1], en: catalogue[key][2] });

/** What is printed above a column. */
export function headOf(column: string, fact: Fact | undefined, register: Columns): Text {
  if (column === register.personColumn) return inAll("person.number");
  if (column === register.dateColumn) return inAll("visit.day");
  if (fact === undefined) return { pt: column, es: column, en: column };
  if (fact.type !== "pair") return fact.label;
  const place = fact.columns.indexOf(column);
  const part = (language: keyof Text) => `${fact.partLabels?.[place % 2]?.[language] || (fact.parts?.[place % 2] ?? "")} ${Math.floor(place / 2) + 1}`;
  return { pt: part("pt"), es: part("es"), en: part("en") };
}

export function widthOf(column: string, fact: Fact | undefined, register: Columns): number {
  if (column === register.personColumn) return 14;
  if (column === register.dateColumn || fact?.type === "date") return 10;
  if (fact?.type === "text") return 16;
  return fact?.type === "flag" ? 4 : fact?.type === "category" ? 7 : 6;
}

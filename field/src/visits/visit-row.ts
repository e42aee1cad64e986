import { dayOf, isoOf } from "../people/days";
import type { Folder, Person, Visit } from "../people/person";
import { textOf } from "../people/profile";
import { writeRow } from "../registers/layout";
import { factOf, type Fact, type Pack } from "../registers/pack";
import { doubtOf, pairDoubt, writtenAs, type Doubt } from "../registers/values";

/** What is typed on the visit screen, by column. */
export type Values = Record<string, string>;

/**
 * The row in the register's layout, with the person's number and what measures need of the profile. Of a row that is corrected (`before`) the number stays,
 * and whatever the profile does not know better.
 */
export function rowOf(pack: Pack, folder: Folder, person: Person, day: string, facility: string, values: Values, before?: Visit): string {
  const register = pack.register;
  const row = new Map<string, string>();
  const last = before ?? person.visits[person.visits.length - 1];
  const lastRow = last === undefined ? new Map<string, string>() : folder.row(last);
  row.set(register.personColumn, (before === undefined ? numberIn(pack, person) : undefined) ?? lastRow.get(register.personColumn) ?? numberIn(pack, person) ?? person.id);
  row.set(register.facilityColumn, facility);
  row.set(register.dateColumn, day);
  const sex = factOf(pack, register.sexFact ?? "");
  if (sex !== undefined) {
    const said = textOf(person, "sex");
    const word = sex.categories?.find((c) => c.name === said)?.words[0] ?? lastRow.get(sex.columns[0]!);
    if (word !== undefined) row.set(sex.columns[0]!, word);
  }
  const birth = factOf(pack, register.birthDateFact ?? "");
  if (birth !== undefined) {
    const said = textOf(person, "birthDate") || lastRow.get(birth.columns[0]!) || "";
    if (said !== "") row.set(birth.columns[0]!, said);
  }
  for (const fact of register.facts) {
    for (const column of fact.columns) {
      const value = values[column];
      if (value !== undefined && value.trim() !== "") row.set(column, writtenAs(fact, value));
    }
  }
  return writeRow(row, folder.layout);
}

/** A saved row as it is typed, to be corrected: every fact, also those that the screen does not ask for; sex and birth are the profile's. */
export function valuesOf(pack: Pack, folder: Folder, visit: Visit): Values {
  const { facts, sexFact, birthDateFact } = pack.register;
  const row = folder.row(visit);
  const columns = facts.filter((f) => f.name !== sexFact && f.name !== birthDateFact).flatMap((f) => f.columns);
  return Object.fromEntries(columns.map((column) => [column, row.get(column) ?? ""]).filter(([, value]) => value !== ""));
}

/** The person as she was known before a visit: what stood, what was given last. */
export const before = (person: Person, visit: Visit): Person => ({ ...person, visits: person.visits.filter((v) => v.day < visit.day || (v.day === visit.day && v.at < visit.at)) });

/** Whether a visit may be corrected here: written in the app, at the own place. A row that a register brought in is corrected in the register. */
export const isCorrectable = (visit: Visit, facility: string): boolean => visit.imported !== true && visit.author !== "" && visit.facility === facility;

export const numberIn = (pack: Pack, person: Person): string | undefined => person.ids.find(([system]) => system === pack.register.personSystem)?.[1];

/** What looks wrong with the values, by column. Unreadable ones cannot be saved; the others are asked about. */
export function doubtsOf(pack: Pack, values: Values): Map<string, Doubt> {
  const doubts = new Map<string, Doubt>();
  for (const fact of pack.register.facts) {
    fact.columns.forEach((column, i) => {
      const doubt = doubtOf(fact, values[column] ?? "", fact.type === "pair" ? i % 2 : 0);
      if (doubt !== null) doubts.set(column, doubt);
    });
    if (fact.type !== "pair") continue;
    for (let i = 0; i + 1 < fact.columns.length; i += 2) {
      const [a, b] = [fact.columns[i]!, fact.columns[i + 1]!];
      const doubt = pairDoubt(fact, values[a] ?? "", values[b] ?? "");
      if (doubt !== null && !doubts.has(b)) doubts.set(b, doubt);
      // Half a pair is no reading.
      if ((values[a] ?? "") === "" && (values[b] ?? "") !== "") doubts.set(a, "unreadable");
      if ((values[a] ?? "") !== "" && (values[b] ?? "") === "") doubts.set(b, "unreadable");
    }
  }
  return doubts;
}

/** Days that a day of a visit may lie back, and that the next may lie ahead, before they are asked about: typing errors are in months and years. */
const farBack = 90;
const farAhead = 366;

/** What looks wrong with the next day for a visit of a day, which must be one of the calendar. */
export function nextDoubt(next: string, day: string, closed: ReadonlySet<number>): Doubt | null {
  const ahead = dayOf(next) - dayOf(day);
  return ahead <= 0 ? "next-before" : ahead > farAhead ? "next-far" : isClosed(next, closed) ? "next-closed" : null;
}

/** What looks wrong with a visit's day. `birth` is a date, a year alone or nothing. */
export function dayDoubt(day: string, birth: string, today: string): Doubt | null {
  if (birth !== "" && day.slice(0, birth.length) < birth) return "day-unborn";
  return dayOf(today) - dayOf(day) > farBack ? "day-far" : null;
}

/** The readings of a pair or number at one visit, as text: "148/92" or the last of several. */
export function readingOf(fact: Fact, row: ReadonlyMap<string, string>): string {
  if (fact.type !== "pair") return row.get(fact.columns[0]!) ?? "";
  for (let i = fact.columns.length - 2; i >= 0; i -= 2) {
    const [a, b] = [row.get(fact.columns[i]!), row.get(fact.columns[i + 1]!)];
    if (a !== undefined && b !== undefined) return `${a}/${b}`;
  }
  return "";
}

/** Whether a flag stands: since which day, or not. */
export function standing(folder: Folder, person: Person, fact: Fact): string | null {
  const column = fact.columns[0]!;
  for (let i = person.visits.length - 1; i >= 0; i--) {
    const visit = person.visits[i]!;
    const value = folder.row(visit).get(column) ?? "";
    if (value === "" || value === "0") continue;
    if (value !== "1") return null;
    return earliest(folder, person.visits.slice(0, i + 1), column, fact) ?? visit.day;
  }
  return null;
}

function earliest(folder: Folder, visits: Visit[], column: string, fact: Fact): string | null {
  let since: string | null = null;
  for (const visit of visits) {
    const value = folder.row(visit).get(column) ?? "";
    if (value === "1") since ??= visit.day;
    else if (value !== "" && value !== "0" && value.toLowerCase() === fact.clearedBy?.toLowerCase()) since = null;
  }
  return since;
}

/** What "as last time" would write: the latest visit that had it. */
export function lastTime(folder: Folder, person: Person, columns: string[]): { day: string; values: Values } | null {
  for (let i = person.visits.length - 1; i >= 0; i--) {
    const row = folder.row(person.visits[i]!);
    const first = row.get(columns[0]!);
    if (first === undefined || first === "0") continue;
    return { day: person.visits[i]!.day, values: Object.fromEntries(columns.map((c) => [c, row.get(c) ?? ""])) };
  }
  return null;
}

/** Days between the latest visit and the next that it set, taken to the nearest choice; the days supplied otherwise. */
export function usualInterval(folder: Folder, person: Person, column: string, choices: number[], supplied: number): number | null {
  for (let i = person.visits.length - 1; i >= 0; i--) {
    const visit = person.visits[i]!;
    const next = dayOf(folder.row(visit).get(column) ?? "");
    if (Number.isNaN(next)) continue;
    const days = next - dayOf(visit.day);
    return choices.reduce((best, choice) => (Math.abs(choice - days) < Math.abs(best - days) ? choice : best), choices[0] ?? days);
  }
  return Number.isFinite(supplied) && supplied > 0 ? supplied : null;
}

export const plusDays = (iso: string, days: number): string => isoOf(dayOf(iso) + days);

/** Days of the week on which nobody is seen, 0 is Sunday; Sundays where the package says nothing. */
export const closedDays = (pack: Pack): ReadonlySet<number> => new Set(pack.closedDays ?? [0]);

export const isClosed = (iso: string, closed: ReadonlySet<number>): boolean => closed.has((dayOf(iso) + 4) % 7);

/** So many days ahead, or the open day before: whoever was given medicine for so many days must not come when it has run out. */
export function openDay(iso: string, days: number, closed: ReadonlySet<number>): string {
  for (let ahead = days; ahead > Math.max(0, days - 7); ahead--) if (!isClosed(plusDays(iso, ahead), closed)) return plusDays(iso, ahead);
  return plusDays(iso, days);
}

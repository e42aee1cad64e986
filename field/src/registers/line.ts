import { newId } from "../crypto/ids";
import { dayOf } from "../people/days";
import { isoDate } from "./layout";
import type { Fact } from "./pack";
import { doubtOf, writtenAs, type Doubt } from "./values";

/** A row of a page as it is typed. */
export interface Line {
  key: string;
  /** Counts from 0 among the pages that are still at hand. */
  page: number;
  cells: Record<string, string>;
  /** The entry that stands for this line; none before it is saved. */
  saved: string | null;
  subject: string | null;
  /** When that entry was written; 0 before. */
  at: number;
  /** What was saved, to see that something changed. */
  before: string;
  /** Whether somebody wrote the date, and not only the row above. */
  dated: boolean;
  problem: string;
}

/** The day of the row above is the day of the next, once it is one. */
export const emptyLine = (page: number, day: string, dateColumn: string): Line => ({ key: newId(), page, cells: Number.isNaN(dayOf(isoDate(day, "DayMonthYear"))) ? {} : { [dateColumn]: day }, saved: null, subject: null, at: 0, before: "", dated: false, problem: "" });

/** A cell as the register's layout writes it. */
export function writtenCell(fact: Fact | undefined, isDay: boolean, value: string): string {
  if (isDay || fact?.type === "date") return isoDate(value, "DayMonthYear");
  return fact === undefined ? value : writtenAs(fact, value);
}

/** What is wrong or strange with a cell; a visit's day must not lie ahead of today. */
export function cellDoubt(fact: Fact | undefined, column: string, value: string, day: { column: string; today: string }): Doubt | null {
  if (column === day.column) {
    const iso = isoDate(value, "DayMonthYear");
    return value !== "" && (Number.isNaN(dayOf(iso)) || iso > day.today) ? "unreadable" : null;
  }
  if (fact === undefined) return null;
  return doubtOf(fact, fact.type === "date" ? isoDate(value, "DayMonthYear") : value, fact.type === "pair" ? fact.columns.indexOf(column) % 2 : 0);
}

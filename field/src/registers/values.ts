import { dayOf } from "../people/days";
import type { Fact } from "./pack";

/** Reads what somebody typed into a fact's column, as the server's RowReader will. */

/** A number with either decimal mark, or NaN. */
export function numberOf(text: string): number {
  const plain = text.trim().replace(",", ".");
  return /^-?[0-9]{1,15}(\.[0-9]+)?$/.test(plain) ? Number(plain) : NaN;
}

/**
 * The dates that may be meant by one whose year has two digits (14/03/54, or 0054-03-14 as a date field gives it), the likelier first; none where the
 * year has four. A next visit is not years ahead, everything else lies behind: this year and the next two are this century's, later ones the last's.
 */
export function shortYear(text: string, year: number): string[] {
  const parts = /^00(\d{2})-(\d{2})-(\d{2})$/.exec(text.trim()) ?? /^()(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})$/.exec(text.trim());
  if (parts === null) return [];
  const isField = parts[1] !== "";
  const [two, month, day] = isField ? [parts[1]!, parts[2]!, parts[3]!] : [parts[4]!, parts[3]!, parts[2]!];
  const dates = ["20", "19"].filter((century) => Number(century + two) <= year + 2).map((century) => `${century}${two}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`);
  return dates.filter((iso) => !Number.isNaN(dayOf(iso)));
}

export type Doubt = "unreadable" | "implausible" | "reversed" | "next-before" | "next-far" | "next-closed" | "day-unborn" | "day-far";

/** What is wrong or strange with one column's text; null when nothing is. `part` is 0 or 1 for a pair. */
export function doubtOf(fact: Fact, text: string, part = 0): Doubt | null {
  const value = text.trim();
  if (value === "") return null;
  switch (fact.type) {
    case "flag":
      return value === "1" || value === "0" || value.toLowerCase() === fact.clearedBy?.toLowerCase() ? null : "unreadable";
    case "date":
      return Number.isNaN(dayOf(value)) ? "unreadable" : null;
    case "category":
      return fact.categories?.some((c) => [c.name, ...c.words].some((w) => w.toLowerCase() === value.toLowerCase())) ? null : "unreadable";
    case "text":
      return null;
    case "quantity": {
      if (/^nd$/i.test(value)) return null;
      const number = numberOf(value.replace(/^[<>]\s*/, ""));
      if (Number.isNaN(number)) return "unreadable";
      const limit = fact.readableAt;
      if (limit != null && ((value.startsWith("<") && number > limit) || (value.startsWith(">") && number < limit))) return "implausible";
      return outside(fact, number, 0) ? "implausible" : null;
    }
    default: {
      const number = numberOf(value);
      if (Number.isNaN(number) || (fact.type === "supply" && !Number.isInteger(number))) return "unreadable";
      if (fact.type === "supply" && number === 0) return null;
      return outside(fact, number, part) ? "implausible" : null;
    }
  }
}

/** A pair whose first part is not above its second. */
export function pairDoubt(fact: Fact, first: string, second: string): Doubt | null {
  const [a, b] = [numberOf(first), numberOf(second)];
  return fact.firstAboveSecond === true && a <= b ? "reversed" : null;
}

function outside(fact: Fact, value: number, part: number): boolean {
  const range = fact.plausible?.[part];
  return range !== undefined && (value < range[0] || value > range[1]);
}

/** The text as the register's layout writes it: a dot for decimals. */
export function writtenAs(fact: Fact, text: string): string {
  const value = text.trim();
  if (fact.type === "number" || fact.type === "pair" || fact.type === "supply" || fact.type === "quantity") return value.replace(",", ".");
  if (fact.type === "category") return fact.categories?.find((c) => [c.name, ...c.words].some((w) => w.toLowerCase() === value.toLowerCase()))?.words[0] ?? value;
  return value;
}

/**
 * Focus moves on by itself after three digits, or after two when the first says that a third will not come: a first part from 40 to 99, a second
 * likewise (four to nine). One and two and three begin numbers of three digits.
 */
export function isWhole(text: string): boolean {
  return /^[0-9]{3}$/.test(text) || /^[4-9][0-9]$/.test(text);
}

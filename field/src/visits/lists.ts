import type { PersonIndex } from "../people/search";
import type { Summary } from "../people/summary";
import { byName } from "../texts/texts";

/** Outcomes of a call after which nobody is looked for any more. */
export const over: ReadonlySet<string> = new Set(["moved", "died", "refused"]);
const snooze = 7;

const byDay = (a: Summary, b: Summary) => a.next - b.next || byName(a.name, b.name);

/** Expected today, in the days ahead, or a few days ago and not yet overdue; not seen since the day was set. */
export function dueList(index: PersonIndex, day: number, ahead: number, overdueAfter: number): Summary[] {
  return index.where(`due ${day} ${ahead} ${overdueAfter}`, (next, last) => next >= day - overdueAfter && next <= day + ahead && last < next && last < day).sort(byDay);
}

const isOverdue = (day: number, overdueAfter: number) => (next: number, last: number) => next > 0 && next < day - overdueAfter && next > day - 366 && last < next;

/** Not after a call that ended it; who said that she will come is left in peace for a week. */
const isSought = (day: number) => (person: Summary): boolean => {
  const [on, outcome] = person.call.split(" ");
  if (outcome === undefined || Number(on) < person.next) return true;
  return !over.has(outcome) && !(outcome === "will-come" && Number(on) + snooze > day);
};

/** Expected longer ago than the programme waits and not seen since; within a year. */
export function overdueList(index: PersonIndex, day: number, overdueAfter: number): Summary[] {
  return index.where(`overdue ${day} ${overdueAfter}`, isOverdue(day, overdueAfter)).filter(isSought(day)).sort(byDay);
}

/** How many the overdue list has, without reading who they are. */
export const overdueCount = (index: PersonIndex, day: number, overdueAfter: number): number => index.countWhere(isOverdue(day, overdueAfter), isSought(day));

export const seenCount = (index: PersonIndex, day: number): number => index.countWhere((_, last) => last === day, () => true);

export const seenList = (index: PersonIndex, day: number): Summary[] => index.where(`seen ${day}`, (_, last) => last === day);

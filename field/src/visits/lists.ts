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

/** In which order whoever telephones goes through the list. */
export const overdueOrders = ["to-call", "longest", "village", "name"] as const;
export type OverdueOrder = (typeof overdueOrders)[number];

/** Days after a call in which somebody else comes first. */
const justCalled = 2;

/**
 * To call: whoever can be called and was not just called first, and of those whoever missed the day last: she has medicine for days and not for months
 * to go without, and her number still answers. Whoever has no telephone comes last: she must be visited.
 */
export function inOverdueOrder(people: readonly Summary[], order: OverdueOrder, day: number): Summary[] {
  const group = (p: Summary) => (p.phone === "" ? 2 : p.call !== "" && Number(p.call.split(" ")[0]) > day - justCalled ? 1 : 0);
  return [...people].sort((a, b) => {
    if (order === "to-call") return group(a) - group(b) || b.next - a.next || byName(a.name, b.name);
    if (order === "village") return Number(a.village === "") - Number(b.village === "") || byName(a.village, b.village) || byDay(a, b);
    return order === "name" ? byName(a.name, b.name) : byDay(a, b);
  });
}

/** How many the overdue list has, without reading who they are. */
export const overdueCount = (index: PersonIndex, day: number, overdueAfter: number): number => index.countWhere(isOverdue(day, overdueAfter), isSought(day));

export const seenCount = (index: PersonIndex, day: number): number => index.countWhere((_, last) => last === day, () => true);

export const seenList = (index: PersonIndex, day: number): Summary[] => index.where(`seen ${day}`, (_, last) => last === day);

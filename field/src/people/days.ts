/** Days of the calendar as numbers (days since 1970-01-01) and as ISO text. The place's day, never an instant. */

export const isoOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** NaN when it is not a day of the calendar between 1900 and 2100. */
export function dayOf(iso: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (parts === null) return NaN;
  const day = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) / 86_400_000;
  return Number(parts[1]) < 1900 || Number(parts[1]) > 2100 || isoOf(day) !== iso ? NaN : day;
}

/** Today at the place, whatever zone the tablet is set to. */
export function todayIn(zone: string, now = Date.now()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
}

/** Minutes east of UTC at the place. */
export function offsetIn(zone: string, now = Date.now()): number {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" })
      .formatToParts(now).map((p) => [p.type, Number(p.value)]));
  const there = Date.UTC(parts["year"]!, parts["month"]! - 1, parts["day"]!, parts["hour"]!, parts["minute"]!);
  return Math.round((there - Math.floor(now / 60_000) * 60_000) / 60_000);
}

/** Whole years between a birth (a date or only a year) and a day; NaN without a birth. */
export function ageOn(birth: string, day: string): number {
  if (!/^\d{4}/.test(birth)) return NaN;
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4));
  return birth.length === 10 && day.slice(5) < birth.slice(5) ? years - 1 : years;
}

/** A window of the programme, named as the server names it (2025-03, 2025-Q1, 2025-W09), its first and its last day. */
export interface Span {
  name: string;
  first: string;
  last: string;
}

/** The window that a day lies in and those before it, the latest first: two years of months or quarters, half a year of weeks. */
export function windowsUpTo(today: string, kind: string): Span[] {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  const two = (n: number) => String(n).padStart(2, "0");
  // The last day of a month is the one before the next month's first.
  const monthEnd = (y: number, m: number) => isoOf(Date.UTC(y, m, 0) / 86_400_000);
  if (kind === "week") {
    const monday = dayOf(today) - ((dayOf(today) + 3) % 7);
    return Array.from({ length: 26 }, (_, i) => {
      // A week belongs to the year of its Thursday (ISO 8601).
      const thursday = isoOf(monday - 7 * i + 3);
      const number = Math.floor((dayOf(thursday) - dayOf(thursday.slice(0, 4) + "-01-01")) / 7) + 1;
      return { name: `${thursday.slice(0, 4)}-W${two(number)}`, first: isoOf(monday - 7 * i), last: isoOf(monday - 7 * i + 6) };
    });
  }
  const length = kind === "quarter" ? 3 : 1;
  return Array.from({ length: 24 / length }, (_, i) => {
    const at = Math.floor((year * 12 + month - 1) / length) - i;
    const [y, number] = [Math.floor((at * length) / 12), (at % (12 / length)) + 1];
    return { name: kind === "quarter" ? `${y}-Q${number}` : `${y}-${two(number)}`, first: `${y}-${two((number - 1) * length + 1)}-01`, last: monthEnd(y, number * length) };
  });
}

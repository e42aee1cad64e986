/*
 * Dates as texts (2026-03-01, 2026-03-01T08:30:00.000+02:00, 08:30) and as days since 1970-01-01 at the device's clock. Integers alone, so that
 * app and server agree to the last bit.
 */
const dayMilliseconds = 86_400_000;
const datePattern = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T(.+))?$/;
const timePattern = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(?:(Z)|([+-])([0-9]{2}):?([0-9]{2})?)?$/;

const months = {
  pt: ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
  es: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
  en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
} as const;

const weekdays = {
  pt: ["dom", "seg", "ter", "qua", "qui", "sex", "sáb"],
  es: ["dom", "lun", "mar", "mié", "jue", "vie", "sáb"],
  en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
} as const;

interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly weekday: number;
}

/** NaN where it is no date. */
export function days(text: string, offset: number): number {
  const date = datePattern.exec(text);
  if (date === null) return NaN;
  const day = civil(Number(date[1]), Number(date[2]), Number(date[3]));
  if (date[4] === undefined || Number.isNaN(day)) return day;
  const milliseconds = time(date[4], offset);
  return (day * dayMilliseconds + milliseconds) / dayMilliseconds;
}

export const isDate = (text: string): boolean => text.length === 10 && !Number.isNaN(days(text, 0));

export const isDateTime = (text: string): boolean => text.length > 10 && !Number.isNaN(days(text, 0));

export const isTime = (text: string): boolean => !Number.isNaN(time(text, 0));

/** The share of the day that has passed; NaN where it is no time. */
export const dayShare = (text: string, offset: number): number => time(text, offset) / dayMilliseconds;

/** The date that a number of days is; nothing outside the years 1 to 9999. */
export function dateText(number: number): string {
  const p = parts(Math.floor(number) * dayMilliseconds);
  return p === undefined ? "" : written(p);
}

export function dateTimeText(number: number, offset: number): string {
  const p = parts(Math.floor(number * dayMilliseconds + 0.5));
  if (p === undefined) return "";
  const away = Math.abs(offset);
  return `${written(p)}T${pad(p.hour, 2)}:${pad(p.minute, 2)}:${pad(p.second, 2)}.${pad(p.millisecond, 3)}${offset < 0 ? "-" : "+"}${pad(Math.floor(away / 60), 2)}:${pad(away % 60, 2)}`;
}

/** Minutes ahead of UTC that the end of a date with time says; none where it says none. */
export function offsetOf(dateTime: string): number {
  const date = datePattern.exec(dateTime);
  const told = date?.[4] === undefined ? null : timePattern.exec(date[4]);
  return told === null ? 0 : (zone(told) ?? 0);
}

/** The date in the marks of ODK: %Y %y %m %n %b %d %e %a, and %H %h %M %S %3 of the time. */
export function format(number: number, pattern: string, language: "pt" | "es" | "en"): string {
  const p = Number.isNaN(number) ? undefined : parts(Math.floor(number * dayMilliseconds + 0.5));
  if (p === undefined) return "";
  const marks: Readonly<Record<string, string | undefined>> = {
    Y: pad(p.year, 4),
    y: pad(p.year % 100, 2),
    m: pad(p.month, 2),
    n: pad(p.month, 1),
    b: months[language][p.month - 1],
    d: pad(p.day, 2),
    e: pad(p.day, 1),
    a: weekdays[language][p.weekday],
    H: pad(p.hour, 2),
    h: pad(p.hour, 1),
    M: pad(p.minute, 2),
    S: pad(p.second, 2),
    3: pad(p.millisecond, 3),
  };
  return pattern.replace(/%([\s\S])/g, (mark, letter: string) => (Object.hasOwn(marks, letter) ? (marks[letter] ?? mark) : mark));
}

const pad = (number: number, least: number): string => String(number).padStart(least, "0");

const written = (p: Moment): string => `${pad(p.year, 4)}-${pad(p.month, 2)}-${pad(p.day, 2)}`;

function civil(year: number, month: number, day: number): number {
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  const same = year >= 1 && month >= 1 && month <= 12 && day >= 1 && instant.getUTCMonth() === month - 1 && instant.getUTCDate() === day;
  return same ? instant.getTime() / dayMilliseconds : NaN;
}

/** Milliseconds of the day at the device's clock. */
function time(text: string, offset: number): number {
  const t = timePattern.exec(text);
  if (t === null) return NaN;
  const [hour, minute, second] = [Number(t[1]), Number(t[2]), Number(t[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const fraction = Number((t[4] ?? "0").padEnd(3, "0").slice(0, 3));
  const told = zone(t);
  return ((hour * 60 + minute + (told === undefined ? 0 : offset - told)) * 60 + second) * 1000 + (t[4] === undefined ? 0 : fraction);
}

function zone(t: RegExpExecArray): number | undefined {
  if (t[5] !== undefined) return 0;
  if (t[6] === undefined) return undefined;
  const minutes = Number(t[7]) * 60 + Number(t[8] ?? 0);
  return t[6] === "-" ? -minutes : minutes;
}

function parts(milliseconds: number): Moment | undefined {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) return undefined;
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
    weekday: date.getUTCDay(),
  };
}

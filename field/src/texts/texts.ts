import { catalogue, type TextKey } from "./catalogue";
import type { Text } from "../registers/pack";

export type Language = "pt" | "es" | "en";
export const languages: Language[] = ["pt", "es", "en"];
const place = { pt: 0, es: 1, en: 2 } as const;

let current: Language = "pt";

export function setLanguage(language: Language): void {
  current = language;
  document.documentElement.lang = language;
}

export const language = (): Language => current;

/** A text in the reader's language; {0}, {1} … are filled in. Of "one|many" the first is said of 1. */
export function t(key: TextKey, ...values: (string | number)[]): string {
  const [one, many] = catalogue[key][place[current]].split("|") as [string, string | undefined];
  return (many === undefined || Number(values[0]) === 1 ? one : many).replace(/\{(\d)\}/g, (_, i: string) => String(values[Number(i)] ?? ""));
}

/** A text of the pack. */
export const local = (text: Text | undefined | null): string => (text == null ? "" : text[current] || text.en || text.pt || "");

export function browserLanguage(): Language {
  const first = navigator.language.slice(0, 2);
  return first === "es" || first === "en" ? first : "pt";
}

/** Names in the order of the reader's language: Ângela stands beside Ana and not behind Zélia. */
export const byName = (a: string, b: string): number => (collators[current] ??= new Intl.Collator(shortDay[current], { sensitivity: "base" })).compare(a, b);
const collators: Partial<Record<Language, Intl.Collator>> = {};

const shortDay = { pt: "pt-PT", es: "es-MX", en: "en-GB" } as const;

/** 14/03/25, as people write it on cards. */
export function dayText(iso: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return iso;
  return `${iso.slice(8)}/${iso.slice(5, 7)}/${iso.slice(2, 4)}`;
}

/** Fri 14 Mar: for days to come, where the weekday matters. With the year when it is not today's: nobody reads a wrong year into "14 Mar". */
export function weekdayText(iso: string, today: string): string {
  const year = iso.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(shortDay[current], { weekday: "short", day: "numeric", month: "short", ...year, timeZone: "UTC" }).format(Date.parse(iso));
}

export function timeText(instant: number): string {
  return new Intl.DateTimeFormat(shortDay[current], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(instant);
}

/** "365 days", "5 hours" or "7 minutes": a length as it is said, rounded. */
export function lengthText(seconds: number): string {
  const hours = Math.round(seconds / 3600);
  return seconds < 5400 ? t("unit.minutes", Math.round(seconds / 60)) : hours < 48 ? t("unit.hours", hours) : t("visit.days", Math.round(seconds / 86_400));
}

export const numberText = (value: number, decimals = 0) => value.toLocaleString(shortDay[current], { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/** "março de 2025" of 2025-03; a week or quarter as it is written. */
export function windowText(window: string): string {
  if (!/^\d{4}-\d{2}$/.test(window)) return window;
  return new Intl.DateTimeFormat(shortDay[current], { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(window + "-01"));
}

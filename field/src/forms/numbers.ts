import { days } from "./dates.js";

const longestNumber = 400;
const form = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;

/** Spaces as XML counts them: what trims a number and parts a list of choices. */
export const trim = (text: string): string => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");

/**
 * Digits with at most one point and a minus sign before them, spaces around; a date is its days since 1970-01-01, a date with time the days at
 * the device's clock. Anything else, and nothing, is NaN.
 */
export function numberOf(text: string, offset: number): number {
  const trimmed = trim(text);
  if (trimmed.length === 0 || trimmed.length > longestNumber) return NaN;
  return form.test(trimmed) ? Number(trimmed) : days(trimmed, offset);
}

/** An integer without a point, anything else with as few digits as give it back, never with an exponent. */
export function numberText(number: number): string {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "Infinity" : "-Infinity";
  if (number === 0) return "0";
  const shortest = String(number);
  const at = shortest.indexOf("e");
  return at < 0 ? shortest : shifted(shortest.slice(0, at), Number(shortest.slice(at + 1)));
}

/** To the nearest multiple of 10^-places, halves upwards; the number is taken as it is written in decimals. */
export function round(number: number, places: number): number {
  if (Number.isNaN(places)) return NaN;
  if (!Number.isFinite(number)) return number;
  const shift = Math.min(300, Math.max(-300, Math.trunc(places)));
  if (shift === 0) return half(number);
  const moved = scaled(number, shift);
  return Number.isFinite(moved) ? scaled(half(moved), -shift) : number;
}

function half(number: number): number {
  if (number < 0 && number >= -0.5) return -0;
  const floor = Math.floor(number);
  return floor + (number - floor >= 0.5 ? 1 : 0);
}

const scaled = (number: number, shift: number): number => Number(`${numberText(number)}E${shift}`);

function shifted(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace("-", "").replace(".", "");
  const point = 1 + exponent;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

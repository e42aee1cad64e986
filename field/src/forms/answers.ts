import { dateText, dateTimeText, isDate, isDateTime, isTime } from "./dates.js";
import type { FormItem } from "./definition.js";
import { textOf, words, type Value } from "./evaluator.js";
import { numberOf, numberText } from "./numbers.js";

/** Characters of an answer, typed or computed. */
export const mostCharacters = 32_767;

const mostDigits = 15;

/** Whether a text is an answer of an item's type. */
export function fits(item: FormItem, value: string): boolean {
  if (value.length > mostCharacters) return false;
  switch (item.type) {
    case "integer":
      return value.length <= mostDigits && /^-?[0-9]+$/.test(value);
    case "decimal":
      return isNumber(value);
    case "range":
      return isNumber(value) && inRange(item, numberOf(value, 0));
    case "date":
    case "today":
      return isDate(value);
    case "dateTime":
    case "start":
    case "end":
      return isDateTime(value);
    case "time":
      return isTime(value);
    case "geopoint":
    case "start-geopoint":
      return isGeoPoint(value);
    default:
      return true;
  }
}

/** A computed value as the answer of its item: days become a date, and what is no number is no answer. */
export function answerOf(item: FormItem, value: Value, offset: number): string {
  if (typeof value !== "number") return textOf(value);
  if (Number.isNaN(value)) return "";
  switch (item.type) {
    case "date":
      return dateText(value);
    case "dateTime":
      return dateTimeText(value, offset);
    case "integer":
      return numberText(Math.trunc(value));
    default:
      return numberText(value);
  }
}

const isNumber = (text: string): boolean => !isDate(text) && !isDateTime(text) && Number.isFinite(numberOf(text, 0)) && text === text.trim();

/** On a step of the range, as far as decimals can say so. */
function inRange(item: FormItem, value: number): boolean {
  const slack = 1e-9;
  const parameter = (name: string, otherwise: number): number => {
    const told = item.parameters?.[name];
    return told === undefined ? otherwise : numberOf(told, 0);
  };
  const [start, end, step] = [parameter("start", 0), parameter("end", 10), parameter("step", 1)];
  if (value < Math.min(start, end) || value > Math.max(start, end)) return false;
  const steps = Math.abs(value - start) / Math.abs(step);
  return Math.abs(steps - Math.floor(steps + 0.5)) < slack;
}

function isGeoPoint(text: string): boolean {
  const numbers = words(text).map((w) => numberOf(w, 0));
  const [latitude = NaN, longitude = NaN] = numbers;
  return numbers.length <= 4 && numbers.every(Number.isFinite) && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
}

import { printedCode } from "../scan/payload";
import { foldName } from "./sounds";

/** What a list shows of a person and what search needs; lies in the index, one a person. Days count from 1970-01-01, 0 is none. */
export interface Summary {
  id: string;
  name: string;
  sex: "female" | "male" | "";
  /** ISO date, or year alone where only an age was said. */
  birth: string;
  village: string;
  phone: string;
  /** The facility of the latest visit or of the registration. */
  facility: string;
  /** The number shown beside the name. */
  number: string;
  numbers: string[];
  group: string;
  next: number;
  last: number;
  /** Fields of which two people said different things without knowing of each other. */
  disputes: number;
  /** Latest telephone outcome and its day: "20600 will-come". */
  call: string;
}

/** A stretch of the index as four texts with a line a person. */
export interface IndexTexts {
  ids: string;
  keys: string;
  numbers: string;
  lines: string;
}

const tidy = (text: string) => text.replace(/[\t\n\r]+/g, " ");

export const digitsOf = (text: string) => text.replace(/[^0-9]/g, "");

export function keysOf(person: Summary): string {
  return foldName(person.name);
}

export function numbersOf(person: Summary): string {
  if (person.name === "" && person.numbers.length === 0) return " ";
  const words: string[] = [printedCode(person.id)];
  for (const number of person.numbers) {
    const digits = digitsOf(number);
    const whole = number.toLowerCase().replace(/[^0-9a-z]/g, "");
    words.push(digits);
    if (whole !== digits) words.push(whole);
  }
  if (person.phone !== "") words.push(digitsOf(person.phone));
  return " " + words.filter((w) => w !== "").join(" ") + " ";
}

export function lineOf(p: Summary): string {
  const days = String(p.next).padStart(5, "0") + String(p.last).padStart(5, "0") + (p.disputes > 0 ? Math.min(9, p.disputes) : "");
  return [days, p.name, p.sex, p.birth, p.village, p.facility, p.number, p.phone, p.group, p.call].map(tidy).join("\t");
}

export function readLine(id: string, line: string): Summary {
  const [days, name, sex, birth, village, facility, number, phone, group, call] = line.split("\t");
  return {
    id,
    name: name ?? "",
    sex: (sex ?? "") as Summary["sex"],
    birth: birth ?? "",
    village: village ?? "",
    facility: facility ?? "",
    number: number ?? "",
    numbers: [],
    phone: phone ?? "",
    group: group ?? "",
    call: call ?? "",
    next: Number((days ?? "").slice(0, 5)),
    last: Number((days ?? "").slice(5, 10)),
    disputes: Number((days ?? "").slice(10)),
  };
}

export function textsOf(people: Summary[]): IndexTexts {
  return {
    ids: people.map((p) => p.id + "\n").join(""),
    keys: people.map((p) => keysOf(p) + "\n").join(""),
    numbers: people.map((p) => numbersOf(p) + "\n").join(""),
    lines: people.map((p) => lineOf(p) + "\n").join(""),
  };
}

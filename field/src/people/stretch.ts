import { type IndexTexts, type Summary, readLine } from "./summary";

const idLength = 37;
/** Which field of a line the facility is. */
const facilityField = 5;

/** A stretch of the index in memory: a block's four texts, and where each person's line begins in them. */
export class Stretch {
  readonly count: number;
  readonly keyStarts: Uint32Array;
  readonly numberStarts: Uint32Array;
  readonly next: Uint32Array;
  readonly last: Uint32Array;
  /** Whose fields are disputed. */
  readonly disputed: number[] = [];
  private readonly lineStarts: Uint32Array;

  constructor(readonly texts: IndexTexts) {
    this.count = texts.ids.length / idLength;
    this.keyStarts = starts(texts.keys, this.count);
    this.numberStarts = starts(texts.numbers, this.count);
    this.lineStarts = starts(texts.lines, this.count);
    this.next = new Uint32Array(this.count);
    this.last = new Uint32Array(this.count);
    for (let i = 0; i < this.count; i++) {
      this.next[i] = number(texts.lines, this.lineStarts[i]!);
      this.last[i] = number(texts.lines, this.lineStarts[i]! + 5);
      if (texts.lines[this.lineStarts[i]! + 10] !== "\t") this.disputed.push(i);
    }
  }

  id(at: number): string {
    return this.texts.ids.substr(at * idLength, 36);
  }

  /** −1 where she is not in it. */
  placeOf(id: string): number {
    const at = this.texts.ids.indexOf(id + "\n");
    return at < 0 ? -1 : at / idLength;
  }

  keys(at: number): string {
    return line(this.texts.keys, this.keyStarts, at);
  }

  numbers(at: number): string {
    return line(this.texts.numbers, this.numberStarts, at);
  }

  summary(at: number): Summary {
    return readLine(this.id(at), line(this.texts.lines, this.lineStarts, at));
  }

  /** The facility of her line, without reading the rest. */
  facility(at: number): string {
    const text = this.texts.lines;
    let from = this.lineStarts[at]!;
    for (let field = 0; field < facilityField; field++) from = text.indexOf("\t", from) + 1;
    return text.slice(from, text.indexOf("\t", from));
  }

  /** Whether somebody has called her: the last field of her line. */
  isCalled(at: number): boolean {
    return this.texts.lines[this.lineStarts[at + 1]! - 2] !== "\t";
  }
}

/** Where in a stretch's text something was found; `starts` are the beginnings of its lines. */
export interface Matches {
  starts: Uint32Array;
  whole: number[];
  other: number[];
}

/** Words that begin with one of the folds, each with a space before it. The space is not sought: it is the commonest sign of all. */
export function wordMatches(stretch: Stretch, folds: string[]): Matches {
  const text = stretch.texts.keys;
  const found: Matches = { starts: stretch.keyStarts, whole: [], other: [] };
  for (const fold of folds) {
    const sought = fold.slice(1);
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
      if (text[at - 1] === " ") (text[at + sought.length] === " " ? found.whole : found.other).push(at);
    }
  }
  return found;
}

/**
 * Numbers that are this one whole, zeros before it aside, and then those that have it as a part, or from less than three digits as a beginning. Zeros
 * count in the code of a card alone, which has eight digits always.
 */
export function numberMatches(stretch: Stretch, number: string, onlyWhole = false): Matches {
  const text = stretch.texts.numbers;
  const found: Matches = { starts: stretch.numberStarts, whole: [], other: [] };
  const sought = withoutZeros(number);
  const zeros = number.length - sought.length;
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
    if (text[at + sought.length] === " ") {
      let begin = at;
      while (text[begin - 1] === "0") begin--;
      const isCard = begin === 1 || text[begin - 2] === "\n";
      if (text[begin - 1] === " " && (!isCard || text.slice(begin, at) + sought === number)) {
        found.whole.push(at);
        continue;
      }
    }
    if (!onlyWhole && (number.length >= 3 || text[at - zeros - 1] === " ") && (zeros === 0 || text.startsWith(number, at - zeros))) found.other.push(at);
  }
  return found;
}

/** A number as the index writes it. */
export const plain = (number: string) => number.toLowerCase().replace(/[^0-9a-z]/g, "");

export function withoutZeros(number: string): string {
  let at = 0;
  while (at < number.length - 1 && number[at] === "0") at++;
  return at === 0 ? number : number.slice(at);
}

export function placeAt(lineStarts: Uint32Array, at: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

const line = (text: string, lineStarts: Uint32Array, at: number): string => text.slice(lineStarts[at]!, lineStarts[at + 1]! - 1);

function starts(text: string, count: number): Uint32Array {
  const found = new Uint32Array(count + 1);
  let at = 0;
  for (let i = 0; i < count; i++) {
    at = text.indexOf("\n", at) + 1;
    found[i + 1] = at;
  }
  return found;
}

function number(text: string, at: number): number {
  let value = 0;
  for (let i = at; i < at + 5; i++) value = value * 10 + text.charCodeAt(i) - 48;
  return value;
}

import { foldPrefix } from "./sounds";
import { type IndexTexts, type Summary, digitsOf, keysOf, numbersOf, readLine } from "./summary";

const idLength = 37;
const mostCandidates = 600;

/**
 * Everybody on the device, in memory while it is unlocked. The bulk lies in four long texts that are scanned (native indexOf over a few MB is
 * faster than any tree at this size); whoever changed since lies beside them.
 */
export class PersonIndex {
  private readonly texts: IndexTexts;
  private readonly keyStarts: Uint32Array;
  private readonly numberStarts: Uint32Array;
  private readonly lineStarts: Uint32Array;
  private readonly changed = new Map<string, { summary: Summary; keys: string; numbers: string }>();
  private readonly masked = new Set<number>();
  private readonly found = new Map<string, Map<number, Summary>>();
  readonly count: number;

  constructor(parts: IndexTexts[] = []) {
    this.texts = {
      ids: parts.map((p) => p.ids).join(""),
      keys: parts.map((p) => p.keys).join(""),
      numbers: parts.map((p) => p.numbers).join(""),
      lines: parts.map((p) => p.lines).join(""),
    };
    this.count = this.texts.ids.length / idLength;
    this.keyStarts = starts(this.texts.keys, this.count);
    this.numberStarts = starts(this.texts.numbers, this.count);
    this.lineStarts = starts(this.texts.lines, this.count);
  }

  get size(): number {
    return this.count - this.masked.size + this.changed.size;
  }

  /** Place of a person among those in the bulk, or −1. */
  slotOf(id: string): number {
    const at = this.texts.ids.indexOf(id + "\n");
    return at < 0 ? -1 : at / idLength;
  }

  /** Places of everybody in the bulk, for folding many entries at once. */
  slots(): Map<string, number> {
    const slots = new Map<string, number>();
    for (let i = 0; i < this.count; i++) slots.set(this.texts.ids.substr(i * idLength, 36), i);
    return slots;
  }

  put(summary: Summary): void {
    this.mask(summary.id);
    this.changed.set(summary.id, { summary, keys: keysOf(summary), numbers: numbersOf(summary) });
  }

  remove(id: string): void {
    this.mask(id);
    this.changed.delete(id);
  }

  get(id: string): Summary | undefined {
    const own = this.changed.get(id);
    if (own !== undefined) return own.summary;
    const slot = this.slotOf(id);
    return slot < 0 || this.masked.has(slot) ? undefined : this.at(slot);
  }

  /**
   * People whose name has a word beginning like each word asked for, in any order, by sound; words with three digits or more are sought in
   * identifiers and telephone numbers. Whole words and the own facility come first.
   */
  find(query: string, facility: string, limit = 30): Summary[] {
    const words = query.trim().split(/[\s,]+/).filter((w) => w !== "");
    const numbers = words.filter((w) => /[0-9]/.test(w)).map((w) => (/[a-z]/i.test(w) ? w.toLowerCase().replace(/[^0-9a-z]/g, "") : digitsOf(w)));
    const names = words.filter((w) => !/[0-9]/.test(w)).map(foldPrefix).filter((v) => v.length > 0);
    if (numbers.length === 0 && names.length === 0) return [];
    const found = new Map<string, { summary: Summary; score: number }>();
    const take = (summary: Summary, keys: string) => {
      if (found.has(summary.id)) return;
      let score = summary.facility === facility ? 2 : 0;
      for (const folds of names) if (folds.some((fold) => keys.includes(" " + fold + " "))) score += 4;
      found.set(summary.id, { summary, score: score + Math.min(1, summary.last / 100_000) });
    };
    for (const own of this.changed.values()) {
      if (matches(own.keys, own.numbers, names, numbers)) take(own.summary, own.keys);
    }
    for (const slot of this.candidates(names, numbers)) {
      if (this.masked.has(slot)) continue;
      const keys = this.line(this.texts.keys, this.keyStarts, slot);
      if (matches(keys, this.line(this.texts.numbers, this.numberStarts, slot), names, numbers)) take(this.at(slot), keys);
      if (found.size >= mostCandidates) break;
    }
    return [...found.values()].sort((a, b) => b.score - a.score || (a.summary.name < b.summary.name ? -1 : 1)).slice(0, limit).map((f) => f.summary);
  }

  /** Who holds exactly this number; several when it is not unique. */
  holding(number: string): Summary[] {
    const digits = number.toLowerCase().replace(/[^0-9a-z]/g, "");
    if (digits === "") return [];
    const holders = [...this.changed.values()].filter((c) => c.numbers.includes(" " + digits + " ")).map((c) => c.summary);
    for (let at = this.texts.numbers.indexOf(" " + digits + " "); at >= 0; at = this.texts.numbers.indexOf(" " + digits + " ", at + 1)) {
      const slot = slotAt(this.numberStarts, at);
      if (!this.masked.has(slot)) holders.push(this.at(slot));
    }
    return holders;
  }

  /**
   * Everybody whose days satisfy a condition, without reading anything else of the others. The bulk does not change: what was found in it under a
   * name is remembered, so that a list costs the people in it and not all of them.
   */
  where(name: string, condition: (next: number, last: number) => boolean): Summary[] {
    let bulk = this.found.get(name);
    if (bulk === undefined) {
      bulk = new Map();
      for (let slot = 0; slot < this.count; slot++) {
        const at = this.lineStarts[slot]!;
        if (condition(number(this.texts.lines, at), number(this.texts.lines, at + 5))) bulk.set(slot, this.at(slot));
      }
      this.found.set(name, bulk);
    }
    const people = [...this.changed.values()].map((c) => c.summary).filter((s) => condition(s.next, s.last));
    for (const [slot, summary] of bulk) if (!this.masked.has(slot)) people.push(summary);
    return people;
  }

  /** Everybody in turn: for the supervisor's counts, groups and what search cannot answer. */
  *everybody(): Generator<Summary> {
    for (const own of this.changed.values()) yield own.summary;
    for (let slot = 0; slot < this.count; slot++) if (!this.masked.has(slot)) yield this.at(slot);
  }

  private mask(id: string): void {
    const slot = this.slotOf(id);
    if (slot >= 0) this.masked.add(slot);
  }

  private at(slot: number): Summary {
    return readLine(this.texts.ids.substr(slot * idLength, 36), this.line(this.texts.lines, this.lineStarts, slot));
  }

  private line(text: string, lineStarts: Uint32Array, slot: number): string {
    return text.slice(lineStarts[slot]!, lineStarts[slot + 1]! - 1);
  }

  /** Slots that hold the rarest-looking word asked for; whole words before beginnings. */
  private *candidates(names: string[][], numbers: string[]): Generator<number> {
    const number = [...numbers].sort((a, b) => b.length - a.length)[0];
    if (number !== undefined && (names.length === 0 || number.length >= 3)) {
      yield* occurrences(this.texts.numbers, this.numberStarts, number.length >= 3 ? number : " " + number);
      return;
    }
    const rarest = [...names].sort((a, b) => b[0]!.length - a[0]!.length)[0];
    if (rarest === undefined) return;
    for (const end of [" ", ""]) for (const fold of rarest) yield* occurrences(this.texts.keys, this.keyStarts, " " + fold + end);
  }
}

function matches(keys: string, ids: string, names: string[][], numbers: string[]): boolean {
  for (const folds of names) if (!folds.some((fold) => keys.includes(" " + fold))) return false;
  for (const number of numbers) if (!ids.includes(number.length >= 3 ? number : " " + number)) return false;
  return true;
}

function* occurrences(text: string, lineStarts: Uint32Array, sought: string): Generator<number> {
  let at = text.indexOf(sought);
  while (at >= 0) {
    const slot = slotAt(lineStarts, at);
    yield slot;
    at = text.indexOf(sought, lineStarts[slot + 1]!);
  }
}

function slotAt(lineStarts: Uint32Array, at: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

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


import { foldPrefix } from "./sounds";
import { type IndexTexts, type Summary, digitsOf, keysOf, numbersOf, readLine } from "./summary";

const idLength = 37;
const mostCandidates = 600;

/** Which number of a person answers a query, and how: the whole of it (zeros before it aside), its beginning, or a part of it. */
export interface Hit {
  number: string;
  of: "identifier" | "card" | "phone";
  how: "whole" | "beginning" | "part";
}

/** A person who was found; `hit` is null when the query has no number. */
export interface Found extends Summary {
  hit: Hit | null;
}

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
   * identifiers and telephone numbers. Whoever holds exactly the number comes first, then beginnings of identifiers, then card codes, telephones and
   * parts; whole words and the own facility come first among those.
   */
  find(query: string, facility: string, limit = 30): Found[] {
    const words = query.trim().split(/[\s,]+/).filter((w) => w !== "");
    const numbers = words.filter((w) => /[0-9]/.test(w)).map((w) => (/[a-z]/i.test(w) ? w.toLowerCase().replace(/[^0-9a-z]/g, "") : digitsOf(w)));
    const names = words.filter((w) => !/[0-9]/.test(w)).map(foldPrefix).filter((v) => v.length > 0);
    if (numbers.length === 0 && names.length === 0) return [];
    const found = new Map<string, { person: Found; score: number }>();
    const consider = (keys: string, ids: string, read: () => Summary) => {
      if (!matches(keys, names)) return;
      const hits = numbers.map((number) => hitOf(ids, number));
      if (hits.includes(null)) return;
      const summary = read();
      if (found.has(summary.id)) return;
      // The weakest hit says how sure the person is.
      let hit: Hit | null = null;
      for (const one of hits as Hit[]) {
        const said: Hit = one.of === "identifier" && one.number === digitsOf(summary.phone) && one.number !== digitsOf(summary.number) ? { ...one, of: "phone" } : one;
        if (hit === null || weight(said) < weight(hit)) hit = said;
      }
      let score = summary.facility === facility ? 2 : 0;
      for (const folds of names) if (folds.some((fold) => keys.includes(" " + fold + " "))) score += 4;
      found.set(summary.id, { person: { ...summary, hit }, score: score + Math.min(1, summary.last / 100_000) + 1000 * (hit === null ? 0 : weight(hit)) });
    };
    for (const own of this.changed.values()) consider(own.keys, own.numbers, () => own.summary);
    for (const slot of this.candidates(names, numbers)) {
      if (this.masked.has(slot)) continue;
      consider(this.line(this.texts.keys, this.keyStarts, slot), this.line(this.texts.numbers, this.numberStarts, slot), () => this.at(slot));
      if (found.size >= mostCandidates) break;
    }
    return [...found.values()].sort((a, b) => b.score - a.score || (a.person.name < b.person.name ? -1 : 1)).slice(0, limit).map((f) => f.person);
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

  /** Who holds this number, whatever zeros stand before it here or there: 1313 and 00001313 are one number to whoever reads them out. */
  holdingButForZeros(number: string): Summary[] {
    const whole = number.toLowerCase().replace(/[^0-9a-z]/g, "");
    if (whole === "") return [];
    const holders = [...this.changed.values()].filter((c) => hitOf(c.numbers, whole)?.how === "whole").map((c) => c.summary);
    for (const slot of new Set(this.wholes(whole))) if (!this.masked.has(slot)) holders.push(this.at(slot));
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

  /** Slots with this whole number; zeros before it count in the code of a card alone, which has eight digits always. */
  private *wholes(number: string): Generator<number> {
    const text = this.texts.numbers;
    const sought = withoutZeros(number) + " ";
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
      let begin = at;
      while (text[begin - 1] === "0") begin--;
      if (text[begin - 1] !== " ") continue;
      const isCard = begin === 1 || text[begin - 2] === "\n";
      if (!isCard || text.slice(begin, at) + sought === number + " ") yield slotAt(this.numberStarts, at);
    }
  }

  /** Slots that hold the rarest-looking word asked for; whole words before beginnings. */
  private *candidates(names: string[][], numbers: string[]): Generator<number> {
    const number = [...numbers].sort((a, b) => b.length - a.length)[0];
    // However many hold a part of it, whoever holds the whole must be among them.
    if (number !== undefined) yield* this.wholes(number);
    if (number !== undefined && (names.length === 0 || number.length >= 3)) {
      yield* occurrences(this.texts.numbers, this.numberStarts, number.length >= 3 ? number : " " + number);
      return;
    }
    const rarest = [...names].sort((a, b) => b[0]!.length - a[0]!.length)[0];
    if (rarest === undefined) return;
    for (const end of [" ", ""]) for (const fold of rarest) yield* occurrences(this.texts.keys, this.keyStarts, " " + fold + end);
  }
}

const matches = (keys: string, names: string[][]) => names.every((folds) => folds.some((fold) => keys.includes(" " + fold)));

const withoutZeros = (number: string) => number.replace(/^0+(?=.)/, "");

const weight = ({ of, how }: Hit) => (how === "whole" ? (of === "identifier" ? 4 : 3) : how === "beginning" && of === "identifier" ? 2 : 1);

/** The best answer to a number in a line of the index: its first word is the card's code. Parts count from three digits on. */
function hitOf(line: string, number: string): Hit | null {
  const sought = withoutZeros(number);
  let best: Hit | null = null;
  line.trim().split(" ").forEach((word, i) => {
    const of = i === 0 ? "card" : "identifier";
    const plain = of === "card" ? word : withoutZeros(word);
    const how = plain === (of === "card" ? number : sought) ? "whole" : word.startsWith(number) || plain.startsWith(sought) ? "beginning" : number.length >= 3 && word.includes(number) ? "part" : null;
    if (how !== null && (best === null || weight({ number: word, of, how }) > weight(best))) best = { number: word, of, how };
  });
  return best;
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


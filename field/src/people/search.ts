import { foldPrefix } from "./sounds";
import { numberMatches, placeAt, plain, Stretch, wordMatches, withoutZeros, type Matches } from "./stretch";
import { type IndexTexts, type Summary, digitsOf, keysOf, numbersOf } from "./summary";

const mostCandidates = 600;

/** Which number of a person answers a query, and how: the whole of it (zeros before it aside), its beginning, or a part of it. */
export interface Hit {
  number: string;
  of: "identifier" | "card" | "phone";
  how: "whole" | "beginning" | "part";
}

interface Candidate {
  score: number;
  hit: Hit | null;
  read: () => Summary;
}

/** A person who was found; `hit` is null when the query has no number. */
export interface Found extends Summary {
  hit: Hit | null;
}

/**
 * Everybody on the device, in memory while it is unlocked. The bulk lies in long texts, a stretch of them a block, that are scanned (native
 * indexOf over a few MB is faster than any tree at this size); whoever changed since lies beside them.
 */
export class PersonIndex {
  private readonly stretches: Stretch[] = [];
  private readonly changed = new Map<string, { summary: Summary; keys: string; numbers: string }>();
  private readonly masked = new Set<number>();
  private readonly found = new Map<string, Map<number, Summary>>();
  count = 0;

  constructor(parts: IndexTexts[] = []) {
    for (const part of parts) this.add(part);
  }

  get size(): number {
    return this.count - this.masked.size + this.changed.size;
  }

  /** The next block, behind those that are here. Every block but the last has as many people as the first. */
  add(texts: IndexTexts): void {
    const stretch = new Stretch(texts);
    this.stretches.push(stretch);
    this.count += stretch.count;
    this.found.clear();
  }

  /** The index after these blocks were written anew; whoever changed since lies in them. */
  with(blocks: Iterable<readonly [number, IndexTexts]>): PersonIndex {
    const next = new PersonIndex();
    next.stretches.push(...this.stretches);
    for (const [n, texts] of blocks) next.stretches[n] = new Stretch(texts);
    next.count = next.stretches.reduce((sum, stretch) => sum + stretch.count, 0);
    return next;
  }

  /** Place of a person among those in the bulk, or −1. */
  slotOf(id: string): number {
    for (const [n, stretch] of this.stretches.entries()) {
      const at = stretch.placeOf(id);
      if (at >= 0) return n * this.each + at;
    }
    return -1;
  }

  /** Places of everybody in the bulk, for folding many entries at once. */
  slots(): Map<string, number> {
    const slots = new Map<string, number>();
    for (let slot = 0; slot < this.count; slot++) slots.set(this.idAt(slot), slot);
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
   * identifiers and telephone numbers. Whoever holds exactly the number comes first, then beginnings of identifiers, then beginnings of card codes, telephones and
   * parts; whole words and the own facility come first among those.
   */
  find(query: string, facility: string, limit = 30): Found[] {
    const words = query.trim().split(/[\s,]+/).filter((w) => w !== "");
    const numbers = words.filter((w) => /[0-9]/.test(w)).map((w) => (/[a-z]/i.test(w) ? w.toLowerCase().replace(/[^0-9a-z]/g, "") : digitsOf(w)));
    const names = words.filter((w) => !/[0-9]/.test(w)).map(foldPrefix).filter((v) => v.length > 0).map((folds) => folds.map((fold) => " " + fold));
    if (numbers.length === 0 && names.length === 0) return [];
    const found: Candidate[] = [];
    const consider = (keys: string, line: string, isOwn: boolean, last: number, read: () => Summary): boolean => {
      if (!names.every((folds) => folds.some((fold) => keys.includes(fold)))) return false;
      const person = numbers.length === 0 ? null : read();
      const hit = person === null ? null : weakest(numbers, line, person);
      if (person !== null && hit === null) return false;
      let score = (isOwn ? 2 : 0) + Math.min(1, last / 100_000) + (hit === null ? 0 : 1000 * weight(hit));
      for (const folds of names) if (folds.some((fold) => keys.includes(fold + " "))) score += 4;
      found.push({ score, hit, read: person === null ? read : () => person });
      return true;
    };
    for (const { keys, numbers: line, summary } of this.changed.values()) consider(keys, line, summary.facility === facility, summary.last, () => summary);
    const seen = new Set<number>();
    for (const [stretch, at, slot] of this.candidates(names, numbers)) {
      if (seen.has(slot) || this.masked.has(slot)) continue;
      seen.add(slot);
      if (consider(stretch.keys(at), numbers.length === 0 ? "" : stretch.numbers(at), stretch.facility(at) === facility, stretch.last[at]!, () => stretch.summary(at)) && found.length >= mostCandidates) break;
    }
    // Only those are read who may stand in the list: whoever ties with its last is decided by name.
    found.sort((a, b) => b.score - a.score);
    const edge = found[Math.min(limit, found.length) - 1]?.score ?? 0;
    return found.filter((one) => one.score >= edge).map(({ score, hit, read }) => ({ score, person: { ...read(), hit } }))
      .sort((a, b) => b.score - a.score || (a.person.name < b.person.name ? -1 : 1)).slice(0, limit).map(({ person }) => person);
  }

  /** Who holds exactly this number; several when it is not unique. */
  holding(number: string): Summary[] {
    const whole = plain(number);
    return whole === "" ? [] : this.holders(whole, (line) => line.includes(" " + whole + " "));
  }

  /** Who holds this number, whatever zeros stand before it here or there: 1313 and 00001313 are one number to whoever reads them out. */
  holdingButForZeros(number: string): Summary[] {
    const whole = plain(number);
    return whole === "" ? [] : this.holders(whole, (line) => hitOf(line, whole)?.how === "whole");
  }

  private holders(number: string, isMeant: (line: string) => boolean): Summary[] {
    const holders = [...this.changed.values()].filter((c) => isMeant(c.numbers)).map((c) => c.summary);
    const seen = new Set<number>();
    for (const [n, stretch] of this.stretches.entries()) {
      for (const found of numberMatches(stretch, number, true).whole) {
        const [, at, slot] = this.placed(stretch, n, placeAt(stretch.numberStarts, found));
        if (seen.has(slot) || this.masked.has(slot) || !isMeant(stretch.numbers(at))) continue;
        seen.add(slot);
        holders.push(stretch.summary(at));
      }
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
      for (const [stretch, at, slot] of this.satisfying(condition)) bulk.set(slot, stretch.summary(at));
      this.found.set(name, bulk);
    }
    const people = [...this.changed.values()].map((c) => c.summary).filter((s) => condition(s.next, s.last));
    for (const [slot, summary] of bulk) if (!this.masked.has(slot)) people.push(summary);
    return people;
  }

  /** How many there are of them; only who was called is read, and counts if `isMeant`. */
  countWhere(condition: (next: number, last: number) => boolean, isMeant: (person: Summary) => boolean): number {
    let count = 0;
    for (const { summary } of this.changed.values()) if (condition(summary.next, summary.last) && isMeant(summary)) count++;
    for (const [stretch, at, slot] of this.satisfying(condition)) if (!this.masked.has(slot) && (!stretch.isCalled(at) || isMeant(stretch.summary(at)))) count++;
    return count;
  }

  /** Of whom two people said different things. */
  disputed(): Summary[] {
    const people = [...this.changed.values()].map((c) => c.summary).filter((s) => s.disputes > 0);
    for (const [stretch, at, slot] of this.everyStretch((one) => one.disputed)) if (!this.masked.has(slot)) people.push(stretch.summary(at));
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

  private *satisfying(condition: (next: number, last: number) => boolean): Generator<[Stretch, number, number]> {
    for (const [n, stretch] of this.stretches.entries()) {
      for (let at = 0; at < stretch.count; at++) if (condition(stretch.next[at]!, stretch.last[at]!)) yield [stretch, at, n * this.each + at];
    }
  }

  private get each(): number {
    return this.stretches[0]?.count ?? 0;
  }

  private at(slot: number): Summary {
    return this.stretches[Math.floor(slot / this.each)]!.summary(slot % this.each);
  }

  private idAt(slot: number): string {
    return this.stretches[Math.floor(slot / this.each)]!.id(slot % this.each);
  }

  /** Whoever holds the rarest-looking word asked for; whole words before beginnings, and those before parts of numbers. */
  private *candidates(names: string[][], numbers: string[]): Generator<[Stretch, number, number]> {
    const number = [...numbers].sort((a, b) => b.length - a.length)[0];
    const rarest = [...names].sort((a, b) => b[0]!.length - a[0]!.length)[0];
    if (number !== undefined && (rarest === undefined || number.length >= 3)) yield* this.wholeFirst((stretch) => numberMatches(stretch, number));
    else {
      if (number !== undefined) yield* this.wholeFirst((stretch) => numberMatches(stretch, number, true));
      yield* this.wholeFirst((stretch) => wordMatches(stretch, rarest!));
    }
  }

  /** In one pass over the texts: whoever matches whole at once, the others afterwards. */
  private *wholeFirst(matches: (stretch: Stretch) => Matches): Generator<[Stretch, number, number]> {
    const others: [Stretch, number, Matches][] = [];
    for (const [n, stretch] of this.stretches.entries()) {
      const found = matches(stretch);
      for (const at of found.whole) yield this.placed(stretch, n, placeAt(found.starts, at));
      if (found.other.length > 0) others.push([stretch, n, found]);
    }
    for (const [stretch, n, { starts, other }] of others) for (const at of other) yield this.placed(stretch, n, placeAt(starts, at));
  }

  private *everyStretch(find: (stretch: Stretch) => Iterable<number>): Generator<[Stretch, number, number]> {
    for (const [n, stretch] of this.stretches.entries()) for (const at of find(stretch)) yield this.placed(stretch, n, at);
  }

  private placed(stretch: Stretch, n: number, at: number): [Stretch, number, number] {
    return [stretch, at, n * this.each + at];
  }
}

const weight = ({ of, how }: Hit) => (how === "whole" ? (of === "identifier" ? 4 : 3) : how === "beginning" && of === "identifier" ? 2 : 1);

/** The weakest of the answers to all numbers says how sure the person is; null when one has none. */
function weakest(numbers: string[], line: string, person: Summary): Hit | null {
  let least: Hit | null = null;
  for (const number of numbers) {
    const hit = hitOf(line, number);
    if (hit === null) return null;
    const said: Hit = hit.of === "identifier" && hit.number === digitsOf(person.phone) && hit.number !== digitsOf(person.number) ? { ...hit, of: "phone" } : hit;
    if (least === null || weight(said) < weight(least)) least = said;
  }
  return least;
}

/** A card's code is drawn by chance: fewer of its digits are somebody's whom nobody meant, on a tablet of five hundred nearly each fifth number of four. */
const leastOfCard = 5;

/** The best answer to a number in a line of the index: its first word is the card's code, which answers to its beginning alone. Parts count from three digits on. */
function hitOf(line: string, number: string): Hit | null {
  const sought = withoutZeros(number);
  if (!line.includes(sought)) return null;
  let best: Hit | null = null;
  for (let from = 1, of: Hit["of"] = "card"; from < line.length; of = "identifier") {
    const end = line.indexOf(" ", from);
    const word = line.slice(from, end);
    from = end + 1;
    const plain = of === "card" ? word : withoutZeros(word);
    if (of === "card" && (number.length < leastOfCard || !word.startsWith(number))) continue;
    const how = plain === (of === "card" ? number : sought) ? "whole" : word.startsWith(number) || plain.startsWith(sought) ? "beginning" : number.length >= 3 && word.includes(number) ? "part" : null;
    if (how !== null && (best === null || weight({ number: word, of, how }) > weight(best))) best = { number: word, of, how };
  }
  return best;
}

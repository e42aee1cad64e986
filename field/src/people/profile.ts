/**
 * A person's profile: the union of what was said of the fields. Server and device follow one rule (docs/methods/exchange.md, "Profile"):
 * a saying is settled once a later one of the same field was written by somebody who had seen it, or by the same device afterwards. What is
 * not settled are the heads; the one with the highest position is shown, and heads with different values are a conflict.
 */
export interface Saying {
  id: string;
  /** Position in the ledger; null while the server has not said it. */
  p: number | null;
  /** Up to which position its author had seen. */
  b: number;
  device: string;
  q: number;
  author: string;
  day: string;
}

export type Field = string | number | boolean | null;

/** Heads of each field: value and the saying's place in `said`. */
export interface Profile {
  said: Saying[];
  fields: Record<string, [Field, number][]>;
}

export const emptyProfile = (): Profile => ({ said: [], fields: {} });

const seenBy = (earlier: Saying, later: Saying) =>
  earlier.device === later.device ? earlier.q < later.q : earlier.p !== null && earlier.p <= later.b;

/** Takes in what one entry says; the order in which entries arrive does not matter. A second arrival of an entry brings its position. */
export function say(profile: Profile, saying: Saying, set: Record<string, Field>): void {
  const known = profile.said.find((s) => s.id === saying.id);
  if (known !== undefined) {
    known.p = saying.p ?? known.p;
    return;
  }
  const place = profile.said.push(saying) - 1;
  for (const [name, value] of Object.entries(set)) {
    const heads = (profile.fields[name] ?? []).filter(([, at]) => !seenBy(profile.said[at]!, saying));
    if (!heads.some(([, at]) => seenBy(saying, profile.said[at]!))) heads.push([value, place]);
    profile.fields[name] = heads;
  }
  forgetUnused(profile);
}

/** Forgets an entry that was erased. */
export function unsay(profile: Profile, id: string): void {
  const place = profile.said.findIndex((s) => s.id === id);
  if (place < 0) return;
  for (const name of Object.keys(profile.fields)) profile.fields[name] = profile.fields[name]!.filter(([, at]) => at !== place);
  forgetUnused(profile);
}

const order = (s: Saying) => s.p ?? Number.MAX_SAFE_INTEGER - 1_000_000 + s.q;

export function valueOf(profile: Profile, name: string): Field {
  let best: [Field, number] | undefined;
  for (const head of profile.fields[name] ?? []) {
    if (best === undefined || order(profile.said[head[1]]!) > order(profile.said[best[1]]!)) best = head;
  }
  return best?.[0] ?? null;
}

export const textOf = (profile: Profile, name: string): string => {
  const value = valueOf(profile, name);
  return value === null || value === false ? "" : String(value);
};

export interface Conflict {
  field: string;
  /** The later first: it stands. */
  values: { value: Field; saying: Saying }[];
}

export function conflictsOf(profile: Profile): Conflict[] {
  return Object.entries(profile.fields)
    .filter(([, heads]) => new Set(heads.map(([value]) => JSON.stringify(value))).size > 1)
    .map(([field, heads]) => ({
      field,
      values: heads.map(([value, at]) => ({ value, saying: profile.said[at]! })).sort((a, b) => order(b.saying) - order(a.saying)),
    }));
}

/** Conflicts that somebody is asked about: whether a birth was estimated goes with the birth that is chosen. */
export const askedConflicts = (profile: Profile): Conflict[] => conflictsOf(profile).filter(({ field }) => field !== "birthEstimated");

/** What says a value of a conflict anew, with what the same person said beside it. */
export function settling(profile: Profile, { field }: Conflict, { value, saying }: Conflict["values"][number]): Record<string, Field> {
  if (field !== "birthDate") return { [field]: value };
  const beside = (profile.fields["birthEstimated"] ?? []).find(([, at]) => profile.said[at]!.id === saying.id);
  return { birthDate: value, birthEstimated: beside?.[0] === true };
}

function forgetUnused(profile: Profile): void {
  const used = new Set(Object.values(profile.fields).flatMap((heads) => heads.map(([, at]) => at)));
  if (used.size === profile.said.length) return;
  const moved = new Map<number, number>();
  profile.said = profile.said.filter((_, at) => used.has(at) && moved.set(at, moved.size));
  for (const heads of Object.values(profile.fields)) for (const head of heads) head[1] = moved.get(head[1])!;
}

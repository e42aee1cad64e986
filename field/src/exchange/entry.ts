/** What many entries share, and an entry, as they travel (docs/methods/exchange.md, "Batch"). */
export interface Origin {
  kind: string;
  class: "clinical" | "delivery" | "improvement" | string;
  form?: string;
  layout?: string;
  programme?: string;
  zone?: string;
  recordedOffset?: number;
  author?: string;
  device?: string;
}

export interface Entry {
  id: string;
  s: string;
  f: string;
  d: string;
  t: number;
  q: number;
  r?: string;
  w?: string;
  b?: number;
  body?: string;
  /** Position; only of what was pulled. */
  p?: number;
  erased?: boolean;
}

export interface Said {
  origin: Origin;
  entry: Entry;
  /** Own entries that were refused and that this one stands for, as a batch names them ("x"). */
  settles?: string[];
}

/** The lines of a batch behind its first: an origin holds until the next. */
export function linesOf(said: readonly Said[]): string[] {
  const lines: string[] = [];
  let holds = "";
  for (const { origin, entry, settles } of said) {
    const line = JSON.stringify({ origin });
    if (line !== holds) lines.push(line);
    holds = line;
    const { p: _, ...own } = entry;
    lines.push(JSON.stringify({ ...own, x: settles }));
  }
  return lines;
}

/** A number that several people have; the store has merged none of them. Where and when each was first known. */
export interface SharedNumber {
  system: string;
  value: string;
  people: { id: string; facility?: string; day?: string }[];
}

export interface Pulled {
  device: string;
  epoch: string;
  after: number;
  said: Said[];
  next: number;
  head: number;
  chain: string;
  shared: SharedNumber[];
}

/** Null when it is no batch or breaks off inside: then nothing of it is taken, and it is asked for again. */
export function readPulled(text: string): Pulled | null {
  try {
    const lines = text.split("\n").filter((line) => line !== "");
    const first = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    const last = JSON.parse(lines[lines.length - 1] ?? "") as Record<string, unknown>;
    if (first["escala"] !== 1 || typeof last["next"] !== "number" || typeof last["chain"] !== "string") return null;
    const said: Said[] = [];
    let origin: Origin | null = null;
    for (const line of lines.slice(1, -1)) {
      const value = JSON.parse(line) as { origin?: Origin } & Entry;
      if (value.origin !== undefined) origin = value.origin;
      else if (origin !== null) said.push({ origin, entry: value });
      else return null;
    }
    return {
      device: String(first["device"] ?? ""), epoch: String(first["epoch"] ?? ""), after: Number(first["after"] ?? 0), said,
      next: last["next"], head: Number(last["head"] ?? last["next"]), chain: last["chain"],
      shared: Array.isArray(last["shared"]) ? (last["shared"] as SharedNumber[]) : [],
    };
  } catch {
    return null;
  }
}

import type { Said } from "../exchange/entry";
import { parseLayout, readRow, isoDate, writeRow, type Layout } from "../registers/layout";
import type { Pack } from "../registers/pack";
import { askedConflicts, type Field, type Profile, emptyProfile, say, textOf, unsay } from "./profile";
import { dayOf } from "./days";
import type { Summary } from "./summary";

/** A visit as the device keeps it: the row in the register's own layout. */
export interface Visit {
  id: string;
  day: string;
  facility: string;
  /** Instant that the writing device claims; only orders rows of one day. */
  at: number;
  /** 0 until the server has said its position. */
  position: number;
  row: string;
  author: string;
  /** The row came with a register that was imported. */
  imported?: true;
  /** The person who was merged into this one, of whom the visit is. */
  from?: string;
}

export interface Person extends Profile {
  id: string;
  ids: [string, string][];
  visits: Visit[];
  /** Ids of visits that were replaced or withdrawn, so that they stay away whatever order entries come in. */
  gone: string[];
  consents: Consent[];
  calls: { id: string; outcome: string; remark: string; day: string; at: number }[];
  /** Forms that were filled about her, the latest last; absent in records of an earlier version. */
  forms?: FilledForm[];
  registeredAt: string;
  /** The person with whom the office has merged this one; what is hers stays here, for the merge can be undone. */
  into?: string;
  erased?: true;
}

export interface Consent {
  id: string;
  text: string;
  version: number;
  scope: string;
  given: boolean;
  day: string;
}

/** What she last said of a scope. */
export const consentOf = (person: Person, scope: string): Consent | undefined => [...person.consents].reverse().find((c) => c.scope === scope);

export interface FilledForm {
  id: string;
  /** Of the definition. */
  form: string;
  day: string;
  answers: string;
}

export const newPerson = (id: string): Person => ({ id, ...emptyProfile(), ids: [], visits: [], gone: [], consents: [], calls: [], registeredAt: "" });

/** So many visits a person stay on the device, beside those that hold what still stands. */
const keptVisits = 8;
const keptForms = 12;

/** Reads entries into people under one programme's register. */
export class Folder {
  private readonly canonical: Layout;
  private readonly layouts = new Map<string, Layout | null>();

  constructor(private readonly pack: Pack) {
    const layout = parseLayout(pack.register.layout);
    if (layout === null) throw new Error("the pack's register has no layout");
    this.canonical = layout;
  }

  get layout(): Layout {
    return this.canonical;
  }

  /** True when the entry says something of a person; what is not understood stays where it is and says nothing here. */
  apply(person: Person, { origin, entry }: Said): boolean {
    if (person.erased === true) return false;
    if (entry.erased === true) {
      person.visits = person.visits.filter((v) => v.id !== entry.id);
      person.consents = person.consents.filter((c) => c.id !== entry.id);
      person.calls = person.calls.filter((c) => c.id !== entry.id);
      if (person.forms !== undefined) person.forms = person.forms.filter((f) => f.id !== entry.id);
      // Of an own entry that was given up its words are left: numbers that it gave are hers no more.
      if (origin.kind === "person") for (const { system, value } of body<Registration>(entry.body)?.identifiers ?? []) person.ids = person.ids.filter(([s, v]) => s !== system || v !== value);
      if (entry.r !== undefined) person.gone = person.gone.filter((id) => id !== entry.r);
      unsay(person, entry.id);
      return true;
    }
    switch (origin.kind) {
      case "visit":
        return this.visit(person, { origin, entry });
      case "withdrawal":
        if (entry.w !== undefined) this.leave(person, entry.w);
        return entry.w !== undefined;
      case "person":
        return registration(person, { origin, entry });
      case "consent": {
        const said = body<{ text: string; version: number; scope: string; given: boolean }>(entry.body);
        if (said === null || person.consents.some((c) => c.id === entry.id)) return said !== null;
        person.consents.push({ id: entry.id, text: said.text, version: said.version, scope: said.scope, given: said.given, day: entry.d });
        return true;
      }
      case "call": {
        const said = body<{ outcome: string; remark?: string }>(entry.body);
        if (said === null || person.calls.some((c) => c.id === entry.id)) return said !== null;
        person.calls = [...person.calls, { id: entry.id, outcome: said.outcome, remark: said.remark ?? "", day: entry.d, at: entry.t }]
          .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.at - b.at)).slice(-4);
        return true;
      }
      case "form": {
        const form = origin.form?.split("@")[0] ?? "";
        if (form === "" || entry.body === undefined) return false;
        const others = (person.forms ?? []).filter((f) => f.id !== entry.id && f.id !== entry.r);
        if (!person.gone.includes(entry.id)) person.forms = [...others, { id: entry.id, form, day: entry.d, answers: entry.body }].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)).slice(-keptForms);
        if (entry.r !== undefined && !person.gone.includes(entry.r)) person.gone = [...person.gone, entry.r].slice(-40);
        return true;
      }
      default:
        return false;
    }
  }

  /** A visit's values by column, in the register's layout. */
  row(visit: Visit): Map<string, string> {
    return readRow(visit.row, this.canonical) ?? new Map();
  }

  summary(person: Person): Summary {
    if (person.into !== undefined || person.erased === true) return nobody(person.id);
    const register = this.pack.register;
    const latest = person.visits[person.visits.length - 1];
    const nextFact = this.pack.visit.find((item) => item.widget === "next")?.fact;
    const nextColumn = register.facts.find((f) => f.name === nextFact)?.columns[0];
    const row = latest === undefined ? new Map<string, string>() : this.row(latest);
    const next = nextColumn === undefined ? NaN : dayOf(row.get(nextColumn) ?? "");
    const call = person.calls[person.calls.length - 1];
    const number = person.ids.find(([system]) => system === register.personSystem)?.[1] ?? row.get(register.personColumn) ?? "";
    const shown = number === person.id ? "" : number;
    return {
      id: person.id,
      name: [textOf(person, "given"), textOf(person, "family")].filter((w) => w !== "").join(" "),
      sex: this.sexOf(person),
      birth: textOf(person, "birthDate") || this.lastSaid(person, register.birthDateFact),
      village: textOf(person, "village"),
      phone: textOf(person, "phone"),
      facility: latest?.facility ?? person.registeredAt,
      number: shown,
      numbers: [...new Set([shown, ...person.ids.map(([, value]) => value)])].filter((n) => n !== ""),
      group: textOf(person, "group"),
      next: Number.isNaN(next) ? 0 : next,
      last: latest === undefined ? 0 : dayOf(latest.day),
      disputes: askedConflicts(person).length,
      call: call === undefined ? "" : `${dayOf(call.day)} ${call.outcome}`,
    };
  }

  private sexOf(person: Person): Summary["sex"] {
    const said = textOf(person, "sex");
    if (said === "female" || said === "male") return said;
    const fact = this.pack.register.facts.find((f) => f.name === this.pack.register.sexFact);
    const word = this.lastSaid(person, fact?.name).toLowerCase();
    const name = word === "" ? undefined : fact?.categories?.find((c) => [c.name, ...c.words].some((w) => w.toLowerCase() === word))?.name;
    return name === "female" || name === "male" ? name : "";
  }

  /** What the latest row that says something of the fact says: an empty cell takes nothing back. */
  private lastSaid(person: Person, factName: string | null | undefined): string {
    const column = this.pack.register.facts.find((f) => f.name === factName)?.columns[0];
    if (column === undefined) return "";
    for (let i = person.visits.length - 1; i >= 0; i--) {
      const value = this.row(person.visits[i]!).get(column);
      if (value !== undefined) return value;
    }
    return "";
  }

  private visit(person: Person, { origin, entry }: Said): boolean {
    if (entry.r !== undefined) this.leave(person, entry.r);
    if (person.gone.includes(entry.id)) return true;
    const row = this.canonicalRow(origin.layout, entry.body ?? "");
    if (row === null) return false;
    const known = person.visits.find((v) => v.id === entry.id);
    if (known !== undefined) {
      known.position = entry.p ?? known.position;
      return true;
    }
    person.visits.push({ id: entry.id, day: entry.d, facility: entry.f, at: entry.t, position: entry.p ?? 0, row, author: origin.author ?? "", ...(origin.device === undefined ? { imported: true } : {}) });
    person.visits.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.at - b.at));
    if (person.visits.length > keptVisits) this.prune(person);
    return true;
  }

  private leave(person: Person, id: string): void {
    person.visits = person.visits.filter((v) => v.id !== id);
    if (!person.gone.includes(id)) person.gone = [...person.gone, id].slice(-40);
  }

  /** The newest visits stay, and the latest that says something of each flag or text, of sex and of birth: what stands must not fall off the end. */
  private prune(person: Person): void {
    const kept = new Set(person.visits.slice(-keptVisits));
    const { facts, sexFact, birthDateFact } = this.pack.register;
    const asked = facts.filter((f) => f.type === "flag" || f.type === "text" || f.name === sexFact || f.name === birthDateFact).map((f) => f.columns[0]!);
    const open = new Set(asked);
    for (let i = person.visits.length - 1; i >= 0 && open.size > 0; i--) {
      const row = this.row(person.visits[i]!);
      for (const column of open) {
        if ((row.get(column) ?? "0") === "0") continue;
        kept.add(person.visits[i]!);
        open.delete(column);
      }
    }
    person.visits = person.visits.filter((v) => kept.has(v));
  }

  /** Rows that registers brought in have columns of their own: those that the programme knows are kept. */
  private canonicalRow(layoutText: string | undefined, text: string): string | null {
    if (layoutText === undefined || layoutText === this.pack.register.layout) return text;
    if (!this.layouts.has(layoutText)) this.layouts.set(layoutText, parseLayout(layoutText));
    const layout = this.layouts.get(layoutText) ?? null;
    if (layout === null) return null;
    const row = readRow(text, layout);
    if (row === null) return null;
    for (const fact of this.pack.register.facts) {
      for (const column of fact.columns) {
        const value = row.get(column);
        if (value === undefined) continue;
        if (fact.type === "date") row.set(column, isoDate(value, layout.dates));
        else if (layout.decimal !== "." && fact.type !== "text" && fact.type !== "category") row.set(column, value.replace(layout.decimal, "."));
      }
    }
    return writeRow(row, this.canonical);
  }
}

/** Stays in its place and is found by nobody. */
const nobody = (id: string): Summary => ({ id, name: "", sex: "", birth: "", village: "", phone: "", facility: "", number: "", numbers: [], group: "", next: 0, last: 0, disputes: 0, call: "" });

/** The office has found that two records are of one person: hers shows the visits and numbers of both. */
export function merge(person: Person, into: Person): void {
  person.into = into.id;
  for (const visit of person.visits) if (!into.visits.some((v) => v.id === visit.id)) into.visits.push({ ...visit, from: visit.from ?? person.id });
  into.visits.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.at - b.at));
  for (const [system, value] of person.ids) if (!into.ids.some(([s, v]) => s === system && v === value)) into.ids.push([system, value]);
}

export function unmerge(person: Person, from: Person): void {
  delete person.into;
  from.visits = from.visits.filter((v) => v.from !== person.id);
  from.ids = from.ids.filter(([s, v]) => !person.ids.some(([system, value]) => s === system && v === value));
}

interface Registration {
  set?: Record<string, Field>;
  identifiers?: { system: string; value: string }[];
  retired?: { system: string; value: string }[];
}

function registration(person: Person, { origin, entry }: Said): boolean {
  const said = body<Registration>(entry.body);
  if (said === null) return false;
  const device = origin.device ?? "";
  say(person, { id: entry.id, p: entry.p ?? null, b: entry.b ?? 0, device, q: entry.q, author: origin.author ?? "", day: entry.d }, said.set ?? {});
  for (const { system, value } of said.identifiers ?? []) if (!person.ids.some(([s, v]) => s === system && v === value)) person.ids.push([system, value]);
  for (const { system, value } of said.retired ?? []) person.ids = person.ids.filter(([s, v]) => s !== system || v !== value);
  if (person.registeredAt === "") person.registeredAt = entry.f;
  return true;
}

function body<T>(text: string | undefined): T | null {
  try {
    return JSON.parse(text ?? "") as T;
  } catch {
    return null;
  }
}

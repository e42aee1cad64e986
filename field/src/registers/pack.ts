import type { FormDefinition } from "../forms/definition";

/** What the app knows of programme and place (docs/methods/exchange.md, "Pack"). Nothing in it is about a person. */
export interface Text {
  pt: string;
  es: string;
  en: string;
}

export type FactType = "flag" | "number" | "pair" | "supply" | "quantity" | "date" | "category" | "text";

export interface Fact {
  name: string;
  type: FactType;
  /** One, or two for each reading of a pair. */
  columns: string[];
  parts?: string[];
  partLabels?: Text[];
  clearedBy?: string | null;
  categories?: { name: string; words: string[]; label?: Text }[];
  unit?: string | null;
  /** Inclusive ranges, one a part. */
  plausible?: [number, number][];
  firstAboveSecond?: boolean;
  readableAt?: number | null;
  label: Text;
}

export interface Register {
  form: string;
  layout: string;
  personColumn: string;
  personSystem: string;
  facilityColumn: string;
  dateColumn: string;
  facts: Fact[];
  sexFact?: string | null;
  birthDateFact?: string | null;
  name?: Text;
}

export type Widget = "pairs" | "flag" | "refill" | "quantity" | "number" | "next" | "category" | "date" | "text";

export interface VisitItem {
  fact: string;
  widget: Widget;
  /** Facts that a refill repeats beside the days. */
  with?: string[];
  /** Days offered as chips. */
  choices?: number[];
  /** Folded away until asked for. */
  more?: boolean;
}

export interface PersonField {
  name: string;
  type: "text" | "sex" | "birth" | "phone" | string;
  required?: boolean;
  label: Text;
}

export interface IdentifierSystem {
  system: string;
  label: Text;
  pattern?: string | null;
  format?: string | null;
  sensitive?: boolean;
}

export interface ConsentText {
  text: string;
  version: number;
  scope: string;
  title: Text;
  body: Text;
  required?: boolean;
}

export interface Curriculum {
  sessions: { number: number; name: Text }[];
  activities: { id: string; name: Text }[];
  minutes?: number;
  completion?: { least: number; including: number[] };
  /** Facts of the register that are measured at sessions. */
  measures?: string[];
}

/** A form about a person; `consent` is the scope without whose consent its answers are not stored. */
export interface PersonForm {
  form: string;
  consent?: string;
}

export interface Place {
  code: string;
  name: string;
}

export interface Pack {
  programme: string;
  version: number;
  hash?: string;
  name: Text;
  example?: boolean;
  zone: string;
  window: "week" | "month" | "quarter" | string;
  epoch?: string;
  facility: Place;
  places: Place[];
  /** The district of the facility, whose sheets a supervisor takes along. */
  district?: string | null;
  /** What is pulled, and under which key its position is kept: the facility, or all of a district. Above `most` people it is the facility alone. `whole` is the district that could be taken. Of one account. */
  takes?: { account: string; place: string; key: string; whole?: Place; people?: number; most?: number };
  /** Who writes at the place, and on what. */
  staff?: { id: string; name: string }[];
  devices?: { id: string; name: string }[];
  register: Register;
  visit: VisitItem[];
  person?: { fields: PersonField[]; identifiers?: IdentifierSystem[] } | null;
  consent?: ConsentText[] | null;
  curriculum?: Curriculum | null;
  /** Forms of the package that are about the facility or, where `personForms` names them, about a person. */
  forms?: FormDefinition[] | null;
  personForms?: PersonForm[] | null;
  /** The level of the facility: where it is a group, its people are the group. */
  unit?: string;
  steps?: { id: string; name: Text }[] | null;
  lockMinutes: number;
  /** Days after the agreed day from which somebody counts as overdue. */
  overdueAfter?: number;
  /** Days of the week without visits, 0 is Sunday; Sundays alone where it says nothing. */
  closedDays?: number[];
  /** Registers are typed here; otherwise monthly tallies are what is asked for. */
  clerk?: boolean;
}

export const factOf = (pack: Pack, name: string): Fact | undefined => pack.register.facts.find((f) => f.name === name);

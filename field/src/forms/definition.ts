/** A compiled form: what `escala form compile` writes (programmes/form.schema.json). */
export interface FormDefinition {
  readonly escalaForm: 1;
  readonly id: string;
  readonly version?: string;
  readonly title: FormText;
  /** As the form names them, "Português (pt)"; texts follow this order. */
  readonly languages: readonly string[];
  readonly defaultLanguage: number;
  readonly style?: string;
  readonly instanceName?: Expr;
  /** In the order of the sheet: a parent stands before its children. */
  readonly items: readonly FormItem[];
  readonly lists: Readonly<Record<string, ChoiceList>>;
  /** What follows from other answers, each after what it follows from. */
  readonly order: readonly (readonly ["relevant" | "calculation", number])[];
}

export interface FormItem {
  readonly type: string;
  readonly name: string;
  /** The group or repeat it stands in. */
  readonly in?: number;
  readonly label?: FormText;
  readonly hint?: FormText;
  readonly guidance?: FormText;
  readonly required?: Expr;
  readonly requiredMessage?: FormText;
  readonly relevant?: Expr;
  readonly constraint?: Expr;
  readonly constraintMessage?: FormText;
  readonly calculation?: Expr;
  /** Items whose change makes the calculation anew; without any it always holds. */
  readonly trigger?: readonly number[];
  /** A text as it stands, or an expression evaluated once. */
  readonly default?: Expr;
  readonly readOnly?: Expr;
  readonly appearance?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly list?: string;
  /** The question within a repeat whose answers are the choices. */
  readonly choicesFrom?: number;
  readonly choiceFilter?: Expr;
  /** Instances of a repeat; without it the user adds them. */
  readonly count?: Expr;
}

export interface ChoiceList {
  readonly columns: readonly string[];
  /** Name, label, and a value for each column. */
  readonly choices: readonly Choice[];
}

export type Choice = readonly [name: string, label: FormText | null, ...values: string[]];

/** In each language a text, its parts (literals and expressions), or null. */
export type FormText = readonly (string | readonly Expr[] | null)[];

/** A number, a text, true or false, or an operator with its arguments. */
export type Expr = number | string | boolean | Operation;

export type Operation = readonly [operator: string, ...parts: Expr[]];

const containers = ["group", "repeat"];
const selects = ["select_one", "select_multiple", "rank"];

export const isContainer = (type: string): boolean => containers.includes(type);

const unasked = ["calculate", "hidden", "start", "end", "today", "username", "deviceid", "phonenumber", "email", "audit", "start-geopoint"];

/** Shown to a person, rather than computed or filled by the device: what is computed and has no text is not shown. */
export const isAsked = (item: FormItem): boolean =>
  !isContainer(item.type) && !unasked.includes(item.type) && (item.label !== undefined || item.hint !== undefined || (item.calculation === undefined && item.trigger === undefined));

const media = ["image", "audio", "file"];

/** Answers that are files. */
export const isMedia = (type: string): boolean => media.includes(type);

export const isSelect = (type: string): boolean => selects.includes(type);

/** A list by its name, which may be that of something every object has. */
export const listOf = (form: FormDefinition, name: string | undefined): ChoiceList | undefined =>
  name !== undefined && Object.hasOwn(form.lists, name) ? form.lists[name] : undefined;

/** The text in a language, else in the first that has it, as parts. */
export function partsOf(text: FormText | null | undefined, language: number): readonly Expr[] {
  const told = text?.[language] ?? text?.find((t) => t !== null) ?? [];
  return typeof told === "string" ? [told] : told;
}

/** pt, es or en: by the code in brackets, or by the name's beginning. */
export function languageOf(name: string): "pt" | "es" | "en" {
  const coded = /\(([A-Za-z]{2})(?:[-_][^)]*)?\)$/.exec(name)?.[1]?.toLowerCase();
  if (coded === "pt" || coded === "es" || coded === "en") return coded;
  const lower = name.toLowerCase();
  if (lower.startsWith("pt") || lower.startsWith("portug")) return "pt";
  if (lower.startsWith("es") || lower.startsWith("spanish")) return "es";
  return "en";
}

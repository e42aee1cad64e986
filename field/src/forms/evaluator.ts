import { dateText, dateTimeText, dayShare, format, offsetOf } from "./dates.js";
import { languageOf, listOf, partsOf, type Expr, type FormDefinition, type FormText, type Operation } from "./definition.js";
import { charactersPerUnit, EvaluationFault, Fuel } from "./fuel.js";
import { listNodes, Node } from "./node.js";
import { numberOf, numberText, round, trim } from "./numbers.js";
import { matches } from "./pattern.js";

/** What a form may ask of the world. Clock, chance and ids are given, so that the same answers give the same form again. */
export interface FormEnvironment {
  /** The instant at the device's clock: 2026-03-01T08:30:00.000+02:00. */
  readonly now: string;
  /** A number from 0, below 1. */
  readonly random: () => number;
  readonly uuid: () => string;
  /** Index of the language in which labels are read. */
  readonly language?: number;
  /** What fills username, deviceid, phonenumber, email and start-geopoint. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export type Value = number | string | boolean | readonly Node[];

/** The node in question, its place among those in question, and the node whose expression this is. */
interface Context {
  readonly node: Node;
  readonly position: number;
  readonly size: number;
  readonly origin: Node;
}

const emptyList = { columns: [], choices: [] };

export const words = (text: string): string[] => text.split(/[ \t\r\n]+/).filter((w) => w.length > 0);

const isNodes = (value: Value): value is readonly Node[] => typeof value === "object";

export function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  return value[0]?.value ?? "";
}

/** A list of nodes is true where one has children or an answer: a question without answer is false. */
export function truthOf(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0 && !Number.isNaN(value);
  if (typeof value === "string") return value.length > 0;
  return value.some((n) => n.isContainer || n.value.length > 0);
}

/**
 * Evaluates compiled expressions over a filled form. Values are numbers, texts, truths and lists of nodes; how they turn into each other is XPath
 * 1.0, section 3 and 4, with the departures of ODK that docs/methods/forms.md lists. Escala.Capture does the same.
 */
export class Evaluator {
  readonly offset: number;
  readonly language: "pt" | "es" | "en";
  readonly #lists = new Map<string, Node>();
  readonly #lookUps = new Map<string, Map<string, Node>>();
  #fuel = new Fuel();

  constructor(
    private readonly form: FormDefinition,
    private readonly root: Node,
    private readonly environment: FormEnvironment,
  ) {
    this.offset = offsetOf(environment.now);
    this.language = languageOf(form.languages[environment.language ?? 0] ?? "");
  }

  /** Throws EvaluationFault where it costs more than it may. */
  evaluate(expression: Expr, origin: Node): Value {
    this.#fuel = new Fuel();
    return this.#any(expression, { node: origin, position: 1, size: 1, origin });
  }

  /** Whether a choice, or an instance whose answer is a choice, passes a filter. */
  passes(filter: Expr, candidate: Node, position: number, size: number, origin: Node): boolean {
    this.#fuel = new Fuel();
    return truthOf(this.#any(filter, { node: candidate, position, size, origin }));
  }

  isTrue(expression: Expr, origin: Node): boolean {
    return truthOf(this.evaluate(expression, origin));
  }

  say(text: FormText | null | undefined, origin: Node): string {
    return partsOf(text, this.environment.language ?? 0)
      .map((part) => (typeof part === "string" ? part : textOf(this.evaluate(part, origin))))
      .join("");
  }

  list(name: string): Node {
    let nodes = this.#lists.get(name);
    if (nodes === undefined) {
      nodes = listNodes(listOf(this.form, name) ?? emptyList, this.environment.language ?? 0);
      this.#lists.set(name, nodes);
    }

    return nodes;
  }

  numberOf(value: Value): number {
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return value ? 1 : 0;
    return numberOf(textOf(value), this.offset);
  }

  #any(expression: Expr, at: Context): Value {
    this.#fuel.take();
    return typeof expression === "object" ? this.#apply(expression, at) : expression;
  }

  #text = (expression: Expr | undefined, at: Context): string => textOf(this.#any(expression ?? "", at));

  #number = (expression: Expr | undefined, at: Context): number => this.numberOf(this.#any(expression ?? "", at));

  #truth = (expression: Expr, at: Context): boolean => truthOf(this.#any(expression, at));

  #nodes(expression: Expr | undefined, at: Context): readonly Node[] {
    const value = this.#any(expression ?? "", at);
    return isNodes(value) ? value : [];
  }

  #apply(operation: Operation, at: Context): Value {
    const [operator, ...args] = operation;
    const [a = "", b = ""] = args;
    switch (operator) {
      case "q":
        return this.#instances(Number(a), at.origin);
      case ".":
        return [at.node];
      case "root":
        return [this.root];
      case "current":
        return [at.origin];
      case "list":
        return [this.list(String(a))];
      case "path":
        return this.#path(args, at);
      case "filter":
        return this.#filter(this.#nodes(a, at), args.slice(1), at);
      case "or":
        return args.some((x) => this.#truth(x, at));
      case "and":
        return args.every((x) => this.#truth(x, at));
      case "=":
      case "!=":
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#compare(operator, this.#any(a, at), this.#any(b, at));
      case "+":
        return args.slice(1).reduce<number>((sum, x) => sum + this.#number(x, at), this.#number(a, at));
      case "*":
        return args.slice(1).reduce<number>((product, x) => product * this.#number(x, at), this.#number(a, at));
      case "-":
        return this.#number(a, at) - this.#number(b, at);
      case "div":
        return this.#number(a, at) / this.#number(b, at);
      case "mod":
        return this.#number(a, at) % this.#number(b, at);
      case "neg":
        return -this.#number(a, at);
      default:
        return this.#call(operator, args, at);
    }
  }

  /**
   * The relevant instances of an item: where the expression stands in an instance of a repeat that holds the item, those of that instance alone.
   * A repeat itself stands for all its instances.
   */
  #instances(item: number, origin: Node, chosen?: ReadonlyMap<number, number>): readonly Node[] {
    const road: number[] = [];
    for (let at = item; at >= 0; at = this.form.items[at]?.in ?? -1) road.unshift(at);
    let found: readonly Node[] = [this.root];
    for (const step of road) {
      const definition = this.form.items[step];
      if (definition === undefined) return [];
      const index = chosen?.get(step);
      const own = step !== item && definition.type === "repeat" && index === undefined ? origin.enclosing(step) : undefined;
      const below: Node[] = [];
      for (const node of found) {
        const children = node.children(definition.name);
        this.#fuel.take(1 + children.length);
        if (index !== undefined) {
          const one = children[index];
          if (one !== undefined) below.push(one);
        } else if (own !== undefined && own.parent === node) {
          below.push(own);
        } else {
          below.push(...children);
        }
      }

      found = below;
    }

    return found.filter((n) => n.isRelevant);
  }

  #path(args: readonly Expr[], at: Context): readonly Node[] {
    let found = this.#nodes(args[0], at);
    for (const step of args.slice(1)) {
      const name = String(typeof step === "object" ? step[1] : step);
      const predicates = typeof step === "object" ? step.slice(2) : [];
      const next: Node[] = [];
      for (const node of found) {
        const reached = this.#step(node, name, next);
        this.#fuel.take(1 + reached.length);
        next.push(...(predicates.length === 0 ? reached : this.#filter(reached, predicates, at)));
      }

      found = next;
    }

    return found;
  }

  #step(node: Node, name: string, already: readonly Node[]): readonly Node[] {
    if (name === ".") return [node];
    if (name === "..") return node.parent !== undefined && !already.includes(node.parent) ? [node.parent] : [];
    return node.children(name).filter((n) => n.isRelevant);
  }

  /** The nodes for which each predicate in turn holds; a number asks for the place. */
  #filter(nodes: readonly Node[], predicates: readonly Expr[], at: Context): readonly Node[] {
    let kept = nodes;
    for (const predicate of predicates) {
      const size = kept.length;
      kept = kept.filter((node, i) => {
        const value = this.#any(predicate, { node, position: i + 1, size, origin: at.origin });
        return typeof value === "number" ? value === i + 1 : truthOf(value);
      });
    }

    return kept;
  }

  /** A list of nodes without any compares as the empty text: so an answer that does not exist is like one that is not given. */
  #compare(sign: string, first: Value, second: Value): boolean {
    const left = isNodes(first) && first.length === 0 ? "" : first;
    const right = isNodes(second) && second.length === 0 ? "" : second;
    if (typeof left === "boolean" || typeof right === "boolean") return this.#holds(sign, isNodes(left) ? truthOf(left) : left, isNodes(right) ? truthOf(right) : right);
    if (isNodes(left)) {
      return left.some((n) => {
        this.#fuel.take();
        return this.#compare(sign, n.value, right);
      });
    }

    if (isNodes(right)) {
      return right.some((n) => {
        this.#fuel.take();
        return this.#compare(sign, left, n.value);
      });
    }

    return this.#holds(sign, left, right);
  }

  #holds(sign: string, left: number | string | boolean, right: number | string | boolean): boolean {
    if (sign === "=" || sign === "!=") return this.#same(left, right) === (sign === "=");
    const [a, b] = [this.numberOf(left), this.numberOf(right)];
    switch (sign) {
      case "<":
        return a < b;
      case "<=":
        return a <= b;
      case ">":
        return a > b;
      default:
        return a >= b;
    }
  }

  #same(left: number | string | boolean, right: number | string | boolean): boolean {
    if (typeof left === "boolean" || typeof right === "boolean") return truthOf(left) === truthOf(right);
    if (typeof left === "number" || typeof right === "number") return this.numberOf(left) === this.numberOf(right);
    return left === right;
  }

  #call(name: string, args: readonly Expr[], at: Context): Value {
    const [a = "", b = "", c = ""] = args;
    switch (name) {
      case "if":
        return this.#any(this.#truth(a, at) ? b : c, at);
      case "coalesce":
        for (const arg of args) {
          const given = this.#text(arg, at);
          if (given.length > 0) return given;
        }

        return "";
      case "once":
        return at.origin.value.length > 0 ? at.origin.value : this.#text(a, at);
      case "selected":
        return words(this.#text(a, at)).includes(trim(this.#text(b, at)));
      case "selected-at": {
        const chosen = words(this.#text(a, at));
        return chosen[Math.trunc(this.#number(b, at))] ?? "";
      }

      case "count-selected":
        return words(this.#text(a, at)).length;
      case "jr:choice-name":
        return this.#choiceLabel(Number(b), this.#text(a, at), at);
      case "pulldata":
        return this.#lookUp(String(a), String(c), this.#text(args[3], at))?.children(String(b))[0]?.value ?? "";
      case "indexed-repeat":
        return this.#indexedRepeat(args, at);
      case "position": {
        if (args.length === 0) return at.position;
        const node = this.#nodes(a, at)[0];
        return node === undefined ? NaN : place(node);
      }

      case "last":
        return at.size;
      case "count":
        return this.#nodes(a, at).length;
      case "count-non-empty":
        return this.#nodes(a, at).filter((n) => n.value.length > 0).length;
      case "sum":
        return this.#nodes(a, at).reduce((sum, n) => sum + this.numberOf(n.value), 0);
      case "min":
      case "max":
        return this.#extreme(name === "max", args, at);
      case "join":
        return this.#texts(args.slice(1), at).join(this.#text(a, at));
      case "concat":
        return this.#texts(args, at).join("");
      case "regex":
        return matches(b as Operation, this.#text(a, at), this.#fuel);
      case "boolean":
        return this.#truth(a, at);
      case "not":
        return !this.#truth(a, at);
      case "number":
        return args.length === 0 ? this.numberOf(at.node.value) : this.#number(a, at);
      case "string":
        return args.length === 0 ? at.node.value : this.#text(a, at);
      case "random":
        return this.environment.random();
      case "uuid":
        return args.length === 0 ? this.environment.uuid() : this.#token(this.#number(a, at));
      case "today":
        return this.environment.now.slice(0, 10);
      case "now":
        return this.environment.now;
      case "pi":
        return Math.PI;
      case "string-length":
        return [...(args.length === 0 ? at.node.value : this.#text(a, at))].length;
      case "decimal-time":
        return dayShare(this.#text(a, at), this.offset);
      default:
        return mathematics.has(name) ? this.#compute(name, args, at) : this.#textFunction(name, args, at);
    }
  }

  #texts(args: readonly Expr[], at: Context): string[] {
    const texts = args.flatMap((arg) => {
      const value = this.#any(arg, at);
      return isNodes(value) ? value.map((n) => n.value) : [textOf(value)];
    });
    this.#fuel.take(texts.reduce((cost, t) => cost + 1 + Math.trunc(t.length / charactersPerUnit), 0));
    return texts;
  }

  /** NaN where nothing is given or one value is no number. */
  #extreme(largest: boolean, args: readonly Expr[], at: Context): number {
    const numbers = this.#texts(args, at).map((t) => numberOf(t, this.offset));
    if (numbers.length === 0 || numbers.some(Number.isNaN)) return NaN;
    return numbers.reduce((x, y) => (largest ? Math.max(x, y) : Math.min(x, y)));
  }

  #compute(name: string, args: readonly Expr[], at: Context): number {
    const x = this.#number(args[0], at);
    const y = args.length > 1 ? this.#number(args[1], at) : 0;
    return mathematics.get(name)?.(x, y) ?? NaN;
  }

  #textFunction(name: string, args: readonly Expr[], at: Context): Value {
    const first = args.length === 0 ? at.node.value : this.#text(args[0], at);
    const second = args.length > 1 ? this.#text(args[1], at) : "";
    switch (name) {
      case "contains":
        return first.includes(second);
      case "starts-with":
        return first.startsWith(second);
      case "ends-with":
        return first.endsWith(second);
      case "boolean-from-string":
        return first === "true" || first === "1";
      case "normalize-space":
        return words(first).join(" ");
      case "substring-before":
        return first.slice(0, Math.max(0, first.indexOf(second)));
      case "substring-after": {
        const index = first.indexOf(second);
        return index < 0 ? "" : first.slice(index + second.length);
      }

      case "substr":
        return part(first, this.#number(args[1], at), args.length > 2 ? this.#number(args[2], at) : Infinity);
      case "substring":
        return substring(first, this.#number(args[1], at), args.length > 2 ? this.#number(args[2], at) : Infinity);
      case "translate":
        this.#fuel.take(Math.trunc((first.length * second.length) / charactersPerUnit));
        return translate(first, second, this.#text(args[2], at));
      case "date":
        return dateText(numberOf(first, this.offset));
      case "date-time":
        return dateTimeText(numberOf(first, this.offset), this.offset);
      case "format-date":
      case "format-date-time":
        return format(numberOf(first, this.offset), second, this.language);
      default:
        throw new EvaluationFault("operator");
    }
  }

  #token(length: number): string {
    const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const longest = 256;
    let token = "";
    for (let i = 0; i < Math.min(length, longest); i++) token += characters.charAt(Math.floor(this.environment.random() * characters.length));
    return token;
  }

  #indexedRepeat(args: readonly Expr[], at: Context): readonly Node[] {
    const chosen = new Map<number, number>();
    for (let i = 1; i < args.length; i += 2) chosen.set(Number(args[i]), Math.trunc(this.#number(args[i + 1], at)) - 1);
    return this.#instances(Number(args[0]), at.origin, chosen);
  }

  #choiceLabel(item: number, name: string, at: Context): string {
    const definition = this.form.items[item];
    if (definition?.list === undefined) return definition?.choicesFrom === undefined ? "" : name;
    const label = listOf(this.form, definition.list)?.choices.find((c) => c[0] === name)?.[1];
    return partsOf(label, this.environment.language ?? 0)
      .map((p) => this.#text(p, at))
      .join("");
  }

  #lookUp(list: string, column: string, value: string): Node | undefined {
    const key = `${list}\n${column}`;
    let rows = this.#lookUps.get(key);
    if (rows === undefined) {
      rows = new Map();
      for (const row of this.list(list).children("root")[0]?.children("item") ?? []) {
        const cell = row.children(column)[0];
        if (cell !== undefined && !rows.has(cell.value)) rows.set(cell.value, row);
      }

      this.#lookUps.set(key, rows);
    }

    return rows.get(value);
  }
}

const mathematics: ReadonlyMap<string, (x: number, y: number) => number> = new Map([
  ["int", Math.trunc],
  ["round", round],
  ["floor", Math.floor],
  ["ceiling", Math.ceil],
  ["abs", Math.abs],
  ["pow", Math.pow],
  ["sqrt", Math.sqrt],
  ["exp", Math.exp],
  ["exp10", (x: number) => 10 ** x],
  ["log", Math.log],
  ["log10", Math.log10],
  ["sin", Math.sin],
  ["cos", Math.cos],
  ["tan", Math.tan],
  ["asin", Math.asin],
  ["acos", Math.acos],
  ["atan", Math.atan],
  ["atan2", Math.atan2],
  ["decimal-date-time", (x: number) => x],
]);

function place(node: Node): number {
  return Math.max(0, node.parent?.children(node.name).indexOf(node) ?? 0) + 1;
}

/** From a character (from 0) up to before another; negative ones count from the end. */
function part(text: string, start: number, end: number): string {
  const characters = [...text];
  const clamp = (at: number): number => {
    if (Number.isNaN(at)) return 0;
    const whole = Math.trunc(at);
    return Math.min(characters.length, Math.max(0, whole < 0 ? whole + characters.length : whole));
  };
  return characters.slice(clamp(start), clamp(end)).join("");
}

/** XPath 1.0, 4.2: characters from 1, both numbers rounded. */
function substring(text: string, start: number, length: number): string {
  const from = round(start, 0);
  const to = from + round(length, 0);
  return [...text].filter((_, i) => i + 1 >= from && i + 1 < to).join("");
}

function translate(text: string, from: string, to: string): string {
  const [letters, others] = [[...from], [...to]];
  return [...text]
    .map((character) => {
      const at = letters.indexOf(character);
      return at < 0 ? character : (others[at] ?? "");
    })
    .join("");
}

import { answerOf, fits, mostCharacters } from "./answers.js";
import { isContainer, isSelect, listOf, type Expr, type FormDefinition, type FormItem, type FormText } from "./definition.js";
import { Evaluator, textOf, words, type FormEnvironment } from "./evaluator.js";
import { EvaluationFault } from "./fuel.js";
import { Node } from "./node.js";

/** Groups are objects, repeats arrays, answers texts. */
export interface Answers {
  readonly [name: string]: string | Answers | readonly Answers[];
}

/** What stands in the way of an answer. */
export type AnswerProblem = "none" | "required" | "type" | "choice" | "constraint" | "fault";

/** A question, group or instance of a repeat that is to be shown. */
export interface FormState {
  /** household/member[2]/age: names, and the instance of each repeat from 1. */
  readonly path: string;
  /** Index of its definition. */
  readonly item: number;
  readonly value: string;
  readonly label: string;
  readonly isRequired: boolean;
  readonly isReadOnly: boolean;
  readonly problem: AnswerProblem;
  readonly message: string;
}

export interface OfferedChoice {
  readonly name: string;
  readonly label: string;
}

/** Instances of one repeat within its parent. */
export const mostInstances = 1000;

/** A repeat's number may follow from its own instances; each round adds what the last one asked for. */
const mostRounds = 50;

/**
 * A form that is being filled: answers go in; what is shown, offered, computed, required and wrong comes out. Answers of what is hidden are kept
 * until the end and count for nothing. Pure but for its environment; Escala.Capture's FormSession is the same for the server.
 */
export class FormSession {
  readonly #root = new Node("", -1, undefined, true);
  readonly #evaluator: Evaluator;
  readonly #children: number[][];
  readonly #faults = new Set<string>();

  private constructor(
    readonly form: FormDefinition,
    private readonly environment: FormEnvironment,
  ) {
    this.#evaluator = new Evaluator(form, this.#root, environment);
    this.#children = Array.from({ length: form.items.length + 1 }, () => []);
    form.items.forEach((item, i) => this.#children[(item.in ?? -1) + 1]?.push(i));
  }

  /** A form that nobody has filled yet: defaults are set. */
  static begin(form: FormDefinition, environment: FormEnvironment): FormSession {
    const session = new FormSession(form, environment);
    session.#fill(session.#root);
    session.#applyRules();
    session.#evaluateDefaults(session.#root);
    session.#recompute();
    return session;
  }

  /** Goes on with answers that `answers` gave. What the form does not know of them is passed over. */
  static resume(form: FormDefinition, environment: FormEnvironment, answers: Answers): FormSession {
    const session = new FormSession(form, environment);
    session.#load(session.#root, answers);
    session.#recompute();
    return session;
  }

  /** Paths whose expressions could not be evaluated, each with the reason. */
  get faults(): readonly string[] {
    return [...this.#faults];
  }

  /** The filled form's name, as the settings say. */
  get name(): string {
    const name = this.form.instanceName;
    return name === undefined ? this.#evaluator.say(this.form.title, this.#root) : this.#guarded(this.#root, "", () => textOf(this.#evaluator.evaluate(name, this.#root)));
  }

  /** Whether nothing stands in the way of saving. */
  get isValid(): boolean {
    return this.#everywhere(this.#root).every((n) => n.item < 0 || n.isContainer || !n.isRelevant || this.#problemOf(n) === "none") && this.#faults.size === 0;
  }

  /** Gives an answer; the empty text takes it back. */
  set(path: string, value: string): void {
    const node = this.#find(path);
    if (node.isContainer || node.item < 0) throw new RangeError(`no question at ${path}`);
    if (node.value === value) return;
    const before = this.#watched();
    node.value = value;
    this.#recompute();
    this.#trigger(before);
  }

  /** Adds an instance to a repeat, and returns its path. */
  add(path: string): string {
    const [parent, item] = this.#findRepeat(path);
    const name = this.#item(item).name;
    const count = parent.children(name).length;
    if (count >= mostInstances) throw new RangeError(`no more instances of ${path}`);
    this.#instance(parent, item);
    this.#recompute();
    const added = parent.children(name)[count];
    return added === undefined ? "" : this.#pathOf(added);
  }

  remove(path: string): void {
    const node = this.#find(path);
    const item = this.form.items[node.item];
    if (item?.type !== "repeat" || item.count !== undefined) throw new RangeError(`no instance to remove at ${path}`);
    node.parent?.remove(node);
    this.#recompute();
  }

  /** Writes the end into metadata that asks for it; before the answers are saved. */
  finish(now: string): void {
    for (const node of this.#everywhere(this.#root)) {
      if (this.form.items[node.item]?.type === "end") node.value = now;
    }

    this.#recompute();
  }

  /** All that is relevant, in the order of the form. Metadata and hidden values are included, for they are answers too. */
  state(): readonly FormState[] {
    return this.#everywhere(this.#root)
      .filter((n) => n.item >= 0 && n.isRelevant)
      .map((n) => this.#stateOf(n));
  }

  /** What a select offers now. */
  choices(path: string): readonly OfferedChoice[] {
    return this.#offered(this.#find(path));
  }

  /** The relevant answers; what was not answered is left out. */
  answers(): Answers {
    return this.#write(this.#root);
  }

  /** A text of the form with the answers it shows, as it stands at a path. */
  say(text: FormText | undefined, path: string): string {
    const node = this.#find(path);
    return this.#guarded(node, "", () => this.#evaluator.say(text, node));
  }

  /** The value of an expression of the form as it would be at a path: a number, a text, a truth, or the values of nodes. */
  evaluate(expression: Expr, path: string): number | string | boolean | readonly string[] {
    const value = this.#evaluator.evaluate(expression, this.#find(path));
    return typeof value === "object" ? value.map((n) => n.value) : value;
  }

  #item(index: number): FormItem {
    const item = this.form.items[index];
    if (item === undefined) throw new RangeError(`no item ${index}`);
    return item;
  }

  #below(node: Node): readonly number[] {
    return this.#children[node.item + 1] ?? [];
  }

  #fill(parent: Node): void {
    for (const index of this.#below(parent)) {
      const item = this.#item(index);
      if (item.type === "repeat") {
        if (item.count === undefined) this.#fill(this.#new(parent, index));
        continue;
      }

      const node = this.#new(parent, index);
      if (item.type === "group") this.#fill(node);
      else node.value = this.#given(item);
    }
  }

  #new(parent: Node, index: number): Node {
    const item = this.#item(index);
    return parent.add(new Node(item.name, index, parent, isContainer(item.type)));
  }

  #instance(parent: Node, index: number): void {
    const node = this.#new(parent, index);
    this.#fill(node);
    this.#evaluateDefaults(node);
  }

  #given(item: FormItem): string {
    switch (item.type) {
      case "start":
        return this.environment.now;
      case "today":
        return this.environment.now.slice(0, 10);
      case "username":
      case "deviceid":
      case "phonenumber":
      case "email":
      case "start-geopoint":
        return this.environment.metadata?.[item.type] ?? "";
      default:
        return typeof item.default === "string" ? item.default : "";
    }
  }

  #evaluateDefaults(within: Node): void {
    for (const node of this.#everywhere(within)) {
      const given = this.form.items[node.item]?.default;
      if (given !== undefined && typeof given !== "string") this.#compute(node, given);
    }
  }

  #recompute(): void {
    for (let round = 0; round < mostRounds; round++) {
      this.#applyRules();
      if (!this.#adjustCounts()) return;
    }

    this.#faults.add("rounds");
  }

  #applyRules(): void {
    this.#faults.clear();
    for (const [kind, index] of this.form.order) {
      const rule = this.#item(index)[kind];
      if (rule === undefined) continue;
      for (const node of this.#instances(index)) {
        if (kind === "relevant") node.wanted = this.#guarded(node, true, () => this.#evaluator.isTrue(rule, node));
        else if (node.isRelevant) this.#compute(node, rule);
      }
    }
  }

  #compute(node: Node, expression: Expr): void {
    const answer = this.#guarded(node, "", () => answerOf(this.#item(node.item), this.#evaluator.evaluate(expression, node), this.#evaluator.offset));
    if (answer.length > mostCharacters) this.#faults.add(`${this.#pathOf(node)} length`);
    node.value = answer.length > mostCharacters ? "" : answer;
  }

  #adjustCounts(): boolean {
    let changed = false;
    this.form.items.forEach((item, index) => {
      const count = item.count;
      if (count === undefined) return;
      for (const parent of this.#instances(item.in ?? -1)) changed = this.#adjust(parent, index, count) || changed;
    });
    return changed;
  }

  #adjust(parent: Node, index: number, count: Expr): boolean {
    const name = this.#item(index).name;
    // The number is asked where the repeat stands, outside its instances.
    const asked = this.#guarded(parent, 0, () => this.#evaluator.numberOf(this.#evaluator.evaluate(count, new Node(name, index, parent, false))));
    const wanted = Number.isNaN(asked) ? 0 : Math.min(mostInstances, Math.max(0, Math.trunc(asked)));
    if (asked > mostInstances) this.#faults.add(`${this.#pathOf(parent)}/${name} instances`);
    const existing = parent.children(name);
    let changed = false;
    existing.forEach((instance, i) => {
      changed ||= instance.beyond !== i >= wanted;
      instance.beyond = i >= wanted;
    });
    for (let i = existing.length; i < wanted; i++) {
      this.#instance(parent, index);
      changed = true;
    }

    return changed;
  }

  /** The answers that trigger calculations, as they are. */
  #watched(): ReadonlyMap<Node, string> {
    const sources = new Set(this.form.items.flatMap((i) => i.trigger ?? []));
    return new Map([...sources].flatMap((s) => this.#instances(s)).map((n) => [n, n.value]));
  }

  #trigger(watched: ReadonlyMap<Node, string>): void {
    let before = watched;
    for (let round = 0; before.size > 0 && round < mostRounds; round++) {
      const changed = [...before].filter(([node, value]) => node.value !== value).map(([node]) => node);
      if (changed.length === 0) return;
      before = this.#watched();
      this.form.items.forEach((item, index) => {
        for (const source of changed.filter((c) => item.trigger?.includes(c.item) === true)) {
          for (const target of this.#targets(index, source)) {
            if (item.calculation !== undefined) this.#compute(target, item.calculation);
            else target.value = "";
          }
        }
      });
      this.#recompute();
    }
  }

  /** In the same instances of the repeats that hold both. */
  #targets(index: number, source: Node): readonly Node[] {
    return this.#instances(index).filter((target) => {
      for (let node = target.parent; node !== undefined && node.item >= 0; node = node.parent) {
        const same = source.enclosing(node.item);
        if (same !== undefined && same !== node) return false;
      }

      return true;
    });
  }

  #instances(index: number): readonly Node[] {
    const item = this.form.items[index];
    return item === undefined ? [this.#root] : this.#instances(item.in ?? -1).flatMap((p) => p.children(item.name));
  }

  #everywhere(node: Node): readonly Node[] {
    const found = [node];
    for (const index of this.#below(node)) {
      for (const child of node.children(this.#item(index).name)) found.push(...(child.isContainer ? this.#everywhere(child) : [child]));
    }

    return found;
  }

  #stateOf(node: Node): FormState {
    const item = this.#item(node.item);
    const problem = node.isContainer ? "none" : this.#problemOf(node);
    const message = problem === "required" ? item.requiredMessage : problem === "constraint" ? item.constraintMessage : undefined;
    return {
      path: this.#pathOf(node),
      item: node.item,
      value: node.value,
      label: this.#guarded(node, "", () => this.#evaluator.say(item.label, node)),
      isRequired: this.#isTrue(item.required, node),
      isReadOnly: item.type === "note" || this.#isTrue(item.readOnly, node),
      problem,
      message: this.#guarded(node, "", () => this.#evaluator.say(message, node)),
    };
  }

  #isTrue(rule: Expr | undefined, node: Node): boolean {
    return rule !== undefined && this.#guarded(node, false, () => this.#evaluator.isTrue(rule, node));
  }

  #problemOf(node: Node): AnswerProblem {
    const item = this.#item(node.item);
    if (this.#faults.size > 0) {
      const path = `${this.#pathOf(node)} `;
      if ([...this.#faults].some((f) => f.startsWith(path))) return "fault";
    }

    if (node.value.length === 0) return this.#isTrue(item.required, node) ? "required" : "none";
    if (!fits(item, node.value)) return "type";
    if (isSelect(item.type) && !this.#areOffered(item, node)) return "choice";
    return item.constraint !== undefined && !this.#isTrue(item.constraint, node) ? "constraint" : "none";
  }

  #areOffered(item: FormItem, node: Node): boolean {
    const offered = new Set(this.#offered(node).map((c) => c.name));
    return (item.type === "select_one" ? [node.value] : words(node.value)).every((w) => offered.has(w));
  }

  #offered(node: Node): readonly OfferedChoice[] {
    const item = this.#item(node.item);
    if (item.choicesFrom !== undefined) return this.#fromRepeat(item, item.choicesFrom, node);
    const list = listOf(this.form, item.list);
    if (list === undefined) return [];
    const filter = item.choiceFilter;
    const rows = filter === undefined ? [] : (this.#evaluator.list(item.list ?? "").children("root")[0]?.children("item") ?? []);
    return list.choices
      .filter((_, i) => {
        const row = rows[i];
        return filter === undefined || (row !== undefined && this.#guarded(node, false, () => this.#evaluator.passes(filter, row, i + 1, rows.length, node)));
      })
      .map(([name, label]) => ({ name, label: this.#guarded(node, "", () => this.#evaluator.say(label, node)) }));
  }

  #fromRepeat(item: FormItem, source: number, node: Node): readonly OfferedChoice[] {
    const given = this.#instances(source).filter((n) => n.isRelevant && n.value.length > 0);
    const filter = item.choiceFilter;
    return given
      .filter((answer, i) => {
        let instance = answer;
        while (instance.parent !== undefined && this.form.items[instance.item]?.type !== "repeat") instance = instance.parent;
        return filter === undefined || this.#guarded(node, false, () => this.#evaluator.passes(filter, instance, i + 1, given.length, node));
      })
      .map((n) => ({ name: n.value, label: n.value }));
  }

  #guarded<T>(node: Node, otherwise: T, evaluate: () => T): T {
    try {
      return evaluate();
    } catch (fault) {
      if (!(fault instanceof EvaluationFault)) throw fault;
      this.#faults.add(`${this.#pathOf(node)} ${fault.reason}`);
      return otherwise;
    }
  }

  #pathOf(node: Node): string {
    if (node.item < 0 || node.parent === undefined) return "";
    const above = this.#pathOf(node.parent);
    const place = this.#item(node.item).type === "repeat" ? `[${node.parent.children(node.name).indexOf(node) + 1}]` : "";
    return (above.length === 0 ? "" : `${above}/`) + node.name + place;
  }

  #find(path: string): Node {
    let node = this.#root;
    for (const step of path.split("/")) {
      const [, name = "", place = "1"] = /^([^[]+)(?:\[([0-9]+)\])?$/.exec(step) ?? [];
      const next = node.children(name)[Number(place) - 1];
      if (next === undefined) throw new RangeError(`nothing at ${path}`);
      node = next;
    }

    return node;
  }

  #findRepeat(path: string): readonly [Node, number] {
    const last = path.lastIndexOf("/");
    const parent = last < 0 ? this.#root : this.#find(path.slice(0, last));
    const index = this.#below(parent).find((i) => {
      const item = this.#item(i);
      return item.type === "repeat" && item.count === undefined && item.name === path.slice(last + 1);
    });
    if (index === undefined) throw new RangeError(`no repeat to add to at ${path}`);
    return [parent, index];
  }

  #load(parent: Node, answers: Answers): void {
    for (const index of this.#below(parent)) {
      const item = this.#item(index);
      const given = Object.hasOwn(answers, item.name) ? answers[item.name] : undefined;
      if (item.type === "repeat") {
        if (Array.isArray(given)) given.slice(0, mostInstances).forEach((instance: Answers) => this.#load(this.#new(parent, index), instance));
        continue;
      }

      const node = this.#new(parent, index);
      if (node.isContainer) this.#load(node, typeof given === "object" && !Array.isArray(given) ? (given as Answers) : {});
      else if (typeof given === "string") node.value = given;
    }
  }

  #write(parent: Node): Answers {
    const written: Record<string, string | Answers | readonly Answers[]> = {};
    for (const index of this.#below(parent)) {
      const item = this.#item(index);
      const shown = parent.children(item.name).filter((n) => n.isRelevant);
      const [first] = shown;
      if (first === undefined || (!first.isContainer && first.value.length === 0)) continue;
      if (item.type === "repeat") written[item.name] = shown.map((n) => this.#write(n));
      else written[item.name] = first.isContainer ? this.#write(first) : first.value;
    }

    return written;
  }
}

import { partsOf, type ChoiceList } from "./definition.js";

/** An answer, a group, an instance of a repeat; or a row or cell of a list. */
export class Node {
  value = "";
  /** What its own rule says. */
  wanted = true;
  /** An instance more than a repeat now has: kept, for the number may rise again, and hidden. */
  beyond = false;
  readonly #named = new Map<string, Node[]>();

  /** The item is the index of the definition; -1 for the root and in lists. */
  constructor(
    readonly name: string,
    readonly item: number,
    readonly parent: Node | undefined,
    readonly isContainer: boolean,
  ) {}

  get isRelevant(): boolean {
    for (let node: Node | undefined = this; node !== undefined; node = node.parent) {
      if (!node.wanted || node.beyond) return false;
    }

    return true;
  }

  children(name: string): readonly Node[] {
    return this.#named.get(name) ?? [];
  }

  add(child: Node): Node {
    const same = this.#named.get(child.name);
    if (same === undefined) this.#named.set(child.name, [child]);
    else same.push(child);
    return child;
  }

  remove(child: Node): void {
    const same = this.#named.get(child.name);
    same?.splice(same.indexOf(child), 1);
  }

  /** The instance of an item that this node is or stands in. */
  enclosing(item: number): Node | undefined {
    for (let node: Node | undefined = this; node !== undefined; node = node.parent) {
      if (node.item === item) return node;
    }

    return undefined;
  }
}

/** The rows of a list, as ODK shows them to expressions: a root with an item for each, and in it the columns. */
export function listNodes(list: ChoiceList, language: number): Node {
  const document = new Node("", -1, undefined, true);
  const root = document.add(new Node("root", -1, document, true));
  for (const [name, label, ...values] of list.choices) {
    const item = root.add(new Node("item", -1, root, true));
    item.add(new Node("name", -1, item, false)).value = name;
    item.add(new Node("label", -1, item, false)).value = partsOf(label, language).filter((p) => typeof p === "string").join("");
    list.columns.forEach((column, i) => (item.add(new Node(column, -1, item, false)).value = values[i] ?? ""));
  }

  return document;
}

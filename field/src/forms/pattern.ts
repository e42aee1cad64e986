import type { Expr, Operation } from "./definition.js";
import type { Fuel } from "./fuel.js";

interface Step {
  readonly action: string;
  readonly numbers: readonly number[];
  readonly categories: readonly Category[];
}

interface Category {
  readonly negated: boolean;
  readonly letter: RegExp;
}

const programs = new WeakMap<Operation, readonly Step[]>();

/**
 * Whether the whole text matches a compiled regular expression. A machine that is in many states at once: the time is at most characters ×
 * steps, whatever the expression.
 */
export function matches(pattern: Operation, text: string, fuel: Fuel): boolean {
  const steps = prepared(pattern);
  const seen = new Int32Array(steps.length);
  let generation = 1;
  let now: number[] = [];
  add(now, 0, true, text.length === 0);
  let position = 0;
  for (const character of text) {
    position += character.length;
    generation++;
    fuel.take(1 + now.length);
    const then: number[] = [];
    for (const at of now) {
      const step = steps[at];
      if (step !== undefined && takes(step, character)) add(then, at + 1, false, position === text.length);
    }

    now = then;
    if (now.length === 0) return false;
  }

  return now.some((at) => steps[at]?.action === "match");

  function add(threads: number[], first: number, isStart: boolean, isEnd: boolean): void {
    const open = [first];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const step = steps[at];
      if (step === undefined || seen[at] === generation) continue;
      seen[at] = generation;
      switch (step.action) {
        case "jump":
          open.push(step.numbers[0] ?? 0);
          break;
        case "split":
          open.push(step.numbers[1] ?? 0, step.numbers[0] ?? 0);
          break;
        case "start":
          if (isStart) open.push(at + 1);
          break;
        case "end":
          if (isEnd) open.push(at + 1);
          break;
        default:
          threads.push(at);
      }
    }
  }
}

function takes(step: Step, character: string): boolean {
  if (step.action !== "set" && step.action !== "not") return false;
  return (step.action === "not") !== contains(step, character);
}

function contains(step: Step, character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  for (let i = 0; i + 1 < step.numbers.length; i += 2) {
    if (code >= (step.numbers[i] ?? 0) && code <= (step.numbers[i + 1] ?? 0)) return true;
  }

  return step.categories.some((c) => c.negated !== c.letter.test(character));
}

function prepared(pattern: Operation): readonly Step[] {
  const known = programs.get(pattern);
  if (known !== undefined) return known;
  const steps = pattern.slice(1).map((step) => {
    const [action, ...rest] = step as readonly Expr[];
    return {
      action: String(action),
      numbers: rest.filter((r) => typeof r === "number"),
      categories: rest.filter((r) => typeof r === "string").map(category),
    };
  });
  programs.set(pattern, steps);
  return steps;
}

function category(written: string): Category {
  const name = written.replace("^", "");
  if (!/^[A-Z][a-z]?$/.test(name)) throw new RangeError("no category of letters");
  return { negated: written.startsWith("^"), letter: new RegExp(`^\\p{${name}}$`, "u") };
}

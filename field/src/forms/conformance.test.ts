import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Expr, FormDefinition } from "./definition.js";
import { FormSession, type Answers } from "./session.js";

/* The app evaluates as the shared file says; the server's ConformanceTests are held to the same file. */
interface Conformance {
  readonly environment: { readonly now: string; readonly random: number; readonly uuid: string; readonly metadata: Record<string, string> };
  readonly answers: readonly (readonly [string, string])[];
  readonly forms: Record<string, { readonly compiled: FormDefinition }>;
  readonly expressions: readonly ExpressionCase[];
  readonly scripts: readonly { readonly id: string; readonly form: string; readonly language?: number; readonly steps: readonly Record<string, unknown>[] }[];
}

interface ExpressionCase {
  readonly id: string;
  readonly expr: string;
  readonly at: string;
  readonly value: unknown;
  readonly code: Expr;
  readonly near?: boolean;
  readonly language?: number;
}

const file = JSON.parse(readFileSync(new URL("../../../tests/reference/forms/conformance.json", import.meta.url), "utf8")) as Conformance;

const form = (name: string): FormDefinition => {
  const found = file.forms[name];
  if (found === undefined) throw new RangeError(`no form ${name}`);
  return found.compiled;
};

const environment = (language = 0) => ({
  now: file.environment.now,
  random: () => file.environment.random,
  uuid: () => file.environment.uuid,
  metadata: file.environment.metadata,
  language,
});

function answered(language?: number): FormSession {
  const session = FormSession.begin(form("visit"), environment(language));
  for (const [what, value] of file.answers) {
    if (what === "add") session.add(value);
    else session.set(what, value);
  }

  return session;
}

/** NaN and the infinities are texts in JSON, a list of nodes is its values. */
function told(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("number" in value) return Number(value.number);
  return "nodes" in value ? value.nodes : value;
}

describe("expressions", () => {
  it.each(file.expressions.map((c) => [c.id, c.expr, c] as const))("%s %s", (_id, _expr, c) => {
    const value = answered(c.language).evaluate(c.code, c.at);
    const wanted = told(c.value);
    if (c.near === true && typeof wanted === "number") expect(Math.abs((value as number) - wanted)).toBeLessThanOrEqual(1e-12 * Math.abs(wanted));
    else if (typeof wanted === "number" && wanted === 0) expect(value === 0).toBe(true);
    else expect(value).toEqual(wanted);
  });
});

describe("whole forms", () => {
  it.each(file.scripts.map((s) => [s.id, s] as const))("%s", (_id, script) => {
    let session = FormSession.begin(form(script.form), environment(script.language));
    for (const step of script.steps) {
      for (const [what, value] of Object.entries(step)) {
        if (what === "resume") session = FormSession.resume(form(script.form), environment(script.language), value as Answers);
        else carryOut(session, what, value);
      }
    }
  });
});

function carryOut(session: FormSession, what: string, value: unknown): void {
  switch (what) {
    case "set": {
      const [path, answer] = value as readonly [string, string];
      session.set(path, answer);
      break;
    }

    case "add":
      session.add(value as string);
      break;
    case "remove":
      session.remove(value as string);
      break;
    case "finish":
      session.finish(value as string);
      break;
    case "shown":
      expect(session.state().map((s) => s.path)).toEqual(value);
      break;
    case "choices": {
      const [path, names] = value as readonly [string, readonly string[]];
      expect(session.choices(path).map((c) => c.name)).toEqual(names);
      break;
    }

    case "answers":
      expect(session.answers()).toEqual(value);
      break;
    case "valid":
      expect(session.isValid).toBe(value);
      break;
    case "faults":
      expect(session.faults).toEqual(value);
      break;
    case "name":
      expect(session.name).toBe(value);
      break;
    case "state":
      for (const [path, wanted] of Object.entries(value as Record<string, object>)) expect(session.state().find((s) => s.path === path), path).toMatchObject(wanted);
      break;
    default:
      throw new RangeError(`no such step: ${what}`);
  }
}

/** The what-if of a cascade, as Escala.Cascades computes it (docs/methods/cascade-sheet.md, "Gain"). */
export interface Step {
  numerator: number | null;
  denominator: number | null;
  kind: "service" | "yield" | string;
  status: "ok" | "noDenominator" | "inconsistent" | "suppressed" | string;
}

export const proportionOf = (step: Step): number | null =>
  step.status === "ok" && step.numerator !== null && step.denominator !== null && step.denominator > 0 ? step.numerator / step.denominator : null;

/**
 * More people who would reach the end step if step i alone rose to the target: d_i · (max(t, p_i) − p_i) · p_{i+1} · … · p_m.
 * Null where it cannot be computed: a yield, a step behind the end, or a step from i to the end without a proportion.
 */
export function gainOf(steps: readonly Step[], i: number, end: number, target: number): number | null {
  const step = steps[i];
  if (step === undefined || i > end || step.kind === "yield") return null;
  const own = proportionOf(step);
  if (own === null || step.denominator === null) return null;
  let gain = step.denominator * (Math.max(target, own) - own);
  for (let j = i + 1; j <= end; j++) {
    const next = proportionOf(steps[j]!);
    if (next === null) return null;
    gain *= next;
  }
  return gain;
}

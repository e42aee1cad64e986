/** For one expression: about a tenth of a second on an old tablet. */
const perExpression = 1_000_000;

/** Characters that cost as much as an operation. */
export const charactersPerUnit = 64;

/** An expression that cannot be carried to its end. */
export class EvaluationFault extends Error {
  constructor(readonly reason: "fuel" | "operator") {
    super(reason);
  }
}

/** What one evaluation may cost. A unit is an operation, a node looked at or a state of a pattern; app and server count alike. */
export class Fuel {
  #left = perExpression;

  take(units = 1): void {
    this.#left -= units;
    if (this.#left < 0) throw new EvaluationFault("fuel");
  }
}

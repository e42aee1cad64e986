export interface ExchangeState {
  epoch: string;
  /** Position up to which everything of the place was pulled. */
  cursor: number;
  head: number;
  /** Position and chain of pulls, thinned by halves. */
  checkpoints: [number, string][];
  backedUp: number;
  /** Instant of the last whole exchange; 0 is never. */
  last: number;
  /** Seconds by which this device's clock is ahead of the server's. */
  skew: number;
  /** The place that the cursor is of. Absent in what an earlier version wrote: then it is the place of whoever opens it. */
  facility?: string;
  /** Cursors of the other places that people who share the tablet work at. */
  others?: Record<string, number>;
}

export const noExchange: ExchangeState = { epoch: "", cursor: 0, head: 0, checkpoints: [], backedUp: 0, last: 0, skew: 0 };

/** The state as the exchange of a place goes on from it: each place has a cursor of its own, for what concerns one may not concern the other. */
export function atPlace(state: ExchangeState, facility: string): ExchangeState {
  if (state.facility === undefined || state.facility === facility) return { ...state, facility };
  const { [facility]: cursor = 0, ...others } = state.others ?? {};
  return { ...state, facility, cursor, others: { ...others, [state.facility]: state.cursor } };
}

/** The state after a restore of the server: what lies behind the last common position is forgotten, of every place. */
export function rewound(state: ExchangeState, epoch: string, common: number): ExchangeState {
  const others = state.others === undefined ? {} : { others: Object.fromEntries(Object.entries(state.others).map(([place, cursor]) => [place, Math.min(cursor, common)])) };
  return { ...state, ...others, epoch, cursor: common, head: common, backedUp: 0, checkpoints: state.checkpoints.filter(([at]) => at <= common) };
}

/** Keeps the newest eight, then one of two, one of four …: a restore of any age finds a near one. */
export function thinned(checkpoints: [number, string][]): [number, string][] {
  if (checkpoints.length <= 40) return checkpoints;
  const old = checkpoints.slice(0, -8);
  return [...old.filter((_, i) => i % 2 === 0), ...checkpoints.slice(-8)];
}

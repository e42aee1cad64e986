import { newId } from "../crypto/ids";
import type { Person, Visit } from "../people/person";
import type { Book } from "../store/book";
import type { Saying } from "../store/outbox";
import { rowOf, valuesOf, type Values } from "../visits/visit-row";

export interface SessionBody {
  group: string;
  groupName: string;
  number: number;
  state: "held" | "cancelled";
  start?: string;
  end?: string;
  facilitators: string[];
  guest?: string;
  steppedIn?: string;
  activities: Record<string, boolean>;
  missing?: string;
  adapted?: string;
  space?: string;
  /** `row` is the entry of the register's row with what was measured of her at the session. */
  attendance: { person: string; status: "present" | "late" | "absent"; row?: string }[];
}

/** A saved session: the entry that stands for it, its day and when it was written. */
export interface HeldSession {
  entry: string;
  day: string;
  at: number;
  body: SessionBody;
}

/** Sessions of the place that stand, the oldest first. */
export const heldSessions = (book: Book): HeldSession[] =>
  book.delivered("session").map(({ entry }) => ({ entry: entry.id, day: entry.d, at: entry.t, body: JSON.parse(entry.body ?? "{}") as SessionBody }));

/** What was measured of people at a saved session, by person. Sessions of an earlier version name no rows: theirs were written in the same moment. */
export async function measuredAt(book: Book, session: HeldSession): Promise<Map<string, Visit>> {
  const rows = new Map<string, Visit>();
  for (const { person: id, status, row } of session.body.attendance) {
    if (status === "absent" && row === undefined) continue;
    const ofDay = ((await book.person(id))?.visits ?? []).filter((v) => v.day === session.day && v.facility === book.facility);
    const visit = ofDay.find((v) => v.id === row) ?? ofDay.find((v) => v.at === session.at) ?? (row === undefined ? undefined : ofDay.at(-1));
    if (visit !== undefined) rows.set(id, visit);
  }
  return rows;
}

/** What is said of one person's measurements: a new row, one that replaces, a withdrawal, or nothing; and the row that stands then. */
export function measurementOf(book: Book, person: Person, day: string, values: Values, saved: Visit | undefined): { said: Saying | null; row: string | undefined } {
  const { pack, folder, facility } = book;
  const isEmpty = Object.values(values).every((v) => v.trim() === "");
  if (saved === undefined && isEmpty) return { said: null, row: undefined };
  if (saved === undefined) return visit(newId(), { subject: person.id, body: rowOf(pack, folder, person, day, facility, values) });
  const before = valuesOf(pack, folder, saved);
  if (day === saved.day && [...Object.keys(values), ...Object.keys(before)].every((column) => (values[column] ?? "").trim() === (before[column] ?? ""))) return { said: null, row: saved.id };
  const subject = saved.from ?? person.id;
  if (isEmpty) return { said: { kind: "withdrawal", subject, day: book.today, body: "", withdraws: saved.id }, row: undefined };
  return visit(newId(), { subject, body: rowOf(pack, folder, person, day, saved.facility, values, saved), replaces: saved.id });

  function visit(id: string, more: Pick<Saying, "subject" | "body" | "replaces">): { said: Saying; row: string } {
    return { said: { id, kind: "visit", form: pack.register.form, layout: pack.register.layout, day, ...more }, row: id };
  }
}

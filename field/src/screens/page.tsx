import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import { Bar } from "../parts/bar";
import { useApp } from "../parts/use-app";
import { isoDate, readRow, writeRow } from "../registers/layout";
import type { Fact } from "../registers/pack";
import { doubtOf, writtenAs, type Doubt } from "../registers/values";
import type { Saying } from "../store/book";
import { isFull } from "../store/database";
import { dayOf } from "../people/days";
import { dayText, local, numberText, t } from "../texts/texts";

interface Line {
  key: string;
  cells: Record<string, string>;
  /** The entry that stands for this line; none before it is saved. */
  saved: string | null;
  subject: string | null;
  /** What was saved, to see that something changed. */
  before: string;
  problem: string;
}

/** Rows that are written to the disk in one go. */
const mostTogether = 100;

/** The day of the row above is the day of the next, once it is one. */
const emptyLine = (day: string, dateColumn: string): Line => ({ key: newId(), cells: Number.isNaN(dayOf(isoDate(day, "DayMonthYear"))) ? {} : { [dateColumn]: day }, saved: null, subject: null, before: "", problem: "" });

/** Rows as in the paper register, by keyboard alone. A row is saved when it is left; a saved row that is changed is replaced. */
export function RegisterPage() {
  const { book } = useApp();
  const { pack, folder, today } = book!;
  const register = pack.register;
  const columns = folder.layout.columns.filter((c) => c !== register.facilityColumn);
  const factAt = (column: string): Fact | undefined => register.facts.find((f) => f.columns.includes(column));
  const [lines, setLines] = useState<Line[]>([]);
  const [state, setState] = useState<"page" | "again" | "end">("page");
  const now = useRef<Line[]>([]);
  now.current = lines;
  const grid = useRef<HTMLTableElement>(null);
  const chain = useRef<Promise<void>>(Promise.resolve());
  const drawn = useRef(new Map<string, { line: Line; at: number; row: JSX.Element }>());

  useEffect(() => {
    void (async () => {
      const begun = book!.drafts.get("page")?.values["lines"] as Line[] | undefined;
      const since = Date.parse(today) - 86_400_000;
      const own = (await book!.ownSince(since)).filter(({ own: { origin, entry }, record }) => origin.kind === "visit" && origin.layout === register.layout && entry.d <= today && record.state !== "settled");
      const replaced = new Set(own.map(({ own: { entry } }) => entry.r ?? ""));
      const cleared = (book!.drafts.get("page")?.values["after"] as number | undefined) ?? 0;
      const kept = own.filter(({ own: { entry } }) => !replaced.has(entry.id) && entry.t > cleared).map(({ own: { entry } }): Line => {
        const cells = Object.fromEntries(readRow(entry.body ?? "", folder.layout) ?? []);
        return { key: entry.id, cells, saved: entry.id, subject: entry.s, before: signature(cells), problem: "" };
      });
      const unsaved = (begun ?? []).filter((line) => line.saved === null && isBegun(line));
      const all = [...kept, ...unsaved];
      setLines([...all, emptyLine(all[all.length - 1]?.cells[register.dateColumn] ?? today, register.dateColumn)]);
    })();
  }, []);

  const isBegun = (line: Line) => Object.entries(line.cells).some(([c, v]) => c !== register.dateColumn && v.trim() !== "");
  const signature = (cells: Record<string, string>) => columns.map((c) => cells[c] ?? "").join("\t");
  const doubt = (column: string, value: string): Doubt | null => {
    if (column === register.dateColumn) return value !== "" && (Number.isNaN(dayOf(isoDate(value, "DayMonthYear"))) || isoDate(value, "DayMonthYear") > today) ? "unreadable" : null;
    const fact = factAt(column);
    if (fact === undefined) return null;
    const text = fact.type === "date" ? isoDate(value, "DayMonthYear") : value;
    return doubtOf(fact, text, fact.type === "pair" ? fact.columns.indexOf(column) % 2 : 0);
  };
  const keep = (next: Line[]) => {
    setLines(next);
    now.current = next;
    const after = (book!.drafts.get("page")?.values["after"] as number | undefined) ?? 0;
    void book!.keepDraft({ key: "page", kind: "page", person: "", label: "", values: { lines: next.filter((l) => l.saved === null), after }, changed: Date.now() }).catch(() => undefined);
  };
  const change = (key: string, cells: Record<string, string>) => {
    const next = now.current.map((line) => (line.key === key ? { ...line, cells: { ...line.cells, ...cells }, problem: "" } : line));
    if (next[next.length - 1]!.key === key) next.push(emptyLine(next[next.length - 1]!.cells[register.dateColumn] ?? today, register.dateColumn));
    keep(next);
  };

  const commit = (...keys: string[]) => {
    // Many pasted rows go to the disk together, but not so many that nothing is seen for long.
    for (let i = 0; i < keys.length; i += mostTogether) chain.current = chain.current.then(() => commitLines(keys.slice(i, i + mostTogether)));
    return chain.current;
  };
  const commitLines = async (keys: string[]) => {
    const sayings: Saying[] = [];
    const ready = new Map<string, { subject: string; before: string; at: number }>();
    const problems = new Map<string, string>();
    const registered = new Map<string, string>();
    for (const line of now.current.filter((l) => keys.includes(l.key))) {
      if (signature(line.cells) === line.before || !isBegun(line)) continue;
      const number = (line.cells[register.personColumn] ?? "").trim();
      const day = isoDate((line.cells[register.dateColumn] ?? "").trim(), "DayMonthYear");
      const holders = book!.index.holding(number).filter((p) => p.number === number || p.number === "");
      const known = line.subject ?? holders[0]?.id ?? registered.get(number);
      if (number === "" || day === "") problems.set(line.key, t("page.needs-number"));
      else if (columns.some((c) => doubt(c, line.cells[c] ?? "") === "unreadable")) problems.set(line.key, t("page.unreadable"));
      else if (holders.length > 1) problems.set(line.key, t("page.several", number));
      else {
        const subject = known ?? newId();
        if (known === undefined) {
          registered.set(number, subject);
          sayings.push({ kind: "person", subject, day, body: JSON.stringify({ set: {}, identifiers: [{ system: register.personSystem, value: number }] }) });
        }
        ready.set(line.key, { subject, before: signature(line.cells), at: sayings.length });
        sayings.push({ kind: "visit", form: register.form, layout: register.layout, subject, day, body: writtenRow(line), ...(line.saved === null ? {} : { replaces: line.saved }) });
      }
    }
    if (ready.size + problems.size === 0) return;
    try {
      const made = sayings.length === 0 ? [] : await book!.record(sayings);
      keep(now.current.map((line) => {
        const saved = ready.get(line.key);
        if (saved !== undefined) return { ...line, saved: made[saved.at]!.id, subject: saved.subject, before: saved.before, problem: "" };
        return problems.has(line.key) ? { ...line, problem: problems.get(line.key)! } : line;
      }));
      if (made.length > 0) app.exchange?.ask();
    } catch (failure) {
      const problem = isFull(failure) ? t("trouble.full-long") : String(failure);
      keep(now.current.map((line) => (ready.has(line.key) ? { ...line, problem } : line)));
    }
  };
  const writtenRow = (line: Line) => {
    const row = new Map<string, string>([[register.facilityColumn, book!.facility]]);
    for (const column of columns) {
      const value = (line.cells[column] ?? "").trim();
      if (value === "") continue;
      const fact = factAt(column);
      row.set(column, column === register.dateColumn || fact?.type === "date" ? isoDate(value, "DayMonthYear") : fact === undefined ? value : writtenAs(fact, value));
    }
    return writeRow(row, folder.layout);
  };

  const move = (row: number, column: number) => grid.current?.querySelector<HTMLInputElement>(`[data-at="${row}:${column}"]`)?.focus();
  const key = (event: KeyboardEvent & { currentTarget: HTMLInputElement }, row: number, column: number) => {
    const input = event.currentTarget;
    const [atStart, atEnd] = [input.selectionEnd === 0 || input.selectionEnd! - input.selectionStart! === input.value.length, input.selectionStart === input.value.length || input.selectionEnd! - input.selectionStart! === input.value.length];
    if (event.key === "ArrowDown") move(row + 1, column);
    else if (event.key === "ArrowUp") move(row - 1, column);
    else if (event.key === "ArrowLeft" && atStart) move(row, column - 1);
    else if (event.key === "ArrowRight" && atEnd) move(row, column + 1);
    else if (event.key === "Enter") column + 1 < columns.length && !event.ctrlKey ? move(row, column + 1) : move(row + 1, columns.indexOf(register.personColumn));
    else return;
    event.preventDefault();
  };
  const paste = (event: ClipboardEvent, row: number, column: number) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    let rows = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
    let into = (i: number) => columns[column + i];
    const head = rows[0]!.map((cell) => cell.trim().toLowerCase());
    if (head.some((cell) => cell === register.personColumn.toLowerCase())) {
      into = (i) => columns.find((c) => c.toLowerCase() === head[i]);
      rows = rows.slice(1);
    }
    const next = [...now.current];
    rows.forEach((cells, i) => {
      const line = next[row + i] ?? emptyLine(today, register.dateColumn);
      const filled = { ...line.cells };
      cells.forEach((cell, j) => {
        const to = into(j);
        if (to !== undefined) filled[to] = cell.trim();
      });
      next[row + i] = { ...line, cells: filled, problem: "" };
    });
    if (isBegun(next[next.length - 1]!)) next.push(emptyLine(next[next.length - 1]!.cells[register.dateColumn] ?? today, register.dateColumn));
    keep(next);
    void commit(...next.slice(row, row + rows.length).map((line) => line.key));
  };

  const queried = (line: Line) => columns.some((c) => doubt(c, line.cells[c] ?? "") === "implausible");
  /** A row is drawn anew when it changed, not at each key pressed in another: a page may hold hundreds. */
  const rowOf = (line: Line, i: number) => {
    const known = drawn.current.get(line.key);
    if (known?.line === line && known.at === i) return known.row;
    const row = (
      <tr key={line.key} onBlurCapture={(e) => {
        const to = e.relatedTarget as HTMLElement | null;
        if (to === null || !e.currentTarget.contains(to)) void commit(line.key);
      }}>
        <td class="state">{line.problem !== "" ? <span class="wrong" role="alert" title={line.problem}>!<span class="hidden"> {line.problem}</span></span> : line.saved !== null && signature(line.cells) === line.before ? (queried(line) ? <span title={t("page.queried")}>?</span> : <span title={t("page.saved")}>✓</span>) : i + 1}</td>
        {columns.map((column, j) => {
          const strange = doubt(column, line.cells[column] ?? "");
          return (
            <td key={column} class={strange === "unreadable" ? "bad" : strange === "implausible" ? "odd" : ""}>
              <input
                data-at={`${i}:${j}`} value={line.cells[column] ?? ""} aria-label={`${column} ${i + 1}`} aria-invalid={strange === "unreadable"} autoComplete="off" spellcheck={false}
                size={widthOf(column, factAt(column), register)} title={strange === null ? undefined : t(`doubt.${strange}`, line.cells[column] ?? "")}
                onFocus={(e) => e.currentTarget.select()} onInput={(e) => change(line.key, { [column]: e.currentTarget.value })}
                onKeyDown={(e) => key(e, i, j)} onPaste={(e) => paste(e, i, j)} />
            </td>
          );
        })}
      </tr>
    );
    drawn.current.set(line.key, { line, at: i, row });
    return row;
  };
  const savedLines = lines.filter((l) => l.saved !== null);
  if (state === "again") return <SecondEntry lines={savedLines} columns={columns} onClose={() => setState("page")} onCorrect={(key, cells) => {
    change(key, cells);
    void commit(key);
  }} />;
  if (state === "end") {
    return (
      <>
        <Bar title={t("page.end")} />
        <main>
          <dl>
            <div><dt>{t("page.rows")}</dt><dd>{numberText(savedLines.length)}</dd></div>
            <div><dt>{t("page.pages")}</dt><dd>{numberText(Number(book!.drafts.get("page")?.values["pages"] ?? 0) + (savedLines.length > 0 ? 1 : 0))}</dd></div>
            <div><dt>{t("page.queried")}</dt><dd>{numberText(savedLines.filter(queried).length)}</dd></div>
            <div><dt>{t("page.open")}</dt><dd>{numberText(lines.filter((l) => l.saved === null && isBegun(l)).length)}</dd></div>
            <div><dt>{t("inbox.title")}</dt><dd>{numberText(book!.refused.length)}</dd></div>
            <div><dt>{t("unsent.title")}</dt><dd>{numberText(book!.unsent)}</dd></div>
          </dl>
          <div class="inline"><button type="button" class="primary" onClick={() => app.exchange?.ask()}>{t("unsent.now")}</button><button type="button" onClick={() => setState("page")}>{t("page.back")}</button></div>
        </main>
      </>
    );
  }
  return (
    <>
      <Bar title={t("page.title")} />
      <main class="wide-main">
        <p class="hint">{t("page.text", local(register.name) || register.form)}</p>
        <div class="inline">
          <button type="button" onClick={() => setState("end")}>{t("page.end")}</button>
          <button type="button" disabled={savedLines.length === 0} onClick={() => setState("again")}>{t("page.again")}</button>
          <button type="button" disabled={savedLines.length === 0} onClick={() => {
            const pages = Number(book!.drafts.get("page")?.values["pages"] ?? 0) + 1;
            void book!.keepDraft({ key: "page", kind: "page", person: "", label: "", values: { lines: [], after: Date.now(), pages }, changed: Date.now() });
            setLines([emptyLine(today, register.dateColumn)]);
          }}>{t("page.next")}</button>
        </div>
        <div class="grid">
          <table ref={grid}>
            <thead>
              <tr>
                <th scope="col"><span class="hidden">{t("page.state")}</span></th>
                {columns.map((column) => <th key={column} scope="col" title={local(factAt(column)?.label)}>{headOf(column, factAt(column), register)}</th>)}
              </tr>
            </thead>
            <tbody>
              {lines.map(rowOf)}
            </tbody>
          </table>
        </div>
        {lines.filter((l) => l.problem !== "").map((line) => <p key={line.key} class="error">{t("page.line", lines.indexOf(line) + 1)}: {line.problem}</p>)}
        <p class="hint">{t("page.keys")}</p>
      </main>
    </>
  );
}

interface Columns {
  personColumn: string;
  dateColumn: string;
}

function headOf(column: string, fact: Fact | undefined, register: Columns): string {
  if (column === register.personColumn) return t("person.number");
  if (column === register.dateColumn) return t("visit.day");
  if (fact === undefined) return column;
  if (fact.type !== "pair") return local(fact.label);
  const place = fact.columns.indexOf(column);
  return `${local(fact.partLabels?.[place % 2]) || (fact.parts?.[place % 2] ?? "")} ${Math.floor(place / 2) + 1}`;
}

function widthOf(column: string, fact: Fact | undefined, register: Columns): number {
  if (column === register.personColumn) return 14;
  if (column === register.dateColumn || fact?.type === "date") return 10;
  if (fact?.type === "text") return 16;
  return fact?.type === "flag" ? 4 : fact?.type === "category" ? 7 : 6;
}

/** A sample of the page is typed again without seeing the first entry; what differs is shown, and the paper decides. */
function SecondEntry(props: { lines: Line[]; columns: string[]; onClose: () => void; onCorrect: (key: string, cells: Record<string, string>) => void }) {
  const { book } = useApp();
  const register = book!.pack.register;
  const [sample] = useState(() => [...props.lines].sort(() => crypto.getRandomValues(new Uint8Array(1))[0]! - 128).slice(0, Math.min(5, props.lines.length)));
  const [typed, setTyped] = useState<Record<string, Record<string, string>>>({});
  const [compared, setCompared] = useState(false);
  const asked = props.columns.filter((c) => c !== register.personColumn && c !== register.dateColumn && sample.some((l) => (l.cells[c] ?? "") !== ""));
  const differing = sample.flatMap((line) => asked.filter((c) => (line.cells[c] ?? "").trim() !== (typed[line.key]?.[c] ?? "").trim()).map((c) => ({ line, column: c })));
  return (
    <>
      <Bar title={t("page.again")} />
      <main>
        <p class="hint">{t("page.again-text", sample.length)}</p>
        {!compared && sample.map((line) => (
          <fieldset key={line.key} class="card">
            <legend>{line.cells[register.personColumn]} · {dayText(isoDate(line.cells[register.dateColumn] ?? "", "DayMonthYear"))}</legend>
            <div class="columns">
              {asked.map((column) => (
                <label key={column}>{headOf(column, register.facts.find((f) => f.columns.includes(column)), register)}
                  <input value={typed[line.key]?.[column] ?? ""} onInput={(e) => setTyped({ ...typed, [line.key]: { ...typed[line.key], [column]: e.currentTarget.value } })} />
                </label>
              ))}
            </div>
          </fieldset>
        ))}
        {compared && (
          <>
            <p class="lead">{t("page.differ", differing.length, sample.length * asked.length)}</p>
            {differing.map(({ line, column }) => (
              <div key={line.key + column} class="card">
                <p>{line.cells[register.personColumn]} · {column}</p>
                <div class="inline">
                  <button type="button">{t("page.first")}: <strong>{line.cells[column] || "–"}</strong></button>
                  <button type="button" onClick={() => props.onCorrect(line.key, { [column]: typed[line.key]?.[column] ?? "" })}>{t("page.second")}: <strong>{typed[line.key]?.[column] || "–"}</strong></button>
                </div>
              </div>
            ))}
          </>
        )}
        <div class="inline">
          {!compared && <button type="button" class="primary" onClick={() => setCompared(true)}>{t("page.compare")}</button>}
          <button type="button" onClick={props.onClose}>{t("page.back")}</button>
        </div>
      </main>
    </>
  );
}

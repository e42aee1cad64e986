import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import { Bar } from "../parts/bar";
import { ShortYear } from "../parts/short-year";
import { useApp } from "../parts/use-app";
import { headOf, widthOf } from "../registers/heads";
import { isoDate, readRow, writeRow } from "../registers/layout";
import { cellDoubt, emptyLine, writtenCell, type Line } from "../registers/line";
import type { Fact } from "../registers/pack";
import { pastedCells, pastedHeads } from "../registers/paste";
import type { Saying } from "../store/outbox";
import { isFull } from "../store/database";
import { todayIn } from "../people/days";
import { local, t } from "../texts/texts";
import { EndOfDay } from "./end-of-day";
import { SecondEntry } from "./second-entry";

/** Rows that are written to the disk in one go. */
const mostTogether = 100;

/** Rows as in the paper register, by keyboard alone. A row is saved when it is left; a saved row that is changed is replaced. */
export function RegisterPage() {
  const { book } = useApp();
  const { pack, folder, today } = book!;
  const register = pack.register;
  const columns = folder.layout.columns.filter((c) => c !== register.facilityColumn);
  const factAt = (column: string): Fact | undefined => register.facts.find((f) => f.columns.includes(column));
  const [lines, setLines] = useState<Line[]>([]);
  const [at, setAt] = useState(0);
  const [notice, setNotice] = useState<string[]>([]);
  const [state, setState] = useState<"page" | "again" | "end">("page");
  const now = useRef<Line[]>([]);
  now.current = lines;
  // Rows that were begun at one facility are none of another's.
  const draftKey = "page " + book!.facility;
  const grid = useRef<HTMLTableElement>(null);
  const chain = useRef<Promise<void>>(Promise.resolve());
  const drawn = useRef(new Map<string, { line: Line; at: number; row: JSX.Element }>());

  useEffect(() => {
    void (async () => {
      // Of before pages were kept for each facility there may be one without its name.
      const draft = (book!.drafts.get(draftKey) ?? book!.drafts.get("page"))?.values as { lines?: Line[]; places?: Record<string, number>; last?: number } | undefined;
      const begun = draft?.lines ?? [];
      const since = Date.parse(today) - 86_400_000;
      const written = (await book!.ownSince(since)).filter(({ record }) => record.state !== "settled");
      const over = new Set(written.flatMap(({ own: { entry } }) => [entry.r ?? "", entry.w ?? ""]));
      const kept = written.filter(({ own: { origin, entry } }) => origin.kind === "visit" && origin.layout === register.layout && entry.d <= today && !over.has(entry.id)).map(({ own: { entry } }): Line => {
        const cells = Object.fromEntries(readRow(entry.body ?? "", folder.layout) ?? []);
        const open = begun.find((line) => line.saved === entry.id);
        return { key: entry.id, page: draft?.places?.[entry.id] ?? draft?.last ?? 0, cells: open?.cells ?? cells, saved: entry.id, subject: entry.s, at: entry.t, before: signature(cells), dated: true, problem: open?.problem ?? "" };
      });
      const all = [...kept, ...begun.filter((line) => line.saved === null && isBegun(line))];
      // Pages of which nothing is left at hand are no pages any more.
      const pages = [...new Set([...all.map((line) => line.page), draft?.last ?? 0])].sort((a, b) => a - b);
      const placed = all.map((line) => ({ ...line, page: pages.indexOf(line.page) }));
      setAt(pages.length - 1);
      setLines(pages.reduce((next, _, page) => withEmpty(next, page), placed));
    })();
  }, []);
  useEffect(() => {
    if (state !== "page" || lines.length === 0) return;
    const open = shown.findIndex(isUnfinished);
    const row = open < 0 ? shown.length - 1 : open;
    move(row, Math.max(0, columns.findIndex((c) => (shown[row]!.cells[c] ?? "") === "")));
  }, [at, state, lines.length === 0]);

  const isBegun = (line: Line) => Object.entries(line.cells).some(([c, v]) => c !== register.dateColumn && v.trim() !== "");
  const isUnfinished = (line: Line) => (line.saved === null ? isBegun(line) : signature(line.cells) !== line.before);
  const shown = lines.filter((line) => line.page === at);
  const last = Math.max(0, ...lines.map((line) => line.page));
  /** The page with an empty row at its end, to go on. */
  const withEmpty = (all: Line[], page: number): Line[] => {
    const end = all.filter((line) => line.page === page).at(-1);
    return end !== undefined && end.saved === null && !isBegun(end) ? all : [...all, emptyLine(page, end?.cells[register.dateColumn] ?? today, register.dateColumn)];
  };
  const signature = (cells: Record<string, string>) => columns.map((c) => cells[c] ?? "").join("\t");
  const doubt = (column: string, value: string) => cellDoubt(factAt(column), column, value, { column: register.dateColumn, today });
  const keep = (next: Line[]) => {
    setLines(next);
    now.current = next;
    const latest = Math.max(0, ...next.map((line) => line.page));
    const places = Object.fromEntries(next.filter((line) => line.saved !== null && line.page < latest).map((line) => [line.saved, line.page]));
    void book!.keepDraft({ key: draftKey, kind: "page", person: "", label: "", values: { lines: next.filter(isUnfinished), places, last: latest }, changed: Date.now() }).catch(() => undefined);
  };
  const change = (key: string, cells: Record<string, string>) => {
    const next = now.current.map((line) => (line.key === key ? { ...line, cells: { ...line.cells, ...cells }, dated: line.dated || register.dateColumn in cells, problem: "" } : line));
    keep(withEmpty(next, next.find((line) => line.key === key)!.page));
  };
  /** Which row of its page it is, counted from 1. */
  const placeOf = (line: Line) => now.current.filter((l) => l.page === line.page).findIndex((l) => l.key === line.key) + 1;
  /** The cells of a saved row as they were saved. */
  const savedCells = (line: Line) => Object.fromEntries(line.before.split("\t").map((value, i) => [columns[i]!, value] as const).filter(([, value]) => value !== ""));
  const numberIn = (cells: Record<string, string>) => (cells[register.personColumn] ?? "").trim();
  const isEmptied = (line: Line) => line.saved !== null && (numberIn(line.cells) === "" || (line.cells[register.dateColumn] ?? "").trim() === "");
  const withdraw = (key: string) => {
    chain.current = chain.current.then(async () => {
      const line = now.current.find((l) => l.key === key);
      if (line === undefined || !isEmptied(line)) return;
      try {
        await book!.record([{ kind: "withdrawal", subject: line.subject!, day: book!.today, body: "", withdraws: line.saved! }]);
        setNotice([t("page.withdrawn", numberIn(savedCells(line)))]);
        keep(withEmpty(now.current.filter((l) => l.key !== key), line.page));
        app.exchange?.ask();
      } catch (failure) {
        keep(now.current.map((l) => (l.key === key ? { ...l, problem: troubleOf(failure) } : l)));
      }
    });
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
    const moved: string[] = [];
    for (const line of now.current.filter((l) => keys.includes(l.key))) {
      if (!isUnfinished(line)) continue;
      const number = numberIn(line.cells);
      const moves = line.saved !== null && number !== numberIn(savedCells(line));
      const day = isoDate((line.cells[register.dateColumn] ?? "").trim(), "DayMonthYear");
      const holders = book!.index.holding(number).filter((p) => p.number === number || p.number === "");
      const known = (moves ? null : line.subject) ?? holders[0]?.id ?? registered.get(number);
      if (isEmptied(line)) problems.set(line.key, t("page.emptied", numberIn(savedCells(line))));
      else if (number === "" || day === "") problems.set(line.key, t("page.needs-number"));
      else if (columns.some((c) => doubt(c, line.cells[c] ?? "") === "unreadable")) problems.set(line.key, t("page.unreadable"));
      else if (!line.dated && columns.every((c) => c === register.personColumn || c === register.dateColumn || (line.cells[c] ?? "").trim() === "")) problems.set(line.key, t("page.only-number"));
      else if ((line.saved === null || moves) && holders.length > 1) problems.set(line.key, t("page.several", number));
      else if (known === undefined && book!.index.holdingButForZeros(number).length > 0) problems.set(line.key, t("page.zeros", book!.index.holdingButForZeros(number)[0]!.number));
      else {
        const subject = known ?? newId();
        if (known === undefined) {
          registered.set(number, subject);
          sayings.push({ kind: "person", subject, day, body: JSON.stringify({ set: {}, identifiers: [{ system: register.personSystem, value: number }] }) });
        }
        // Another number is another person: the visit goes to her, and whose it was keeps her own number.
        const leaves = moves && subject !== line.subject;
        if (leaves) {
          sayings.push({ kind: "withdrawal", subject: line.subject!, day: book!.today, body: "", withdraws: line.saved! });
          moved.push(t("page.moved", placeOf(line), numberIn(savedCells(line)), number));
        }
        ready.set(line.key, { subject, before: signature(line.cells), at: sayings.length });
        sayings.push({ kind: "visit", form: register.form, layout: register.layout, subject, day, body: writtenRow(line), ...(line.saved === null || leaves ? {} : { replaces: line.saved }) });
      }
    }
    if (ready.size + problems.size === 0) return;
    try {
      const made = sayings.length === 0 ? [] : await book!.record(sayings);
      keep(now.current.map((line) => {
        const saved = ready.get(line.key);
        if (saved !== undefined) return { ...line, saved: made[saved.at]!.id, at: made[saved.at]!.t, subject: saved.subject, before: saved.before, problem: "" };
        return problems.has(line.key) ? { ...line, problem: problems.get(line.key)! } : line;
      }));
      if (moved.length > 0) setNotice(moved);
      if (made.length > 0) app.exchange?.ask();
    } catch (failure) {
      const problem = troubleOf(failure);
      keep(now.current.map((line) => (ready.has(line.key) ? { ...line, problem } : line)));
    }
  };
  const writtenRow = (line: Line) => {
    const row = new Map<string, string>([[register.facilityColumn, book!.facility]]);
    for (const column of columns) {
      const value = (line.cells[column] ?? "").trim();
      if (value !== "") row.set(column, writtenCell(factAt(column), column === register.dateColumn, value));
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
  const paste = (event: ClipboardEvent, on: number, row: number, column: number) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    let rows = pastedCells(text);
    const names = new Map(columns.map((c) => [c, Object.values(headOf(c, factAt(c), register))] as const));
    const heads = pastedHeads(rows[0]!, names, register.personColumn);
    const into = (i: number) => (heads === null ? columns[column + i] : heads[i]) ?? null;
    const titles = rows[0]!;
    if (heads !== null) rows = rows.slice(1);
    const unused = new Set<string>();
    // A drawn row may be older than the rows around it: only what is now counts.
    const page = now.current.filter((line) => line.page === on);
    rows.forEach((cells, i) => {
      const line = page[row + i] ?? emptyLine(on, today, register.dateColumn);
      const filled = { ...line.cells };
      let dated = line.dated;
      cells.forEach((cell, j) => {
        const to = into(j);
        if (to === null) {
          if (cell !== "") unused.add(heads === null ? t("page.column", j + 1) : titles[j] || t("page.column", j + 1));
        } else if (to !== register.dateColumn) filled[to] = cell;
        // An empty date in the paste leaves the one that was filled in.
        else if (cell !== "") [filled[to], dated] = [cell, true];
      });
      page[row + i] = { ...line, cells: filled, dated, problem: "" };
    });
    setNotice(unused.size === 0 ? [] : [t("page.unused", [...unused].join(", "))]);
    keep(withEmpty([...now.current.filter((line) => line.page !== on), ...page], on));
    void commit(...page.slice(row, row + rows.length).map((line) => line.key));
  };

  const turn = (page: number) => {
    setNotice([]);
    if (page > last) keep(withEmpty(now.current, page));
    setAt(page);
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
        <td class="state">{line.problem !== "" ? <span class="wrong" role="alert" title={line.problem}>!<span class="hidden"> {line.problem}</span></span> : line.saved !== null && !isUnfinished(line) ? (queried(line) ? <span title={t("page.queried")}>?</span> : <span title={t("page.saved")}>✓</span>) : i + 1}</td>
        {columns.map((column, j) => {
          const strange = doubt(column, line.cells[column] ?? "");
          return (
            <td key={column} class={strange === "unreadable" ? "bad" : strange === "implausible" ? "odd" : ""}>
              <input
                data-at={`${i}:${j}`} value={line.cells[column] ?? ""} aria-label={`${local(headOf(column, factAt(column), register))}, ${t("page.line", i + 1)}`} aria-invalid={strange === "unreadable"} autoComplete="off" spellcheck={false}
                size={widthOf(column, factAt(column), register)} title={strange === null ? undefined : t(`doubt.${strange}`, line.cells[column] ?? "")}
                onFocus={(e) => e.currentTarget.select()} onInput={(e) => change(line.key, { [column]: e.currentTarget.value })}
                onKeyDown={(e) => key(e, i, j)} onPaste={(e) => paste(e, line.page, i, j)} />
            </td>
          );
        })}
      </tr>
    );
    drawn.current.set(line.key, { line, at: i, row });
    return row;
  };
  const savedLines = shown.filter((l) => l.saved !== null);
  if (state === "again") return <SecondEntry lines={savedLines} columns={columns} onClose={() => setState("page")} onCorrect={(key, cells) => {
    change(key, cells);
    void commit(key);
  }} />;
  if (state === "end") {
    const ofToday = lines.filter((l) => l.saved !== null && todayIn(pack.zone, l.at) === today);
    const open = lines.filter(isUnfinished).map((line) => ({ key: line.key, page: line.page, text: `${t("page.number", line.page + 1, last + 1)} · ${t("page.line", placeOf(line))}: ${numberIn(line.cells) || numberIn(savedCells(line))}` }));
    return <EndOfDay rows={ofToday.length} pages={new Set(ofToday.map((l) => l.page)).size} queried={ofToday.filter(queried).length} open={open} onOpen={(page) => {
      if (page !== null) setAt(page);
      setState("page");
    }} />;
  }
  return (
    <>
      <Bar title={t("page.title")} />
      <main class="wide-main">
        <p class="hint">{t("page.text", local(register.name) || register.form)}</p>
        <div class="inline">
          <button type="button" onClick={() => setState("end")}>{t("page.end")}</button>
          <button type="button" disabled={savedLines.length === 0} onClick={() => setState("again")}>{t("page.again")}</button>
          <button type="button" id="page-before" disabled={at === 0} onClick={() => turn(at - 1)}>{t("page.before")}</button>
          <button type="button" id="page-next" disabled={at === last && !shown.some((l) => l.saved !== null || isBegun(l))} onClick={() => turn(at + 1)}>{t("page.next")}</button>
          <span>{t("page.number", at + 1, last + 1)}</span>
        </div>
        <div role="status">{notice.map((said) => <p key={said} class="note">{said}</p>)}</div>
        <div class="grid">
          <table ref={grid}>
            <thead>
              <tr>
                <th scope="col"><span class="hidden">{t("page.state")}</span></th>
                {columns.map((column) => <th key={column} scope="col" title={local(factAt(column)?.label)}>{local(headOf(column, factAt(column), register))}</th>)}
              </tr>
            </thead>
            <tbody>
              {shown.map(rowOf)}
            </tbody>
          </table>
        </div>
        {shown.filter((l) => l.problem !== "").map((line) => (
          <div key={line.key}>
            <p class="error">{t("page.line", placeOf(line))}: {line.problem}</p>
            {columns.filter((column) => (column === register.dateColumn || factAt(column)?.type === "date")).map((column) => (
              <ShortYear key={column} value={line.cells[column] ?? ""} onDate={(iso) => {
                change(line.key, { [column]: iso });
                void commit(line.key);
              }} />
            ))}
            {isEmptied(line) && (
              <div class="inline">
                <button type="button" onClick={() => withdraw(line.key)}>{t("visit.withdraw")}</button>
                <button type="button" onClick={() => keep(now.current.map((l) => (l.key === line.key ? { ...l, cells: savedCells(l), problem: "" } : l)))}>{t("page.put-back")}</button>
              </div>
            )}
          </div>
        ))}
        <p class="hint">{t("page.keys")}</p>
      </main>
    </>
  );
}

const troubleOf = (failure: unknown) => (isFull(failure) ? t("trouble.full-long") : String(failure));

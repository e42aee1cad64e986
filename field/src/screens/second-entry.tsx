import { useState } from "preact/hooks";
import { Bar } from "../parts/bar";
import { useApp } from "../parts/use-app";
import { headOf } from "../registers/heads";
import { isoDate } from "../registers/layout";
import { writtenCell, type Line } from "../registers/line";
import { dayText, local, t } from "../texts/texts";

/** A sample of the page is typed again without seeing the first entry; what differs is shown, and the paper decides. */
export function SecondEntry(props: { lines: Line[]; columns: string[]; onClose: () => void; onCorrect: (key: string, cells: Record<string, string>) => void }) {
  const { book } = useApp();
  const register = book!.pack.register;
  const [sample] = useState(() => [...props.lines].sort(() => crypto.getRandomValues(new Uint8Array(1))[0]! - 128).slice(0, Math.min(5, props.lines.length)));
  const [typed, setTyped] = useState<Record<string, Record<string, string>>>({});
  const [compared, setCompared] = useState(false);
  /** What the book had, by row and column. */
  const [right, setRight] = useState<Record<string, "first" | "second">>({});
  // Every cell, for what was left out is a difference as well.
  const asked = props.columns.filter((c) => c !== register.personColumn && c !== register.dateColumn);
  const written = (column: string, value: string | undefined) => writtenCell(register.facts.find((f) => f.columns.includes(column)), false, (value ?? "").trim());
  const differing = sample.flatMap((line) => asked.filter((c) => written(c, line.cells[c]) !== written(c, typed[line.key]?.[c])).map((c) => ({ line, column: c })));
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
                <label key={column}>{local(headOf(column, register.facts.find((f) => f.columns.includes(column)), register))}
                  <input value={typed[line.key]?.[column] ?? ""} onInput={(e) => setTyped({ ...typed, [line.key]: { ...typed[line.key], [column]: e.currentTarget.value } })} />
                </label>
              ))}
            </div>
          </fieldset>
        ))}
        {compared && (
          <>
            <p class="lead">{t("page.differ", differing.length, sample.length * asked.length)}</p>
            {differing.map(({ line, column }) => {
              const place = line.key + column;
              const choice = (which: "first" | "second", value: string) => (
                <button type="button" class="chip" aria-pressed={right[place] === which} onClick={() => {
                  setRight({ ...right, [place]: which });
                  props.onCorrect(line.key, { [column]: value });
                }}>{t(`page.${which}`)}: <strong>{value || "–"}</strong></button>
              );
              return (
                <div key={place} class="card">
                  <p>{line.cells[register.personColumn]} · {local(headOf(column, register.facts.find((f) => f.columns.includes(column)), register))}</p>
                  <div class="inline">{choice("first", line.cells[column] ?? "")}{choice("second", typed[line.key]?.[column] ?? "")}</div>
                </div>
              );
            })}
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

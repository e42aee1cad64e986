import { useEffect, useMemo, useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import { windowsUpTo } from "../people/days";
import { Bar } from "../parts/bar";
import { Field } from "../parts/field";
import { useApp } from "../parts/use-app";
import { local, t, windowText } from "../texts/texts";

interface Tally {
  window: string;
  step: string;
  numerator: number;
  denominator: number;
  register?: string;
}

/** A month's counts of a facility that has nobody to type its register: they fill the same sheet, marked as counted by hand. */
export function Tallies() {
  const { book } = useApp();
  const { pack, today } = book!;
  const steps = pack.steps ?? [];
  const windows = useMemo(() => windowsUpTo(today, pack.window), [today, pack.window]);
  const [month, setMonth] = useState(windows[1]!.name);
  const [typed, setTyped] = useState<Record<string, [string, string]>>({});
  const [register, setRegister] = useState("");
  const [said, setSaid] = useState("");
  const known = new Map(book!.delivered("tally").map(({ entry }) => [JSON.parse(entry.body ?? "{}") as Tally, entry] as const).filter(([tally]) => tally.window === month).map(([tally, entry]) => [tally.step, { tally, entry }]));
  // The sheet counts rows where there are any; whoever counts by hand beside them counts for nothing, and must know it before.
  const [rows, setRows] = useState(false);
  useEffect(() => {
    let isGone = false;
    const { first, last } = windows.find((w) => w.name === month)!;
    setRows(false);
    void book!.hasVisit(first, last).then((found) => !isGone && setRows(found));
    return () => void (isGone = true);
  }, [month, book!.revision]);
  const wrong = (step: string) => {
    const [a, b] = typed[step] ?? ["", ""];
    return (a === "") !== (b === "") ? t("tally.both") : a !== "" && Number(a) > Number(b) ? t("tally.more") : undefined;
  };
  const save = async () => {
    const filled = steps.filter((s) => (typed[s.id]?.[0] ?? "") !== "" || (typed[s.id]?.[1] ?? "") !== "");
    if (filled.length === 0 || filled.some((s) => wrong(s.id) !== undefined)) return;
    const { last } = windows.find((w) => w.name === month)!;
    await book!.record(filled.map((s) => {
      const [a, b] = typed[s.id]!;
      const old = known.get(s.id)?.entry.id;
      const body: Tally = { window: month, step: s.id, numerator: Number(a), denominator: Number(b), ...(register.trim() === "" ? {} : { register: register.trim() }) };
      return { kind: "tally", class: "delivery", subject: newId(), day: last < today ? last : today, body: JSON.stringify(body), ...(old === undefined ? {} : { replaces: old }) };
    }));
    setTyped({});
    setSaid(t("tally.saved", filled.length));
    app.exchange?.ask();
  };
  return (
    <>
      <Bar title={t("tally.title")} />
      <main>
        <p class="hint">{t("tally.text")}</p>
        <div class="field">
          <label for="tally-window">{t("sheets.month")}</label>
          <select id="tally-window" value={month} onChange={(e) => setMonth(e.currentTarget.value)}>{windows.map((w) => <option key={w.name} value={w.name}>{windowText(w.name)}</option>)}</select>
        </div>
        {rows && <p class="note wrong" role="status" id="tally-rows">{t("tally.rows", windowText(month))}</p>}
        {steps.length === 0 && <p class="empty">{t("tally.none")}</p>}
        {steps.map((step) => {
          const old = known.get(step.id)?.tally;
          const put = (i: 0 | 1, value: string) => {
            const now: [string, string] = [...(typed[step.id] ?? ["", ""])];
            now[i] = value.replace(/[^0-9]/g, "");
            setTyped({ ...typed, [step.id]: now });
            setSaid("");
          };
          return (
            <fieldset class="tally" key={step.id}>
              <legend>{local(step.name)}</legend>
              <Field label={t("tally.numerator")} numeric value={typed[step.id]?.[0] ?? ""} onValue={(v) => put(0, v)} />
              <span aria-hidden="true">/</span>
              <Field label={t("tally.denominator")} numeric value={typed[step.id]?.[1] ?? ""} onValue={(v) => put(1, v)} />
              {wrong(step.id) !== undefined && <p class="error">{wrong(step.id)}</p>}
              {old !== undefined && <p class="hint">{t("tally.known", old.numerator, old.denominator)}</p>}
            </fieldset>
          );
        })}
        <Field label={t("tally.register")} value={register} onValue={setRegister} />
        {said !== "" && <p class="saved" role="status">{said}</p>}
        <div class="savebar"><button type="button" class="primary" id="save" onClick={() => void save()}>{t("visit.save")}</button></div>
      </main>
    </>
  );
}

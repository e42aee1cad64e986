import { useEffect, useState } from "preact/hooks";
import { app } from "../app";
import { Bar } from "../parts/bar";
import { useApp } from "../parts/use-app";
import { gainOf, proportionOf } from "../sheets/gain";
import { byName, dayText, language, numberText, t, timeText, windowText } from "../texts/texts";

/** One facility and window as `escala cascade --json` writes it. */
interface Sheet {
  place: string;
  placeName: string;
  month: string;
  endStep: string;
  completeUpTo: string | null;
  windowComplete: boolean;
  people: number;
  /** The facility itself where its steps were counted by hand. */
  tallied: string[];
  steps: { id: string; kind: string; name: string; numerator: number | null; denominator: number | null; status: string; target: number | null; gain: number | null; gainStatus: string }[];
}

interface Kept {
  fetched: number;
  language: string;
  sheets: Sheet[];
  /** The account sees no other facility of the district. */
  isOwnOnly?: boolean;
}

/** The cascades of all facilities of the district on the tablet, with the what-if, for the road. */
export function Sheets() {
  const { book } = useApp();
  const [kept, setKept] = useState<Kept | null | undefined>(undefined);
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const [place, setPlace] = useState("");
  const [month, setMonth] = useState("");
  const [targets, setTargets] = useState<Record<string, number>>({});
  useEffect(() => void book!.sheets.get<Kept>("district").then(setKept), []);
  const fetchAll = async () => {
    setBusy(true);
    setSaid("");
    try {
      const { sheets, isOwnOnly, trouble } = await app.district();
      if (trouble !== null) setSaid(trouble);
      else {
        const fresh: Kept = { fetched: Date.now(), language: language(), sheets: sheets as Sheet[], ...(isOwnOnly === true ? { isOwnOnly } : {}) };
        await book!.sheets.put("district", fresh);
        setKept(fresh);
      }
    } finally {
      setBusy(false);
    }
  };
  const places = [...new Map((kept?.sheets ?? []).map((s) => [s.place, s.placeName])).entries()].sort((a, b) => byName(a[1], b[1]));
  const chosen = place || (places.some(([code]) => code === book!.facility) ? book!.facility : places[0]?.[0] ?? "");
  const months = [...new Set((kept?.sheets ?? []).filter((s) => s.place === chosen).map((s) => s.month))].sort().reverse();
  const of = (window: string) => kept?.sheets.find((s) => s.place === chosen && s.month === window);
  // A month that is still being filled says little: it opens on the last one that is all in.
  const at = months.includes(month) ? month : months.find((m) => of(m)?.windowComplete === true) ?? months[0] ?? "";
  const sheet = of(at);
  return (
    <>
      <Bar title={t("sheets.title")} />
      <main>
        <div class="inline">
          <button type="button" class="primary" id="fetch-sheets" disabled={busy} onClick={() => void fetchAll()}>{busy ? t("sheets.fetching") : t("sheets.fetch")}</button>
          {kept != null && <span class="hint">{t("sheets.fetched", timeText(kept.fetched))}</span>}
        </div>
        {said !== "" && <p class="note wrong" role="alert">{said}</p>}
        {kept?.isOwnOnly === true && <p class="note">{t("sheets.only-own")}</p>}
        {kept === null && <p class="empty">{t("sheets.none")}</p>}
        {kept != null && (
          <div class="inline">
            <select aria-label={t("sheets.place")} value={chosen} onChange={(e) => setPlace(e.currentTarget.value)}>{places.map(([code, name]) => <option key={code} value={code}>{name}</option>)}</select>
            <select aria-label={t("sheets.month")} value={at} onChange={(e) => setMonth(e.currentTarget.value)}>{months.map((m) => <option key={m} value={m}>{windowText(m)}</option>)}</select>
          </div>
        )}
        {sheet !== undefined && <Cascade key={chosen + at} sheet={sheet} targets={targets} onTarget={(id, value) => setTargets({ ...targets, [id]: value })} />}
      </main>
    </>
  );
}

function Cascade(props: { sheet: Sheet; targets: Record<string, number>; onTarget: (id: string, value: number) => void }) {
  const { sheet } = props;
  const end = sheet.steps.findIndex((s) => s.id === sheet.endStep);
  const gains = sheet.steps.map((step, i) => {
    const target = props.targets[step.id] ?? step.target;
    return target === null || target === undefined ? null : gainOf(sheet.steps, i, end, target);
  });
  const most = Math.max(...gains.map((g) => g ?? 0));
  return (
    <section class="cascade">
      {sheet.tallied.length > 0 && <p class="note">{t("sheets.tallied")}</p>}
      {!sheet.windowComplete && <p class="note">{sheet.completeUpTo === null ? t("sheets.incomplete") : t("sheets.complete-to", dayText(sheet.completeUpTo))}</p>}
      <p class="hint">{t("sheets.gain-text", sheet.steps[end]?.name ?? "")}</p>
      <ol>
        {sheet.steps.map((step, i) => {
          const p = proportionOf(step);
          const gain = gains[i] ?? null;
          const own = props.targets[step.id] ?? step.target ?? 1;
          const percent = Math.round(own * 100);
          return (
            <li key={step.id} class={gain !== null && gain === most && most > 0 ? "best" : ""}>
              <h2>{step.name}</h2>
              <div class="stepbar" aria-hidden="true"><progress max={1} value={p ?? 0} /></div>
              <p class="counts"><strong>{step.numerator ?? "–"} / {step.denominator ?? "–"}</strong> <span>{p === null ? t(step.status === "noDenominator" ? "sheets.nobody" : "sheets.cannot") : percentText(p)}</span></p>
              {step.kind !== "yield" && i <= end && (
                <div class="whatif">
                  <label>{t("sheets.if", percent)}
                    <input type="range" min={0} max={100} step={1} value={percent} aria-label={t("sheets.target-of", step.name)} onInput={(e) => props.onTarget(step.id, Number(e.currentTarget.value) / 100)} />
                  </label>
                  <output>{gain === null ? t("sheets.cannot") : t("sheets.more", numberText(Math.floor(gain * 10 + 0.5) / 10, 1))}</output>
                </div>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function percentText(p: number): string {
  const whole = Math.round(p * 100);
  if (whole === 100 && p < 1) return ">99 %";
  if (whole === 0 && p > 0) return "<1 %";
  return `${whole} %`;
}


import { useState } from "preact/hooks";
import { app } from "../app";
import { Bar } from "../parts/bar";
import { Field } from "../parts/field";
import { fieldText } from "../parts/fields";
import { nameOf } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import { readRow, writeRow } from "../registers/layout";
import { doubtOf } from "../registers/values";
import type { Pack } from "../registers/pack";
import { isFull } from "../store/database";
import { refusedFrom, type Held } from "../store/outbox";
import { dayText, local, t, timeText } from "../texts/texts";
import { SharedNumbers } from "./shared-numbers";

/** What the server could not take, with its sentence, to be mended on the spot. Nothing here is ever lost by itself. */
export function Inbox() {
  const { book } = useApp();
  const { refused, told } = book!;
  return (
    <>
      <Bar title={t("inbox.title")} />
      <main>
        <p class="hint">{t("inbox.text")}</p>
        <SharedNumbers />
        {told.map((held) => <Settled key={held.record.id} held={held} />)}
        {refused.length + told.length === 0 && <p class="empty">{t("inbox.none")}</p>}
        {refused.map((held) => <Refused key={held.record.id} held={held} />)}
      </main>
    </>
  );
}

export const kindText = (kind: string) =>
  kind === "visit" || kind === "person" || kind === "consent" || kind === "call" || kind === "tally" || kind === "session" || kind === "form" || kind === "withdrawal" ? t(`kind.${kind}`) : kind;

/** What of a refused entry the office has said, until it was read. */
function Settled(props: { held: Held }) {
  const { book } = useApp();
  const { own, record, told } = props.held;
  return (
    <article class="card settled">
      <Heading held={props.held} />
      <p>{t(told!.outcome === "taken" ? "inbox.taken" : "inbox.given-up", told!.by ?? t("inbox.somebody"), timeText(told!.at), told!.reason ?? "")}</p>
      <div class="inline">
        <button type="button" class="primary" onClick={() => void book!.settle(record.id)}>{t("forms.acknowledge")}</button>
        {book!.index.get(own.entry.s) !== undefined && <button type="button" onClick={() => app.show({ name: "person", id: own.entry.s })}>{t("inbox.open")}</button>}
      </div>
    </article>
  );
}

function Heading({ held: { own } }: { held: Held }) {
  const summary = useApp().book!.index.get(own.entry.s);
  return <h2>{kindText(own.origin.kind)} · {dayText(own.entry.d)}{summary !== undefined && ` · ${nameOf(summary)}`}</h2>;
}

function Refused(props: { held: Held }) {
  const { book } = useApp();
  const { own, record } = props.held;
  const { pack, folder } = book!;
  const [mending, setMending] = useState(false);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  const [day, setDay] = useState(own.entry.d);
  const [row, setRow] = useState<Map<string, string>>(() => readRow(own.entry.body ?? "", folder.layout) ?? new Map());
  const [body, setBody] = useState(own.entry.body ?? "");
  const summary = book!.index.get(own.entry.s);
  const isVisit = own.origin.kind === "visit";
  // Somebody else's word stands now: the same said again would be refused again. An own one that was refused itself is in nobody's way.
  const isOvertaken = record.problem?.code.endsWith(".changed") === true && refusedFrom(book!.held, own.entry.r).length === 0;
  const mend = async () => {
    setBusy(true);
    if (isVisit) row.set(pack.register.dateColumn, day);
    try {
      await book!.record([{
        kind: own.origin.kind, class: own.origin.class, subject: own.entry.s, day, body: isVisit ? writeRow(row, folder.layout) : body, facility: own.entry.f, replaces: own.entry.id,
        ...(own.origin.form === undefined ? {} : { form: own.origin.form }), ...(own.origin.layout === undefined ? {} : { layout: own.origin.layout }),
      }]);
      app.exchange?.ask();
    } catch (failure) {
      setBusy(false);
      setFailed(isFull(failure) ? t("trouble.full-long") : String(failure));
    }
  };
  return (
    <article class="card refused">
      <Heading held={props.held} />
      <p class="error">{record.problem?.title || t("inbox.no-sentence")}</p>
      {failed !== "" && <p class="error" role="alert">{failed}</p>}
      {!mending && (
        <div class="inline">
          {!isOvertaken && (own.origin.kind === "form" ? <button type="button" class="primary" id="mend" disabled={busy} onClick={() => void mend()}>{t("inbox.again")}</button>
            : <button type="button" class="primary" onClick={() => setMending(true)}>{t("inbox.mend")}</button>)}
          {summary !== undefined && <button type="button" class={isOvertaken ? "primary" : ""} onClick={() => app.show({ name: "person", id: own.entry.s })}>{t("inbox.open")}</button>}
          <button type="button" class="link" onClick={() => setSure(true)}>{t(isOvertaken ? "inbox.give-up-yes" : "inbox.give-up")}</button>
        </div>
      )}
      {sure && <div class="note wrong"><p>{t("inbox.give-up-sure")}</p><button type="button" onClick={() => void book!.settle(record.id)}>{t("inbox.give-up-yes")}</button> <button type="button" class="link" onClick={() => setSure(false)}>{t("no")}</button></div>}
      {mending && (
        <form onSubmit={(e) => {
          e.preventDefault();
          void mend();
        }}>
          <Field label={t("visit.day")} type="date" value={day} onValue={setDay} error={day > book!.today ? t("visit.day-wrong") : undefined} />
          {isVisit ? (
            <div class="columns">
              {pack.register.facts.flatMap((fact) => fact.columns.filter((c) => row.has(c)).map((column) => {
                const doubt = doubtOf(fact, row.get(column) ?? "", fact.type === "pair" ? fact.columns.indexOf(column) % 2 : 0);
                return <Field key={column} label={`${local(fact.label)} (${column})`} value={row.get(column) ?? ""} onValue={(v) => setRow(new Map(row).set(column, v))} error={doubt === null ? undefined : t(`doubt.${doubt}`, row.get(column) ?? "")} />;
              }))}
            </div>
          ) : (
            <div class="columns">{saidIn(body).map(({ path, value }) => <Field key={path.join("/")} label={labelOf(path, book!.pack)} value={String(value)} onValue={(v) => setBody(withSaid(body, path, typeof value === "number" && v.trim() !== "" && Number.isFinite(Number(v)) ? Number(v) : v))} />)}</div>
          )}
          <div class="inline"><button class="primary" id="mend" disabled={busy}>{t("inbox.send-again")}</button><button type="button" class="link" onClick={() => setMending(false)}>{t("no")}</button></div>
        </form>
      )}
    </article>
  );
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What a body says, value by value, for somebody who mends it: texts and numbers, not what holds them together. */
function saidIn(body: string): { path: string[]; value: string | number }[] {
  const said: { path: string[]; value: string | number }[] = [];
  const walk = (value: Json, path: string[]) => {
    if (typeof value === "string" || typeof value === "number") said.push({ path, value });
    else if (typeof value === "object" && value !== null) for (const [key, inner] of Object.entries(value)) walk(inner as Json, [...path, key]);
  };
  walk(body === "" ? {} : (JSON.parse(body) as Json), []);
  // Ids are nobody's to type.
  return said.filter(({ value }) => !/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(String(value)));
}

function withSaid(body: string, path: string[], value: string | number): string {
  const whole = JSON.parse(body) as Record<string, Json>;
  let at = whole;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, Json>;
  at[path[path.length - 1]!] = value;
  return JSON.stringify(whole);
}

function labelOf(path: string[], pack: Pack): string {
  const name = path[path.length - 1]!;
  const field = pack.person?.fields.find((f) => f.name === name);
  if (field !== undefined) return local(field.label);
  if (name === "numerator" || name === "denominator" || name === "register") return t(`tally.${name}`);
  if (name === "value") return t("person.number");
  if (name === "system") return t("person.number-kind");
  return path.filter((p) => p !== "set").map((p) => fieldText(p)).join(" · ");
}

/** What waits to be sent, how the exchange stands, and the way out by file. */
export function Unsent() {
  const { book, exchange, practice } = useApp();
  const waiting = book!.held.filter((h) => h.record.state === "waiting");
  const trouble = exchange?.standing.trouble?.kind;
  const last = book!.state.last;
  return (
    <>
      <Bar title={t("unsent.title")} />
      <main>
        <p class="lead">{practice ? t("practice.never-sent") : waiting.length === 0 ? t("unsent.none") : t("unsent.text", waiting.length)}</p>
        {trouble !== undefined && <p class="note wrong">{trouble === "portal" ? t("trouble.portal-long") : trouble === "sign-in" ? t("trouble.sign-in-long") : t(`trouble.${trouble}`)}</p>}
        <p class="hint">{last === 0 ? t("unsent.never") : t("unsent.last", timeText(last))}</p>
        {!practice && (
          <div class="inline">
            <button type="button" class="primary" id="exchange-now" disabled={exchange === null || exchange.standing.phase !== "idle"} onClick={() => exchange?.ask()}>{t("unsent.now")}</button>
            {book!.held.length > 0 && <button type="button" id="export" onClick={() => void exportUnsent()}>{t("unsent.export")}</button>}
            {trouble === "sign-in" && <button type="button" onClick={() => app.go("sign-in")}>{t("sign-in.title")}</button>}
          </div>
        )}
        <ol class="plain">
          {waiting.slice(0, 200).map(({ record, own }) => {
            const person = book!.index.get(own.entry.s);
            return <li key={record.id} class="row"><span>{kindText(own.origin.kind)}</span> <span>{person === undefined ? "" : nameOf(person)}</span> <small>{dayText(own.entry.d)}</small></li>;
          })}
        </ol>
      </main>
    </>
  );
}

/** A file that `escala import` takes, for a tablet that cannot reach the server any more. */
export async function exportUnsent(): Promise<void> {
  const book = app.book!;
  const url = URL.createObjectURL(new Blob([await book.export()], { type: "application/gzip" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${book.facility}-${book.today}.escala`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

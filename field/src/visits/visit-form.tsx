import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { app } from "../app";
import { dayOf } from "../people/days";
import type { Person, Visit } from "../people/person";
import { Chips, Field } from "../parts/field";
import { useApp } from "../parts/use-app";
import { factOf, type Fact, type VisitItem } from "../registers/pack";
import type { Doubt } from "../registers/values";
import { isFull } from "../store/database";
import { dayText, local, t, timeText, weekdayText } from "../texts/texts";
import { DoubtNote } from "./doubt-note";
import { Pairs } from "./pairs";
import { before, closedDays, dayDoubt, doubtsOf, lastTime, nextDoubt, openDay, plusDays, rowOf, standing, usualInterval, valuesOf, type Values } from "./visit-row";

/** The visit, drawn from the package: which facts, in which order, by which widgets. It knows no disease. `corrects` is a saved one that is corrected. */
export function VisitForm(props: { person: Person; label: string; corrects?: Visit | undefined; onSaved: (text: string) => void }) {
  const { book } = useApp();
  const { pack, folder, today } = book!;
  const { corrects } = props;
  // What stood before the visit that is corrected, and not what it said itself.
  const person = useMemo(() => (corrects === undefined ? props.person : before(props.person, corrects)), [props.person, corrects]);
  const draftKey = "visit/" + person.id + (corrects === undefined ? "" : "/" + corrects.id);
  const begun = book!.drafts.get(draftKey);
  const saved = useMemo((): Values => (corrects === undefined ? {} : valuesOf(pack, folder, corrects)), [corrects]);
  const [values, setValues] = useState<Values>((begun?.values["row"] as Values | undefined) ?? saved);
  const [day, setDay] = useState((begun?.values["day"] as string | undefined) ?? corrects?.day ?? today);
  // What was confirmed when it was saved is not asked again until it changes.
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set(corrects === undefined ? [] : ["visit-day", ...Object.keys(saved)]));
  const [more, setMore] = useState(corrects !== undefined);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  const asLast = useRef<HTMLButtonElement>(null);
  const save = useRef<HTMLButtonElement>(null);
  const items = pack.visit.filter((item) => factOf(pack, item.fact) !== undefined);
  const isEmpty = Object.values(values).every((value) => value.trim() === "");
  const isUnchanged = corrects !== undefined && day === corrects.day && [...new Set([...Object.keys(values), ...Object.keys(saved)])].every((column) => (values[column] ?? "") === (saved[column] ?? ""));
  const closed = closedDays(pack);

  const change = (changes: Values, on = day) => {
    const next = { ...values, ...changes };
    setValues(next);
    setDay(on);
    setFailed("");
    // Emptied again it is no visit that was begun.
    const keeps = corrects === undefined && Object.values(next).every((value) => value.trim() === "") ? book!.dropDraft(draftKey)
      : book!.keepDraft({ key: draftKey, kind: "visit", person: person.id, label: props.label, values: { row: next, day: on, ...(corrects === undefined ? {} : { corrects: corrects.id }) }, changed: Date.now() });
    void keeps
      .catch((failure: unknown) => setFailed(isFull(failure) ? t("trouble.full-long") : String(failure)));
  };
  const put = (column: string, value: string) => {
    if (confirmed.has(column)) setConfirmed(new Set([...confirmed].filter((c) => c !== column)));
    change({ [column]: value });
  };

  const refillItem = items.find((item) => item.widget === "refill");
  const nextItem = items.find((item) => item.widget === "next");
  const refill = refillItem === undefined ? null : factOf(pack, refillItem.fact)!;
  const refillColumns = refill === null ? [] : [refill.columns[0]!, ...(refillItem!.with ?? []).flatMap((name) => factOf(pack, name)?.columns[0] ?? [])];
  const last = useMemo(() => (refill === null ? null : lastTime(folder, person, refillColumns)), [person]);
  const nextColumn = nextItem === undefined ? null : factOf(pack, nextItem.fact)!.columns[0]!;
  const interval = useMemo(
    () => (nextColumn === null ? null : usualInterval(folder, person, nextColumn, nextItem!.choices ?? [], Number(last?.values[refillColumns[0]!] ?? NaN))), [person, last]);
  const seenAlready = props.person.visits.filter((v) => v.day === day && v.id !== corrects?.id).at(-1);
  const birth = useMemo(() => folder.summary(person).birth, [person]);
  const isDay = !Number.isNaN(dayOf(day)) && day <= today;
  const dayAsked = isDay ? dayDoubt(day, birth, today) : null;
  /** What is asked about before these values are saved, by column and, of the visit as a whole, by name. */
  const asksOf = (whole: Values): Map<string, Doubt | "seen-already"> => {
    const asks = new Map<string, Doubt | "seen-already">(doubtsOf(pack, whole));
    const next = nextColumn === null ? "" : whole[nextColumn] ?? "";
    const nextAsked = isDay && !Number.isNaN(dayOf(next)) ? nextDoubt(next, day, closed) : null;
    if (nextAsked !== null) asks.set(nextColumn!, nextAsked);
    if (dayAsked !== null) asks.set("visit-day", dayAsked);
    if (seenAlready !== undefined) asks.set("seen-already", "seen-already");
    return asks;
  };
  const asks = asksOf(values);
  const doubts = new Map([...asks].filter((ask): ask is [string, Doubt] => ask[1] !== "seen-already"));
  const confirm = (what: string) => setConfirmed(new Set([...confirmed, what]));
  const offered = corrects === undefined && last !== null && interval !== null && refillColumns.every((c) => (values[c] ?? "") === "") && (values[nextColumn!] ?? "") === "";
  const offeredNext = interval === null ? "" : openDay(day, interval, closed);

  const submit = async (whole: Values) => {
    if (!isDay) {
      setMore(true);
      return setFailed(t("visit.day-wrong"));
    }
    const open = [...asksOf(whole)].filter(([what, ask]) => ask === "unreadable" || !confirmed.has(what));
    if (open.length > 0) {
      const asked = document.getElementById("ask-" + open[0]![0]) ?? document.getElementById("in-" + open[0]![0]);
      asked?.scrollIntoView({ block: "center" });
      asked?.focus({ preventScroll: true });
      return;
    }
    setBusy(true);
    try {
      const next = nextColumn === null ? "" : whole[nextColumn] ?? "";
      await book!.record([{
        kind: "visit", form: pack.register.form, layout: pack.register.layout, day,
        ...(corrects === undefined ? { subject: person.id, body: rowOf(pack, folder, person, day, book!.facility, whole) }
          : { subject: corrects.from ?? person.id, facility: corrects.facility, body: rowOf(pack, folder, props.person, day, corrects.facility, whole, corrects), replaces: corrects.id }),
      }], draftKey);
      app.exchange?.ask();
      props.onSaved(corrects !== undefined ? t("visit.corrected", props.label, dayText(day)) : next === "" ? t("visit.saved", props.label) : t("visit.saved-next", props.label, weekdayText(next, today)));
    } catch (failure) {
      setBusy(false);
      setFailed(isFull(failure) ? t("trouble.full-long") : String(failure));
    }
  };
  const submitAsLast = () => void submit({ ...values, ...last!.values, [nextColumn!]: offeredNext });
  const done = () => (offered ? asLast.current : save.current)?.focus();

  useLayoutEffect(() => {
    const typed = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        if (!isEmpty && !isUnchanged && !busy) void submit(values);
      }
    };
    window.addEventListener("keydown", typed);
    return () => window.removeEventListener("keydown", typed);
  });

  const draw = (item: VisitItem, i: number) => {
    const fact = factOf(pack, item.fact)!;
    const column = fact.columns[0]!;
    const doubt = doubts.get(column);
    const note = doubt !== undefined && fact.type !== "pair" && (
      <DoubtNote doubt={doubt} value={fact.type === "date" ? longDay(values[column] ?? "") : values[column] ?? ""} confirmed={confirmed.has(column)} onConfirm={() => confirm(column)} />
    );
    switch (item.widget) {
      case "pairs":
        return (
          <Pairs key={item.fact} fact={fact} values={values} doubts={doubts} confirmed={confirmed} autofocus={i === 0} onValue={put}
            onConfirm={confirm} onDone={done} />
        );
      case "flag":
        return <Flag key={item.fact} fact={fact} isToday={day === today} since={standing(folder, person, fact)} value={values[column] ?? ""} onValue={(v) => put(column, v)} />;
      case "refill":
        return (
          <div class="refill" key={item.fact}>
            <Chips label={local(fact.label)} choices={(item.choices ?? []).map((c) => ({ value: String(c), text: c }))}
              value={values[column] ?? null} onValue={(v) => change(v === null ? { [column]: "" } : { ...(last !== null && refillColumns.slice(1).every((c) => (values[c] ?? "") === "") ? last.values : {}), [column]: v })} />
            {(item.with ?? []).map((name) => {
              const beside = factOf(pack, name);
              return beside === undefined ? null : <Field key={name} id={"in-" + beside.columns[0]!} label={local(beside.label)} value={values[beside.columns[0]!] ?? ""} onValue={(v) => put(beside.columns[0]!, v)} hint={last === null ? undefined : t("visit.last-was", last.values[beside.columns[0]!] || "–")} onEnter={done} />;
            })}
            <Field label={t("visit.other-days")} value={values[column] ?? ""} onValue={(v) => put(column, v.replace(/[^0-9]/g, ""))} numeric unit={t("unit.days")} id={"in-" + column} onEnter={done} />
            {note}
          </div>
        );
      case "next":
        return (
          <div key={item.fact}>
            <Chips label={local(fact.label)} choices={(item.choices ?? []).map((days) => ({ value: openDay(day, days, closed), text: <><strong>{days}</strong> <small>{weekdayText(openDay(day, days, closed), today)}</small></> }))}
              value={values[column] ?? null} onValue={(v) => put(column, v ?? "")}
              hint={(item.choices ?? []).some((days) => openDay(day, days, closed) !== plusDays(day, days)) ? closedText((item.choices ?? []).filter((days) => openDay(day, days, closed) !== plusDays(day, days))) : undefined} />
            <Field label={t("visit.other-day")} type="date" value={values[column] ?? ""} onValue={(v) => put(column, v)} id={"in-" + column} onEnter={done} />
            {note}
          </div>
        );
      case "category":
        return <Chips key={item.fact} label={local(fact.label)} choices={(fact.categories ?? []).map((c) => ({ value: c.words[0] ?? c.name, text: local(c.label) || c.words[0] || c.name }))} value={values[column] ?? null} onValue={(v) => put(column, v ?? "")} />;
      default:
        return (
          <div key={item.fact}>
            <Field id={"in-" + column} label={local(fact.label)} value={values[column] ?? ""} onValue={(v) => put(column, v)} decimal={fact.type === "number"} type={item.widget === "date" ? "date" : "text"}
              unit={fact.unit ?? undefined} hint={item.widget === "quantity" ? t("visit.quantity-hint") : lastHint(fact)} onEnter={done} />
            {note}
          </div>
        );
    }
  };
  const closedText = (moved: number[]) => t("visit.closed", moved.map((days) => `${days}: ${weekdayText(plusDays(day, days), today)}`).join("; "));
  const lastHint = (fact: Fact) => {
    const said = lastTime(folder, person, [fact.columns[0]!]);
    return said === null ? undefined : t("visit.last-was-on", said.values[fact.columns[0]!] ?? "", dayText(said.day));
  };

  const longDay = (iso: string) => (Number.isNaN(dayOf(iso)) ? iso : weekdayText(iso, ""));
  /** By whom is known of people who use this tablet; of others, where. */
  const seenText = (visit: Visit) => {
    const place = pack.places.find((p) => p.code === visit.facility)?.name ?? visit.facility;
    return t(day === today ? "visit.seen-today" : "visit.seen-that-day", timeText(visit.at), app.device.accounts.find((a) => a.id === visit.author)?.name ?? place);
  };

  return (
    <form class="visit" onSubmit={(e) => e.preventDefault()}>
      {items.filter((item) => item.more !== true).map(draw)}
      {more ? (
        <>
          {items.filter((item) => item.more === true).map((item) => draw(item, -1))}
          <Field label={t("visit.day")} type="date" value={day} onValue={(v) => {
            change({}, v);
            setConfirmed(new Set([...confirmed].filter((c) => c !== "visit-day" && c !== "seen-already" && c !== nextColumn)));
          }} id="visit-day" error={day > today ? t("visit.day-wrong") : undefined} />
        </>
      ) : (
        <button type="button" class="link" aria-expanded="false" onClick={() => setMore(true)}>{t("visit.more")}{day !== today && ` · ${dayText(day)}`}</button>
      )}
      {dayAsked !== null && <div id="ask-visit-day" tabIndex={-1}><DoubtNote doubt={dayAsked} value={longDay(day)} confirmed={confirmed.has("visit-day")} onConfirm={() => confirm("visit-day")} /></div>}
      {seenAlready !== undefined && !confirmed.has("seen-already") && (
        <p class="doubt" role="status" id="ask-seen-already" tabIndex={-1}>
          <span>{seenText(seenAlready)}</span>
          {!isEmpty && <button type="button" onClick={() => confirm("seen-already")}>{t("visit.seen-another")}</button>}
        </p>
      )}
      {failed !== "" && <p class="error" role="alert">{failed}</p>}
      <div class="savebar">
        {offered && !isEmpty && (
          <button ref={asLast} type="button" id="save-as-last" class="primary" disabled={busy} onClick={submitAsLast}>
            <strong>{t("visit.save-as-last")}</strong>
            <small>{[...refillColumns.slice(1).map((c) => last!.values[c]).filter((v) => v), t("visit.days", last!.values[refillColumns[0]!]!), weekdayText(offeredNext, today)].join(" · ")}</small>
          </button>
        )}
        <button ref={save} type="button" id="save" class={offered && !isEmpty ? "" : "primary"} disabled={busy || isEmpty || isUnchanged} onClick={() => void submit(values)}>{t(corrects === undefined ? "visit.save" : "visit.save-corrected")}</button>
      </div>
    </form>
  );
}

/** What stands, and what the day of the visit changes about it. */
function Flag(props: { fact: Fact; isToday: boolean; since: string | null; value: string; onValue: (value: string) => void }) {
  const { fact, since, value } = props;
  const change = since === null ? "set" : fact.clearedBy == null ? "again" : "clear";
  const sets = since === null || fact.clearedBy == null ? "1" : fact.clearedBy;
  return (
    <div class="flag">
      <span class="label" id={"flag-" + fact.name}>{local(fact.label)}</span>
      <span class={since === null ? "none" : "stands"}>{since === null ? t("flag.not") : t("flag.since", dayText(since))}</span>
      <button type="button" class="chip" aria-pressed={value !== ""} aria-describedby={"flag-" + fact.name} onClick={() => props.onValue(value === "" ? sets : "")}>
        {t(props.isToday ? `flag.${change}` : `then.${change}`)}
      </button>
    </div>
  );
}

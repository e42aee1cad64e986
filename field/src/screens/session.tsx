import { useEffect, useMemo, useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import { dayOf } from "../people/days";
import type { Visit } from "../people/person";
import type { Summary } from "../people/summary";
import { Bar } from "../parts/bar";
import { Field } from "../parts/field";
import { nameOf, PersonLine, tellApart } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import { factOf, type Curriculum, type Fact } from "../registers/pack";
import { heldSessions, measuredAt, measurementOf, type HeldSession, type SessionBody } from "../sessions/held";
import { Measures } from "../sessions/measures";
import { isFull } from "../store/database";
import type { Saying } from "../store/outbox";
import { byName, dayText, local, t } from "../texts/texts";
import { doubtsOf, valuesOf, type Values } from "../visits/visit-row";

interface Begun {
  body?: SessionBody;
  added?: string[];
  measures?: Record<string, Values>;
  day?: string;
}

/** A session, new or saved: of a saved one its measurements are looked up first. */
export function SessionScreen(props: { id: string; entry?: string | undefined }) {
  const { book } = useApp();
  const [saved] = useState(() => (props.entry === undefined ? undefined : heldSessions(book!).find((s) => s.entry === props.entry)));
  const [rows, setRows] = useState<ReadonlyMap<string, Visit> | null>(saved === undefined ? new Map() : null);
  useEffect(() => {
    if (saved !== undefined) void measuredAt(book!, saved).then(setRows);
  }, []);
  if (props.entry !== undefined && saved === undefined) return <><Bar title={t("session.title")} /><main><p class="note wrong">{t("session.gone")}</p></main></>;
  return rows === null ? <><Bar title={saved!.body.groupName} /><main aria-busy="true" /></> : <SessionForm id={props.id} saved={saved} rows={rows} />;
}

/** Who came, from when to when, what was done, what was measured. Thirty people are ticked in a minute. */
function SessionForm(props: { id: string; saved: HeldSession | undefined; rows: ReadonlyMap<string, Visit> }) {
  const { book, account } = useApp();
  const { pack, today, facility, folder } = book!;
  const { saved, rows } = props;
  const curriculum = pack.curriculum!;
  const [asked, newName] = props.id.split("/") as [string, string | undefined];
  const isPlace = asked === "";
  const draftKey = saved === undefined ? "session/" + asked : "session-entry/" + saved.entry;
  const before = useMemo(() => heldSessions(book!).filter((s) => isPlace || s.body.group === asked), [asked, book!.revision]);
  const groupName = saved?.body.groupName ?? (isPlace ? pack.facility.name : newName ?? before[0]?.body.groupName ?? t("session.group-unnamed"));
  const begun = book!.drafts.get(draftKey)?.values as Begun | undefined;
  const groupId = useMemo(() => saved?.body.group ?? (isPlace ? before[0]?.body.group ?? begun?.body?.group ?? newId() : asked), [asked]);
  const done = new Set(before.filter((s) => s.body.state === "held").map((s) => s.body.number));
  const next = curriculum.sessions.find((s) => !done.has(s.number))?.number ?? curriculum.sessions.length;
  const savedMeasures = useMemo(() => Object.fromEntries([...rows].map(([id, visit]) => [id, valuesOf(pack, folder, visit)])), [rows]);
  const [body, setBody] = useState<SessionBody>(begun?.body ?? saved?.body ?? { group: groupId, groupName, number: next, state: "held", facilitators: [account!.name], activities: {}, attendance: [] });
  const [day, setDay] = useState(begun?.day ?? saved?.day ?? today);
  const [added, setAdded] = useState<string[]>(begun?.added ?? []);
  const [measures, setMeasures] = useState<Record<string, Values>>(begun?.measures ?? savedMeasures);
  /** Person, column and the value that was asked about: another value is asked about anew. */
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set(Object.entries(savedMeasures).flatMap(([id, values]) => Object.keys(values).map((column) => confirmation(id, column, values)))));
  const [measuring, setMeasuring] = useState("");
  const [query, setQuery] = useState("");
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const roster = useMemo(() => {
    const members: Summary[] = [...book!.index.everybody()].filter((p) => (isPlace ? p.name !== "" || p.number !== "" : p.group === groupId || added.includes(p.id)));
    // Whoever came and has left the group since stays on the list of that day.
    const others = (saved?.body.attendance ?? []).filter((a) => a.status !== "absent" && !members.some((p) => p.id === a.person)).flatMap((a) => book!.index.get(a.person) ?? []);
    return [...members, ...others].sort((a, b) => byName(nameOf(a), nameOf(b)));
  }, [added, book!.index, book!.index.size, groupId]);
  const facts = (curriculum.measures ?? []).map((name) => factOf(pack, name)).filter((f): f is Fact => f !== undefined);
  const keep = (values: Begun) => {
    setFailed("");
    void book!.keepDraft({ key: draftKey, kind: "session", person: "", label: groupName, values: { body, added, measures, day, ...values }, changed: Date.now() })
      .catch((failure: unknown) => setFailed(isFull(failure) ? t("trouble.full-long") : String(failure)));
  };
  const put = (change: Partial<SessionBody>) => {
    const changed = { ...body, ...change };
    setBody(changed);
    keep({ body: changed });
  };
  const statusOf = (id: string) => body.attendance.find((a) => a.person === id)?.status ?? "absent";
  const mark = (id: string, status: "present" | "late" | "absent") => put({ attendance: [...body.attendance.filter((a) => a.person !== id), { person: id, status }] });
  const found = query.trim().length < 2 ? [] : book!.index.find(query, facility, 6).filter((p) => !roster.some((r) => r.id === p.id));
  const present = roster.filter((p) => statusOf(p.id) !== "absent").length;
  const save = async () => {
    const minutes = minutesOf(body);
    if (body.state === "held" && (!body.start || !body.end)) return setFailed(t("session.needs-times"));
    if (minutes !== null && minutes <= 0) return setFailed(t("session.ends-before"));
    if (Number.isNaN(dayOf(day)) || day > today) return setFailed(t("visit.day-wrong"));
    setBusy(true);
    const sayings: Saying[] = isPlace ? [] : added.map((id) => ({ kind: "person", subject: id, day: today, body: JSON.stringify({ set: { group: groupId } }) }));
    const measured = new Map<string, string>();
    for (const id of new Set([...Object.keys(measures), ...rows.keys()])) {
      const values = measures[id] ?? {};
      const open = [...doubtsOf(pack, values)].filter(([column, doubt]) => doubt === "unreadable" || !confirmed.has(confirmation(id, column, values)));
      if (open.length > 0) {
        setBusy(false);
        setMeasuring(id);
        return setFailed(open.some(([, doubt]) => doubt === "unreadable") ? t("page.unreadable") : t("session.ask", nameOf(roster.find((p) => p.id === id) ?? book!.index.get(id)!)));
      }
      const person = await book!.person(id);
      if (person === undefined) continue;
      const { said, row } = measurementOf(book!, person, day, values, rows.get(id));
      if (said !== null) sayings.push(said);
      if (row !== undefined) measured.set(id, row);
    }
    const whole: SessionBody = { ...body, attendance: roster.map((p) => ({ person: p.id, status: statusOf(p.id), ...(measured.has(p.id) ? { row: measured.get(p.id)! } : {}) })) };
    sayings.push({ kind: "session", class: "delivery", subject: groupId, day, body: JSON.stringify(whole), ...(saved === undefined ? {} : { replaces: saved.entry }) });
    try {
      await book!.record(sayings, draftKey);
      app.exchange?.ask();
      app.show({ name: "home" });
      app.say(t(saved === undefined ? "session.saved" : "session.corrected", groupName, present));
    } catch (failure) {
      setBusy(false);
      setFailed(isFull(failure) ? t("trouble.full-long") : String(failure));
    }
  };
  return (
    <>
      <Bar title={groupName} />
      <main class="session">
        {saved !== undefined && <><h2>{t("session.correct-of", dayText(saved.day))}</h2><p class="hint">{t("session.correct-text")}</p></>}
        <div class="inline">
          <label class="label">{t("session.which")} <select value={body.number} onChange={(e) => put({ number: Number(e.currentTarget.value) })}>
            {curriculum.sessions.map((s) => <option key={s.number} value={s.number}>{s.number}. {local(s.name)}{done.has(s.number) ? " ✓" : ""}</option>)}
          </select></label>
          <button type="button" class="chip" aria-pressed={body.state === "cancelled"} onClick={() => put({ state: body.state === "held" ? "cancelled" : "held" })}>{t("session.cancelled")}</button>
        </div>
        <Field id="session-day" label={t("visit.day")} type="date" value={day} error={day > today ? t("visit.day-wrong") : undefined} onValue={(v) => {
          setDay(v);
          keep({ day: v });
        }} />
        <Times body={body} isNow={saved === undefined && day === today} onChange={put} />
        <h2>{t("session.present", present, roster.length)}</h2>
        <button type="button" class="link" onClick={() => put({ attendance: roster.map((p) => ({ person: p.id, status: "present" })) })}>{t("session.all")}</button>
        <ul class="roster plain">
          {roster.map((person) => {
            const status = statusOf(person.id);
            const values = measures[person.id] ?? {};
            return (
              <li key={person.id} class={status}>
                <button type="button" class="tick" role="checkbox" aria-checked={status !== "absent"} onClick={() => mark(person.id, status === "absent" ? "present" : "absent")}>
                  <span class="box" aria-hidden="true">{status === "absent" ? "" : "✓"}</span><span><span class="name">{nameOf(person)}</span><small>{tellApart(person, today)}</small></span>
                </button>
                {status !== "absent" && <button type="button" class="chip" aria-pressed={status === "late"} onClick={() => mark(person.id, status === "late" ? "present" : "late")}>{t("session.late")}</button>}
                {(status !== "absent" || rows.has(person.id)) && facts.length > 0 && <button type="button" class="chip" aria-expanded={measuring === person.id} onClick={() => setMeasuring(measuring === person.id ? "" : person.id)}>{Object.values(values).some((v) => v !== "") ? "✓ " : ""}{t("session.measure")}</button>}
                {measuring === person.id && <Measures facts={facts} doubts={doubtsOf(pack, values)} isConfirmed={(column) => confirmed.has(confirmation(person.id, column, values))}
                  onConfirm={(column) => setConfirmed(new Set([...confirmed, confirmation(person.id, column, values)]))} values={values} onValues={(changed) => {
                  const all = { ...measures, [person.id]: changed };
                  setMeasures(all);
                  keep({ measures: all });
                }} />}
              </li>
            );
          })}
        </ul>
        {isPlace ? <button type="button" class="wide" onClick={() => app.register()}>+ {t("home.register")}</button> : <Field label={t("session.add")} value={query} onValue={setQuery} />}
        <ul class="people">{found.map((p) => <PersonLine key={p.id} person={p} today={today} onOpen={() => {
          setAdded([...added, p.id]);
          setQuery("");
          const changed = { ...body, attendance: [...body.attendance, { person: p.id, status: "present" as const }] };
          setBody(changed);
          keep({ added: [...added, p.id], body: changed });
        }} />)}</ul>
        <Delivery body={body} activities={curriculum.activities} onChange={put} />
        {saved === undefined && before.length > 0 && <Earlier id={props.id} sessions={before} />}
        {failed !== "" && <p class="error" role="alert">{failed}</p>}
        {saved !== undefined && <button type="button" class="link" id="correct-not" onClick={() => void book!.dropDraft(draftKey).then(() => app.back())}>{t("visit.correct-not")}</button>}
        <div class="savebar"><button type="button" class="primary" id="save" disabled={busy} onClick={() => void save()}>{saved === undefined ? t("session.save", dayText(day)) : t("visit.save-corrected")}</button></div>
      </main>
    </>
  );
}

/** From when to when; a touch writes the time of the clock while the session is going on. */
function Times(props: { body: SessionBody; isNow: boolean; onChange: (change: Partial<SessionBody>) => void }) {
  const { body, onChange } = props;
  const minutes = minutesOf(body);
  const clock = () => new Date().toTimeString().slice(0, 5);
  return (
    <div class="times">
      {(["start", "end"] as const).map((at) => {
        const isNext = at === "start" ? !body.start : Boolean(body.start) && !body.end;
        return [
          props.isNow ? <button key={at} type="button" class={isNext ? "primary" : ""} onClick={() => onChange({ [at]: clock() })}>{t(`session.${at}`)}</button> : <span key={at} class="label">{t(`session.${at}`)}</span>,
          <input key={at + "-time"} type="time" aria-label={t(`session.${at}`)} value={body[at] ?? ""} onInput={(e) => onChange({ [at]: e.currentTarget.value })} />,
        ];
      })}
      {minutes !== null && minutes > 0 && <span class={"minutes " + (minutes > longest ? "error" : "hint")}>{t("session.minutes", minutes)}{minutes > longest && ` · ${t("doubt.implausible", t("session.minutes", minutes))}`}</span>}
    </div>
  );
}

/** What was done and by whom, and what was otherwise than planned. */
function Delivery(props: { body: SessionBody; activities: Curriculum["activities"]; onChange: (change: Partial<SessionBody>) => void }) {
  const { body, onChange } = props;
  return (
    <>
      <h2>{t("session.activities")}</h2>
      <ul class="plain">
        {props.activities.map((activity) => (
          <li key={activity.id}><label class="check"><input type="checkbox" checked={body.activities[activity.id] === true} onChange={(e) => onChange({ activities: { ...body.activities, [activity.id]: e.currentTarget.checked } })} /> {local(activity.name)}</label></li>
        ))}
      </ul>
      <div class="columns">
        <Field label={t("session.facilitators")} value={body.facilitators.join(", ")} onValue={(v) => onChange({ facilitators: v.split(",").map((n) => n.trimStart()) })} />
        <Field label={t("session.guest")} value={body.guest ?? ""} onValue={(v) => onChange({ guest: v })} />
        <Field label={t("session.stepped-in")} value={body.steppedIn ?? ""} onValue={(v) => onChange({ steppedIn: v })} />
        <Field label={t("session.missing")} value={body.missing ?? ""} onValue={(v) => onChange({ missing: v })} />
        <Field label={t("session.adapted")} value={body.adapted ?? ""} onValue={(v) => onChange({ adapted: v })} />
        <Field label={t("session.space")} value={body.space ?? ""} onValue={(v) => onChange({ space: v })} />
      </div>
    </>
  );
}

/** Saved sessions, the latest first: a touch opens one to be seen or corrected. */
function Earlier(props: { id: string; sessions: HeldSession[] }) {
  return (
    <details>
      <summary>{t("session.earlier", props.sessions.length)}</summary>
      <ol class="plain">
        {[...props.sessions].reverse().map(({ entry, day, body }) => (
          <li key={entry}><button type="button" class="personline" onClick={() => app.show({ name: "session", id: props.id, entry })}>
            <span class="name">{body.number} · {dayText(day)} · {t(body.state === "held" ? "session.was-held" : "session.cancelled")}</span>
            <span class="apart">{t("session.came", body.attendance.filter((a) => a.status !== "absent").length)} {body.start !== undefined && `${body.start}–${body.end ?? ""}`}</span>
          </button></li>
        ))}
      </ol>
    </details>
  );
}

const confirmation = (person: string, column: string, values: Values) => [person, column, values[column] ?? ""].join(" ");

/** Minutes; a session that takes longer is asked about. */
const longest = 300;

function minutesOf({ start, end }: SessionBody): number | null {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  return start && end ? minutes(end) - minutes(start) : null;
}

import { useMemo, useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import type { Summary } from "../people/summary";
import { Bar } from "../parts/bar";
import { Field } from "../parts/field";
import { nameOf, PersonLine, tellApart } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import { factOf, type Fact } from "../registers/pack";
import { isWhole, type Doubt } from "../registers/values";
import type { Saying } from "../store/outbox";
import { dayText, local, t } from "../texts/texts";
import { DoubtNote } from "../visits/doubt-note";
import { doubtsOf, rowOf, type Values } from "../visits/visit-row";

interface SessionBody {
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
  attendance: { person: string; status: "present" | "late" | "absent" }[];
}

/** The groups of the facility and how far each has come; where the facility is itself a group, its session. */
export function Sessions() {
  const { book } = useApp();
  return book!.pack.unit === "group" ? <SessionScreen id="" /> : <Groups />;
}

function Groups() {
  const { book } = useApp();
  const [name, setName] = useState("");
  const said = book!.delivered("session").map(({ entry }) => JSON.parse(entry.body ?? "{}") as SessionBody);
  const groups = new Map(said.map((s) => [s.group, s.groupName]));
  for (const person of book!.index.everybody()) if (person.group !== "" && !groups.has(person.group)) groups.set(person.group, t("session.group-unnamed"));
  const planned = book!.pack.curriculum?.sessions.length ?? 0;
  return (
    <>
      <Bar title={t("session.title")} />
      <main>
        <ul class="plain">
          {[...groups].map(([id, groupName]) => {
            const held = said.filter((s) => s.group === id && s.state === "held");
            return (
              <li key={id}><button type="button" class="personline" onClick={() => app.show({ name: "session", id })}>
                <span class="name">{groupName}</span><span class="apart">{t("session.held", new Set(held.map((s) => s.number)).size, planned)}</span>
              </button></li>
            );
          })}
        </ul>
        {groups.size === 0 && <p class="empty">{t("session.none")}</p>}
        <form class="inline" onSubmit={(e) => {
          e.preventDefault();
          if (name.trim() !== "") app.show({ name: "session", id: newId() + "/" + name.trim() });
        }}>
          <Field label={t("session.new-group")} value={name} onValue={setName} id="group-name" />
          <button class="primary">{t("session.begin")}</button>
        </form>
      </main>
    </>
  );
}

/** One session: who came, from when to when, what was done, what was measured. Thirty people are ticked in a minute. */
export function SessionScreen(props: { id: string }) {
  const { book, account } = useApp();
  const { pack, today, facility, folder } = book!;
  const curriculum = pack.curriculum!;
  const [asked, newName] = props.id.split("/") as [string, string | undefined];
  const isPlace = asked === "";
  const draftKey = "session/" + asked;
  const before = useMemo(() => book!.delivered("session").map(({ entry }) => JSON.parse(entry.body ?? "{}") as SessionBody).filter((s) => isPlace || s.group === asked), [asked, book!.revision]);
  const groupName = isPlace ? pack.facility.name : newName ?? before[0]?.groupName ?? t("session.group-unnamed");
  const groupId = useMemo(() => (isPlace ? before[0]?.group ?? (book!.drafts.get(draftKey)?.values["body"] as SessionBody | undefined)?.group ?? newId() : asked), [asked]);
  const begun = book!.drafts.get(draftKey)?.values as { body?: SessionBody; added?: string[]; measures?: Record<string, Values> } | undefined;
  const done = new Set(before.filter((s) => s.state === "held").map((s) => s.number));
  const next = curriculum.sessions.find((s) => !done.has(s.number))?.number ?? curriculum.sessions.length;
  const [body, setBody] = useState<SessionBody>(begun?.body ?? { group: groupId, groupName, number: next, state: "held", facilitators: [account!.name], activities: {}, attendance: [] });
  const [added, setAdded] = useState<string[]>(begun?.added ?? []);
  const [measures, setMeasures] = useState<Record<string, Values>>(begun?.measures ?? {});
  /** Person, column and the value that was asked about: another value is asked about anew. */
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set());
  const [measuring, setMeasuring] = useState("");
  const [query, setQuery] = useState("");
  const [failed, setFailed] = useState("");
  const roster = useMemo(() => {
    const members: Summary[] = [...book!.index.everybody()].filter((p) => (isPlace ? p.name !== "" || p.number !== "" : p.group === groupId || added.includes(p.id)));
    return members.sort((a, b) => (a.name < b.name ? -1 : 1));
  }, [added, book!.index, book!.index.size, groupId]);
  const facts = (curriculum.measures ?? []).map((name) => factOf(pack, name)).filter((f): f is Fact => f !== undefined);
  const keep = (values: { body?: SessionBody; added?: string[]; measures?: Record<string, Values> }) =>
    void book!.keepDraft({ key: draftKey, kind: "session", person: "", label: groupName, values: { body, added, measures, ...values }, changed: Date.now() }).catch(() => undefined);
  const put = (change: Partial<SessionBody>) => {
    const changed = { ...body, ...change };
    setBody(changed);
    setFailed("");
    keep({ body: changed });
  };
  const statusOf = (id: string) => body.attendance.find((a) => a.person === id)?.status ?? "absent";
  const mark = (id: string, status: "present" | "late" | "absent") => put({ attendance: [...body.attendance.filter((a) => a.person !== id), { person: id, status }] });
  const clock = () => new Date().toTimeString().slice(0, 5);
  const found = query.trim().length < 2 ? [] : book!.index.find(query, facility, 6).filter((p) => !roster.some((r) => r.id === p.id));
  const present = roster.filter((p) => statusOf(p.id) !== "absent").length;
  const minutes = body.start !== undefined && body.end !== undefined ? minutesOf(body.end) - minutesOf(body.start) : null;
  const save = async () => {
    if (body.state === "held" && (body.start === undefined || body.end === undefined)) return setFailed(t("session.needs-times"));
    if (minutes !== null && minutes <= 0) return setFailed(t("session.ends-before"));
    const sayings: Saying[] = isPlace ? [] : added.map((id) => ({ kind: "person", subject: id, day: today, body: JSON.stringify({ set: { group: groupId } }) }));
    const whole: SessionBody = { ...body, attendance: roster.map((p) => ({ person: p.id, status: statusOf(p.id) })) };
    sayings.push({ kind: "session", class: "delivery", subject: groupId, day: today, body: JSON.stringify(whole) });
    for (const [id, values] of Object.entries(measures)) {
      if (Object.values(values).every((v) => v.trim() === "")) continue;
      const person = await book!.person(id);
      const asked = [...doubtsOf(pack, values)].filter(([column, doubt]) => doubt === "unreadable" || !confirmed.has(confirmation(id, column, values)));
      if (asked.length > 0) {
        setMeasuring(id);
        return setFailed(asked.some(([, doubt]) => doubt === "unreadable") ? t("page.unreadable") : t("session.ask", nameOf(roster.find((p) => p.id === id) ?? book!.index.get(id)!)));
      }
      if (person !== undefined) sayings.push({ kind: "visit", form: pack.register.form, layout: pack.register.layout, subject: id, day: today, body: rowOf(pack, folder, person, today, facility, values) });
    }
    try {
      await book!.record(sayings, draftKey);
      app.exchange?.ask();
      app.show({ name: "home" });
      app.say(t("session.saved", groupName, present));
    } catch (failure) {
      setFailed(String(failure));
    }
  };
  const session = curriculum.sessions.find((s) => s.number === body.number);
  return (
    <>
      <Bar title={groupName} />
      <main class="session">
        <div class="inline">
          <label class="label">{t("session.which")} <select value={body.number} onChange={(e) => put({ number: Number(e.currentTarget.value) })}>
            {curriculum.sessions.map((s) => <option key={s.number} value={s.number}>{s.number}. {local(s.name)}{done.has(s.number) ? " ✓" : ""}</option>)}
          </select></label>
          <button type="button" class="chip" aria-pressed={body.state === "cancelled"} onClick={() => put({ state: body.state === "held" ? "cancelled" : "held" })}>{t("session.cancelled")}</button>
        </div>
        <h2 class="hidden">{local(session?.name)}</h2>
        <div class="times">
          <button type="button" class={body.start === undefined ? "primary" : ""} onClick={() => put({ start: clock() })}>{t("session.start")}</button>
          <input type="time" aria-label={t("session.start")} value={body.start ?? ""} onInput={(e) => put({ start: e.currentTarget.value })} />
          <button type="button" class={body.start !== undefined && body.end === undefined ? "primary" : ""} onClick={() => put({ end: clock() })}>{t("session.end")}</button>
          <input type="time" aria-label={t("session.end")} value={body.end ?? ""} onInput={(e) => put({ end: e.currentTarget.value })} />
          {minutes !== null && minutes > 0 && <span class={minutes > longest ? "error" : "hint"}>{t("session.minutes", minutes)}{minutes > longest && ` · ${t("doubt.implausible", t("session.minutes", minutes))}`}</span>}
        </div>
        <h2>{t("session.present", present, roster.length)}</h2>
        <button type="button" class="link" onClick={() => put({ attendance: roster.map((p) => ({ person: p.id, status: "present" })) })}>{t("session.all")}</button>
        <ul class="roster plain">
          {roster.map((person) => {
            const status = statusOf(person.id);
            return (
              <li key={person.id} class={status}>
                <button type="button" class="tick" role="checkbox" aria-checked={status !== "absent"} onClick={() => mark(person.id, status === "absent" ? "present" : "absent")}>
                  <span class="box" aria-hidden="true">{status === "absent" ? "" : "✓"}</span><span><span class="name">{nameOf(person)}</span><small>{tellApart(person, today)}</small></span>
                </button>
                {status !== "absent" && <button type="button" class="chip" aria-pressed={status === "late"} onClick={() => mark(person.id, status === "late" ? "present" : "late")}>{t("session.late")}</button>}
                {status !== "absent" && facts.length > 0 && <button type="button" class="chip" aria-expanded={measuring === person.id} onClick={() => setMeasuring(measuring === person.id ? "" : person.id)}>{Object.values(measures[person.id] ?? {}).some((v) => v !== "") ? "✓ " : ""}{t("session.measure")}</button>}
                {measuring === person.id && <Measures facts={facts} doubts={doubtsOf(pack, measures[person.id] ?? {})} isConfirmed={(column) => confirmed.has(confirmation(person.id, column, measures[person.id]!))}
                  onConfirm={(column) => setConfirmed(new Set([...confirmed, confirmation(person.id, column, measures[person.id]!)]))} values={measures[person.id] ?? {}} onValues={(values) => {
                  const all = { ...measures, [person.id]: values };
                  setMeasures(all);
                  keep({ measures: all });
                }} />}
              </li>
            );
          })}
        </ul>
        {isPlace ? <button type="button" class="wide" onClick={() => app.show({ name: "new-person" })}>+ {t("home.register")}</button> : <Field label={t("session.add")} value={query} onValue={setQuery} />}
        <ul class="people">{found.map((p) => <PersonLine key={p.id} person={p} today={today} onOpen={() => {
          setAdded([...added, p.id]);
          setQuery("");
          const changed = { ...body, attendance: [...body.attendance, { person: p.id, status: "present" as const }] };
          setBody(changed);
          keep({ added: [...added, p.id], body: changed });
        }} />)}</ul>
        <h2>{t("session.activities")}</h2>
        <ul class="plain">
          {curriculum.activities.map((activity) => (
            <li key={activity.id}><label class="check"><input type="checkbox" checked={body.activities[activity.id] === true} onChange={(e) => put({ activities: { ...body.activities, [activity.id]: e.currentTarget.checked } })} /> {local(activity.name)}</label></li>
          ))}
        </ul>
        <div class="columns">
          <Field label={t("session.facilitators")} value={body.facilitators.join(", ")} onValue={(v) => put({ facilitators: v.split(",").map((n) => n.trimStart()) })} />
          <Field label={t("session.guest")} value={body.guest ?? ""} onValue={(v) => put({ guest: v })} />
          <Field label={t("session.stepped-in")} value={body.steppedIn ?? ""} onValue={(v) => put({ steppedIn: v })} />
          <Field label={t("session.missing")} value={body.missing ?? ""} onValue={(v) => put({ missing: v })} />
          <Field label={t("session.adapted")} value={body.adapted ?? ""} onValue={(v) => put({ adapted: v })} />
          <Field label={t("session.space")} value={body.space ?? ""} onValue={(v) => put({ space: v })} />
        </div>
        {before.length > 0 && <details><summary>{t("session.earlier", before.length)}</summary><ol class="plain">{before.map((s, i) => <li key={i} class="row">{s.number} · {t(s.state === "held" ? "session.was-held" : "session.cancelled")} · {s.attendance.filter((a) => a.status !== "absent").length} · {s.start ?? ""}–{s.end ?? ""}</li>)}</ol></details>}
        {failed !== "" && <p class="error" role="alert">{failed}</p>}
        <div class="savebar"><button type="button" class="primary" id="save" onClick={() => void save()}>{t("session.save", dayText(today))}</button></div>
      </main>
    </>
  );
}

const confirmation = (person: string, column: string, values: Values) => [person, column, values[column] ?? ""].join(" ");

/** Minutes; a session that takes longer is asked about. */
const longest = 300;

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** What is measured at a session: the same facts as at a visit, written down as a row of the register. */
function Measures(props: { facts: Fact[]; values: Values; doubts: ReadonlyMap<string, Doubt>; isConfirmed: (column: string) => boolean; onConfirm: (column: string) => void; onValues: (values: Values) => void }) {
  const put = (column: string, value: string) => props.onValues({ ...props.values, [column]: value });
  return (
    <div class="measures">
      {props.facts.map((fact) => {
        const shown = fact.type === "pair" ? fact.columns.slice(0, 2) : fact.columns.slice(0, 1);
        return (
          <div key={fact.name} class="measure">
            <span class="label">{local(fact.label)}</span>
            {shown.map((column, i) => (
              <input key={column} class="number" inputMode="decimal" value={props.values[column] ?? ""} aria-label={`${local(fact.label)} ${local(fact.partLabels?.[i])}`} onInput={(e) => {
                put(column, e.currentTarget.value);
                if (i === 0 && shown.length > 1 && isWhole(e.currentTarget.value)) (e.currentTarget.nextElementSibling as HTMLInputElement | null)?.focus();
              }} />
            ))}
            {shown.filter((c) => props.doubts.has(c)).map((column) => (
              <DoubtNote key={column} doubt={props.doubts.get(column)!} value={props.values[column] ?? ""} confirmed={props.isConfirmed(column)} onConfirm={() => props.onConfirm(column)} />
            ))}
          </div>
        );
      })}
    </div>
  );
}

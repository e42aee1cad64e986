import { useEffect, useState } from "preact/hooks";
import { app } from "../app";
import { ageOn, dayOf } from "../people/days";
import type { Person, Visit } from "../people/person";
import { conflictsOf, textOf, type Conflict } from "../people/profile";
import { Bar, OpenPeople } from "../parts/bar";
import { consentBody, ConsentText } from "../parts/consent-text";
import { lazy } from "../parts/lazy";
import { nameOf } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import { nidOf, printedCode } from "../scan/payload";
import { factOf, type IdentifierSystem, type Pack } from "../registers/pack";
import { dayText, local, t } from "../texts/texts";
import { outcomes } from "./lists";
import { VisitForm } from "../visits/visit-form";
import { isCorrectable, readingOf } from "../visits/visit-row";

const PersonForms = lazy<{ person: Person }>(() => import("./forms").then((m) => m.PersonForms));

/** Who she is stays in sight; her last readings and today's visit are on one screen. */
export function PersonScreen(props: { id: string; correct?: string | undefined }) {
  const { book } = useApp();
  const [person, setPerson] = useState<Person | null | undefined>(undefined);
  const [part, setPart] = useState<"visit" | "history" | "about" | "forms">("visit");
  const parts = ["visit", "history", "about", ...((book!.pack.personForms?.length ?? 0) > 0 ? (["forms"] as const) : [])] as const;
  useEffect(() => {
    let gone = false;
    void book!.person(props.id).then((found) => {
      if (!gone) setPerson(found ?? null);
    });
    return () => void (gone = true);
  }, [props.id, book!.revision]);
  if (person === undefined) return <><Bar title="" /><main /></>;
  if (person === null) return <><Bar title={t("person.unknown")} /><main><p class="empty">{t("person.unknown-text")}</p></main></>;
  const summary = book!.folder.summary(person);
  const age = ageOn(summary.birth, book!.today);
  const conflicts = conflictsOf(person);
  const corrects = props.correct === undefined ? undefined : person.visits.find((visit) => visit.id === props.correct);
  const saved = (text: string) => {
    app.show({ name: "home" });
    app.say(text);
  };
  return (
    <>
      <Bar title={book!.pack.facility.name} />
      <section class="identity" aria-label={t("person.identity")}>
        <h2>{nameOf(summary)}</h2>
        <p>
          {!Number.isNaN(age) && <strong>{t("person.age", age)}</strong>}
          {summary.sex !== "" && <strong>{t(summary.sex === "female" ? "sex.female" : "sex.male")}</strong>}
          {summary.village !== "" && <span>{summary.village}</span>}
          {summary.number !== "" && summary.name !== "" && <span class="number">{summary.number}</span>}
        </p>
      </section>
      <main>
        <OpenPeople current={person.id} correct={props.correct} />
        {props.correct !== undefined && <Correction person={person} label={nameOf(summary)} visit={corrects} onSaved={saved} />}
        {props.correct === undefined && <>
        {conflicts.map((conflict) => <ConflictCard key={conflict.field} person={person} conflict={conflict} />)}
        <Consents person={person} />
        <LastReadings person={person} />
        <div class="tabs" role="tablist">
          {parts.map((one) => (
            <button key={one} type="button" role="tab" aria-selected={part === one} onClick={() => setPart(one)}>{t(`person.tab-${one}`)}</button>
          ))}
        </div>
        {part === "visit" && <VisitForm key={person.id} person={person} label={nameOf(summary)} onSaved={saved} />}
        {part === "history" && <History person={person} />}
        {part === "about" && <About person={person} />}
        {part === "forms" && <PersonForms person={person} />}
        </>}
      </main>
    </>
  );
}

/** A saved visit, filled in as it was saved. What is saved now replaces it; it stays on record. */
function Correction(props: { person: Person; label: string; visit: Visit | undefined; onSaved: (text: string) => void }) {
  const { visit, person } = props;
  // Another tablet has corrected or withdrawn it meanwhile.
  if (visit === undefined) return <p class="note wrong">{t("visit.correct-gone")}</p>;
  return (
    <>
      <h2>{t("visit.correct-of", dayText(visit.day))}</h2>
      <p class="hint">{t("visit.correct-text")}</p>
      <VisitForm person={person} label={props.label} corrects={visit} onSaved={props.onSaved} />
      <button type="button" class="link" id="correct-not" onClick={() => void app.book!.dropDraft(`visit/${person.id}/${visit.id}`).then(() => app.back())}>{t("visit.correct-not")}</button>
    </>
  );
}

function LastReadings(props: { person: Person }) {
  const { pack, folder } = useApp().book!;
  const shown = pack.visit.map((item) => factOf(pack, item.fact)).find((fact) => fact?.type === "pair" || fact?.type === "number");
  if (shown === undefined) return null;
  const readings = props.person.visits.map((v) => ({ day: v.day, text: readingOf(shown, folder.row(v)), waits: v.position === 0 })).filter((r) => r.text !== "").slice(-3).reverse();
  const medicine = pack.visit.find((item) => item.widget === "refill")?.with?.map((name) => factOf(pack, name)).find((fact) => fact?.type === "text");
  const taken = medicine === undefined ? "" : [...props.person.visits].reverse().map((v) => folder.row(v).get(medicine.columns[0]!)).find((v) => v !== undefined) ?? "";
  const next = folder.summary(props.person).next;
  const lastCall = props.person.calls.at(-1);
  return (
    <section class="last" aria-label={t("person.last-readings")}>
      {readings.length === 0 && <p class="hint">{t("person.no-readings")}</p>}
      <ol>
        {readings.map((reading, i) => (
          <li key={i}><strong class="number">{reading.text}</strong><small>{dayText(reading.day)}</small></li>
        ))}
      </ol>
      {lastCall !== undefined && <p class="apart call"><strong>{callText(lastCall)}</strong></p>}
      <p class="apart">
        {taken !== "" && <span>{taken}</span>}
        {next > 0 && <span>{t("person.expected", dayText(new Date(next * 86_400_000).toISOString().slice(0, 10)))}</span>}
      </p>
    </section>
  );
}

function History(props: { person: Person }) {
  const { book } = useApp();
  const { pack, folder } = book!;
  const [asked, setAsked] = useState("");
  return (
    <ol class="history">
      {[...props.person.calls].reverse().map((call) => <li key={call.id} class="call"><h3>{callText(call)}</h3></li>)}
      {[...props.person.visits].reverse().map((visit) => {
        const row = folder.row(visit);
        const said = pack.register.facts
          .filter((f) => f.name !== pack.register.sexFact && f.name !== pack.register.birthDateFact)
          .map((fact) => [local(fact.label), fact.type === "pair" ? pairsText(fact.columns, row) : shownValue(row.get(fact.columns[0]!) ?? "", fact.type)] as const)
          .filter(([, value]) => value !== "" && value !== "0");
        const place = pack.places.find((p) => p.code === visit.facility)?.name ?? visit.facility;
        return (
          <li key={visit.id}>
            <h3>{dayText(visit.day)} · {place}</h3>
            <dl>{said.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
            {visit.position === 0 && <p class="hint">{t("person.not-sent")}</p>}
            {isCorrectable(visit, book!.facility) && <button type="button" class="link correct" onClick={() => app.show({ name: "person", id: props.person.id, correct: visit.id })}>{t("visit.correct")}</button>}
            {visit.author === book!.author && visit.facility === book!.facility && (asked === visit.id ? (
              <div class="note wrong">
                <p>{t("visit.withdraw-sure")}</p>
                <button type="button" onClick={() => void book!.record([{ kind: "withdrawal", subject: props.person.id, day: book!.today, body: "", withdraws: visit.id }]).then(() => app.exchange?.ask())}>{t("visit.withdraw-yes")}</button>
                <button type="button" class="link" onClick={() => setAsked("")}>{t("no")}</button>
              </div>
            ) : <button type="button" class="link withdraw" onClick={() => setAsked(visit.id)}>{t("visit.withdraw")}</button>)}
          </li>
        );
      })}
      {props.person.visits.length === 0 && <li class="empty">{t("person.no-visits")}</li>}
    </ol>
  );
}

/** "Called 14/03/25: Died – his sister said it". */
const callText = (call: Person["calls"][number]) => {
  const outcome = outcomes.find((one) => one === call.outcome);
  return t("overdue.called", dayText(call.day), (outcome === undefined ? call.outcome : t(`call.${outcome}`)) + (call.remark === "" ? "" : ` – ${call.remark}`));
};

function pairsText(columns: string[], row: ReadonlyMap<string, string>): string {
  const pairs: string[] = [];
  for (let i = 0; i + 1 < columns.length; i += 2) {
    const [a, b] = [row.get(columns[i]!), row.get(columns[i + 1]!)];
    if (a !== undefined || b !== undefined) pairs.push(`${a ?? "?"}/${b ?? "?"}`);
  }
  return pairs.join(", ");
}

const shownValue = (value: string, type: string) => (type === "flag" && value === "1" ? "✓" : type === "date" ? dayText(value) : value);

/** Numbers and cards, what was said of her, and the place for a new card. */
function About(props: { person: Person }) {
  const { book } = useApp();
  const { pack } = book!;
  const [system, setSystem] = useState("");
  const [value, setValue] = useState("");
  const systems = pack.person?.identifiers?.length ? pack.person.identifiers : [{ system: pack.register.personSystem, label: { pt: "Número", es: "Número", en: "Number" } }];
  const chosen = systems.find((s) => s.system === (system || systems[0]?.system)) as IdentifierSystem | undefined;
  const written = nidOf(value) ?? value.trim();
  const misformed = written !== "" && chosen?.pattern != null && !new RegExp(`^(?:${chosen.pattern})$`).test(written);
  const labelOf = (name: string) => local(systems.find((s) => s.system === name)?.label) || name;
  const say = (body: unknown) => void book!.record([{ kind: "person", subject: props.person.id, day: book!.today, body: JSON.stringify(body) }]).then(() => app.exchange?.ask());
  const asked = pack.person?.fields.map((f) => f.name) ?? ["given", "family", "sex", "birthDate", "phone", "village"];
  const fields = [...new Set([...asked, ...Object.keys(props.person.fields)])].filter((name) => name !== "birthEstimated" && name !== "group");
  return (
    <section class="about">
      <dl>
        {fields.map((name) => <ProfileField key={name} name={name} person={props.person} onSay={(value) => say({ set: name === "birthDate" ? { birthDate: value, birthEstimated: false } : { [name]: value } })} />)}
        <div><dt>{t("person.card-code")}</dt><dd class="number">{printedCode(props.person.id)}</dd></div>
        {props.person.ids.map(([name, number]) => (
          <div key={name + number}><dt>{labelOf(name)}</dt><dd><span class="number">{number}</span> <button type="button" class="link" onClick={() => say({ set: {}, retired: [{ system: name, value: number }] })}>{t("person.retire")}</button></dd></div>
        ))}
      </dl>
      {(pack.consent ?? []).map((text) => {
        const said = [...props.person.consents].reverse().find((c) => c.text === text.text);
        return said === undefined ? null : (
          <p key={text.text} class="row">
            <span>{local(text.title)}</span> <strong>{t(said.given ? "consent.given" : "consent.refused")}</strong> <small>{dayText(said.day)}</small>
            <button type="button" class="link" onClick={() => void book!.record([{ kind: "consent", subject: props.person.id, day: book!.today, body: consentBody(text, !said.given) }]).then(() => app.exchange?.ask())}>{t(said.given ? "consent.withdraw" : "consent.now-yes")}</button>
          </p>
        );
      })}
      <h3>{t("person.new-number")}</h3>
      <p class="hint">{t("person.new-number-hint")}</p>
      <div class="inline">
        <select aria-label={t("person.number-kind")} value={system || systems[0]?.system} onChange={(e) => setSystem(e.currentTarget.value)}>
          {systems.map((s) => <option key={s.system} value={s.system}>{local(s.label)}</option>)}
        </select>
        <input aria-label={t("person.number")} value={value} onInput={(e) => setValue(e.currentTarget.value)} />
        <button type="button" disabled={written === "" || misformed} onClick={() => {
          say({ set: {}, identifiers: [{ system: system || systems[0]!.system, value: written }] });
          setValue("");
        }}>{t("person.add")}</button>
      </div>
      {misformed && <p class="hint">{t("field.number-form", chosen?.format ?? chosen?.pattern ?? "")}</p>}
    </section>
  );
}

/** One thing that is known of her, to be read and said anew. */
function ProfileField(props: { name: string; person: Person; onSay: (value: string) => void }) {
  const { book } = useApp();
  const { name, person } = props;
  const [value, setValue] = useState<string | null>(null);
  const label = local(book!.pack.person?.fields.find((f) => f.name === name)?.label) || fieldText(name);
  const known = textOf(person, name);
  const submit = () => {
    if (value !== null && value.trim() !== known && (name !== "birthDate" || (!Number.isNaN(dayOf(value)) && value <= book!.today))) props.onSay(value.trim());
    setValue(null);
  };
  const shown = name === "phone" && known !== "" ? <a href={"tel:" + known}>{known}</a>
    : name === "birthDate" && known !== "" ? dayText(known) + (textOf(person, "birthEstimated") === "true" ? ` (${t("person.estimated")})` : "")
    : name === "sex" && known !== "" ? t(known === "male" ? "sex.male" : "sex.female") : known || "–";
  return (
    <div>
      <dt>{label}</dt>
      {value === null ? (
        <dd>{shown} <button type="button" class="link" id={"edit-" + name} aria-label={t("person.change-what", label)} onClick={() => setValue(known)}>{t("person.change")}</button></dd>
      ) : name === "sex" ? (
        <dd class="chips">{(["female", "male"] as const).map((sex) => <button key={sex} type="button" class="chip" aria-pressed={known === sex} onClick={() => (sex !== known && props.onSay(sex), setValue(null))}>{t(`sex.${sex}`)}</button>)}</dd>
      ) : (
        <dd class="inline">
          <input id={"said-" + name} aria-label={label} autofocus {...({ type: name === "birthDate" ? "date" : name === "phone" ? "tel" : "text" } as object)} value={value}
            onInput={(e) => setValue(e.currentTarget.value)} onKeyDown={(e) => (e.key === "Enter" ? submit() : e.key === "Escape" && setValue(null))} />
          <button type="button" onClick={submit}>{t("visit.save")}</button>
        </dd>
      )}
    </div>
  );
}

export function fieldText(name: string): string {
  const key = { given: "field.given", family: "field.family", sex: "field.sex", birthDate: "field.birth", phone: "field.phone", village: "field.village", group: "field.group" } as const;
  return name in key ? t(key[name as keyof typeof key]) : name;
}

/** Two people said different things without knowing of each other. Whoever knows her settles it here. */
const nameIn = (named: Pack["staff"], id: string) => named?.find((one) => one.id === id)?.name ?? "";

function ConflictCard(props: { person: Person; conflict: Conflict }) {
  const { book } = useApp();
  const { conflict } = props;
  const label = local(book!.pack.person?.fields.find((f) => f.name === conflict.field)?.label) || fieldText(conflict.field);
  const settle = (value: unknown) =>
    void book!.record([{ kind: "person", subject: props.person.id, day: book!.today, body: JSON.stringify({ set: { [conflict.field]: value } }) }]).then(() => app.exchange?.ask());
  return (
    <section class="note conflict">
      <h3>{t("conflict.title", label)}</h3>
      <p>{t("conflict.text")}</p>
      {conflict.values.map(({ value, saying }) => (
        <button key={saying.id} type="button" class="wide" onClick={() => settle(value)}><strong>{String(value)}</strong> <small>{[t("conflict.said", dayText(saying.day)), nameIn(book!.pack.staff, saying.author), nameIn(book!.pack.devices, saying.device)].filter((part) => part !== "").join(" · ")}</small></button>
      ))}
    </section>
  );
}

/** What the package asks people to agree to, until they have said yes or no. */
function Consents(props: { person: Person }) {
  const { book } = useApp();
  const text = (book!.pack.consent ?? []).find((one) => !props.person.consents.some((c) => c.text === one.text && c.version >= one.version));
  const [read, setRead] = useState(false);
  if (text === undefined) return null;
  if (read) return <ConsentText text={text} person={props.person.id} />;
  return <section class="note slim"><h3>{local(text.title)}</h3><button type="button" class="link" onClick={() => setRead(true)}>{t("consent.read")}</button></section>;
}

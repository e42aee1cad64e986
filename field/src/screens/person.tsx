import { useEffect, useState } from "preact/hooks";
import { app } from "../app";
import { ageOn } from "../people/days";
import type { Person, Visit } from "../people/person";
import { askedConflicts } from "../people/profile";
import { Bar, OpenPeople } from "../parts/bar";
import { ConsentText } from "../parts/consent-text";
import { lazy } from "../parts/lazy";
import { nameOf } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import { factOf } from "../registers/pack";
import { dayText, local, t } from "../texts/texts";
import { About } from "./about";
import { ConflictCard } from "./conflict";
import { outcomes } from "./lists";
import { SharedNumbers } from "./shared-numbers";
import { VisitForm } from "../visits/visit-form";
import { isCorrectable, readingOf } from "../visits/visit-row";

const PersonForms = lazy<{ person: Person }>(() => import("./forms").then((m) => m.PersonForms), true);

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
  const conflicts = askedConflicts(person);
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
        {props.correct !== undefined && <Correction person={person} label={nameOf(summary)} id={props.correct} visit={corrects} onSaved={saved} />}
        {props.correct === undefined && <>
        <SharedNumbers person={person.id} />
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
function Correction(props: { person: Person; label: string; id: string; visit: Visit | undefined; onSaved: (text: string) => void }) {
  const { visit, person } = props;
  const leave = <button type="button" class="link" id="correct-not" onClick={() => void app.book!.dropDraft(`visit/${person.id}/${props.id}`).then(() => app.back())}>{t("visit.correct-not")}</button>;
  // Another tablet has corrected or withdrawn it meanwhile.
  if (visit === undefined) return <><p class="note wrong">{t("visit.correct-gone")}</p>{leave}</>;
  return (
    <>
      <h2>{t("visit.correct-of", dayText(visit.day))}</h2>
      <p class="hint">{t("visit.correct-text")}</p>
      <VisitForm person={person} label={props.label} corrects={visit} onSaved={props.onSaved} />
      {leave}
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

/** What the package asks people to agree to, until they have said yes or no. */
function Consents(props: { person: Person }) {
  const { book } = useApp();
  const text = (book!.pack.consent ?? []).find((one) => !props.person.consents.some((c) => c.text === one.text && c.version >= one.version));
  const [read, setRead] = useState(false);
  if (text === undefined) return null;
  if (read) return <ConsentText text={text} person={props.person.id} />;
  return <section class="note slim"><h3>{local(text.title)}</h3><button type="button" class="link" onClick={() => setRead(true)}>{t("consent.read")}</button></section>;
}

import { useEffect, useMemo, useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import { FormSession, type Answers, type FormDefinition } from "../forms";
import { isMedia, languageOf, partsOf } from "../forms/definition";
import { offsetIn } from "../people/days";
import { consentOf, type Person } from "../people/person";
import { Bar } from "../parts/bar";
import { ConsentText } from "../parts/consent-text";
import { nameOf, tellApart } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import type { Pack } from "../registers/pack";
import { isFull } from "../store/database";
import { dayText, language, t } from "../texts/texts";
import { FormItems } from "./form-items";

const spoken = (form: FormDefinition): number => {
  const at = form.languages.findIndex((name) => languageOf(name) === language());
  return at < 0 ? form.defaultLanguage : at;
};

/** The title as it stands, without what expressions in it would add. */
const titleOf = (form: FormDefinition): string => partsOf(form.title, spoken(form)).filter((p) => typeof p === "string").join("") || form.id;

/** The instant as the evaluator reads it: local time of the place with its offset. */
function instantAt(zone: string): string {
  const offset = offsetIn(zone);
  const sign = offset < 0 ? "-" : "+";
  const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return new Date(Date.now() + offset * 60_000).toISOString().replace("Z", `${sign}${two(offset / 60)}:${two(offset % 60)}`);
}

function environment(form: FormDefinition, zone: string) {
  return { now: instantAt(zone), random: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32, uuid: () => newId(), language: spoken(form), metadata: { username: app.account?.name ?? "", deviceid: app.device.settings.deviceId } };
}

const isAboutPerson = (pack: Pack, form: string) => (pack.personForms ?? []).some((f) => f.form === form);

/** The programme's other forms: which there are, and which are begun. */
export function Forms() {
  const { book } = useApp();
  const forms = book!.pack.forms ?? [];
  const begun = [...book!.drafts.values()].filter((d) => d.kind === "form").sort((a, b) => b.changed - a.changed);
  const ofPlace = forms.filter((form) => !isAboutPerson(book!.pack, form.id));
  const ofPeople = forms.filter((form) => isAboutPerson(book!.pack, form.id));
  return (
    <>
      <Bar title={t("forms.title")} />
      <main>
        {begun.length > 0 && <h2>{t("forms.begun")}</h2>}
        <ul class="plain">{begun.map((draft) => <li key={draft.key}><button type="button" class="wide" onClick={() => app.show({ name: "form", form: String(draft.values["form"]), key: draft.key.slice(5), ...(draft.person === "" ? {} : { person: draft.person }), ...(draft.values["replaces"] === undefined ? {} : { replaces: String(draft.values["replaces"]) }) })}>{draft.label}</button></li>)}</ul>
        {ofPlace.length > 0 && <h2>{book!.pack.facility.name}</h2>}
        <ul class="plain">{ofPlace.map((form) => <li key={form.id}><button type="button" class="wide" onClick={() => app.show({ name: "form", form: form.id, key: newId() })}>{titleOf(form)}</button></li>)}</ul>
        {ofPeople.length > 0 && <p class="note">{t("forms.of-people", ofPeople.map(titleOf).join(", "))}</p>}
        {ofPeople.length > 0 && <button type="button" class="wide" onClick={() => app.show({ name: "home" })}>{t("home.search")}</button>}
        {forms.length === 0 && <p class="empty">{t("forms.none")}</p>}
      </main>
    </>
  );
}

/** The forms about one person: what has been filled, and what can be. */
export function PersonForms(props: { person: Person }) {
  const { book } = useApp();
  const { pack } = book!;
  const forms = (pack.forms ?? []).filter((form) => isAboutPerson(pack, form.id));
  const show = (form: FormDefinition, replaces?: string) => {
    // One that was begun for her goes on.
    const begun = [...book!.drafts.values()].find((d) => d.kind === "form" && d.person === props.person.id && d.values["form"] === form.id && d.values["replaces"] === replaces);
    app.show({ name: "form", form: form.id, key: begun?.key.slice(5) ?? newId(), person: props.person.id, ...(replaces === undefined ? {} : { replaces }) });
  };
  return (
    <ul class="plain">
      {forms.map((form) => {
        const filled = (props.person.forms ?? []).filter((f) => f.form === form.id);
        return (
          <li key={form.id} class="card">
            <h3>{titleOf(form)}</h3>
            {filled.map((one) => <p key={one.id} class="row"><span class="done">✓ {t("forms.filled", dayText(one.day))}</span><button type="button" class="link" onClick={() => show(form, one.id)}>{t("forms.correct")}</button></p>)}
            <button type="button" class="wide" onClick={() => show(form)}>{filled.length === 0 ? t("forms.fill") : t("forms.again")}</button>
          </li>
        );
      })}
    </ul>
  );
}



/** One form on one screen, as the shared evaluator says: what is relevant is shown, what stands in the way is said beside it. */
export function FormScreen(props: { form: string; draft: string; person?: string | undefined; replaces?: string | undefined }) {
  const { book } = useApp();
  const { pack } = book!;
  const form = (pack.forms ?? []).find((f) => f.id === props.form);
  const [person, setPerson] = useState<Person | null | undefined>(props.person === undefined ? null : undefined);
  useEffect(() => {
    if (props.person !== undefined) void book!.person(props.person).then((found) => setPerson(found ?? null));
  }, [props.person, book!.revision]);
  if (form === undefined) return <><Bar title={t("forms.title")} /><main><p class="empty">{t("forms.gone")}</p></main></>;
  if (person === undefined) return <><Bar title={titleOf(form)} /><main aria-busy="true" /></>;
  const scope = pack.personForms?.find((f) => f.form === form.id)?.consent;
  const given = scope === undefined || (person !== null && consentOf(person, scope)?.given === true);
  const summary = person === null ? null : book!.folder.summary(person);
  return (
    <>
      <Bar title={titleOf(form)} />
      {summary !== null && <section class="identity" aria-label={t("person.identity")}><h2>{nameOf(summary)}</h2><p>{tellApart(summary, book!.today)}</p></section>}
      {given ? <Filling form={form} draft={props.draft} person={person} replaces={props.replaces} /> : (
        <main>
          <p class="note">{t("forms.needs-consent")}</p>
          {(pack.consent ?? []).filter((text) => text.scope === scope).map((text) => <ConsentText key={text.text} text={text} person={props.person!} said={consentOf(person!, text.scope)} />)}
        </main>
      )}
    </>
  );
}

function Filling(props: { form: FormDefinition; draft: string; person: Person | null; replaces: string | undefined }) {
  const { book } = useApp();
  const { form, person } = props;
  const { zone } = book!.pack;
  const key = "form/" + props.draft;
  const session = useMemo(() => {
    const begun = book!.drafts.get(key)?.values["answers"] as Answers | undefined;
    const corrected = person?.forms?.find((f) => f.id === props.replaces)?.answers;
    const answers = begun ?? (corrected === undefined ? undefined : (JSON.parse(corrected) as Answers));
    return answers === undefined ? FormSession.begin(form, environment(form, zone)) : FormSession.resume(form, environment(form, zone), answers);
  }, [form, key]);
  const [, draw] = useState(0);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState("");
  const title = titleOf(form);
  const label = person === null ? title : `${title} · ${nameOf(book!.folder.summary(person))}`;
  const changed = () => {
    draw((n) => n + 1);
    setFailed("");
    void book!.keepDraft({ key, kind: "form", person: person?.id ?? "", label, values: { form: form.id, answers: session.answers(), ...(props.replaces === undefined ? {} : { replaces: props.replaces }) }, changed: Date.now() })
      .catch((failure: unknown) => setFailed(isFull(failure) ? t("trouble.full-long") : String(failure)));
  };
  const save = async () => {
    setTried(true);
    session.finish(instantAt(zone));
    // Pictures and sound are not taken here, and must not keep a form from being saved.
    const open = session.state().filter((s) => s.problem !== "none" && !(s.problem === "required" && isMedia(form.items[s.item]!.type)));
    if (open.length > 0 || session.faults.length > 0) {
      draw((n) => n + 1);
      setFailed(session.faults.length > 0 ? t("forms.fault", session.faults[0]!) : t("forms.open", open.length));
      return requestAnimationFrame(() => document.querySelector("form .error")?.closest(".field")?.scrollIntoView({ block: "center" }));
    }
    setBusy(true);
    try {
      await book!.record([{
        kind: "form", form: `${form.id}@${form.version ?? "1"}`, subject: person?.id ?? newId(), day: book!.today, body: JSON.stringify(session.answers()),
        ...(props.replaces === undefined ? {} : { replaces: props.replaces }),
      }], key);
      app.exchange?.ask();
      app.leaveFor(person === null ? { name: "home" } : { name: "person", id: person.id });
      app.say(t("visit.saved", label));
    } catch (failure) {
      setBusy(false);
      setFailed(isFull(failure) ? t("trouble.full-long") : String(failure));
    }
  };
  return (
    <main>
      <form class="questions" noValidate onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}>
        <FormItems form={form} session={session} tried={tried} onChange={changed} />
        {failed !== "" && <p class="error" role="alert">{failed}</p>}
        <div class="savebar"><button class="primary" id="save" disabled={busy}>{t("visit.save")}</button></div>
      </form>
      <Discard draft={key} />
    </main>
  );
}

/** A form that was begun by mistake. */
function Discard(props: { draft: string }) {
  const { book } = useApp();
  const [sure, setSure] = useState(false);
  if (!book!.drafts.has(props.draft)) return null;
  return sure ? (
    <div class="note wrong">
      <p>{t("forms.discard-sure")}</p>
      <button type="button" onClick={() => void book!.dropDraft(props.draft).then(() => app.back())}>{t("forms.discard")}</button>
      <button type="button" class="link" onClick={() => setSure(false)}>{t("no")}</button>
    </div>
  ) : <button type="button" class="link" onClick={() => setSure(true)}>{t("forms.discard")}</button>;
}

import { useState } from "preact/hooks";
import { app } from "../app";
import { dayOf } from "../people/days";
import type { Person } from "../people/person";
import { textOf } from "../people/profile";
import { Birth, birthOf, type BirthSaid } from "../parts/birth";
import { consentBody } from "../parts/consent-text";
import { fieldText, saidText } from "../parts/fields";
import { PersonLine } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import type { IdentifierSystem } from "../registers/pack";
import { nidOf, printedCode } from "../scan/payload";
import { dayText, local, t } from "../texts/texts";

/** Numbers and cards, what was said of her, and the place for a new card. */
export function About(props: { person: Person }) {
  const { book } = useApp();
  const { pack } = book!;
  const [system, setSystem] = useState("");
  const [value, setValue] = useState("");
  const [sure, setSure] = useState(false);
  const systems = pack.person?.identifiers?.length ? pack.person.identifiers : [{ system: pack.register.personSystem, label: { pt: "Número", es: "Número", en: "Number" } }];
  const chosen = systems.find((s) => s.system === (system || systems[0]?.system)) as IdentifierSystem | undefined;
  const written = nidOf(value) ?? value.trim();
  const misformed = written !== "" && chosen?.pattern != null && !new RegExp(`^(?:${chosen.pattern})$`).test(written);
  // Two people with one number are found for each other from then on: asked, and not refused, for registers hold such.
  const others = written === "" ? [] : book!.index.holdingButForZeros(written).filter((p) => p.id !== props.person.id);
  const labelOf = (name: string) => local(systems.find((s) => s.system === name)?.label) || name;
  const say = (body: unknown) => void book!.record([{ kind: "person", subject: props.person.id, day: book!.today, body: JSON.stringify(body) }]).then(() => app.exchange?.ask());
  const asked = pack.person?.fields.map((f) => f.name) ?? ["given", "family", "sex", "birthDate", "phone", "village"];
  const fields = [...new Set([...asked, ...Object.keys(props.person.fields)])].filter((name) => name !== "birthEstimated" && name !== "group");
  return (
    <section class="about">
      <dl>
        {fields.map((name) => <ProfileField key={name} name={name} person={props.person} onSay={(set) => say({ set })} />)}
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
        <input id="new-number" aria-label={t("person.number")} value={value} onInput={(e) => {
          setValue(e.currentTarget.value);
          setSure(false);
        }} />
        <button type="button" id="add-number" disabled={written === "" || misformed || (others.length > 0 && !sure)} onClick={() => {
          say({ set: {}, identifiers: [{ system: system || systems[0]!.system, value: written }] });
          setValue("");
        }}>{t("person.add")}</button>
      </div>
      {others.length > 0 && (
        <section class="note wrong" role="status" id="number-taken">
          <h3>{t("register.number-taken")}</h3>
          <ul class="people">{others.map((p) => <PersonLine key={p.id} person={p} today={book!.today} onOpen={() => app.show({ name: "person", id: p.id })} />)}</ul>
          {!sure && <button type="button" onClick={() => setSure(true)}>{t("person.number-too")}</button>}
        </section>
      )}
      {misformed && <p class="hint">{t("field.number-form", chosen?.format ?? chosen?.pattern ?? "")}</p>}
    </section>
  );
}

/** One thing that is known of her, to be read and said anew. */
function ProfileField(props: { name: string; person: Person; onSay: (set: Record<string, string | boolean>) => void }) {
  const { book } = useApp();
  const { pack, today } = book!;
  const { name, person } = props;
  const [value, setValue] = useState<string | null>(null);
  const [birth, setBirth] = useState<BirthSaid | null>(null);
  const label = fieldText(name, pack);
  const known = textOf(person, name);
  const close = () => {
    setValue(null);
    setBirth(null);
  };
  const submit = () => {
    if (value !== null && value.trim() !== known) props.onSay({ [name]: value.trim() });
    close();
  };
  const said = birth === null ? "" : birthOf(birth, today);
  const isBirth = said !== "" && !Number.isNaN(dayOf(said)) && said <= today;
  const isEstimated = textOf(person, "birthEstimated") === "true";
  const shown = known === "" ? "–" : name === "phone" ? <a href={"tel:" + known}>{known}</a> : saidText(name, known) + (name === "birthDate" && isEstimated ? ` (${t("person.estimated")})` : "");
  const edit = () => (name === "birthDate" ? setBirth({ ageKnown: isEstimated || known === "", age: "", date: isEstimated ? "" : known }) : setValue(known));
  return (
    <div>
      <dt>{label}</dt>
      {birth !== null ? (
        <dd>
          <Birth label={label} said={birth} onSaid={setBirth} />
          <div class="inline">
            <button type="button" id="said-birth" class="primary" disabled={!isBirth} onClick={() => {
              props.onSay({ birthDate: said, birthEstimated: birth.ageKnown });
              close();
            }}>{t("visit.save")}</button>
            <button type="button" class="link" onClick={close}>{t("person.change-not")}</button>
          </div>
        </dd>
      ) : value === null ? (
        <dd>{shown} <button type="button" class="link" id={"edit-" + name} aria-label={t("person.change-what", label)} onClick={edit}>{t("person.change")}</button></dd>
      ) : name === "sex" ? (
        <dd class="chips">{(["female", "male"] as const).map((sex) => <button key={sex} type="button" class="chip" aria-pressed={known === sex} onClick={() => (sex !== known && props.onSay({ sex }), setValue(null))}>{t(`sex.${sex}`)}</button>)}</dd>
      ) : (
        <dd class="inline">
          <input id={"said-" + name} aria-label={label} autofocus {...({ type: name === "phone" ? "tel" : "text" } as object)} value={value}
            onInput={(e) => setValue(e.currentTarget.value)} onKeyDown={(e) => (e.key === "Enter" ? submit() : e.key === "Escape" && setValue(null))} />
          <button type="button" onClick={submit}>{t("visit.save")}</button>
        </dd>
      )}
    </div>
  );
}

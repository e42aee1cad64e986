import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import { ageOn, dayOf } from "../people/days";
import type { Summary } from "../people/summary";
import { Bar, OpenPeople } from "../parts/bar";
import { consentBody } from "../parts/consent-text";
import { Birth, birthOf } from "../parts/birth";
import { Chips, Field } from "../parts/field";
import { fieldText } from "../parts/fields";
import { PersonLine } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import { nidOf } from "../scan/payload";
import { ScanButton } from "../scan/scan-button";
import { isFull } from "../store/database";
import type { PersonField } from "../registers/pack";
import { dayText, local, t } from "../texts/texts";

const usual: PersonField[] = (
  [["given", "text", true], ["family", "text", true], ["sex", "sex", true], ["birthDate", "birth", true], ["phone", "phone", false], ["village", "text", false]] as const
).map(([name, type, required]) => ({ name, type, required, label: { pt: "", es: "", en: "" } }));

/** What is kept of a registration that is not finished. */
interface Begun {
  set: Record<string, string>;
  ageKnown: boolean;
  age: string;
  number: string;
  system: string;
  agreed: Record<string, boolean>;
}

/** One screen, six fields at most; likely the same person stands beside them before anything is saved. */
export function NewPerson(props: { number?: string | undefined; text?: string | undefined; draft: string }) {
  const { book } = useApp();
  const { pack, today } = book!;
  const fields = (pack.person?.fields?.length ? pack.person.fields : usual).slice(0, 6);
  const systems = pack.person?.identifiers?.length ? pack.person.identifiers : [{ system: pack.register.personSystem, label: { pt: "Número do livro", es: "Número del registro", en: "Register number" } }];
  const words = (props.text ?? "").split(/\s+/).filter((w) => w !== "");
  const draftKey = props.draft;
  const begun = book!.drafts.get(draftKey)?.values as Begun | undefined;
  const [set, setSet] = useState<Record<string, string>>(begun?.set ?? { given: words.slice(0, -1).join(" ") || (words[0] ?? ""), family: words.length > 1 ? words[words.length - 1]! : "", village: "" });
  const [ageKnown, setAgeKnown] = useState(begun?.ageKnown ?? true);
  const [age, setAge] = useState(begun?.age ?? "");
  const [number, setNumber] = useState(begun?.number ?? props.number ?? "");
  const [system, setSystem] = useState(begun?.system ?? (nidOf(props.number ?? "") !== null ? systems.find((s) => s.system.toLowerCase().includes("nid"))?.system : undefined) ?? systems[0]!.system);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState("");
  const [agreed, setAgreed] = useState<Record<string, boolean>>(begun?.agreed ?? {});
  const [busy, setBusy] = useState(false);
  const [discards, setDiscards] = useState(false);
  const isTouched = useRef(begun !== undefined);
  // On the disk with the next moment, as a visit is: whoever is called away goes on where she was. With the drawing, not after it: whoever goes back at once leaves nothing behind.
  useLayoutEffect(() => {
    if (!isTouched.current || busy) return;
    const label = [set["given"], set["family"]].filter((word) => (word ?? "").trim() !== "").join(" ") || number || t("register.title");
    book!.keepDraft({ key: draftKey, kind: "registration", person: "", label, values: { set, ageKnown, age, number, system, agreed } satisfies Begun, changed: Date.now() })
      .catch((failure: unknown) => setFailed(isFull(failure) ? t("trouble.full-long") : String(failure)));
  }, [set, ageKnown, age, number, system, agreed]);
  const born = { ageKnown, age, date: set["birthDate"] ?? "" };
  const birth = birthOf(born, today);
  const alike = useMemo(() => likely(book!.index.find([set["given"], set["family"]].join(" "), book!.facility, 40), birth, set["sex"] ?? "", today).slice(0, 4),
    [set["given"], set["family"], birth, set["sex"], book!.index]);
  const sameNumber = number.trim() === "" ? [] : book!.index.holding(nidOf(number) ?? number);
  const butForZeros = number.trim() === "" ? [] : book!.index.holdingButForZeros(nidOf(number) ?? number).filter((p) => !sameNumber.some((same) => same.id === p.id));
  const others = useRef<HTMLElement>(null);
  const chosen = systems.find((s) => s.system === system);
  const written = nidOf(number) ?? number.trim();
  const badNumber = written !== "" && chosen?.pattern != null && !new RegExp(`^(?:${chosen.pattern})$`).test(written);
  const villages = useMemo(() => villagesOf(book!.index.everybody()), [book!.index]);
  const missing = (field: PersonField) => field.required === true && (field.type === "birth" ? birth === "" || Number.isNaN(dayOf(birth)) || birth > today : (set[field.name] ?? "").trim() === "");
  const save = async (isAnother: boolean) => {
    setTried(true);
    if (fields.some(missing) || badNumber || sameNumber.length > 0) {
      requestAnimationFrame(() => document.querySelector(".register .error, .register .wrong")?.scrollIntoView({ block: "center" }));
      return;
    }
    // Below the fold of a telephone nobody has seen them: whoever saves has looked at each and says so.
    if (!isAnother && others.current !== null) {
      others.current.scrollIntoView({ block: "center" });
      return;
    }
    setBusy(true);
    const said: Record<string, string | boolean> = {};
    for (const field of fields) {
      if (field.type === "birth") {
        if (birth !== "") Object.assign(said, { birthDate: birth, ...(ageKnown ? { birthEstimated: true } : {}) });
      } else if ((set[field.name] ?? "").trim() !== "") said[field.name] = set[field.name]!.trim().replace(/\s+/g, " ");
    }
    const id = newId();
    const body = { set: said, ...(written === "" ? {} : { identifiers: [{ system, value: written }] }) };
    const consents = (pack.consent ?? []).filter((text) => agreed[text.text] !== undefined);
    try {
      await book!.record([
        { kind: "person", subject: id, day: today, body: JSON.stringify(body) },
        ...consents.map((text) => ({ kind: "consent", subject: id, day: today, body: consentBody(text, agreed[text.text]!) })),
      ], draftKey);
      app.exchange?.ask();
      app.screens = [{ name: "home" }];
      app.show({ name: "person", id });
    } catch (failure) {
      setBusy(false);
      setFailed(isFull(failure) ? t("trouble.full-long") : String(failure));
    }
  };
  const put = (name: string, value: string) => setSet({ ...set, [name]: value });
  const labelOf = (field: PersonField) => local(field.label) || fieldText(field.name);
  const must = (field: PersonField) => (tried && missing(field) ? t("field.needed") : undefined);
  return (
    <>
      <Bar title={t("register.title")} />
      <main>
        <OpenPeople current={draftKey} />
        <form class="register" noValidate onInput={() => void (isTouched.current = true)} onClick={() => void (isTouched.current = true)} onSubmit={(e) => {
          e.preventDefault();
          void save(false);
        }}>
          <div class="columns">
            {fields.map((field, i) => field.type === "sex" ? (
              <div key={field.name}>
                <Chips label={labelOf(field)} required={field.required === true} choices={[{ value: "female", text: t("sex.female") }, { value: "male", text: t("sex.male") }]} value={set[field.name] ?? null} onValue={(v) => put(field.name, v ?? "")} />
                {must(field) !== undefined && <p class="error">{must(field)}</p>}
              </div>
            ) : field.type === "birth" ? (
              <Birth key={field.name} label={labelOf(field)} required={field.required === true} said={born} error={must(field)} onSaid={(said) => {
                setAgeKnown(said.ageKnown);
                setAge(said.age);
                if (said.date !== born.date) put("birthDate", said.date);
              }} />
            ) : (
              <Field key={field.name} id={"f-" + field.name} label={labelOf(field)} required={field.required === true} value={set[field.name] ?? ""} onValue={(v) => put(field.name, v)}
                type={field.type === "phone" ? "tel" : "text"} numeric={field.type === "phone"} autofocus={i === 0} error={must(field)} list={field.name === "village" ? villages : undefined} />
            ))}
          </div>
          <div class="number-row">
            {systems.length > 1 && <select aria-label={t("person.number-kind")} value={system} onChange={(e) => setSystem(e.currentTarget.value)}>{systems.map((s) => <option key={s.system} value={s.system}>{local(s.label)}</option>)}</select>}
            <Field id="f-number" label={local(chosen?.label) || t("person.number")} value={number} onValue={setNumber} hint={chosen?.format ?? undefined} error={badNumber ? t("field.number-form", chosen?.format ?? chosen?.pattern ?? "") : undefined} />
            <ScanButton onCode={setNumber} />
          </div>
          {sameNumber.length > 0 && (
            <section class="note wrong">
              <h3>{t("register.number-taken")}</h3>
              <ul class="people">{sameNumber.map((p) => <PersonLine key={p.id} person={p} today={today} onOpen={() => app.show({ name: "person", id: p.id })} />)}</ul>
            </section>
          )}
          {alike.length + butForZeros.length > 0 && (
            <section class="note" ref={others}>
              {butForZeros.length > 0 && <h3>{t("register.number-zeros")}</h3>}
              {butForZeros.length > 0 && <Alike people={butForZeros} today={today} />}
              {alike.length > 0 && <h3>{t("register.alike")}</h3>}
              {alike.length > 0 && <Alike people={alike} today={today} />}
              {tried && <button type="button" class="wide" id="another" disabled={busy} onClick={() => void save(true)}>{t("register.save-other")}</button>}
            </section>
          )}
          {(pack.consent ?? []).map((text) => (
            <details class="consent" key={text.text}>
              <summary>{local(text.title)}{agreed[text.text] !== undefined && ` · ${t(agreed[text.text] === true ? "consent.given" : "consent.refused")}`}</summary>
              <p>{local(text.body)}</p>
              <Chips label={t("consent.answer")} choices={[{ value: "yes", text: t("consent.yes") }, { value: "no", text: t("consent.no") }]} value={agreed[text.text] === undefined ? null : agreed[text.text] ? "yes" : "no"} onValue={(v) => v !== null && setAgreed({ ...agreed, [text.text]: v === "yes" })} />
            </details>
          ))}
          {failed !== "" && <p class="error" role="alert">{failed}</p>}
          {begun !== undefined && (discards ? (
            <div class="note wrong">
              <p>{t("register.discard-sure")}</p>
              <button type="button" id="discard-yes" onClick={() => void book!.dropDraft(draftKey).then(() => app.leaveFor({ name: "home" }))}>{t("forms.discard")}</button>
              <button type="button" class="link" onClick={() => setDiscards(false)}>{t("no")}</button>
            </div>
          ) : <button type="button" class="link" id="discard" onClick={() => setDiscards(true)}>{t("forms.discard")}</button>)}
          <div class="savebar"><button class="primary" id="save" disabled={busy}>{t("register.save")}</button></div>
        </form>
      </main>
    </>
  );
}

function Alike(props: { people: Summary[]; today: string }) {
  return (
    <ul class="people">
      {props.people.map((p) => <PersonLine key={p.id} person={p} today={props.today} onOpen={() => app.show({ name: "person", id: p.id })}><span class="apart">{p.birth !== "" && dayText(p.birth)} {p.phone}</span></PersonLine>)}
    </ul>
  );
}

/** Names alike already; births more than two years apart or another sex make another person. */
function likely(found: Summary[], birth: string, sex: string, today: string): Summary[] {
  return found.filter((person) => {
    if (sex !== "" && person.sex !== "" && person.sex !== sex) return false;
    const [a, b] = [ageOn(person.birth, today), ageOn(birth, today)];
    return Number.isNaN(a) || Number.isNaN(b) || Math.abs(a - b) <= 2;
  });
}

/** The commonest villages among some thousand people, as suggestions. */
function villagesOf(people: Iterable<Summary>): string[] {
  const counts = new Map<string, number>();
  let looked = 0;
  for (const { village } of people) {
    if (++looked > 3000) break;
    if (village !== "") counts.set(village, (counts.get(village) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 30).map(([village]) => village);
}

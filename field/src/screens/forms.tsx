import { useMemo, useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import { FormSession, isAsked, type Answers, type FormDefinition, type FormState } from "../forms";
import { languageOf } from "../forms/definition";
import { offsetIn } from "../people/days";
import { Bar } from "../parts/bar";
import { Chips, Field } from "../parts/field";
import { useApp } from "../parts/use-app";
import { language, t } from "../texts/texts";

const spoken = (form: FormDefinition): number => {
  const at = form.languages.findIndex((name) => languageOf(name) === language());
  return at < 0 ? form.defaultLanguage : at;
};

/** The instant as the evaluator reads it: local time of the place with its offset. */
function instantAt(zone: string): string {
  const offset = offsetIn(zone);
  const sign = offset < 0 ? "-" : "+";
  const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return new Date(Date.now() + offset * 60_000).toISOString().replace("Z", `${sign}${two(offset / 60)}:${two(offset % 60)}`);
}

/** The programme's other forms: which there are, and which are begun. */
export function Forms() {
  const { book } = useApp();
  const forms = (book!.pack.forms ?? []) as FormDefinition[];
  const begun = [...book!.drafts.values()].filter((d) => d.kind === "form");
  const titleOf = (form: FormDefinition) => FormSession.begin(form, environment(form, book!.pack.zone)).say(form.title, "") || form.id;
  return (
    <>
      <Bar title={t("forms.title")} />
      <main>
        <ul class="plain">{forms.map((form) => <li key={form.id}><button type="button" class="wide" onClick={() => app.show({ name: "form", form: form.id, key: newId() })}>{titleOf(form)}</button></li>)}</ul>
        {begun.length > 0 && <h2>{t("forms.begun")}</h2>}
        <ul class="plain">{begun.map((draft) => <li key={draft.key}><button type="button" class="wide" onClick={() => app.show({ name: "form", form: String(draft.values["form"]), key: draft.key.slice(5) })}>{draft.label}</button></li>)}</ul>
      </main>
    </>
  );
}

function environment(form: FormDefinition, zone: string) {
  return { now: instantAt(zone), random: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32, uuid: () => newId(), language: spoken(form), metadata: { username: app.account?.name ?? "", deviceid: app.device.settings.deviceId } };
}

/** One form on one screen, as the shared evaluator says: what is relevant is shown, what stands in the way is said beside it. */
export function FormScreen(props: { form: string; draft: string }) {
  const { book } = useApp();
  const form = ((book!.pack.forms ?? []) as FormDefinition[]).find((f) => f.id === props.form);
  const key = "form/" + props.draft;
  const session = useMemo(() => {
    if (form === undefined) return null;
    const begun = book!.drafts.get(key)?.values["answers"] as Answers | undefined;
    return begun === undefined ? FormSession.begin(form, environment(form, book!.pack.zone)) : FormSession.resume(form, environment(form, book!.pack.zone), begun);
  }, [form, key]);
  const [, draw] = useState(0);
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState("");
  if (form === undefined || session === null) return <><Bar title={t("forms.title")} /><main><p class="empty">{t("forms.gone")}</p></main></>;
  const title = session.say(form.title, "") || form.id;
  const changed = () => {
    draw((n) => n + 1);
    void book!.keepDraft({ key, kind: "form", person: "", label: title, values: { form: form.id, answers: session.answers() }, changed: Date.now() }).catch((failure: unknown) => setFailed(String(failure)));
  };
  const put = (path: string, value: string) => {
    session.set(path, value);
    changed();
  };
  const save = async () => {
    setTried(true);
    session.finish(instantAt(book!.pack.zone));
    if (!session.isValid) {
      draw((n) => n + 1);
      requestAnimationFrame(() => document.querySelector("form .error")?.scrollIntoView({ block: "center" }));
      return setFailed(session.faults.length > 0 ? t("forms.fault", session.faults[0]!) : t("forms.open"));
    }
    try {
      await book!.record([{ kind: "form", form: `${form.id}@${form.version ?? "1"}`, subject: newId(), day: book!.today, body: JSON.stringify(session.answers()) }], key);
      app.exchange?.ask();
      app.show({ name: "home" });
      app.say(t("visit.saved", title));
    } catch (failure) {
      setFailed(String(failure));
    }
  };
  const repeats = form.items.flatMap((item, i) => (item.type === "repeat" && item.count === undefined && item.in === undefined ? [{ item, i }] : []));
  return (
    <>
      <Bar title={title} />
      <main>
        <form noValidate onSubmit={(e) => {
          e.preventDefault();
          void save();
        }}>
          {session.state().map((state) => <Question key={state.path} form={form} session={session} state={state} tried={tried} onValue={put} onRemove={(path) => {
            session.remove(path);
            changed();
          }} />)}
          {repeats.map(({ item }) => <button key={item.name} type="button" class="wide" onClick={() => {
            session.add(item.name);
            changed();
          }}>+ {session.say(item.label, "") || item.name}</button>)}
          {failed !== "" && <p class="error" role="alert">{failed}</p>}
          <div class="savebar"><button class="primary" id="save">{t("visit.save")}</button></div>
        </form>
      </main>
    </>
  );
}

function Question(props: { form: FormDefinition; session: FormSession; state: FormState; tried: boolean; onValue: (path: string, value: string) => void; onRemove: (path: string) => void }) {
  const { form, session, state } = props;
  const item = form.items[state.item]!;
  if (item.type === "group" || item.type === "repeat") {
    return state.label === "" && item.type === "group" ? null : <h2>{state.label || item.name}{item.type === "repeat" && item.count === undefined && <button type="button" class="link" onClick={() => props.onRemove(state.path)}>{t("forms.remove")}</button>}</h2>;
  }
  if (!isAsked(item)) return null;
  const hint = session.say(item.hint, state.path) || undefined;
  const error = state.problem !== "none" && (props.tried || (state.value !== "" && state.problem !== "required")) ? state.message || t(state.problem === "required" ? "field.needed" : "doubt.unreadable", state.value) : undefined;
  const put = (value: string) => props.onValue(state.path, value);
  if (item.type === "note" || state.isReadOnly) return <p><strong>{state.label}</strong> {state.value}</p>;
  if (item.type === "acknowledge") {
    return <label class="check"><input type="checkbox" checked={state.value === "OK"} onChange={(e) => put(e.currentTarget.checked ? "OK" : "")} /> {state.label}</label>;
  }
  if (item.type === "select_one") {
    const offered = session.choices(state.path);
    return (
      <div>
        <Chips label={state.label} required={state.isRequired} choices={offered.map((c) => ({ value: c.name, text: c.label || c.name }))} value={state.value === "" ? null : state.value} onValue={(v) => put(v ?? "")} />
        {hint !== undefined && <p class="hint">{hint}</p>}
        {error !== undefined && <p class="error">{error}</p>}
      </div>
    );
  }
  if (item.type === "select_multiple" || item.type === "rank") {
    const chosen = state.value.split(" ").filter((v) => v !== "");
    return (
      <fieldset class="field">
        <legend>{state.label}{state.isRequired && <span class="must" aria-hidden="true"> *</span>}</legend>
        {session.choices(state.path).map((choice) => (
          <label class="check" key={choice.name}><input type="checkbox" checked={chosen.includes(choice.name)} onChange={(e) => put((e.currentTarget.checked ? [...chosen, choice.name] : chosen.filter((c) => c !== choice.name)).join(" "))} /> {choice.label || choice.name}</label>
        ))}
        {hint !== undefined && <p class="hint">{hint}</p>}
        {error !== undefined && <p class="error">{error}</p>}
      </fieldset>
    );
  }
  if (item.type === "geopoint") {
    return (
      <div>
        <Field label={state.label} required={state.isRequired} value={state.value} onValue={put} hint={hint} error={error} />
        <button type="button" onClick={() => navigator.geolocation?.getCurrentPosition(({ coords }) => put([coords.latitude, coords.longitude, coords.altitude ?? 0, coords.accuracy].join(" ")), () => undefined, { enableHighAccuracy: true })}>{t("forms.here")}</button>
      </div>
    );
  }
  if (item.type === "image" || item.type === "audio" || item.type === "file" || item.type === "video") return <p class="note">{state.label}: {t("forms.no-media")}</p>;
  const type = item.type === "date" ? "date" : "text";
  return (
    <Field label={state.label} required={state.isRequired} value={state.value} onValue={(v) => put(item.type === "decimal" ? v.replace(",", ".") : v)} type={type} numeric={item.type === "integer"} decimal={item.type === "decimal" || item.type === "range"}
      hint={hint ?? (item.type === "time" ? "08:30" : undefined)} error={error} />
  );
}

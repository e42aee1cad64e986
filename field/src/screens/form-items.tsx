import { useId } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { isAsked, type FormDefinition, type FormItem, type FormSession, type FormState } from "../forms";
import { isMedia } from "../forms/definition";
import { Chips, Field } from "../parts/field";
import { ScanButton } from "../scan/scan-button";
import { t } from "../texts/texts";

/** So many choices stand open; more are a list that opens. */
const mostOpen = 12;

interface Asked {
  form: FormDefinition;
  session: FormSession;
  /** Somebody has tried to save: what is missing is told too. */
  tried: boolean;
  onChange: () => void;
}

/** All that is relevant, in the order of the form: groups within groups, and of each repeat its instances and the button for another. */
export function FormItems(props: Asked) {
  const within = new Map<string, FormState[]>();
  for (const state of props.session.state()) {
    const parent = state.path.includes("/") ? state.path.slice(0, state.path.lastIndexOf("/")) : "";
    within.set(parent, [...(within.get(parent) ?? []), state]);
  }
  return <Level {...props} within={within} path="" item={undefined} depth={2} />;
}

function Level(props: Asked & { within: ReadonlyMap<string, FormState[]>; path: string; item: number | undefined; depth: number }) {
  const { form, within, path } = props;
  const states = within.get(path) ?? [];
  return (
    <>
      {form.items.map((item, index) => {
        if (item.in !== props.item) return null;
        const here = states.filter((s) => s.item === index);
        if (item.type === "repeat") return <Repeat key={index} {...props} index={index} instances={here} />;
        const state = here[0];
        if (state === undefined) return null;
        if (item.type !== "group") return <Question key={state.path} {...props} item={item} state={state} />;
        return (
          <fieldset key={state.path} class="group">
            {state.label !== "" && <legend>{state.label}</legend>}
            <Level {...props} path={state.path} item={index} depth={props.depth + 1} />
          </fieldset>
        );
      })}
    </>
  );
}

function Repeat(props: Asked & { within: ReadonlyMap<string, FormState[]>; path: string; index: number; depth: number; instances: FormState[] }) {
  const { form, session, index, instances } = props;
  const item = form.items[index]!;
  const path = props.path === "" ? item.name : `${props.path}/${item.name}`;
  const grows = item.count === undefined && (instances.length > 0 || holds(session, item, props.path));
  if (instances.length === 0 && !grows) return null;
  const label = instances[0]?.label || session.say(item.label, props.path) || item.name;
  return (
    <>
      {instances.map((state, i) => (
        <fieldset key={state.path} class="group instance">
          <legend>{state.label || item.name} {i + 1}</legend>
          <Level {...props} path={state.path} item={index} depth={props.depth + 1} />
          {item.count === undefined && <button type="button" class="link" aria-label={`${t("forms.remove")}: ${label} ${i + 1}`} onClick={() => {
            session.remove(state.path);
            props.onChange();
          }}>{t("forms.remove")}</button>}
        </fieldset>
      ))}
      {grows && <button type="button" class="wide" onClick={() => {
        session.add(path);
        props.onChange();
      }}>+ {label}</button>}
    </>
  );
}

/** Whether a repeat without instances would be shown. */
function holds(session: FormSession, item: FormItem, path: string): boolean {
  if (item.relevant === undefined) return true;
  const value = session.evaluate(item.relevant, path);
  return typeof value === "object" ? value.some((v) => v !== "") : Boolean(value);
}

function Question(props: Asked & { item: FormItem; state: FormState }) {
  const { item, session, state } = props;
  const id = useId();
  if (!isAsked(item)) return null;
  const put = (value: string) => {
    session.set(state.path, value);
    props.onChange();
  };
  const hint = session.say(item.hint, state.path) || undefined;
  const wrong = state.problem !== "none" && (props.tried || (state.value !== "" && state.problem !== "required"));
  const error = wrong && !isMedia(item.type) ? state.message || t(state.problem === "required" ? "field.needed" : "doubt.unreadable", state.value) : undefined;
  const label = state.label || item.name;
  const looks = (name: string) => item.appearance?.includes(name) === true;
  const shared = { label, required: state.isRequired, value: state.value, onValue: put, hint, error };
  const framed = (inside: ComponentChildren) => (
    <div class="field" role="group" aria-labelledby={id} aria-describedby={id + "-note"}>
      <span class="label" id={id}>{label}{state.isRequired && <span aria-hidden="true" class="must"> *</span>}</span>
      {inside}
      <p id={id + "-note"} class={error !== undefined ? "error" : "hint"}>{error ?? hint}</p>
    </div>
  );
  if (item.type === "note" || (state.isReadOnly && !isMedia(item.type))) return <div class="said"><p><strong>{state.label}</strong> {state.value}</p>{hint !== undefined && <p class="hint">{hint}</p>}</div>;
  switch (item.type) {
    case "acknowledge":
      return framed(<label class="check"><input type="checkbox" checked={state.value === "OK"} onChange={(e) => put(e.currentTarget.checked ? "OK" : "")} /> {t("forms.acknowledge")}</label>);
    case "select_one": {
      const offered = session.choices(state.path);
      if (offered.length > mostOpen || looks("minimal")) {
        return framed(
          <select aria-labelledby={id} value={state.value} onChange={(e) => put(e.currentTarget.value)}>
            <option value="">–</option>
            {offered.map((c) => <option key={c.name} value={c.name}>{c.label || c.name}</option>)}
          </select>);
      }
      return <div><Chips label={label} required={state.isRequired} choices={offered.map((c) => ({ value: c.name, text: c.label || c.name }))} value={state.value === "" ? null : state.value} onValue={(v) => put(v ?? "")} hint={hint} error={error} /></div>;
    }
    case "select_multiple": {
      const chosen = state.value.split(" ").filter((v) => v !== "");
      const offered = session.choices(state.path);
      // In the order of the list, whatever was touched first.
      const toggle = (name: string, on: boolean) => put(offered.map((c) => c.name).filter((n) => (n === name ? on : chosen.includes(n))).join(" "));
      return framed(offered.map((c) => <label class="check" key={c.name}><input type="checkbox" checked={chosen.includes(c.name)} onChange={(e) => toggle(c.name, e.currentTarget.checked)} /> {c.label || c.name}</label>));
    }
    case "rank": {
      const ranked = state.value.split(" ").filter((v) => v !== "");
      return framed(
        <div class="chips">{session.choices(state.path).map((c) => {
          const at = ranked.indexOf(c.name);
          return <button key={c.name} type="button" class="chip" aria-pressed={at >= 0} onClick={() => put((at < 0 ? [...ranked, c.name] : ranked.filter((n) => n !== c.name)).join(" "))}>{at >= 0 && <small>{at + 1}.</small>}{c.label || c.name}</button>;
        })}</div>);
    }
    case "barcode":
      return <div class="number-row"><Field {...shared} /><ScanButton onCode={put} /></div>;
    case "geopoint":
      return (
        <div>
          <Field {...shared} />
          <button type="button" onClick={() => navigator.geolocation?.getCurrentPosition(({ coords }) => put([coords.latitude, coords.longitude, coords.altitude ?? 0, coords.accuracy].join(" ")), () => undefined, { enableHighAccuracy: true })}>{t("forms.here")}</button>
        </div>
      );
    case "image":
    case "audio":
    case "file":
      return <p class="note">{label}: {t("forms.no-media")}</p>;
    case "date":
      return <Field {...shared} type="date" />;
    case "time":
      // The evaluator reads a time with its zone; what is typed is the place's.
      return <Field {...shared} type="time" value={state.value.slice(0, 5)} />;
    case "dateTime":
      return <Field {...shared} type="datetime-local" value={state.value.slice(0, 16)} />;
    case "integer":
      return <Field {...shared} numeric />;
    case "decimal":
      return <Field {...shared} decimal onValue={(v) => put(v.replace(",", "."))} />;
    case "range":
      return <Field {...shared} decimal onValue={(v) => put(v.replace(",", "."))} hint={hint ?? `${item.parameters?.["start"] ?? "0"}–${item.parameters?.["end"] ?? "10"}`} />;
    default:
      if (looks("multiline") || item.parameters?.["rows"] !== undefined) return framed(<textarea aria-labelledby={id} rows={Number(item.parameters?.["rows"] ?? 3)} value={state.value} aria-invalid={error !== undefined} onInput={(e) => put(e.currentTarget.value)} />);
      return <Field {...shared} numeric={looks("numbers")} />;
  }
}

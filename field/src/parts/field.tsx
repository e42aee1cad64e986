import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { ShortYear } from "./short-year";

interface InputProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  numeric?: boolean;
  decimal?: boolean;
  type?: "text" | "password" | "tel" | "date" | "month" | "time" | "datetime-local";
  required?: boolean;
  hint?: string | undefined;
  error?: string | undefined;
  autofocus?: boolean;
  id?: string;
  unit?: string | undefined;
  list?: string[] | undefined;
  onEnter?: () => void;
}

/** A labelled input; the error is read out with it. */
export function Field(props: InputProps) {
  const own = useId();
  const id = props.id ?? own;
  // While a year is typed its first digits are two as well.
  const [isLeft, setLeft] = useState(true);
  return (
    <div class="field">
      <label for={id}>{props.label}{props.required === true && <span aria-hidden="true" class="must"> *</span>}</label>
      <div class="withunit">
        <input
          id={id} value={props.value} {...({ type: props.type ?? "text", list: props.list !== undefined ? id + "-list" : undefined } as object)} inputMode={props.decimal === true ? "decimal" : props.numeric === true ? "numeric" : undefined}
          autoComplete="off" autoCapitalize={props.numeric === true || props.decimal === true ? "off" : "words"} autofocus={props.autofocus}
          aria-invalid={props.error !== undefined} aria-describedby={props.error !== undefined || props.hint !== undefined ? id + "-note" : undefined}
          required={props.required}
          onFocus={() => setLeft(false)} onBlur={() => setLeft(true)}
          onInput={(e) => props.onValue(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key !== "Enter" || props.onEnter === undefined) return;
            e.preventDefault();
            props.onEnter();
          }} />
        {props.unit !== undefined && <span class="unit">{props.unit}</span>}
      </div>
      {props.type === "date" && isLeft && <ShortYear value={props.value} onDate={props.onValue} />}
      {props.list !== undefined && <datalist id={id + "-list"}>{props.list.map((v) => <option key={v} value={v} />)}</datalist>}
      {(props.error ?? props.hint) !== undefined && <p id={id + "-note"} class={props.error !== undefined ? "error" : "hint"}>{props.error ?? props.hint}</p>}
    </div>
  );
}

/** A row of choices of which one or none is on. */
export function Chips<T extends string | number>(props: {
  label: string; choices: { value: T; text: ComponentChildren }[]; value: T | null; onValue: (value: T | null) => void; required?: boolean;
  hint?: string | undefined; error?: string | undefined;
}) {
  const id = useId();
  return (
    <div class="field" role="group" aria-labelledby={id} aria-describedby={id + "-note"}>
      <span class="label" id={id}>{props.label}{props.required === true && <span aria-hidden="true" class="must"> *</span>}</span>
      <div class="chips">
        {props.choices.map((choice) => (
          <button key={choice.value} type="button" class="chip" aria-pressed={props.value === choice.value} onClick={() => props.onValue(props.value === choice.value ? null : choice.value)}>
            {choice.text}
          </button>
        ))}
      </div>
      {(props.error ?? props.hint) !== undefined && <p id={id + "-note"} class={props.error !== undefined ? "error" : "hint"}>{props.error ?? props.hint}</p>}
    </div>
  );
}

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Fact } from "../registers/pack";
import { isWhole, type Doubt } from "../registers/values";
import { local, t } from "../texts/texts";
import type { Values } from "./visit-row";
import { DoubtNote } from "./doubt-note";

const coarse = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;

/**
 * Up to three readings of two numbers. Focus moves on by itself; a reading more appears when the one before is whole. With a finger, digits come
 * from a pad of the page: the system's keyboard would cover half of a small screen, and does not always open by itself.
 */
export function Pairs(props: {
  fact: Fact; values: Values; doubts: ReadonlyMap<string, Doubt>; confirmed: ReadonlySet<string>; autofocus: boolean;
  onValue: (column: string, value: string) => void; onConfirm: (column: string) => void; onDone: () => void;
}) {
  const { fact, values } = props;
  const columns = fact.columns;
  const inputs = useRef<(HTMLInputElement | null)[]>([]);
  const [at, setAt] = useState(props.autofocus ? 0 : -1);
  useEffect(() => {
    if (props.autofocus) inputs.current[0]?.focus({ preventScroll: true });
  }, []);
  const whole = (reading: number) => (values[columns[2 * reading]!] ?? "") !== "" && (values[columns[2 * reading + 1]!] ?? "") !== "";
  let shown = 1;
  while (shown * 2 < columns.length && whole(shown - 1)) shown++;
  const wanted = useRef(-1);
  /** The next key goes on with a digit that came from the field before, instead of writing over it. */
  const carried = useRef(false);
  // Not with the next frame: on a slow tablet several keys come before it, and each belongs to the field after the one before.
  const focusWanted = () => {
    const input = inputs.current[wanted.current];
    if (input == null) return;
    wanted.current = -1;
    input.focus({ preventScroll: true });
  };
  // A reading more appears with the drawing that follows.
  useLayoutEffect(focusWanted);
  const go = (place: number) => {
    setAt(place);
    wanted.current = place;
    focusWanted();
  };
  const put = (place: number, text: string) => {
    const split = /[\s/,]/.test(text) && /[0-9]/.test(text);
    const digits = text.replace(/[^0-9]/g, "");
    const before = values[columns[place]!] ?? "";
    if (isWhole(before) && digits.length > before.length && digits.startsWith(before)) {
      // A reading that is whole takes no third digit: it begins the next one.
      if (place + 1 < columns.length) {
        props.onValue(columns[place + 1]!, digits.slice(before.length));
        carried.current = true;
        go(place + 1);
      }
      return;
    }
    props.onValue(columns[place]!, digits.slice(0, 3));
    if (place % 2 === 0 && (split || isWhole(digits))) go(place + 1);
  };
  const key = (place: number, event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (place % 2 === 0 && (values[columns[place]!] ?? "") !== "") go(place + 1);
      else props.onDone();
    } else if (event.key === "Backspace" && (values[columns[place]!] ?? "") === "" && place > 0) {
      event.preventDefault();
      go(place - 1);
    }
  };
  const unit = fact.unit ?? "";
  return (
    <fieldset class="pairs">
      <legend>{local(fact.label)}{unit !== "" && <span class="unit"> {unit}</span>}</legend>
      <div class="readings">
        {Array.from({ length: shown }, (_, reading) => (
          <div class="reading" key={reading}>
            {[0, 1].map((part) => {
              const place = 2 * reading + part;
              const column = columns[place]!;
              const name = `${local(fact.partLabels?.[part]) || (fact.parts?.[part] ?? "")} ${reading + 1}`;
              return (
                <span key={part}>
                  {part === 1 && <span class="slash" aria-hidden="true">/</span>}
                  <input
                    ref={(input) => void (inputs.current[place] = input)} class="big number" value={values[column] ?? ""} id={"in-" + column}
                    inputMode={coarse ? "none" : "numeric"} aria-label={name} autoComplete="off" maxLength={5} aria-invalid={props.doubts.has(column)}
                    onFocus={(e) => {
                      setAt(place);
                      if (!carried.current) e.currentTarget.select();
                      carried.current = false;
                    }}
                    onInput={(e) => put(place, e.currentTarget.value)} onKeyDown={(e) => key(place, e)} />
                </span>
              );
            })}
          </div>
        ))}
      </div>
      {columns.filter((c) => props.doubts.has(c)).map((column) => (
        <DoubtNote key={column} doubt={props.doubts.get(column)!} value={values[column] ?? ""} confirmed={props.confirmed.has(column)} onConfirm={() => props.onConfirm(column)} />
      ))}
      {coarse && at >= 0 && (
        <div class="pad" role="group" aria-label={t("visit.pad")}>
          {["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"].map((digit) => (
            <button key={digit} type="button" class="key" onPointerDown={(e) => e.preventDefault()} onClick={() => {
              put(at, (values[columns[at]!] ?? "") + digit);
            }}>{digit}</button>
          ))}
          <button type="button" class="key quiet" aria-label={t("pin.erase")} onPointerDown={(e) => e.preventDefault()} onClick={() => {
            const value = values[columns[at]!] ?? "";
            if (value === "" && at > 0) go(at - 1);
            else props.onValue(columns[at]!, value.slice(0, -1));
          }}>⌫</button>
          <button type="button" class="key quiet" onClick={() => (at % 2 === 0 ? go(at + 1) : setAt(-1))}>↵</button>
        </div>
      )}
    </fieldset>
  );
}

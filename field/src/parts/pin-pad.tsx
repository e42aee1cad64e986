import { useLayoutEffect, useState } from "preact/hooks";
import { t } from "../texts/texts";

/** Digits with the finger or the keyboard. The last digit submits by itself. */
export function PinPad(props: { length: number; busy: boolean; onDone: (pin: string) => void; label: string }) {
  const [pin, setPin] = useState("");
  const press = (digit: string) => {
    if (props.busy) return;
    const next = (pin + digit).slice(0, props.length);
    setPin(next);
    if (next.length === props.length) {
      props.onDone(next);
      setPin("");
    }
  };
  // Before the next key: an effect after painting would see an old digit when keys come fast.
  useLayoutEffect(() => {
    const typed = (event: KeyboardEvent) => {
      if (/^[0-9]$/.test(event.key)) press(event.key);
      else if (event.key === "Backspace") setPin(pin.slice(0, -1));
    };
    window.addEventListener("keydown", typed);
    return () => window.removeEventListener("keydown", typed);
  });
  return (
    <div class="pinpad" role="group" aria-label={props.label}>
      <div class="dots" role="status" aria-label={t("pin.typed", pin.length, props.length)}>
        {Array.from({ length: props.length }, (_, i) => <span key={i} class={i < pin.length ? "dot on" : "dot"} />)}
      </div>
      <div class="keys">
        {["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"].map((digit) =>
          digit === "" ? <span key="gap" /> : digit === "⌫" ? (
            <button key={digit} type="button" class="key quiet" aria-label={t("pin.erase")} onClick={() => setPin(pin.slice(0, -1))}>⌫</button>
          ) : (
            <button key={digit} type="button" class="key" disabled={props.busy} onClick={() => press(digit)}>{digit}</button>
          ))}
      </div>
    </div>
  );
}

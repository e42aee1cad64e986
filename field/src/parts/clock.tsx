import { useEffect, useRef } from "preact/hooks";
import { app } from "../app";
import { lengthText, t, weekdayText } from "../texts/texts";
import { useApp } from "./use-app";

/** Seconds from which a clock may write down another day than it is. */
const far = 3600;

export const clockText = (skew: number) => t(skew > 0 ? "clock.ahead" : "clock.behind", lengthText(Math.abs(skew)));

/** A clock far off dates whatever is saved: said once after each unlocking, over whatever screen is open, before anything can be saved. */
export function ClockWarning() {
  const { book, isClockSeen } = useApp();
  const { skew } = book!.state;
  if (isClockSeen || Math.abs(skew) < far) return null;
  return <Asking skew={skew} today={book!.today} />;
}

function Asking(props: { skew: number; today: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="note wrong" role="alertdialog" tabIndex={-1} autofocus aria-labelledby="clock-text" onCancel={(e) => e.preventDefault()}>
      <p id="clock-text"><strong>{clockText(props.skew)}</strong></p>
      <p>{t("clock.today", weekdayText(props.today, ""))}</p>
      <button type="button" id="clock-seen" class="wide" onClick={() => {
        // Gives the focus back to where somebody was typing.
        dialog.current!.close();
        app.seeClock();
      }}>{t("clock.go-on")}</button>
    </dialog>
  );
}

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
  return (
    <div class="over" role="alertdialog" aria-modal="true" aria-labelledby="clock-text">
      <div class="note wrong">
        <p id="clock-text"><strong>{clockText(skew)}</strong></p>
        <p>{t("clock.today", weekdayText(book!.today, ""))}</p>
        <button type="button" id="clock-seen" class="wide" onClick={() => app.seeClock()}>{t("clock.go-on")}</button>
      </div>
    </div>
  );
}

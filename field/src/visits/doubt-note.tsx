import type { Doubt } from "../registers/values";
import { t } from "../texts/texts";

/** Asks, and does not refuse: what was measured may be strange. Only what cannot be read must be mended. */
export function DoubtNote(props: { doubt: Doubt; value: string; confirmed: boolean; onConfirm: () => void }) {
  if (props.confirmed) return <p class="hint">{t("doubt.confirmed", props.value)}</p>;
  return (
    <p class="doubt" role="status">
      <span>{t(`doubt.${props.doubt}`, props.value)}</span>
      {props.doubt !== "unreadable" && <button type="button" onClick={props.onConfirm}>{t(/^(next|day)-/.test(props.doubt) ? "doubt.day-right" : "doubt.measured")}</button>}
    </p>
  );
}

import { shortYear } from "../registers/values";
import { t } from "../texts/texts";

/** A year was typed with two digits: which century is asked, not guessed. */
export function ShortYear(props: { value: string; onDate: (iso: string) => void }) {
  const dates = shortYear(props.value, new Date().getFullYear());
  if (dates.length === 0) return null;
  return (
    <p class="doubt" role="status">
      <span>{t("doubt.short-year")}</span>
      {dates.map((iso) => <button key={iso} type="button" onClick={() => props.onDate(iso)}>{`${iso.slice(8)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}`}</button>)}
    </p>
  );
}

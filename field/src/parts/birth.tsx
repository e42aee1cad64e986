import { t } from "../texts/texts";
import { Field } from "./field";

/** A birth as it is said: by the age where nobody knows the date. */
export interface BirthSaid {
  ageKnown: boolean;
  age: string;
  date: string;
}

/** The birth that was said, or nothing. From an age it is the middle of the year, which is marked as estimated. */
export function birthOf({ ageKnown, age, date }: BirthSaid, today: string): string {
  if (!ageKnown) return date;
  return /^[0-9]{1,3}$/.test(age) && Number(age) <= 120 ? `${Number(today.slice(0, 4)) - Number(age)}-07-01` : "";
}

export function Birth(props: { label: string; said: BirthSaid; required?: boolean; error?: string | undefined; onSaid: (said: BirthSaid) => void }) {
  const { said, onSaid } = props;
  return (
    <div class="birth">
      {said.ageKnown ? <Field id="f-age" label={t("field.age")} required={props.required === true} numeric value={said.age} onValue={(v) => onSaid({ ...said, age: v.replace(/[^0-9]/g, "").slice(0, 3) })} error={props.error} />
        : <Field id="f-birth" label={props.label} required={props.required === true} type="date" value={said.date} onValue={(date) => onSaid({ ...said, date })} error={props.error} />}
      <button type="button" class="link" onClick={() => onSaid({ ...said, ageKnown: !said.ageKnown })}>{said.ageKnown ? t("field.birth-instead") : t("field.age-instead")}</button>
    </div>
  );
}

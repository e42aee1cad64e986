import { ageOn, isoOf } from "../people/days";
import type { Summary } from "../people/summary";
import { dayText, t } from "../texts/texts";

/** "Age 54 · F · Mafalala": what tells two people of one name apart. */
export function tellApart(person: Summary, today: string): string {
  const age = ageOn(person.birth, today);
  return [
    Number.isNaN(age) ? "" : t("person.age", age), person.sex === "" ? "" : t(person.sex === "female" ? "sex.female-short" : "sex.male-short"), person.village,
  ].filter((part) => part !== "").join(" · ");
}

export const nameOf = (person: Summary) => person.name || (person.number !== "" ? t("person.number-only", person.number) : t("person.nameless"));

export function PersonLine(props: { person: Summary; today: string; onOpen: () => void; children?: preact.ComponentChildren; selected?: boolean }) {
  const { person } = props;
  return (
    <li>
      <button type="button" class="personline" aria-current={props.selected === true ? "true" : undefined} onClick={props.onOpen}>
        <span class="name">{nameOf(person)}</span>
        <span class="apart">{tellApart(person, props.today)}</span>
        <span class="apart">
          {person.number !== "" && person.name !== "" && <span class="number">{person.number}</span>}
          {person.last > 0 && <span>{t("person.last-seen", dayText(isoOf(person.last)))}</span>}
        </span>
        {props.children}
      </button>
    </li>
  );
}

import { app } from "../app";
import type { SharedNumber } from "../exchange/entry";
import { nameOf } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import { dayText, local, t } from "../texts/texts";

/** Numbers that several people have, given on tablets that did not know of each other: who they are and what to do. Of one person, or all. */
export function SharedNumbers(props: { person?: string }) {
  const { book } = useApp();
  const shared = book!.shared.filter((one) => props.person === undefined || one.people.some((p) => p.id === props.person));
  return <>{shared.map((one) => <Card key={one.system + one.value} shared={one} person={props.person} />)}</>;
}

function Card(props: { shared: SharedNumber; person: string | undefined }) {
  const { book } = useApp();
  const { shared } = props;
  const label = local(book!.pack.person?.identifiers?.find((i) => i.system === shared.system)?.label) || shared.system;
  return (
    <section class="note wrong shared">
      <h3>{t("shared.title", label, shared.value)}</h3>
      <ul class="plain">
        {shared.people.map((p) => {
          const known = book!.index.get(p.id);
          const where = t("shared.since", book!.pack.places.find((place) => place.code === p.facility)?.name ?? p.facility ?? "", p.day === undefined ? "" : dayText(p.day));
          if (known === undefined) return <li key={p.id}>{t("shared.elsewhere")} <small>{where}</small></li>;
          return <li key={p.id}>{p.id === props.person ? <strong>{nameOf(known)}</strong> : <button type="button" class="link" onClick={() => app.show({ name: "person", id: p.id })}>{nameOf(known)}</button>} <small>{where}</small></li>;
        })}
      </ul>
      <p>{t("shared.text")}</p>
    </section>
  );
}

import { app } from "../app";
import type { Person } from "../people/person";
import { settling, type Conflict, type Saying } from "../people/profile";
import { fieldText, saidText } from "../parts/fields";
import { useApp } from "../parts/use-app";
import { heldSessions } from "../sessions/held";
import { dayText, t } from "../texts/texts";

/** Two people said different things without knowing of each other. Whoever knows her settles it here. */
export function ConflictCard(props: { person: Person; conflict: Conflict }) {
  const { book, device } = useApp();
  const { pack } = book!;
  const { conflict } = props;
  const who = (saying: Saying) => pack.staff?.find((one) => one.id === saying.author)?.name ?? device.accounts.find((one) => one.id === saying.author)?.name ?? t("conflict.somebody");
  const where = (saying: Saying) => (saying.device === book!.device ? t("conflict.here") : pack.devices?.find((one) => one.id === saying.device)?.name || t("conflict.elsewhere"));
  const said = (value: unknown) => (conflict.field === "group" ? heldSessions(book!).find((session) => session.body.group === value)?.body.groupName ?? t("session.group-unnamed") : saidText(conflict.field, value));
  const settle = (one: Conflict["values"][number]) =>
    void book!.record([{ kind: "person", subject: props.person.id, day: book!.today, body: JSON.stringify({ set: settling(props.person, conflict, one) }) }]).then(() => app.exchange?.ask());
  return (
    <section class="note conflict">
      <h3>{t("conflict.title", fieldText(conflict.field, pack))}</h3>
      <p>{t("conflict.text")}</p>
      {conflict.values.map((one) => (
        <button key={one.saying.id} type="button" class="wide" onClick={() => settle(one)}>
          <strong>{said(one.value)}</strong> <small>{t("conflict.said", who(one.saying), where(one.saying), dayText(one.saying.day))}</small>
        </button>
      ))}
    </section>
  );
}

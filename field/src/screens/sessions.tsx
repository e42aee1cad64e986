import { useState } from "preact/hooks";
import { app } from "../app";
import { newId } from "../crypto/ids";
import { Bar } from "../parts/bar";
import { Field } from "../parts/field";
import { useApp } from "../parts/use-app";
import { heldSessions } from "../sessions/held";
import { t } from "../texts/texts";
import { SessionScreen } from "./session";

/** The groups of the facility and how far each has come; where the facility is itself a group, its session. */
export function Sessions() {
  const { book } = useApp();
  return book!.pack.unit === "group" ? <SessionScreen id="" /> : <Groups />;
}

function Groups() {
  const { book } = useApp();
  const [name, setName] = useState("");
  const said = heldSessions(book!).map(({ body }) => body);
  const groups = new Map(said.map((s) => [s.group, s.groupName]));
  for (const person of book!.index.everybody()) if (person.group !== "" && !groups.has(person.group)) groups.set(person.group, t("session.group-unnamed"));
  const planned = book!.pack.curriculum?.sessions.length ?? 0;
  return (
    <>
      <Bar title={t("session.title")} />
      <main>
        <ul class="plain">
          {[...groups].map(([id, groupName]) => {
            const held = said.filter((s) => s.group === id && s.state === "held");
            return (
              <li key={id}><button type="button" class="personline" onClick={() => app.show({ name: "session", id })}>
                <span class="name">{groupName}</span><span class="apart">{t("session.held", new Set(held.map((s) => s.number)).size, planned)}</span>
              </button></li>
            );
          })}
        </ul>
        {groups.size === 0 && <p class="empty">{t("session.none")}</p>}
        <form class="inline" onSubmit={(e) => {
          e.preventDefault();
          if (name.trim() !== "") app.show({ name: "session", id: newId() + "/" + name.trim() });
        }}>
          <Field label={t("session.new-group")} value={name} onValue={setName} id="group-name" />
          <button class="primary">{t("session.begin")}</button>
        </form>
      </main>
    </>
  );
}

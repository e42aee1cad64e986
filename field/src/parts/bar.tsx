import type { ComponentChildren } from "preact";
import { app } from "../app";
import type { Draft } from "../store/draft";
import { t } from "../texts/texts";
import { useApp } from "./use-app";

/** The top of every screen: back, title, and how the tablet stands with the server, always in words. */
export function Bar(props: { title: string; children?: ComponentChildren }) {
  const { screens } = useApp();
  return (
    <header class="bar">
      {screens.length > 1 && <button type="button" class="icon" aria-label={t("bar.back")} onClick={() => app.back()}>←</button>}
      <h1>{props.title}</h1>
      {props.children}
      <Standing />
    </header>
  );
}

/** Unsent entries, the exchange, and what stops it. A touch leads to the list. */
export function Standing() {
  const { book, exchange, practice } = useApp();
  if (book === null) return null;
  // The band above says that nothing is sent.
  if (practice) return null;
  const standing = exchange?.standing;
  const busy = standing !== undefined && standing.phase !== "idle";
  const trouble = standing?.trouble?.kind;
  const text = !book.isWhole ? t("pin.opening") : busy && standing.phase === "sending" && book.unsent > 0 ? t("standing.sending", book.unsent)
    : busy && standing.phase !== "sending" ? t(standing.phase === "fetching" ? "standing.fetching" : "standing.folding", standing.of === 0 ? 0 : Math.floor((100 * standing.done) / standing.of))
    : book.unsent > 0 ? t("standing.unsent", book.unsent) : t("standing.all-sent");
  return (
    <button type="button" class={"standing" + (trouble !== undefined && trouble !== "offline" ? " wrong" : book.unsent > 0 ? " open" : "")} onClick={() => app.show({ name: "unsent" })}>
      <span class="state">{text}</span>
      {trouble !== undefined && !busy && <span class="why">{t(`trouble.${trouble}`)}</span>}
    </button>
  );
}

function open({ key, kind, person, values }: Draft): void {
  if (kind === "registration") app.show({ name: "new-person", draft: key });
  else app.show({ name: "person", id: person, ...(typeof values["corrects"] === "string" ? { correct: values["corrects"] } : {}) });
}

/** People whose visit or registration is begun and not saved: a touch goes on with one. `current` is the person on the screen, or the draft of a registration. */
export function OpenPeople(props: { current?: string; correct?: string | undefined }) {
  const { book } = useApp();
  const drafts = [...(book?.drafts.values() ?? [])].filter((d) => d.kind === "visit" || d.kind === "registration");
  const isCurrent = (draft: Draft) => draft.key === props.current || draft.kind === "visit" && draft.person === props.current && draft.values["corrects"] === props.correct;
  if (drafts.length === 0 || (drafts.length === 1 && isCurrent(drafts[0]!))) return null;
  return (
    <nav class="open-people" aria-label={t("open.people")}>
      {drafts.map((draft) => (
        <button key={draft.key} type="button" class="chip" aria-current={isCurrent(draft) ? "page" : undefined} onClick={() => open(draft)}>
          {draft.kind === "registration" ? "+ " : draft.values["corrects"] === undefined ? "" : "✎ "}{draft.label}
        </button>
      ))}
    </nav>
  );
}

import { app } from "../app";
import type { Consent } from "../people/person";
import type { ConsentText as Text } from "../registers/pack";
import { dayText, language, local, t } from "../texts/texts";
import { useApp } from "./use-app";

/** A text that is read to somebody, and the answer, with which version in which language was read. */
export function ConsentText(props: { text: Text; person: string; said?: Consent | undefined }) {
  const { book } = useApp();
  const { text, said } = props;
  const answer = (given: boolean) => void book!.record([{ kind: "consent", subject: props.person, day: book!.today, body: consentBody(text, given) }]).then(() => app.exchange?.ask());
  return (
    <section class="note">
      <h3>{local(text.title)}</h3>
      <p>{local(text.body)}</p>
      {said !== undefined && <p><strong>{t(said.given ? "consent.given" : "consent.refused")}</strong> {dayText(said.day)}</p>}
      <div class="inline"><button type="button" onClick={() => answer(true)}>{t("consent.yes")}</button><button type="button" onClick={() => answer(false)}>{t("consent.no")}</button></div>
    </section>
  );
}

export const consentBody = (text: Text, given: boolean): string => JSON.stringify({ text: text.text, version: text.version, language: language(), scope: text.scope, given });

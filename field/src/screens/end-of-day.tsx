import { app } from "../app";
import { Bar } from "../parts/bar";
import { useApp } from "../parts/use-app";
import { numberText, t } from "../texts/texts";

/** The day over all pages: what was entered, what looks strange, what is not finished or not sent. Null is the page where she was. */
export function EndOfDay(props: { rows: number; pages: number; queried: number; open: { key: string; page: number; text: string }[]; onOpen: (page: number | null) => void }) {
  const { book } = useApp();
  const figures = [
    ["page.rows", props.rows], ["page.pages", props.pages], ["page.queried", props.queried], ["page.open", props.open.length], ["inbox.title", book!.refused.length], ["unsent.title", book!.unsent],
  ] as const;
  return (
    <>
      <Bar title={t("page.end")} />
      <main>
        <dl>{figures.map(([name, count]) => <div key={name}><dt>{t(name)}</dt><dd>{numberText(count)}</dd></div>)}</dl>
        {props.open.map((line) => <p key={line.key}><button type="button" class="link" onClick={() => props.onOpen(line.page)}>{line.text}</button></p>)}
        <div class="inline"><button type="button" class="primary" onClick={() => app.exchange?.ask()}>{t("unsent.now")}</button><button type="button" onClick={() => props.onOpen(null)}>{t("page.back")}</button></div>
      </main>
    </>
  );
}

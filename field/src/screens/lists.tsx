import { useMemo, useState } from "preact/hooks";
import { app } from "../app";
import { dayOf, isoOf } from "../people/days";
import type { Summary } from "../people/summary";
import { Bar } from "../parts/bar";
import { Chips } from "../parts/field";
import { nameOf, PersonLine, tellApart } from "../parts/person-line";
import { useApp } from "../parts/use-app";
import { dayText, t, weekdayText } from "../texts/texts";
import { dueList, inOverdueOrder, over, overdueList, overdueOrders, seenList, type OverdueOrder } from "../visits/lists";

/** Stays as somebody has chosen it until the tablet is loaded anew: she goes from the list to a person and back. */
let chosenOrder: OverdueOrder = "to-call";

export function ListScreen(props: { which: "due" | "overdue" | "today" | "conflicts" }) {
  const { book } = useApp();
  const { index, today } = book!;
  const day = dayOf(today);
  const [order, setOrder] = useState(chosenOrder);
  const people = useMemo(() => {
    switch (props.which) {
      case "overdue":
        return inOverdueOrder(overdueList(index, day, book!.pack.overdueAfter ?? 0), order, day);
      case "due":
        return dueList(index, day, 7, book!.pack.overdueAfter ?? 0);
      case "today":
        return seenList(index, day);
      case "conflicts":
        return index.disputed();
    }
  }, [index, book!.revision, props.which, day, order]);
  const [shown, setShown] = useState(50);
  return (
    <>
      <Bar title={t(`list.${props.which}`)} />
      <main>
        {people.length > 0 && <p class="hint">{t(`list.${props.which}-text`, people.length)}</p>}
        {props.which === "overdue" && people.length > 1 && (
          <Chips label={t("overdue.order")} choices={overdueOrders.map((value) => ({ value, text: t(`order.${value}`) }))} value={order} hint={t(`order-text.${order}`)}
            onValue={(value) => setOrder((chosenOrder = value ?? order))} />
        )}
        {props.which === "overdue" ? (
          <ul class="plain">{people.slice(0, shown).map((p) => <Overdue key={p.id} person={p} day={day} />)}</ul>
        ) : (
          <ul class="people">
            {people.slice(0, shown).map((p) => (
              <PersonLine key={p.id} person={p} today={today} onOpen={() => app.show({ name: "person", id: p.id })}>
                {props.which === "due" && <span class="apart"><strong>{weekdayText(isoOf(p.next), today)}</strong></span>}
              </PersonLine>
            ))}
          </ul>
        )}
        {people.length > shown && <button type="button" class="wide" onClick={() => setShown(shown + 100)}>{t("list.more", people.length - shown)}</button>}
        {people.length === 0 && <p class="empty">{t("list.none")}</p>}
      </main>
    </>
  );
}

export const outcomes = ["will-come", "no-answer", "moved", "died", "refused", "other"] as const;

function Overdue(props: { person: Summary; day: number }) {
  const { book } = useApp();
  const { person } = props;
  const [asked, setAsked] = useState(false);
  const [sure, setSure] = useState<(typeof outcomes)[number] | null>(null);
  const [remark, setRemark] = useState("");
  const [calledOn, outcome] = person.call.split(" ");
  const record = (said: (typeof outcomes)[number]) =>
    void book!.record([{ kind: "call", subject: person.id, day: book!.today, body: JSON.stringify({ outcome: said, ...(remark.trim() === "" ? {} : { remark: remark.trim() }) }) }])
      .then(() => (setAsked(false), setSure(null), app.exchange?.ask()));
  return (
    <li class="overdue">
      <button type="button" class="personline" onClick={() => app.show({ name: "person", id: person.id })}>
        <span class="name">{nameOf(person)}</span>
        <span class="apart">{tellApart(person, book!.today)}</span>
        <span class="apart"><strong>{t("overdue.days", props.day - person.next)}</strong><span>{t("person.expected", dayText(isoOf(person.next)))}</span></span>
        {outcome !== undefined && <span class="apart">{t("overdue.called", dayText(isoOf(Number(calledOn))), t(`call.${outcome as (typeof outcomes)[number]}`))}</span>}
      </button>
      <div class="inline">
        {person.phone !== "" ? <a class="button" href={"tel:" + person.phone.replace(/[^0-9+]/g, "")}>{t("overdue.call", person.phone)}</a> : <span class="hint">{t("overdue.no-phone")}</span>}
        <button type="button" aria-expanded={asked} onClick={() => setAsked(!asked)}>{t("overdue.outcome")}</button>
      </div>
      {asked && (
        <div class="outcomes">
          <input aria-label={t("overdue.remark")} placeholder={t("overdue.remark")} value={remark} onInput={(e) => setRemark(e.currentTarget.value)} />
          <div class="chips">{outcomes.map((one) => <button key={one} type="button" class="chip" aria-pressed={sure === one} onClick={() => (over.has(one) ? setSure(one) : record(one))}>{t(`call.${one}`)}</button>)}</div>
          {sure !== null && (
            <div class="note wrong" role="alert">
              <p>{t("overdue.sure", nameOf(person), t(`call.${sure}`))}</p>
              <button type="button" class="sure" onClick={() => record(sure)}>{t("overdue.sure-yes")}</button>
              <button type="button" class="link" onClick={() => setSure(null)}>{t("no")}</button>
            </div>
          )}
        </div>
      )}
    </li>
  );
}

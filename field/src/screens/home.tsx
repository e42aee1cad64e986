import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { app } from "../app";
import { dayOf } from "../people/days";
import { OpenPeople, Bar } from "../parts/bar";
import type { Found, Hit } from "../people/search";
import { digitsOf, type Summary } from "../people/summary";
import { PersonLine } from "../parts/person-line";
import { clockText } from "../parts/clock";
import { StillOpening } from "../parts/opening";
import { useApp } from "../parts/use-app";
import { openScanned } from "../scan/open";
import { ScanButton } from "../scan/scan-button";
import { local, numberText, t } from "../texts/texts";
import { dueList, overdueCount, seenCount } from "../visits/lists";

/** Search has the focus; the lists of the day stand below it. */
export function Home() {
  const { book } = useApp();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);
  const { index, today, facility, pack } = book!;
  const found = useMemo(() => (query.trim().length < 2 ? [] : index.find(query, facility)), [query, index, book!.revision]);
  const drawn = useFirstThenAll(found);
  const day = dayOf(today);
  const [lists, setLists] = useState<Lists | null>(null);
  // After the screen stands: whoever has just saved sees that word at once, and the search takes letters.
  useEffect(() => {
    if (!book!.isWhole) return;
    const later = setTimeout(() => setLists({ seen: seenCount(index, day), due: dueList(index, day, 0, pack.overdueAfter ?? 0), overdue: overdueCount(index, day, pack.overdueAfter ?? 0) }), 0);
    return () => clearTimeout(later);
  }, [index, book!.revision, book!.isWhole, day]);
  const due = lists?.due ?? [];
  const open = (id: string) => app.show({ name: "person", id });
  const typed = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setAt(event.key === "ArrowUp" ? Math.max(0, at - 1) : Math.min(found.length - 1, at + 1));
      setChosen(true);
    }
    else if (event.key === "Escape") setQuery("");
    else if (event.key === "Enter" && query.trim() !== "") void enter();
    else return;
    event.preventDefault();
  };
  const enter = async () => {
    // A handheld scanner types a code and Enter, faster than a list can be drawn: what the box holds now counts.
    const text = box.current!.value.trim();
    // A number may be somebody's who is not here yet.
    await book!.whole;
    if (/^ESC1:|^\{|^[0-9a-f]{8}-/i.test(text) && (await openScanned(text))) return;
    if (!/^\S*[0-9]\S*$/.test(text) || chosen) {
      const person = found[at];
      if (person !== undefined) open(person.id);
      return;
    }
    // A number opens whoever alone holds the whole of it; whoever merely resembles is chosen by eye.
    const now = index.find(text, facility);
    const whole = now.filter((person) => person.hit?.how === "whole");
    if (whole.length === 1) open(whole[0]!.id);
    else if (now.length > 0) list.current?.querySelector("button")?.focus();
    else await openScanned(text);
  };
  const problems = book!.refused.length + book!.told.length;
  const searching = query.trim().length >= 2;
  return (
    <>
      <Bar title={pack.facility.name} />
      <main>
        <Notices />
        <OpenPeople />
        <div class="search">
          <input
            ref={box} id="search" type="search" value={query} placeholder={t("home.search")} aria-label={t("home.search")} autoComplete="off" spellcheck={false} enterkeyhint="search"
            onInput={(e) => {
              setQuery(e.currentTarget.value);
              setAt(0);
              setChosen(false);
            }}
            onKeyDown={typed} />
          <ScanButton onCode={(code) => void openScanned(code)} />
        </div>
        {searching ? (
          <section aria-live="polite" aria-label={t("home.found")}>
            <ul class="people" id="found" ref={list}>
              {drawn.map((person, i) => <PersonLine key={person.id} person={person} today={today} selected={i === at} onOpen={() => open(person.id)}>{hitText(person.hit, person)}</PersonLine>)}
            </ul>
            {!book!.isWhole && <StillOpening />}
            {found.length === 0 && book!.isWhole && <p class="empty">{t("home.nobody", query.trim())}</p>}
            <button type="button" class="wide" onClick={() => app.register(/[0-9]/.test(query) ? { number: query.trim() } : { text: query.trim() })}>+ {t("home.register")}</button>
          </section>
        ) : (
          <>
            <div class="tiles">
              <Tile count={lists?.due.length} text={t("home.due", due.length)} onOpen={() => app.show({ name: "list", which: "due" })} />
              <Tile count={lists?.overdue} text={t("home.overdue", lists?.overdue ?? 0)} onOpen={() => app.show({ name: "list", which: "overdue" })} />
              <Tile count={lists?.seen} text={t("home.seen", lists?.seen ?? 0)} onOpen={() => app.show({ name: "list", which: "today" })} />
            </div>
            <button type="button" class="wide" onClick={() => app.register()}>+ {t("home.register")}</button>
            {due.length > 0 && (
              <section>
                <h2>{t("home.due-today")}</h2>
                <ul class="people">{due.slice(0, 8).map((p) => <PersonLine key={p.id} person={p} today={today} onOpen={() => open(p.id)} />)}</ul>
              </section>
            )}
            <nav class="more" aria-label={t("home.more")}>
              {(pack.clerk === false ? (["tallies", "page"] as const) : (["page", "tallies"] as const)).map((name) => <button key={name} type="button" onClick={() => app.show({ name })}>{t(name === "page" ? "page.title" : "tally.title")}</button>)}
              {pack.curriculum != null && <button type="button" onClick={() => app.show({ name: "sessions" })}>{t("session.title")}</button>}
              {(pack.forms?.length ?? 0) > 0 && <button type="button" onClick={() => app.show({ name: "forms" })}>{t("forms.title")}</button>}
              <button type="button" onClick={() => app.show({ name: "sheets" })}>{t("sheets.title")}</button>
              <button type="button" onClick={() => app.show({ name: "inbox" })}>{t("inbox.title")}{problems > 0 && <strong class="badge">{problems}</strong>}</button>
              <button type="button" onClick={() => app.show({ name: "device" })}>{t("device.title")}</button>
            </nav>
            {book!.isWhole ? <p class="hint foot">{t("home.foot", local(pack.name), numberText(index.size))}</p> : <StillOpening />}
          </>
        )}
      </main>
    </>
  );
}

/** Why a person was found by a number that her line does not show. */
function hitText(hit: Hit | null, person: Summary) {
  if (hit === null || hit.number === digitsOf(person.number) || hit.number === person.number.toLowerCase().replace(/[^0-9a-z]/g, "")) return null;
  return <span class="apart hit">{t(`hit.${hit.of}`, hit.number)}</span>;
}

interface Lists {
  seen: number;
  due: Summary[];
  overdue: number;
}

/** So many are drawn at once, which fills a screen; the rest follow when it stands, unless another key came. */
const atOnce = 8;

function useFirstThenAll(found: Found[]): Found[] {
  const [all, setAll] = useState<Found[]>([]);
  useEffect(() => {
    if (found.length <= atOnce) return;
    const later = setTimeout(() => setAll(found), 0);
    return () => clearTimeout(later);
  }, [found]);
  return all === found ? found : found.slice(0, atOnce);
}

function Tile(props: { count: number | undefined; text: string; onOpen: () => void }) {
  return (
    <button type="button" class="tile" onClick={props.onOpen}>
      <strong>{props.count ?? "…"}</strong>
      <span>{props.text}</span>
    </button>
  );
}

/** What somebody has to know before anything else. */
function Notices() {
  const { book, exchange, persistent, practice, notice } = useApp();
  const kind = exchange?.standing.trouble?.kind;
  const { skew } = book!.state;
  const disputed = useMemo(() => book!.index.disputed().length, [book!.index, book!.revision]);
  return (
    <>
      {notice !== "" && <p class="saved" role="status">{notice}</p>}
      {book!.pack.example === true && !practice && <p class="note">{t("home.example")}</p>}
      {kind === "sign-in" && <div class="note wrong"><p>{t("trouble.sign-in-long")}</p><button type="button" onClick={() => app.go("sign-in")}>{t("sign-in.title")}</button></div>}
      {kind === "revoked" && <div class="note wrong"><p>{t("trouble.revoked-long", book!.unsent)}</p><button type="button" onClick={() => app.show({ name: "device" })}>{t("device.title")}</button></div>}
      {kind === "portal" && <p class="note wrong">{t("trouble.portal-long")}</p>}
      {kind === "full" && <p class="note wrong">{t("trouble.full-long")}</p>}
      {Math.abs(skew) > 300 && <p class="note wrong">{clockText(skew)}</p>}
      {book!.refused.length > 0 && <p class="note wrong"><button type="button" class="link" onClick={() => app.show({ name: "inbox" })}>{t("home.refused", book!.refused.length)}</button></p>}
      {book!.told.length > 0 && <p class="note"><button type="button" class="link" id="told" onClick={() => app.show({ name: "inbox" })}>{t("home.told", book!.told.length)}</button></p>}
      {disputed > 0 && <p class="note"><button type="button" class="link" id="conflicts" onClick={() => app.show({ name: "list", which: "conflicts" })}>{t("home.conflicts", disputed)}</button></p>}
      {book!.shared.length > 0 && <p class="note wrong"><button type="button" class="link" onClick={() => app.show({ name: "inbox" })}>{t("home.shared", book!.shared.length)}</button></p>}
      {persistent === false && !practice && book!.unsent > 20 && <p class="note">{t("device.not-persistent")}</p>}
    </>
  );
}


import { useEffect, useState } from "preact/hooks";
import { app } from "../app";
import { Bar } from "../parts/bar";
import { useApp } from "../parts/use-app";
import type { Choice } from "../store/device";
import { isLacking } from "../store/outbox";
import { numberText, t, timeText } from "../texts/texts";
import { LanguageChoice } from "./entrance";
import { exportUnsent } from "./inbox";

/** How the tablet stands, in words, and what to do about it. */
export function DeviceScreen() {
  const { book, device, account, persistent, practice, upgrade, exchange } = useApp();
  const [storage, setStorage] = useState<{ used: number; quota: number } | null>(null);
  const [sure, setSure] = useState(false);
  const [said, setSaid] = useState("");
  const isAlone = account?.isAlone === true;
  const move = async (choice: Choice) => {
    const trouble = await app.moveTo(choice);
    setSaid(trouble === null ? "" : trouble.kind === "refused" ? trouble.title : t(`trouble.${trouble.kind}`));
  };
  useEffect(() => {
    void navigator.storage?.estimate?.().then((e) => setStorage({ used: e.usage ?? 0, quota: e.quota ?? 0 }));
  }, []);
  const lacking = book!.held.filter(isLacking).length;
  // Of whoever else shares the tablet it says nothing.
  const takes = book!.pack.takes?.account === account?.id ? book!.pack.takes : undefined;
  const revoked = exchange?.standing.trouble?.kind === "revoked";
  const low = storage !== null && storage.quota - storage.used < 50_000_000;
  return (
    <>
      <Bar title={t("device.title")} />
      <main class="device">
        <dl>
          <div><dt>{t("device.person")}</dt><dd>{account?.name}</dd></div>
          <div><dt>{t("device.name")}</dt><dd>{device.settings.deviceName} <small class="number">{device.settings.deviceId.slice(0, 8)}</small></dd></div>
          <div><dt>{t("device.place")}</dt><dd>{book!.pack.facility.name} ({book!.facility})</dd></div>
          {!practice && book!.pack.places.length > 1 && (
            <div>
              <dt><label for="place">{t("device.other-place")}</label></dt>
              <dd><select id="place" value={book!.facility} onChange={(e) => void move({ facility: e.currentTarget.value, isAlone })}>{book!.pack.places.map((p) => <option key={p.code} value={p.code}>{p.name}</option>)}</select>{said !== "" && <p class="error" role="alert">{said}</p>}</dd>
            </div>
          )}
          {!practice && takes?.whole !== undefined && takes.people! <= takes.most! && (
            <div>
              <dt><label for="takes">{t("place.which")}</label></dt>
              <dd><select id="takes" value={String(isAlone)} onChange={(e) => void move({ facility: book!.facility, isAlone: e.currentTarget.value === "true" })}>
                <option value="false">{t("place.whole", takes.whole.name)}</option>
                <option value="true">{book!.pack.facility.name}</option>
              </select></dd>
            </div>
          )}
          <div><dt>{t("unsent.title")}</dt><dd>{practice ? t("practice.never-sent") : numberText(book!.unsent)}</dd></div>
          {!practice && <div><dt>{t("device.last")}</dt><dd>{book!.state.last === 0 ? t("unsent.never") : timeText(book!.state.last)}</dd></div>}
          <div><dt>{t("device.people")}</dt><dd>{numberText(book!.index.size)}</dd></div>
          <div><dt>{t("device.storage")}</dt><dd>{storage === null ? "…" : t("device.storage-used", numberText(storage.used / 1e6, 1), numberText(storage.quota / 1e6))}</dd></div>
          <div><dt>{t("device.persistent")}</dt><dd>{t(persistent === true ? "device.persistent-yes" : "device.persistent-no")}</dd></div>
          <div><dt>{t("device.version")}</dt><dd class="number">{__VERSION__}</dd></div>
        </dl>
        {(takes?.people ?? 0) > (takes?.most ?? Infinity) && <p class="note">{t("device.too-many", numberText(takes!.people!), numberText(takes!.most!), book!.pack.facility.name)}</p>}
        {low && <p class="note wrong">{t("trouble.full-long")}</p>}
        {persistent !== true && <div class="note"><p>{t("device.not-persistent")}</p><button type="button" onClick={() => void app.askToPersist()}>{t("device.ask-again")}</button></div>}
        {revoked && (
          <div class="note wrong">
            <p>{t("trouble.revoked-long", book!.unsent)}</p>
            <button type="button" onClick={() => void exportUnsent()}>{t("unsent.export")}</button>
            <button type="button" onClick={() => void device.wipe().then(() => app.lock())}>{t("device.wipe")}</button>
          </div>
        )}
        <h2>{t("device.language")}</h2>
        <LanguageChoice />
        <div class="stack">
          <button type="button" class="primary wide" id="lock" onClick={() => app.lock()}>{t("device.lock")}</button>
          {upgrade !== null && <button type="button" class="wide" onClick={() => app.lock()}>{t("device.upgrade")}</button>}
          {practice ? <button type="button" class="wide" onClick={() => void app.endPractice()}>{t("practice.end")}</button>
            : <button type="button" class="wide" id="practice" onClick={() => void app.startPractice()}>{t("practice.start")}</button>}
          {!practice && <button type="button" class="wide" onClick={() => setSure(true)}>{t("device.leave")}</button>}
        </div>
        {sure && (
          <div class="note wrong">
            <p>{lacking > 0 ? t("device.leave-unsent", lacking) : t("device.leave-sure")}</p>
            {lacking > 0 ? <button type="button" onClick={() => void exportUnsent()}>{t("unsent.export")}</button>
              : <button type="button" onClick={() => void app.leave()}>{t("device.leave-yes")}</button>}
            <button type="button" class="link" onClick={() => setSure(false)}>{t("no")}</button>
          </div>
        )}
      </main>
    </>
  );
}

import { useEffect, useState } from "preact/hooks";
import { app, type Choosing } from "../app";
import type { Trouble } from "../exchange/calls";
import { isPin } from "../crypto/pin";
import { Field } from "../parts/field";
import { PinPad } from "../parts/pin-pad";
import { useApp } from "../parts/use-app";
import { isFull } from "../store/database";
import { language, languages, numberText, setLanguage, t } from "../texts/texts";

const languageNames = { pt: "Português", es: "Español", en: "English" } as const;

export function LanguageChoice() {
  return (
    <div class="languages" role="group" aria-label={t("device.language")}>
      {languages.map((code) => (
        <button key={code} type="button" class="link" lang={code} aria-pressed={language() === code} onClick={() => {
          setLanguage(code);
          void app.device.set({ language: code }).then(() => app.tell());
        }}>{languageNames[code]}</button>
      ))}
    </div>
  );
}

/** The first time, online: account and PIN. */
export function SignIn() {
  const { device } = useApp();
  const [account, setAccount] = useState(app.account?.login ?? "");
  const [pin, setPin] = useState("");
  const [name, setName] = useState(device.settings.deviceName);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const [choosing, setChoosing] = useState<Choosing | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!isPin(pin)) return setSaid(t("sign-in.pin-short"));
    setBusy(true);
    setSaid("");
    const answer = await app.signIn(account.trim(), pin, name.trim() || t("sign-in.tablet"));
    setBusy(false);
    if (answer?.kind === "choose") setChoosing(answer);
    else if (answer !== null) setSaid(troubleText(answer));
  };
  if (choosing !== null) return <ChoosePlace choosing={choosing} onBack={() => setChoosing(null)} />;
  return (
    <main class="entrance">
      <Brand />
      <h1>{t("sign-in.title")}</h1>
      <p class="hint">{t("sign-in.once")}</p>
      <form noValidate onSubmit={(e) => void submit(e)}>
        <Field label={t("sign-in.account")} value={account} onValue={setAccount} id="account" required autofocus />
        <Field label={t("sign-in.pin")} value={pin} onValue={(v) => setPin(v.replace(/[^0-9]/g, ""))} type="password" numeric id="pin" required hint={t("sign-in.pin-hint")} />
        {device.settings.deviceName === "" && <Field label={t("sign-in.tablet-name")} value={name} onValue={setName} id="tablet" hint={t("sign-in.tablet-hint")} />}
        <p role="alert" class="error">{said}</p>
        <button class="primary wide" disabled={busy}>{busy ? t("sign-in.busy") : t("sign-in.go")}</button>
      </form>
      {device.accounts.length > 0 && <button type="button" class="link" onClick={() => app.go(device.accounts.length > 1 ? "choose" : "pin")}>{t("sign-in.back")}</button>}
      <LanguageChoice />
    </main>
  );
}

const troubleText = (trouble: Trouble | { kind: "other-key" }): string =>
  trouble.kind === "refused" ? trouble.title || t("trouble.refused") : trouble.kind === "later" ? t("sign-in.wait", trouble.seconds) : trouble.kind === "other-key" ? t("sign-in.other-key") : t(`trouble.${trouble.kind}`);

/** Whoever may work at several places says whose people the tablet takes along; nothing is fetched before. */
function ChoosePlace({ choosing, onBack }: { choosing: Choosing; onBack: () => void }) {
  const { places, wholes } = choosing;
  const [chosen, setChosen] = useState("");
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const whole = wholes.find((w) => "whole/" + w.code === chosen);
    const trouble = await choosing.enter({ facility: whole?.facility ?? chosen, isAlone: whole === undefined && wholes.length > 0 });
    setBusy(false);
    if (trouble !== null) setSaid(troubleText(trouble));
  };
  return (
    <main class="entrance">
      <Brand />
      <h1>{t("place.title")}</h1>
      <form noValidate onSubmit={(e) => void submit(e)}>
        <div class="field">
          <label for="take-place">{t("place.which")}</label>
          <select id="take-place" value={chosen} onChange={(e) => setChosen(e.currentTarget.value)}>
            <option value="" disabled>…</option>
            {wholes.filter((w) => w.people <= w.most).map((w) => <option key={w.code} value={"whole/" + w.code}>{t("place.whole", w.name)}</option>)}
            {places.map((p) => <option key={p.code} value={p.code}>{p.name}</option>)}
          </select>
          <p class="hint">{t("place.later")}</p>
        </div>
        {wholes.filter((w) => w.people > w.most).map((w) => <p key={w.code} class="note">{t("place.too-many", w.name, numberText(w.people), numberText(w.most))}</p>)}
        <p role="alert" class="error">{said}</p>
        <button class="primary wide" disabled={busy || chosen === ""}>{busy ? t("sign-in.busy") : t("sign-in.go")}</button>
      </form>
      <button type="button" class="link" onClick={onBack}>{t("bar.back")}</button>
    </main>
  );
}

/** A shared tablet: whose PIN is asked for next. */
export function ChoosePerson() {
  const { device } = useApp();
  return (
    <main class="entrance">
      <Brand />
      <h1>{t("choose.title")}</h1>
      <ul class="plain">
        {device.accounts.map((account) => (
          <li key={account.id}><button type="button" class="wide big" onClick={() => app.choose(account)}>{account.name}</button></li>
        ))}
      </ul>
      <button type="button" class="link" onClick={() => app.go("sign-in")}>{t("choose.other")}</button>
      <LanguageChoice />
    </main>
  );
}

export function Unlock() {
  const { account, device } = useApp();
  const [busy, setBusy] = useState(false);
  const [wait, setWait] = useState(Math.max(0, Math.ceil(((account?.waitUntil ?? 0) - Date.now()) / 1000)));
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);
  const submit = async (pin: string) => {
    setBusy(true);
    setSaid("");
    const answer = await app.unlock(pin).catch((failure: unknown) => failure);
    setBusy(false);
    if (answer === null) return;
    if (answer === "wiped") return app.go("sign-in");
    if (answer instanceof Error) return setSaid(isFull(answer) ? t("trouble.full-long") : String(answer));
    setWait((answer as { wait: number }).wait);
    setSaid(t("pin.wrong"));
  };
  return (
    <main class="entrance pin">
      <Brand />
      <h1>{account?.name}</h1>
      {account?.isDisabled === true ? <p role="alert" class="note wrong">{t("pin.disabled")}</p> : (
        <PinPad length={app.device.pinLength(account)} busy={busy || wait > 0} onDone={(pin) => void submit(pin)} label={t("pin.title")} />
      )}
      <p role="alert" class="error">{wait > 0 ? t("pin.wait", wait) : busy ? "" : said}</p>
      <p class="hint" role="status">{busy ? t("pin.opening") : ""}</p>
      <div class="entrance-links">
        {device.accounts.length > 1 && <button type="button" class="link" onClick={() => app.go("choose")}>{t("pin.somebody-else")}</button>}
        <button type="button" class="link" onClick={() => app.go("sign-in")}>{t("pin.forgotten")}</button>
      </div>
    </main>
  );
}

function Brand() {
  return <p class="brand"><img src={import.meta.env.BASE_URL + "icon.svg"} alt="" width="28" height="28" /> Escala</p>;
}

export function Elsewhere() {
  return <main class="entrance"><Brand /><h1>{t("elsewhere.title")}</h1><p>{t("elsewhere.text")}</p></main>;
}

export function Broken() {
  return <main class="entrance"><Brand /><h1>{t("broken.title")}</h1><p>{t("broken.text")}</p></main>;
}

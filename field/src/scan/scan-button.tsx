import { useState } from "preact/hooks";
import { t } from "../texts/texts";
import { Camera } from "./camera";

export function ScanButton(props: { onCode: (code: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="primary scan" aria-label={t("scan.title")} onClick={() => setOpen(true)}>
        <svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="2" d="M3 8V3h5M16 3h5v5M21 16v5h-5M8 21H3v-5M7 7h4v4H7zM13 7h4v4h-4zM7 13h4v4H7zM13 13h2v2h-2zM16 16h1v1h-1z" /></svg>
        <span>{t("scan.short")}</span>
      </button>
      {open && <Camera onClose={() => setOpen(false)} onCode={(code) => {
        setOpen(false);
        props.onCode(code);
      }} />}
    </>
  );
}

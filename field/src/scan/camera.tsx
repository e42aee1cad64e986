import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../texts/texts";

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

declare global {
  interface Window {
    BarcodeDetector?: new (options: { formats: string[] }) => Detector;
  }
}

/** Reads frames by the browser's own detector where it has one, by jsQR (fetched when first needed) elsewhere. */
export function Camera(props: { onCode: (code: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState<"scan.no-camera" | "later.missing" | null>(null);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let over = false;
    const watch = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      } catch {
        setTrouble("scan.no-camera");
        return;
      }
      if (over) return stream.getTracks().forEach((track) => track.stop());
      video.current!.srcObject = stream;
      await video.current!.play().catch(() => undefined);
      const read = await reader().catch(() => null);
      if (read === null) return setTrouble("later.missing");
      while (!over) {
        const code = await read(video.current!).catch(() => null);
        if (code !== null && code !== "" && !over) return props.onCode(code);
        await new Promise((resolve) => setTimeout(resolve, 80));
      }
    };
    void watch();
    return () => {
      over = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <div class="camera" role="dialog" aria-modal="true" aria-label={t("scan.title")} onKeyDown={(e) => e.key === "Escape" && props.onClose()}>
      {trouble !== null ? <p class="note wrong" role="alert">{t(trouble)}</p> : <video ref={video} muted playsInline />}
      <p>{t("scan.hold")}</p>
      <button type="button" class="wide" autofocus onClick={props.onClose}>{t("scan.close")}</button>
    </div>
  );
}

async function reader(): Promise<(video: HTMLVideoElement) => Promise<string | null>> {
  if (window.BarcodeDetector !== undefined) {
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  const { default: jsQR } = await import("jsqr");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  return async (video) => {
    if (video.videoWidth === 0) return null;
    const scale = Math.min(1, 640 / video.videoWidth);
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    return jsQR(image.data, image.width, image.height, { inversionAttempts: "dontInvert" })?.data ?? null;
  };
}

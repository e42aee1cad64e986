import { app } from "./app";

/** A new version is fetched beside the running one and takes over when nobody writes: at the lock, or when asked. */
export function watchForUpgrades(): void {
  if (!("serviceWorker" in navigator)) return;
  const hadController = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!hadController) return;
    // A browser may take its time: whoever has unlocked the tablet meanwhile is not thrown out of what she writes.
    if (app.stage !== "open") return location.reload();
    app.upgrade = () => location.reload();
    app.tell();
  });
  // The files of the version before stay until no page needs them.
  navigator.serviceWorker.controller?.postMessage("in-use");
  void navigator.serviceWorker.register(import.meta.env.BASE_URL + "sw.js", { scope: import.meta.env.BASE_URL, updateViaCache: "none" }).then((registration) => {
    const offer = () => {
      const waiting = registration.waiting;
      if (waiting === null || navigator.serviceWorker.controller === null) return;
      const takeOver = () => waiting.postMessage("take-over");
      // In another tab somebody may be writing.
      if (app.stage === "elsewhere") return;
      // At the entrance nobody writes.
      if (app.stage !== "open") return takeOver();
      app.upgrade = takeOver;
      app.tell();
    };
    // On a slow tablet a new version is on its way, or installed, before anybody asks or the event comes.
    const follow = () => {
      registration.installing?.addEventListener("statechange", offer);
      offer();
    };
    follow();
    registration.addEventListener("updatefound", follow);
    setInterval(() => void registration.update().catch(() => undefined), 6 * 3600_000);
    window.addEventListener("online", () => void registration.update().catch(() => undefined));
  }).catch(() => undefined);
}

import { app } from "./app";

/** A new version is fetched beside the running one and takes over when nobody writes: at the lock, or when asked. */
export function watchForUpgrades(): void {
  if (!("serviceWorker" in navigator)) return;
  const hadController = navigator.serviceWorker.controller !== null;
  let reloading = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!hadController || reloading) return;
    reloading = true;
    location.reload();
  });
  void navigator.serviceWorker.register(import.meta.env.BASE_URL + "sw.js", { scope: import.meta.env.BASE_URL, updateViaCache: "none" }).then((registration) => {
    const offer = () => {
      const waiting = registration.waiting;
      if (waiting === null || navigator.serviceWorker.controller === null) return;
      const takeOver = () => waiting.postMessage("take-over");
      // At the entrance nobody writes.
      if (app.stage !== "open") return takeOver();
      app.upgrade = takeOver;
      app.tell();
    };
    offer();
    registration.addEventListener("updatefound", () => {
      // On a slow tablet the event comes when the new version is installed already.
      registration.installing?.addEventListener("statechange", offer);
      offer();
    });
    setInterval(() => void registration.update().catch(() => undefined), 6 * 3600_000);
    window.addEventListener("online", () => void registration.update().catch(() => undefined));
  }).catch(() => undefined);
}

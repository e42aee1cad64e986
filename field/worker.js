// The service worker: keeps the app's own files, and nothing else. VERSION and FILES are written in by build.mjs.
const VERSION = "__VERSION__";
const FILES = __FILES__;
const BASE = "/field/";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(VERSION);
    for (const file of FILES) {
      const response = await fetch(new Request(BASE + file, { cache: "reload", redirect: "error" }));
      // A Wi-Fi network's sign-in page answers 200 to everything: then there is no new version.
      if (!response.ok || !(await isOurs(file, response.clone()))) throw new Error("not the app: " + file);
      await cache.put(BASE + file, response);
    }
  })());
});

async function isOurs(file, response) {
  const type = response.headers.get("Content-Type") || "";
  if (file === "") return type.includes("html") && (await response.text()).includes('name="escala"');
  return !type.includes("html");
}

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
  if (event.data === "in-use") event.waitUntil(forgetOthers());
});

// A page of the version before may have files of its own still to ask for, and a version to come keeps its files already.
async function forgetOthers() {
  if (self.registration.installing || self.registration.waiting || (await self.clients.matchAll({ type: "window" })).length > 1) return;
  for (const name of await caches.keys()) if (name.startsWith("field-") && name !== VERSION) await caches.delete(name);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith(BASE)) return;
  const file = event.request.mode === "navigate" ? "" : url.pathname.slice(BASE.length);
  if (!FILES.includes(file) && !file.startsWith("assets/")) return;
  event.respondWith((async () => (await caches.match(BASE + file, FILES.includes(file) ? { cacheName: VERSION } : {})) || fetch(event.request))());
});

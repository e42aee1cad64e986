import { useEffect, useState } from "preact/hooks";
import { app, type App } from "../app";

/** Draws again whenever the app tells that something changed. */
export function useApp(): App {
  const [, draw] = useState(0);
  useEffect(() => app.subscribe(() => draw((n) => n + 1)), []);
  return app;
}

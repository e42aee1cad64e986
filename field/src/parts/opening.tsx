import { numberText, t } from "../texts/texts";
import { Bar } from "./bar";
import { useApp } from "./use-app";

/** How many people can be found by now, while the tablet is still being opened. */
export function StillOpening() {
  const { book } = useApp();
  return <p class="hint opening" role="status">{t("home.opening", numberText(book!.index.size), numberText(Math.max(book!.expected, book!.index.size)))}</p>;
}

/** In place of a screen that must know everybody. */
export function Opening() {
  return <><Bar title="" /><main aria-busy="true"><StillOpening /></main></>;
}

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../texts/texts";
import { Bar } from "./bar";

/**
 * A screen whose code comes when it is first opened (from the service worker's cache, so offline too). Where it does not come the reader is told
 * and may try again. `isPart` is of what stands inside another screen.
 */
export function lazy<P extends object = object>(load: () => Promise<ComponentType<P>>, isPart = false): (props: P) => preact.JSX.Element {
  let known: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [, draw] = useState(0);
    const [tries, setTries] = useState(0);
    const [failed, setFailed] = useState(0);
    useEffect(() => {
      if (known !== null) return;
      load().then((loaded) => {
        known = loaded;
        draw(1);
      }, () => setFailed(tries + 1));
    }, [tries]);
    const Known = known;
    if (Known !== null) return <Known {...props} />;
    const missing = failed > tries && (
      <div class="note wrong" role="alert">
        <p>{t("later.missing")}</p>
        <button type="button" id="load-again" onClick={() => setTries(failed)}>{t("later.again")}</button>
      </div>
    );
    if (isPart) return <section aria-busy={!missing}>{missing}</section>;
    return <>{missing && <Bar title="" />}<main aria-busy={!missing}>{missing}</main></>;
  };
}

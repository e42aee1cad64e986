import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A screen whose code comes when it is first opened (from the service worker's cache, so offline too). */
export function lazy<P extends object = object>(load: () => Promise<ComponentType<P>>): (props: P) => preact.JSX.Element {
  let known: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [, draw] = useState(0);
    useEffect(() => {
      if (known !== null) return;
      void load().then((loaded) => {
        known = loaded;
        draw(1);
      });
    }, []);
    const Known = known;
    return Known === null ? <main aria-busy="true" /> : <Known {...props} />;
  };
}

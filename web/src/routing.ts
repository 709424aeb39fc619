/** The page's address as state: read, changed without a reload, followed through back and forward. */

import { useSyncExternalStore } from "react";

const CHANGED = "earwitness:address";

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(CHANGED, listener);
  };
}

export function useAddress(): URL {
  return new URL(useSyncExternalStore(subscribe, () => location.href));
}

export function go(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  window.dispatchEvent(new Event(CHANGED));
}

/** What was found out about a conversation beside its own record: asked once it is open, each part for itself. */

import { useEffect, useState } from "react";
import { get } from "../api/client.ts";
import type { Extraction, Figures, Health, Summary } from "../api/types.ts";

export interface Known {
  health: Health | null;
  summary: Summary | null;
  extraction: Extraction | null;
  figures: Figures | null;
}

const NOTHING: Known = { health: null, summary: null, extraction: null, figures: null };

/** A part that cannot be had stays null: the page shows what there is. */
export function useKnown(id: string): Known {
  const [known, setKnown] = useState(NOTHING);
  useEffect(() => {
    const abort = new AbortController();
    const ask = <T>(path: string, take: (answer: T) => Partial<Known>) =>
      get<T>(`/api/v1/conversations/${id}/${path}`, abort.signal).then(
        (answer) => setKnown((had) => ({ ...had, ...take(answer) })),
        () => undefined,
      );
    void ask<Health>("health", (health) => ({ health }));
    void ask<Summary>("summary?format=json", (summary) => ({ summary }));
    void ask<Extraction>("extraction", (extraction) => ({ extraction }));
    void ask<{ figures: Figures | null }>("analytics", ({ figures }) => ({ figures }));
    return () => abort.abort();
  }, [id]);
  return known;
}

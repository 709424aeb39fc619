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
const AGAIN_MS = 2000;

/**
 * A part that cannot be had stays null: the page shows what there is. Figures are made last: until a call that is
 * over has them, all is asked again, as the sound may yet speak against what the events say.
 */
export function useKnown(id: string, isOver: boolean): Known {
  const [known, setKnown] = useState(NOTHING);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const ask = <T>(path: string, take: (answer: T) => Partial<Known>) =>
      get<T>(`/api/v1/conversations/${id}/${path}`, abort.signal).then(
        (answer) => {
          setKnown((had) => ({ ...had, ...take(answer) }));
          return answer;
        },
        () => undefined,
      );
    const askAll = async () => {
      const measured = await ask<{ figures: Figures | null }>("analytics", ({ figures }) => ({ figures }));
      if (abort.signal.aborted) return;
      void ask<Health>("health", (health) => ({ health }));
      void ask<Summary>("summary?format=json", (summary) => ({ summary }));
      void ask<Extraction>("extraction", (extraction) => ({ extraction }));
      if (isOver && measured?.figures === null) timer = window.setTimeout(() => void askAll(), AGAIN_MS);
    };
    void askAll();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [id, isOver]);
  return known;
}

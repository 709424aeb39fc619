/** The list, page after page: as many rows as somebody has scrolled to, and no more. */

import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, get } from "../api/client.ts";
import type { ConversationRow, Page } from "../api/types.ts";

const PAGE = 200;

export interface Rows {
  rows: ConversationRow[] | null; // null: not asked yet
  hasMore: boolean;
  error: ApiError | null;
  more: () => void;
  again: () => void;
  change: (ids: ReadonlySet<string>, how: (row: ConversationRow) => ConversationRow | null) => void;
}

export function useRows(query: string): Rows {
  const [rows, setRows] = useState<ConversationRow[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [round, setRound] = useState(0);
  const cursor = useRef<string | null>(null);
  const isAsking = useRef(false);
  const [hasMore, setHasMore] = useState(false);

  const load = useCallback(
    async (signal: AbortSignal | undefined, isFirst: boolean) => {
      isAsking.current = true;
      const next = isFirst || !cursor.current ? "" : `&cursor=${encodeURIComponent(cursor.current)}`;
      try {
        const page = await get<Page>(`/api/v1/conversations?limit=${PAGE}&${query}${next}`, signal);
        cursor.current = page.next_cursor;
        setHasMore(page.next_cursor !== null);
        setRows((had) => (isFirst || !had ? page.conversations : [...had, ...page.conversations]));
        setError(null);
      } catch (failure) {
        if (!signal?.aborted) setError(failure as ApiError);
      } finally {
        isAsking.current = false;
      }
    },
    [query],
  );

  useEffect(() => {
    const abort = new AbortController();
    void load(abort.signal, true);
    return () => abort.abort();
  }, [load, round]);

  const more = useCallback(() => {
    if (!isAsking.current && cursor.current) void load(undefined, false);
  }, [load]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  const change = useCallback<Rows["change"]>((ids, how) => {
    setRows((had) => had && had.flatMap((row) => (ids.has(row.id) ? (how(row) ?? []) : row)));
  }, []);
  return { rows, hasMore, error, more, again, change };
}

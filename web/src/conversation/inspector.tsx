import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, get } from "../api/client.ts";
import { Icon } from "../components/icon.tsx";
import { bytes, clock, laidOut } from "../format.ts";
import { words } from "../words.ts";
import { eventName } from "./wire.ts";
import type { WireRecord } from "./wire.ts";

const t = words.wire;
const PAGE = 300;

interface Props {
  id: string;
  legs: readonly { id: string; provider: string }[];
  isRaw: boolean; // words and all, for a reason that was given
  seek: (seconds: number) => void;
}

/** The raw traffic, like a browser's network panel: filter, both directions, relative time, jump to the sound. */
export function Inspector({ id, legs, isRaw, seek }: Props) {
  const [find, setFind] = useState("");
  const [origin, setOrigin] = useState("");
  const [withSound, setWithSound] = useState(false);
  const [records, setRecords] = useState<WireRecord[]>([]);
  const [next, setNext] = useState<number | null>(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [open, setOpen] = useState<WireRecord | null>(null);
  const isAsking = useRef(false);
  const scroller = useRef<HTMLDivElement>(null);

  const load = useCallback(
    async (offset: number, signal?: AbortSignal) => {
      isAsking.current = true;
      const query = new URLSearchParams({ limit: String(PAGE), offset: String(offset) });
      if (find) query.set("find", find);
      if (origin) query.set("origin", origin);
      if (withSound) query.set("with_sound", "true");
      try {
        const page = await get<{ records: WireRecord[]; next_offset: number | null }>(
          `/api/v1/conversations/${id}/wire?${query}`,
          signal,
        );
        setRecords((had) => (offset ? [...had, ...page.records] : page.records));
        setNext(page.next_offset);
      } catch (failure) {
        if (!signal?.aborted) setError(failure as ApiError);
      } finally {
        isAsking.current = false;
      }
    },
    [find, id, isRaw, origin, withSound],
  );
  useEffect(() => {
    const abort = new AbortController();
    const later = setTimeout(() => void load(0, abort.signal), find ? 250 : 0);
    return () => {
      clearTimeout(later);
      abort.abort();
    };
  }, [find, load]);

  const virtual = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 26,
    overscan: 20,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (next && !isAsking.current && last >= records.length - 40) void load(next);
  }, [last, load, next, records.length]);

  if (error) return <p className="empty">{error.message}</p>;
  return (
    <div className="wire">
      <div className="wire-bar">
        <label className="find">
          <Icon name="search" size={14} />
          <span className="sr">{t.find}</span>
          <input type="search" value={find} placeholder={t.find} onChange={(event) => setFind(event.target.value)} />
        </label>
        <label>
          <span className="sr">{t.direction}</span>
          <select value={origin} onChange={(event) => setOrigin(event.target.value)}>
            <option value="">{t.both}</option>
            <option value="client">{t.client}</option>
            <option value="server">{t.server}</option>
            <option value="recorder">{t.recorder}</option>
          </select>
        </label>
        <label className="check">
          <input type="checkbox" checked={withSound} onChange={(event) => setWithSound(event.target.checked)} />
          {t.withSound}
        </label>
      </div>
      {!isRaw && <p className="wire-note quiet">{t.outlined}</p>}
      <div className="wire-rows" ref={scroller} tabIndex={0} role="region" aria-label={t.title}>
        <ul style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {items.map((item) => {
            const record = records[item.index];
            if (!record) return null;
            const isOpen = open?.leg === record.leg && open.number === record.number;
            return (
              <li key={`${record.leg}:${record.number}`} style={{ transform: `translateY(${item.start}px)` }}>
                <button type="button" className={`wire-row ${record.origin} ${isOpen ? "opened" : ""}`} aria-expanded={isOpen} onClick={() => setOpen(isOpen ? null : record)}>
                  <span className="tabular">{clock(record.at_ms / 1000, 3)}</span>
                  <span className="arrow" title={record.origin}>
                    <Icon name={record.origin === "client" ? "up" : record.origin === "server" ? "down" : "flag"} size={12} />
                    <span className="sr">{record.origin}</span>
                  </span>
                  {legs.length > 1 && <span className="leg-name">{legs.find((leg) => leg.id === record.leg)?.provider}</span>}
                  <b>{eventName(record)}</b>
                  <code>{record.preview}</code>
                  <span className="tabular">{bytes(record.bytes)}</span>
                </button>
              </li>
            );
          })}
        </ul>
      </div>
      {open && <Opened id={id} record={open} seek={seek} close={() => setOpen(null)} />}
    </div>
  );
}

function Opened({ id, record, seek, close }: { id: string; record: WireRecord; seek: (s: number) => void; close: () => void }) {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    setText(null);
    get<{ text?: string; base64?: string }>(`/api/v1/conversations/${id}/wire/${record.leg}/${record.number}`).then(
      (whole) => setText(whole.text ?? whole.base64 ?? ""),
      () => setText(record.preview),
    );
  }, [id, record]);
  return (
    <section className="wire-open" aria-label={eventName(record)}>
      <header>
        <b>{eventName(record)}</b>
        <button type="button" className="button" onClick={() => seek(record.at_ms / 1000)}>
          <Icon name="play" size={12} /> {clock(record.at_ms / 1000, 2)}
        </button>
        <span className="spacer" />
        <button type="button" className="icon-button" aria-label={t.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <pre tabIndex={0}>{text === null ? words.loading : laidOut(text)}</pre>
    </section>
  );
}

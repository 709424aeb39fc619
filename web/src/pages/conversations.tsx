import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLive } from "../api/live.ts";
import { askedQuery, readQuery, writeQuery, type ListQuery } from "../api/query.ts";
import type { ConversationRow } from "../api/types.ts";
import { Failure } from "../components/failure.tsx";
import { Link } from "../components/link.tsx";
import { HealthScore, RedactionTag, Sentiment, StatusTag } from "../components/status.tsx";
import { isTyping } from "../keys.ts";
import { fullMoment, length, moment, wait } from "../format.ts";
import { go } from "../routing.ts";
import { words } from "../words.ts";
import { Bulk } from "./bulk.tsx";
import { Filters, VIEWS } from "./filters.tsx";
import { FirstRun } from "./first-run.tsx";
import { useRows } from "./rows.ts";

const t = words.list;
const ROW_HEIGHT = 40;

export function ConversationsPage({ address }: { address: URL }) {
  const query = useMemo(() => readQuery(address.search), [address.search]);
  const asked = useMemo(() => askedQuery(query), [query]);
  const { rows, hasMore, error, more, again, change } = useRows(asked);
  const { calls } = useLive("/api/v1/live");
  const isPlain = Object.keys(query.filters).length === 0 && query.sort === "newest";
  const shown = useMemo(() => withLive(rows ?? [], [...calls.values()].map((call) => call.row), isPlain), [calls, isPlain, rows]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => setChosen(new Set()), [asked]);
  useEffect(() => {
    document.title = `${words.nav.conversations} · ${words.product}`;
  }, []);
  const ask = (next: ListQuery) => {
    const written = writeQuery(next);
    go(written ? `/conversations?${written}` : "/conversations");
  };

  if (error) return <Failure error={error} again={again} />;
  if (rows?.length === 0 && shown.length === 0 && isPlain) return <FirstRun onFirst={again} />;
  return (
    <main className="list" id="content">
      <h1 className="sr">{words.nav.conversations}</h1>
      <nav className="views" aria-label={t.viewsLabel}>
        {VIEWS.map((view) => (
          <Link
            key={view.name}
            to={`/conversations?${writeQuery(view.query)}`.replace(/\?$/, "")}
            isCurrent={writeQuery(view.query) === writeQuery(query)}
          >
            {t.views[view.name]}
          </Link>
        ))}
      </nav>
      <Filters query={query} onChange={ask} />
      {chosen.size > 0 && (
        <Bulk
          chosen={shown.filter((row) => chosen.has(row.id))}
          clear={() => setChosen(new Set())}
          onLabelled={(label) => change(chosen, (row) => ({ ...row, labels: [...new Set([...row.labels, label])] }))}
          onDeleted={(ids) => {
            change(ids, () => null);
            setChosen((had) => new Set([...had].filter((id) => !ids.has(id))));
          }}
        />
      )}
      <Table rows={shown} isLoading={!rows} hasMore={hasMore} more={more} chosen={chosen} onChoose={setChosen} />
      {rows && shown.length === 0 && (
        <p className="empty">
          {t.nothing} <Link to="/conversations">{t.showAll}</Link>
        </p>
      )}
    </main>
  );
}

/** Running calls first and as they are this moment; those the list has already, where they stand. */
export function withLive(rows: ConversationRow[], live: ConversationRow[], isPlain: boolean): ConversationRow[] {
  const newest = new Map(live.map((row) => [row.id, row]));
  const known = new Set(rows.map((row) => row.id));
  const more = isPlain ? live.filter((row) => !known.has(row.id)) : [];
  const all = [...more, ...rows.map((row) => newest.get(row.id) ?? row)];
  if (!isPlain) return all;
  const isRunning = (row: ConversationRow) => row.status === "active";
  return [...all.filter(isRunning), ...all.filter((row) => !isRunning(row))];
}

interface TableProps {
  rows: ConversationRow[];
  isLoading: boolean;
  hasMore: boolean;
  more: () => void;
  chosen: ReadonlySet<string>;
  onChoose: (ids: ReadonlySet<string>) => void;
}

function Table({ rows, isLoading, hasMore, more, chosen, onChoose }: TableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 16,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - 60) more();
  }, [hasMore, last, more, rows.length]);

  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) {
        if (event.key === "Escape") (event.target as HTMLElement).blur();
        return;
      }
      const row = rows[at];
      if (event.key === "j" || event.key === "k") {
        const next = Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1);
        setAt(next);
        virtual.scrollToIndex(next, { align: "auto" });
      } else if (event.key === "Enter" && row && !(event.target as HTMLElement).closest("a, button")) {
        go(`/conversations/${row.id}`);
      } else if (event.key === "x" && row) toggle(row.id);
      else if (event.key === "/") document.getElementById("search")?.focus();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });

  return (
    <div
      className={`table ${!isLoading && rows.length === 0 ? "bare" : ""}`}
      role="table"
      aria-label={words.nav.conversations}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
    >
      <div role="rowgroup">
        <div className="tr th" role="row" aria-rowindex={1}>
          <span role="columnheader">
            <span className="sr">{t.columns.choose}</span>
          </span>
          {(["status", "when", "call", "route", "provider", "length", "turns", "p95", "interruptions", "sentiment", "outcome", "health"] as const).map((name) => (
            <span key={name} role="columnheader" className={`c-${name}`}>
              {t.columns[name]}
            </span>
          ))}
        </div>
      </div>
      <div className="rows" role="rowgroup" ref={scroller} tabIndex={0} aria-busy={isLoading}>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="presentation">
          {items.map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <Line
                  key={row.id}
                  row={row}
                  index={item.index}
                  top={item.start}
                  isAt={item.index === at}
                  isChosen={chosen.has(row.id)}
                  toggle={() => toggle(row.id)}
                />
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface LineProps {
  row: ConversationRow;
  index: number;
  top: number;
  isAt: boolean;
  isChosen: boolean;
  toggle: () => void;
}

function Line({ row, index, top, isAt, isChosen, toggle }: LineProps) {
  const p95 = row.response_p95_ms;
  return (
    <div
      className={`tr ${isAt ? "at-row" : ""} ${row.status === "active" ? "running" : ""}`}
      role="row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("a, input, label")) go(`/conversations/${row.id}`);
      }}
    >
      <label role="cell" className="c-choose">
        <input type="checkbox" checked={isChosen} onChange={toggle} aria-label={`${t.columns.choose} ${row.call_id}`} />
      </label>
      <span role="cell" className="c-status">
        <StatusTag status={row.status} />
        <RedactionTag redaction={row.redaction} isAbridged={false} />
      </span>
      <span role="cell" className="c-when" title={fullMoment(row.started_at)}>
        {moment(row.started_at)}
      </span>
      <span role="cell" className="c-call">
        <Link to={`/conversations/${row.id}`}>{row.subject || row.call_id}</Link>
        {row.labels.slice(0, 3).map((label) => (
          <span key={label} className="label">
            {label}
          </span>
        ))}
      </span>
      <span role="cell" className="c-route">{row.routes.join(" + ") || row.providers.join(" + ")}</span>
      <span role="cell" className="c-provider">
        {row.providers.join(" + ")}
      </span>
      <span role="cell" className="c-length">{length(row.duration_ms)}</span>
      <span role="cell" className="c-turns">{row.turn_count}</span>
      <span role="cell" className={`c-p95 ${p95 !== null && p95 > 1500 ? "bad" : p95 !== null && p95 > 800 ? "warn" : ""}`}>
        {p95 === null ? "–" : wait(p95)}
      </span>
      <span role="cell" className="c-interruptions">{row.interruption_count || "–"}</span>
      <span role="cell" className="c-sentiment"><Sentiment score={row.sentiment_score} /></span>
      <span role="cell" className="c-outcome" title={row.outcome ?? row.derived_outcome ?? ""}>
        {row.outcome ?? (row.derived_outcome && <i>{row.derived_outcome}</i>)}
      </span>
      <span role="cell" className="c-health">
        <HealthScore score={row.health_score} reasons={row.health_reasons} />
      </span>
    </div>
  );
}

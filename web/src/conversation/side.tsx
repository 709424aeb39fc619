import { useState, type ReactNode } from "react";
import { addressed } from "../api/client.ts";
import type { Conversation, Health } from "../api/types.ts";
import { Icon } from "../components/icon.tsx";
import { clock, fullMoment, laidOut, length, wait } from "../format.ts";
import { words } from "../words.ts";
import { responseWaits } from "./story.ts";

const t = words.conversation;

export interface Tab {
  id: string;
  label: string;
  count?: number;
  body: ReactNode;
}

export function Tabs({ tabs, active, onChoose }: { tabs: Tab[]; active: string; onChoose: (id: string) => void }) {
  const shown = tabs.find((tab) => tab.id === active) ?? tabs[0];
  const onKey = (event: React.KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !shown) return;
    event.preventDefault();
    event.stopPropagation();
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length]!;
    onChoose(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <section className="side">
      <div className="tabs" role="tablist" onKeyDown={onKey}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`tab-${tab.id}`}
            aria-selected={tab === shown}
            aria-controls="tab-body"
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.label}
            {tab.count !== undefined && tab.count > 0 && <span className="count">{tab.count}</span>}
          </button>
        ))}
      </div>
      <div
        className="pane-scroll"
        id="tab-body"
        role="tabpanel"
        aria-labelledby={shown ? `tab-${shown.id}` : undefined}
        tabIndex={0}
      >
        {shown?.body}
      </div>
    </section>
  );
}

export function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {rows
        .filter(([, value]) => value !== null && value !== "" && value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Overview({ conversation, health, seek }: { conversation: Conversation; health: Health | null; seek: (s: number) => void }) {
  const c = conversation;
  const waits = responseWaits(c.messages).map((each) => each.toMs - each.fromMs);
  const sorted = [...waits].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const longest = sorted.at(-1);
  return (
    <div className="pane-body">
      <section>
        <h3>{t.trust}</h3>
        <HealthBar score={health?.score ?? c.health} />
        {health && health.reasons.length === 0 && <p className="quiet">{t.whole}</p>}
        {health && health.reasons.length > 0 && (
          <ul className="reasons">
            {health.reasons.map((reason, i) => (
              <li key={i}>
                <span className="cost">−{reason.cost}</span>
                <span>{reason.message}</span>
                {reason.at_ms !== null && (
                  <button type="button" className="at" onClick={() => seek(reason.at_ms! / 1000)}>
                    {clock(reason.at_ms / 1000)}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h3>{t.numbers}</h3>
        <div className="figures">
          <Figure label={t.figures.duration} value={length(c.duration_seconds * 1000)} />
          <Figure label={t.figures.messages} value={String(c.counts["messages"] ?? 0)} />
          <Figure label={t.figures.interruptions} value={String(c.interruptions.length)} />
          <Figure label={t.figures.tools} value={String(c.tool_calls.length)} />
          {middle !== undefined && <Figure label={t.figures.median} value={wait(middle)} />}
          {longest !== undefined && <Figure label={t.figures.longest} value={wait(longest)} />}
        </div>
      </section>
      <section>
        <h3>{t.about}</h3>
        <Facts
          rows={[
            [t.fact.began, fullMoment(c.began_at)],
            [t.fact.ended, c.ended_at && fullMoment(c.ended_at)],
            [t.fact.providers, c.providers.join(", ")],
            [t.fact.subject, c.subject],
            [t.fact.outcome, c.outcome],
            [t.fact.satisfaction, c.satisfaction],
            [t.fact.reasons, c.reasons.join(", ")],
            [t.fact.callId, <code key="c">{c.call_id}</code>],
            [t.fact.id, <code key="i">{c.id}</code>],
            ...Object.entries(c.metadata).map(
              ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as [string, ReactNode],
            ),
          ]}
        />
      </section>
    </div>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="figure">
      <span>{label}</span>
      <b>{value}</b>
    </div>
  );
}

export function HealthBar({ score }: { score: number }) {
  const tone = score >= 90 ? "good" : score >= 60 ? "warn" : "bad";
  return (
    <div className={`health-bar ${tone}`}>
      <meter min={0} max={100} value={score} aria-label={words.health} />
      <b>{score}</b>
      <span>{t.of100}</span>
    </div>
  );
}

export function ToolList({ conversation, open, seek }: { conversation: Conversation; open: string | null; seek: (s: number) => void }) {
  if (conversation.tool_calls.length === 0) return <p className="empty">{t.noTools}</p>;
  return (
    <div className="pane-body">
      {conversation.tool_calls.map((call) => (
        <article key={call.key} className={`tool-detail ${call.key === open ? "opened" : ""}`}>
          <header>
            <Icon name="tool" size={14} />
            <b>{call.name}</b>
            <button type="button" className="at" onClick={() => seek(call.called_ms / 1000)}>
              {clock(call.called_ms / 1000)}
            </button>
            {call.latency_ms !== null && <span className="tag">{wait(call.latency_ms)}</span>}
          </header>
          <h4>{t.arguments}</h4>
          <pre>{laidOut(call.arguments)}</pre>
          <h4>{call.error ? t.failedResult : t.result}</h4>
          <pre className={call.error ? "bad" : ""}>{laidOut(call.error ?? call.result ?? t.noResult)}</pre>
        </article>
      ))}
    </div>
  );
}

export function SnapshotList({ conversation, seek }: { conversation: Conversation; seek: (s: number) => void }) {
  const [all, setAll] = useState(false);
  const asked = conversation.snapshots.filter((each) => each.label !== "history_updated");
  const shown = all ? conversation.snapshots : asked;
  return (
    <div className="pane-body">
      {conversation.snapshots.length > asked.length && (
        <label className="check">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
          {t.automatic} <span className="count">{conversation.snapshots.length - asked.length}</span>
        </label>
      )}
      {shown.length === 0 && <p className="empty">{t.noSnapshots}</p>}
      {shown.map((snapshot, i) => (
        <article key={i} className="tool-detail">
          <header>
            <Icon name="flag" size={14} />
            <b>{snapshot.label}</b>
            <button type="button" className="at" onClick={() => seek(snapshot.at_ms / 1000)}>
              {clock(snapshot.at_ms / 1000)}
            </button>
          </header>
          <p className="quiet">
            {t.snapshotCounts(snapshot.message_count, snapshot.user_count, snapshot.assistant_count, snapshot.tool_count)}
          </p>
          {Object.keys(snapshot.data).length > 0 && <pre>{JSON.stringify(snapshot.data, null, 2)}</pre>}
        </article>
      ))}
    </div>
  );
}

export function LegList({ conversation }: { conversation: Conversation }) {
  return (
    <div className="pane-body">
      {conversation.legs.map((leg) => (
        <article key={leg.id} className="tool-detail">
          <header>
            <b>{leg.provider}</b>
            <span className="tag">{leg.way}</span>
            {leg.route && <span className="tag">{leg.route}</span>}
          </header>
          <Facts
            rows={[
              [t.leg.opened, clock(leg.opened_ms / 1000, 2)],
              [t.leg.closed, leg.closed_ms === null ? null : clock(leg.closed_ms / 1000, 2)],
              [t.leg.why, [leg.why_closed, leg.closed_by && `${t.leg.by} ${leg.closed_by}`, leg.close_code, leg.end_reason].filter(Boolean).join(", ")],
              [t.leg.answer, leg.answer_status],
              [t.leg.path, leg.path && <code>{leg.path}</code>],
              [t.leg.agent, leg.user_agent],
              [t.leg.peer, leg.peer],
              [t.leg.records, leg.record_count.toLocaleString()],
              ...Object.entries(leg.provider_ids).map(([name, value]) => [name, <code key={name}>{value}</code>] as [string, ReactNode]),
            ]}
          />
        </article>
      ))}
    </div>
  );
}

export function FileList({ id }: { id: string }) {
  const base = `/api/v1/conversations/${id}`;
  const sound = (track: string, format: string) => `${base}/audio/${track}?format=${format}`;
  const files: [string, string, string][] = [
    [t.file.stereo, "WAV", sound("stereo", "wav")],
    [t.file.stereo, "FLAC", sound("stereo", "flac")],
    [t.file.caller, "WAV", sound("caller", "wav")],
    [t.file.agent, "WAV", sound("agent", "wav")],
    [t.file.sent, "WAV", sound("agent-sent", "wav")],
    [t.file.transcript, "TXT", `${base}/transcript?format=text`],
    [t.file.transcript, "JSON", `${base}/transcript?format=json`],
    [t.file.subtitles, "SRT", `${base}/transcript?format=srt`],
    [t.file.subtitles, "VTT", `${base}/transcript?format=vtt`],
    [t.file.conversation, "JSON", base],
  ];
  return (
    <div className="pane-body">
      <ul className="files">
        {files.map(([name, format, address]) => (
          <li key={name + format}>
            <a href={addressed(address)} download={`${id}.${format.toLowerCase()}`}>
              <Icon name="download" size={14} />
              <span>{name}</span>
              <span className="tag">{format}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}


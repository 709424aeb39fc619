import { useState, type ReactNode } from "react";
import { addressed } from "../api/client.ts";
import type { Conversation } from "../api/types.ts";
import { Icon } from "../components/icon.tsx";
import { clock, laidOut, wait } from "../format.ts";
import { words } from "../words.ts";

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
        .filter(([, value]) => value !== null && value !== "" && value !== undefined && !(Array.isArray(value) && value.length === 0))
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
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
    [t.file.vcon, "VCON", `${base}/export?format=vcon`],
    [t.file.markdown, "MD", `${base}/export?format=markdown`],
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


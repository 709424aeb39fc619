import { useEffect, useState } from "react";
import { get, send } from "../api/client.ts";
import { useRight } from "../api/session.ts";
import type { Conversation, Leg, Page } from "../api/types.ts";
import { Confirm } from "../components/confirm.tsx";
import { Dialog } from "../components/dialog.tsx";
import { clock, length, moment } from "../format.ts";
import { go } from "../routing.ts";
import { words } from "../words.ts";
import { idIn, joinedBy } from "./belonging.ts";
import { Facts } from "./side.tsx";

const t = words.conversation.leg;
const LOOK_EVERY_MS = 1000; // until legs stand where they were put
const NEAR_MS = 10 * 60_000; // calls that began so close to this one may be parts of it

/** Where the server put the legs; until it is done they are shown where they were. */
interface Moved {
  conversation: string;
  is_done: boolean;
}

/** The connections a call was made of; who may write puts them where they belong. */
export function LegList({ conversation, again }: { conversation: Conversation; again: () => void }) {
  const { id, legs } = conversation;
  const mayWrite = useRight("write");
  const [asked, setAsked] = useState<Leg | "join" | null>(null);
  const [awaited, setAwaited] = useState<Moved | null>(null);
  const show = (moved: Moved) => (moved.conversation === id ? again() : go(`/conversations/${moved.conversation}`));
  const move = async (verb: string, what: object) => {
    const moved = await send<Moved>(`/api/v1/conversations/${id}/${verb}`, what);
    setAsked(null);
    if (moved?.is_done) show(moved);
    else setAwaited(moved ?? null);
  };
  useEffect(() => {
    if (!awaited) return;
    const look = () => get<Conversation>(`/api/v1/conversations/${id}`).then((now) => now.legs.length !== legs.length && show(awaited), () => undefined);
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  });
  return (
    <div className="pane-body">
      {legs.map((leg) => (
        <article key={leg.id} className="tool-detail">
          <header>
            <b>{leg.provider}</b>
            <span className="tag">{leg.way}</span>
            {leg.route && <span className="tag">{leg.route}</span>}
            <span className="spacer" />
            {mayWrite && legs.length > 1 && (
              <button type="button" className="button" aria-label={`${t.split}: ${leg.provider}`} onClick={() => setAsked(leg)}>{t.split}</button>
            )}
          </header>
          <LegFacts leg={leg} legs={legs} />
        </article>
      ))}
      {mayWrite && (
        <div>
          <button type="button" className="button" onClick={() => setAsked("join")}>{t.join}</button>
        </div>
      )}
      <span role="status" className="quiet">{awaited && t.soon}</span>
      {asked === "join" && (
        <Join conversation={conversation} onJoin={(other, reason) => move("join", { others: [other], reason })} onCancel={() => setAsked(null)} />
      )}
      {asked !== null && asked !== "join" && (
        <Confirm
          title={t.splitTitle(asked.provider)}
          text={t.splitText}
          action={t.split}
          withReason
          onCancel={() => setAsked(null)}
          onConfirm={(reason) => move("split", { legs: [asked.id], reason })}
        />
      )}
    </div>
  );
}

function LegFacts({ leg, legs }: { leg: Leg; legs: readonly Leg[] }) {
  const ended = [leg.why_closed, leg.closed_by && `${t.by} ${leg.closed_by}`, leg.close_code, leg.end_reason];
  return (
    <Facts
      rows={[
        [t.joined, joinedBy(leg)],
        [t.clock, leg.clock_offset_ms !== null && leg.clock_certainty !== null
          ? t.clockIs(leg.clock_offset_ms, legs.find((other) => other.id === leg.clock_against)?.provider ?? leg.clock_against ?? "", leg.clock_certainty, leg.is_clock_set)
          : null],
        [t.opened, clock(leg.opened_ms / 1000, 2)],
        [t.closed, leg.closed_ms === null ? null : clock(leg.closed_ms / 1000, 2)],
        [t.why, ended.filter(Boolean).join(", ")],
        [t.answer, leg.answer_status],
        [t.path, leg.path && <code>{leg.path}</code>],
        [t.agent, leg.user_agent],
        [t.peer, leg.peer],
        [t.records, leg.record_count.toLocaleString()],
        ...Object.entries(leg.provider_ids).map(([name, value]): [string, React.ReactNode] => [name, <code key={name}>{value}</code>]),
      ]}
    />
  );
}

interface JoinProps {
  conversation: Conversation;
  onJoin: (other: string, reason: string) => Promise<unknown>;
  onCancel: () => void;
}

/** Which call belongs to this one, and why; calls of about the same time are offered. */
function Join({ conversation, onJoin, onCancel }: JoinProps) {
  const [other, setOther] = useState("");
  const [reason, setReason] = useState("");
  const near = useNear(conversation);
  return (
    <Dialog title={t.joinTitle} action={t.join} isReady={idIn(other) !== ""} onDo={() => onJoin(idIn(other), reason.trim())} onCancel={onCancel}>
      <p>{t.joinText}</p>
      <label>
        {t.other}
        <input value={other} list="near-calls" required maxLength={500} autoComplete="off" onChange={(event) => setOther(event.target.value)} />
      </label>
      <datalist id="near-calls">
        {near.map((row) => (
          <option key={row.id} value={row.id}>{t.near(row.providers.join(" + "), moment(row.started_at), length(row.duration_ms))}</option>
        ))}
      </datalist>
      <label>
        {words.confirm.reason}
        <input value={reason} required maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </label>
    </Dialog>
  );
}

function useNear({ id, began_at }: Conversation): Page["conversations"] {
  const [near, setNear] = useState<Page["conversations"]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const around = (ms: number) => new Date(Date.parse(began_at) + ms).toISOString();
    const query = new URLSearchParams({ since: around(-NEAR_MS), until: around(NEAR_MS), limit: "20" });
    get<Page>(`/api/v1/conversations?${query}`, abort.signal).then((page) => setNear(page.conversations.filter((row) => row.id !== id)), () => undefined);
    return () => abort.abort();
  }, [began_at, id]);
  return near;
}

import { useEffect, useState } from "react";
import { get } from "../api/client.ts";
import { Link } from "../components/link.tsx";
import { fullMoment, moment } from "../format.ts";
import { words } from "../words.ts";

const PLACE = "{conversation_id}"; // in a route

export interface TrailEntry {
  number: number;
  at: string;
  action: string;
  outcome: string;
  actor?: string | null;
  name?: string | null;
  reason?: string | null;
  conversation: string | null;
  asked?: string | null; // what was asked for where no conversation was found
  facts: Record<string, unknown>;
}

/** Who did what with this conversation. */
export function Trail({ id }: { id: string }) {
  const [entries, setEntries] = useState<TrailEntry[] | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    get<{ entries: TrailEntry[] }>(`/api/v1/audit?conversation=${encodeURIComponent(id)}&limit=200`).then(
      (found) => setEntries(found.entries),
      (error: unknown) => setTrouble((error as Error).message),
    );
  }, [id]);
  if (trouble) return <p className="empty">{trouble}</p>;
  if (entries?.length === 0) return <p className="empty">{words.trail.none}</p>;
  return <Entries entries={entries ?? []} />;
}

/** Entries of the audit log: when, what, who, and whether it was allowed. */
export function Entries({ entries }: { entries: readonly TrailEntry[] }) {
  return (
    <ol className="trail">
      {entries.map((entry) => (
        <li key={entry.number}>
          <span className="tabular quiet" title={fullMoment(entry.at)}>{moment(entry.at)}</span>
          <b>{entry.action}</b>
          <span className="who">
            {entry.name ?? entry.actor}
            {entry.reason && <q>{entry.reason}</q>}
          </span>
          <span className={`tag ${entry.outcome === "done" ? "" : "bad"}`}>{entry.outcome}</span>
          <Facts entry={entry} />
        </li>
      ))}
    </ol>
  );
}

/** What was done, with the conversation itself where the route has only its place. */
function Facts({ entry }: { entry: TrailEntry }) {
  const facts = factsOf(entry.facts);
  const about = entry.conversation ? <Link to={`/conversations/${entry.conversation}`}>{entry.conversation}</Link> : entry.asked;
  if (!facts && !about) return null;
  const [before, after] = facts.split(PLACE);
  if (about && after !== undefined) return <code>{before}{about}{after}</code>;
  return <code>{about} {facts}</code>;
}

function factsOf(facts: Record<string, unknown>): string {
  return Object.entries(facts).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join("  ");
}

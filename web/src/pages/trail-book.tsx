import { useCallback, useEffect, useState } from "react";
import { get } from "../api/client.ts";
import { Entries, type TrailEntry } from "../conversation/trail.tsx";
import { words } from "../words.ts";

const t = words.protection;
const OUTCOMES = ["done", "denied", "refused", "deferred", "failed"];

/** The audit log of the workspace, the newest first, by who, what and how it came out; looked up in each round. */
export function TrailBook({ round }: { round: number }) {
  const [entries, setEntries] = useState<TrailEntry[]>([]);
  const [next, setNext] = useState<number | null>(null);
  const [asked, setAsked] = useState({ action: "", outcome: "", actor: "" });
  const load = useCallback(
    async (cursor: number | null) => {
      const query = new URLSearchParams({ limit: "50" });
      for (const [name, value] of Object.entries(asked)) if (value) query.set(name, value);
      if (cursor !== null) query.set("cursor", String(cursor));
      const page = await get<{ entries: TrailEntry[]; next_cursor: number | null }>(`/api/v1/audit?${query}`);
      setEntries((had) => (cursor === null ? page.entries : [...had, ...page.entries]));
      setNext(page.next_cursor);
    },
    [asked],
  );
  useEffect(() => void load(null).catch(() => undefined), [load, round]);
  const field = (name: "action" | "actor", label: string) => (
    <label>
      {label}
      <input defaultValue={asked[name]} onChange={(event) => setAsked({ ...asked, [name]: event.target.value.trim() })} />
    </label>
  );
  return (
    <section>
      <h2>{words.trail.title}</h2>
      <div className="pane-form trail-filters" role="group" aria-label={words.list.addFilter}>
        {field("action", t.action)}
        {field("actor", t.actor)}
        <label>
          {words.conversation.fact.outcome}
          <select value={asked.outcome} onChange={(event) => setAsked({ ...asked, outcome: event.target.value })}>
            <option value="">{words.list.any}</option>
            {OUTCOMES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      <Entries entries={entries} />
      {next !== null && <button type="button" className="button" onClick={() => void load(next)}>{t.older}</button>}
    </section>
  );
}

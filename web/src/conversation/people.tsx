import { useCallback, useEffect, useState } from "react";
import { get, send } from "../api/client.ts";
import { useRight } from "../api/session.ts";
import { Icon } from "../components/icon.tsx";
import { clock, moment } from "../format.ts";
import { words } from "../words.ts";
import type { Player } from "./player.ts";

const t = words.people;

interface Annotation {
  id: string;
  kind: "rating" | "note" | "span";
  rating: number | null;
  text: string;
  from_ms: number | null;
  to_ms: number | null;
  author: string;
  created_at: string;
}

interface Props {
  id: string;
  labels: string[];
  onLabels: (labels: string[]) => void;
  player: Player;
  seek: (seconds: number) => void;
}

/** What people say of a call: stars, notes, labels. */
export function People({ id, labels, onLabels, player, seek }: Props) {
  const base = `/api/v1/conversations/${id}`;
  const mayWrite = useRight("write");
  const [said, setSaid] = useState<Annotation[]>([]);
  const [text, setText] = useState("");
  const [isHere, setHere] = useState(false);
  const [label, setLabel] = useState("");
  const [trouble, setTrouble] = useState("");
  const load = useCallback(() => {
    get<{ annotations: Annotation[] }>(`${base}/annotations`).then((found) => setSaid(found.annotations), () => undefined);
  }, [base]);
  useEffect(load, [load]);
  const act = (what: Promise<unknown>) =>
    what.then(load, (error: unknown) => setTrouble((error as Error).message));

  const addNote = (event: React.FormEvent) => {
    event.preventDefault();
    const atMs = Math.round(player.get().seconds * 1000);
    const place = isHere ? { kind: "span", from_ms: atMs, to_ms: atMs } : { kind: "note" };
    void act(send(`${base}/annotations`, { ...place, text })).then(() => setText(""));
  };
  const changeLabel = async (name: string, method: "PUT" | "DELETE") => {
    try {
      const answer = await send<{ labels: string[] }>(`${base}/labels/${encodeURIComponent(name)}`, undefined, method);
      if (answer) onLabels(answer.labels);
      setLabel("");
    } catch (error) {
      setTrouble((error as Error).message);
    }
  };

  return (
    <div className="pane-body">
      {trouble && <p className="trouble" role="alert">{trouble}</p>}
      <section>
        <h3>{t.label}</h3>
        <div className="labels wrap">
          {labels.map((name) => (
            <span key={name} className="label">
              {name}
              {mayWrite && (
                <button type="button" aria-label={`${t.remove}: ${name}`} onClick={() => void changeLabel(name, "DELETE")}>
                  <Icon name="close" size={10} />
                </button>
              )}
            </span>
          ))}
          {mayWrite && (
            <form
              className="pane-form"
              onSubmit={(event) => {
                event.preventDefault();
                if (label.trim()) void changeLabel(label.trim(), "PUT");
              }}
            >
              <input value={label} onChange={(event) => setLabel(event.target.value)} placeholder={t.addLabel} aria-label={t.addLabel} />
            </form>
          )}
        </div>
      </section>
      {mayWrite && (
        <section>
          <h3>{t.rate}</h3>
          <div className="stars" role="group" aria-label={t.rate}>
            {[1, 2, 3, 4, 5].map((count) => (
              <button key={count} type="button" className="icon-button" aria-label={t.stars(count)} onClick={() => void act(send(`${base}/annotations`, { kind: "rating", rating: count }))}>
                <Icon name="star" />
              </button>
            ))}
          </div>
        </section>
      )}
      {mayWrite && (
        <form className="pane-form note-form" onSubmit={addNote}>
          <label htmlFor="note">{t.note}</label>
          <textarea id="note" rows={2} required maxLength={10_000} value={text} placeholder={t.noteHint} onChange={(event) => setText(event.target.value)} />
          <div>
            <label className="check">
              <input type="checkbox" checked={isHere} onChange={(event) => setHere(event.target.checked)} />
              {t.atPlayhead}
            </label>
            <button type="submit" className="button">{t.add}</button>
          </div>
        </form>
      )}
      {said.length === 0 && <p className="quiet">{t.none}</p>}
      <ul className="notes">
        {said.map((each) => (
          <li key={each.id}>
            <p>
              {each.rating !== null && <b>{t.stars(each.rating)}</b>} {each.text}
            </p>
            <p className="quiet">
              {each.author} · {moment(each.created_at)}
              {each.from_ms !== null && (
                <button type="button" className="at" onClick={() => seek(each.from_ms! / 1000)}>
                  {clock(each.from_ms / 1000)}
                </button>
              )}
              {mayWrite && (
                <button type="button" className="at" onClick={() => void act(send(`${base}/annotations/${each.id}`, undefined, "DELETE"))}>
                  {t.remove}
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface TrailEntry {
  number: number;
  at: string;
  action: string;
  outcome: string;
  actor?: string | null;
  name?: string | null;
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
  return (
    <ol className="trail">
      {entries?.map((entry) => (
        <li key={entry.number}>
          <span className="tabular quiet">{moment(entry.at)}</span>
          <b>{entry.action}</b>
          <span>{entry.name ?? entry.actor}</span>
          <span className={`tag ${entry.outcome === "done" ? "" : "bad"}`}>{entry.outcome}</span>
        </li>
      ))}
    </ol>
  );
}

import { useCallback, useEffect, useState } from "react";
import { get, send } from "../api/client.ts";
import { useRight } from "../api/session.ts";
import type { Annotation } from "../api/types.ts";
import { Icon } from "../components/icon.tsx";
import { clock, moment } from "../format.ts";
import { words } from "../words.ts";
import type { Player } from "./player.ts";
import { beginning, ending, type Span } from "./silence.ts";

const t = words.people;

export interface Annotations {
  said: Annotation[];
  load: () => void;
}

/** What people said of this call; nothing where `isAsked` is false. */
export function useAnnotations(id: string, isAsked: boolean): Annotations {
  const [said, setSaid] = useState<Annotation[]>([]);
  const load = useCallback(() => {
    if (!isAsked) return;
    get<{ annotations: Annotation[] }>(`/api/v1/conversations/${id}/annotations`).then((found) => setSaid(found.annotations), () => undefined);
  }, [id, isAsked]);
  useEffect(load, [load]);
  return { said, load };
}

interface Props {
  id: string;
  labels: string[];
  onLabels: (labels: string[]) => void;
  annotations: Annotations;
  chosen: Span | null;
  onChoose: (span: Span | null) => void;
  player: Player;
  seek: (seconds: number) => void;
}

/** What people say of a call: stars, notes, labels. */
export function People({ id, labels, onLabels, annotations: { said, load }, chosen, onChoose, player, seek }: Props) {
  const base = `/api/v1/conversations/${id}`;
  const mayWrite = useRight("write");
  const [text, setText] = useState("");
  const [label, setLabel] = useState("");
  const [trouble, setTrouble] = useState("");
  const rated = said.findLast((each) => each.rating !== null)?.rating ?? 0;
  const act = (what: Promise<unknown>) =>
    what.then(load, (error: unknown) => setTrouble((error as Error).message));

  const addNote = (event: React.FormEvent) => {
    event.preventDefault();
    const place = chosen
      ? { kind: "span", from_ms: Math.round(chosen.from * 1000), to_ms: Math.round(chosen.to * 1000) }
      : { kind: "note" };
    void act(send(`${base}/annotations`, { ...place, text })).then(() => {
      setText("");
      onChoose(null);
    });
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
        <h3>{t.labels}</h3>
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
              <button key={count} type="button" className={`icon-button ${count <= rated ? "on" : ""}`} aria-label={t.stars(count)} aria-pressed={count === rated} onClick={() => void act(send(`${base}/annotations`, { kind: "rating", rating: count }))}>
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
            <span className="span-choice">
              <button type="button" className="button" title={`${t.from} ([)`} onClick={() => onChoose(beginning(chosen, player.get().seconds))}>{t.from}</button>
              <button type="button" className="button" title={`${t.to} (])`} onClick={() => onChoose(ending(chosen, player.get().seconds))}>{t.to}</button>
              {chosen && (
                <button type="button" className="chip" onClick={() => onChoose(null)}>
                  {clock(chosen.from)} – {clock(chosen.to)} <Icon name="close" size={10} />
                  <span className="sr">{t.noSpan}</span>
                </button>
              )}
            </span>
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
                  {each.to_ms !== null && each.to_ms > each.from_ms && ` – ${clock(each.to_ms / 1000)}`}
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

import { useState } from "react";
import { send } from "../api/client.ts";
import { erase } from "../api/erase.ts";
import { useRight } from "../api/session.ts";
import type { ConversationRow } from "../api/types.ts";
import { Confirm } from "../components/confirm.tsx";
import { Icon } from "../components/icon.tsx";
import { words } from "../words.ts";
import { Export } from "./export.tsx";

const t = words.list;

interface Props {
  chosen: readonly ConversationRow[];
  clear: () => void;
  onLabelled: (label: string) => void;
  onDeleted: (ids: ReadonlySet<string>) => void;
}

type Question = "delete" | "people" | "hold";

/** Erases; throws where that has to wait. */
async function gone(path: string, reason: string): Promise<void> {
  const because = await erase(path, reason);
  if (because) throw new Error(words.acts.deferred(because));
}

/** What may be done with all that are chosen, as far as whoever looks has the right to. */
export function Bulk({ chosen, clear, onLabelled, onDeleted }: Props) {
  const mayWrite = useRight("write");
  const isAdmin = useRight("admin");
  const [label, setLabel] = useState("");
  const [question, setQuestion] = useState<Question | null>(null);
  const [trouble, setTrouble] = useState("");
  const ids = chosen.map((row) => row.id);
  const people = [...new Set(chosen.flatMap((row) => row.subject ?? []))];

  /** One after the other; what failed is said, and costs the others nothing. */
  const each = async <T,>(all: readonly T[], what: (one: T) => Promise<unknown>) => {
    const done = new Set<T>();
    const failed: string[] = [];
    for (const one of all) {
      try {
        await what(one);
        done.add(one);
      } catch (error) {
        failed.push((error as Error).message);
      }
    }
    setTrouble(failed.length ? t.failed(failed.length, failed[0]!) : "");
    return done;
  };
  const addLabel = async (name: string) => {
    await each(ids, (id) => send(`/api/v1/conversations/${id}/labels/${encodeURIComponent(name)}`, undefined, "PUT"));
    onLabelled(name);
    setLabel("");
  };
  const close = () => setQuestion(null);
  return (
    <div className="bulk" role="toolbar" aria-label={t.bulk}>
      <b>{t.chosen(chosen.length)}</b>
      {mayWrite && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (label.trim()) void addLabel(label.trim());
          }}
        >
          <input value={label} onChange={(event) => setLabel(event.target.value)} placeholder={t.addLabel} aria-label={t.addLabel} />
          <button type="submit" className="button">{t.addLabel}</button>
        </form>
      )}
      <Export query={ids.map((id) => `id=${id}`).join("&")} />
      {isAdmin && (
        <>
          <button type="button" className="button" onClick={() => setQuestion("hold")}>
            <Icon name="lock" size={14} /> {t.hold}
          </button>
          <button type="button" className="button danger" onClick={() => setQuestion("delete")}>
            <Icon name="trash" size={14} /> {t.delete}
          </button>
          {people.length > 0 && (
            <button type="button" className="button danger" onClick={() => setQuestion("people")}>{t.erasePeople(people.length)}</button>
          )}
        </>
      )}
      <button type="button" className="button" onClick={clear}>{t.clear}</button>
      {trouble && <span className="trouble" role="alert">{trouble}</span>}
      {question === "hold" && (
        <Confirm
          title={t.holdTitle(chosen.length)}
          text={words.acts.holdText}
          typed={String(chosen.length)}
          action={t.hold}
          withReason
          onCancel={close}
          onConfirm={async (reason) => {
            await each(ids, (id) => send(`/api/v1/conversations/${id}/hold`, { reason }));
            close();
          }}
        />
      )}
      {question === "delete" && (
        <Confirm
          title={t.deleteTitle(chosen.length)}
          text={t.deleteText}
          typed={String(chosen.length)}
          action={t.delete}
          withReason
          onCancel={close}
          onConfirm={async (reason) => {
            onDeleted(await each(ids, (id) => gone(`/api/v1/conversations/${id}`, reason)));
            close();
          }}
        />
      )}
      {question === "people" && (
        <Confirm
          title={t.peopleTitle(people)}
          text={words.acts.personText}
          typed={people.length === 1 ? people[0]! : String(people.length)}
          action={t.erasePeople(people.length)}
          withReason
          onCancel={close}
          onConfirm={async (reason) => {
            const done = await each(people, (person) => gone(`/api/v1/subjects/${encodeURIComponent(person)}`, reason));
            onDeleted(new Set(chosen.filter((row) => row.subject !== null && done.has(row.subject)).map((row) => row.id)));
            close();
          }}
        />
      )}
    </div>
  );
}

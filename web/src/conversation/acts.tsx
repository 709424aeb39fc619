import { useEffect, useState } from "react";
import { addressed, get, send } from "../api/client.ts";
import { useRight } from "../api/session.ts";
import type { Conversation } from "../api/types.ts";
import { Menu } from "../components/menu.tsx";
import { ListenButton } from "../pages/live.tsx";
import { words } from "../words.ts";
import { Asked, type Question } from "./questions.tsx";
import type { Span } from "./silence.ts";

const t = words.acts;

export interface Hold {
  conversation_id: string;
  placed_at: string;
  placed_by: string;
  reason: string;
}

interface Props {
  conversation: Conversation;
  chosen: Span | null; // the stretch that is marked on the waveform
  isRaw: boolean;
  onRaw: (reason: string) => void;
  again: () => void; // it is another one now
}

/** What may be done with this conversation, as far as whoever looks has the right to. */
export function Acts({ conversation, chosen, isRaw, onRaw, again }: Props) {
  const { id } = conversation;
  const isRunning = conversation.status === "active";
  const mayWrite = useRight("write");
  const maySeeRaw = useRight("read-raw");
  const isAdmin = useRight("admin");
  const { hold, setHold } = useHold(id, useRight("audit"));
  const [question, setQuestion] = useState<Question | null>(null);
  const [note, setNote] = useState("");
  const say = (what: Promise<unknown>, done: string = t.done) =>
    what.then(() => setNote(done), (error: unknown) => setNote((error as Error).message));
  const release = async () => {
    await send(`/api/v1/conversations/${id}/hold`, undefined, "DELETE");
    setHold(null);
  };
  return (
    <div className="acts">
      <span role="status" className="quiet">{note}</span>
      {hold && <span className="tag held" title={hold.reason}>{t.held}</span>}
      {isRaw && <span className="tag bad">{t.unmasked}</span>}
      {isRunning && maySeeRaw && <ListenButton id={id} />}
      {isRunning && mayWrite && <Running conversation={conversation} say={say} onEnd={() => setQuestion("end")} />}
      <button type="button" className="button" onClick={() => void say(share(id), t.shared)}>{t.share}</button>
      {(maySeeRaw || mayWrite || isAdmin) && (
        <Menu label={t.more}>
          {maySeeRaw && !isRaw && <button type="button" onClick={() => setQuestion("raw")}>{t.raw}</button>}
          {isRaw && <button type="button" onClick={() => onRaw("")}>{t.masked}</button>}
          {mayWrite && !isRunning && <button type="button" onClick={() => setQuestion("redact")}>{t.redact}</button>}
          {isAdmin && !hold && <button type="button" onClick={() => setQuestion("hold")}>{t.hold}</button>}
          {isAdmin && hold && <button type="button" onClick={() => void say(release())}>{t.release}</button>}
          {isAdmin && conversation.subject && (
            <a href={addressed(`/api/v1/subjects/${encodeURIComponent(conversation.subject)}`)} download="person.zip">{t.exportPerson}</a>
          )}
          {isAdmin && !isRunning && <button type="button" className="danger" onClick={() => setQuestion("delete")}>{t.delete}</button>}
          {isAdmin && conversation.subject && (
            <button type="button" className="danger" onClick={() => setQuestion("person")}>{t.erasePerson}</button>
          )}
        </Menu>
      )}
      <Asked
        question={question}
        conversation={conversation}
        chosen={chosen}
        onRedacted={again}
        onHeld={setHold}
        onRaw={onRaw}
        onClose={(said) => {
          setQuestion(null);
          if (said) setNote(said);
        }}
      />
    </div>
  );
}

async function share(id: string): Promise<void> {
  const { path } = await get<{ path: string }>(`/api/v1/conversations/${id}/link`);
  await navigator.clipboard.writeText(location.origin + path);
}

function useHold(id: string, mayAsk: boolean): { hold: Hold | null; setHold: (hold: Hold | null) => void } {
  const [hold, setHold] = useState<Hold | null>(null);
  useEffect(() => {
    if (!mayAsk) return;
    get<{ hold: Hold | null }>(`/api/v1/conversations/${id}/hold`).then((found) => setHold(found.hold), () => undefined);
  }, [id, mayAsk]);
  return { hold, setHold };
}

interface RunningProps {
  conversation: Conversation;
  say: (what: Promise<unknown>) => Promise<void>;
  onEnd: () => void;
}

/** Recording of a call that goes on: interrupt it, mark a moment, say how it came out. */
function Running({ conversation, say, onEnd }: RunningProps) {
  const base = `/api/v1/conversations/${conversation.id}`;
  const wasPaused = conversation.gaps.some((gap) => gap.reason === "paused" && gap.until_ms === null);
  const [isPaused, setPaused] = useState(wasPaused);
  useEffect(() => setPaused(wasPaused), [wasPaused]); // by somebody else, or a moment before this page was opened
  const turn = async () => {
    const told = await send<{ legs: { state: string }[] }>(`${base}/${isPaused ? "resume" : "pause"}`, isPaused ? undefined : {});
    setPaused(told?.legs.some((leg) => leg.state === "paused") ?? !isPaused);
  };
  return (
    <>
      <button type="button" className="button" aria-pressed={isPaused} onClick={() => void say(turn())}>{isPaused ? t.resume : t.pause}</button>
      <button type="button" className="button" onClick={() => void say(send(`${base}/snapshots`, { label: "marked" }))}>{t.snapshot}</button>
      <button type="button" className="button" onClick={onEnd}>{t.end}</button>
    </>
  );
}

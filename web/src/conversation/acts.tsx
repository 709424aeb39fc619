import { useState } from "react";
import { get, send } from "../api/client.ts";
import { useRight } from "../api/session.ts";
import type { Conversation } from "../api/types.ts";
import { Confirm } from "../components/confirm.tsx";
import { ListenButton } from "../pages/live.tsx";
import { go } from "../routing.ts";
import { words } from "../words.ts";

const t = words.acts;

/** What may be done with this conversation, as far as whoever looks has the right to. */
export function Acts({ conversation }: { conversation: Conversation }) {
  const base = `/api/v1/conversations/${conversation.id}`;
  const isRunning = conversation.status === "active";
  const mayWrite = useRight("write");
  const mayListen = useRight("read-raw");
  const isAdmin = useRight("admin");
  const mayShare = useRight("read");
  const [asked, setAsked] = useState<"delete" | "hold" | null>(null);
  const [note, setNote] = useState("");
  const say = (what: Promise<unknown>, done: string = t.done) =>
    what.then(() => setNote(done), (error: unknown) => setNote((error as Error).message));
  const share = async () => {
    const { path } = await get<{ path: string }>(`${base}/link`);
    await navigator.clipboard.writeText(location.origin + path);
  };
  return (
    <div className="acts">
      <span role="status" className="quiet">{note}</span>
      {isRunning && mayListen && <ListenButton id={conversation.id} />}
      {isRunning && mayWrite && (
        <>
          <button type="button" className="button" onClick={() => void say(send(`${base}/pause`, {}))}>{t.pause}</button>
          <button type="button" className="button" onClick={() => void say(send(`${base}/resume`))}>{t.resume}</button>
          <button type="button" className="button" onClick={() => void say(send(`${base}/snapshots`, { label: "marked" }))}>{t.snapshot}</button>
        </>
      )}
      {mayShare && <button type="button" className="button" onClick={() => void say(share(), t.shared)}>{t.share}</button>}
      {isAdmin && !isRunning && (
        <>
          <button type="button" className="button" onClick={() => setAsked("hold")}>{t.hold}</button>
          <button type="button" className="button" onClick={() => void say(send(`${base}/hold`, undefined, "DELETE"))}>{t.release}</button>
          <button type="button" className="button danger" onClick={() => setAsked("delete")}>{t.delete}</button>
        </>
      )}
      {asked === "delete" && (
        <Confirm
          title={t.deleteTitle}
          text={t.deleteText}
          typed={conversation.call_id}
          action={t.delete}
          onCancel={() => setAsked(null)}
          onConfirm={async () => {
            await send(base, undefined, "DELETE");
            go("/conversations");
          }}
        />
      )}
      {asked === "hold" && (
        <Confirm
          title={t.holdTitle}
          text={t.holdText}
          typed={t.hold}
          action={t.hold}
          withReason
          onCancel={() => setAsked(null)}
          onConfirm={async (reason) => {
            await send(`${base}/hold`, { reason });
            setNote(t.done);
            setAsked(null);
          }}
        />
      )}
    </div>
  );
}

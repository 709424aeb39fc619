import { useState } from "react";
import { send } from "../api/client.ts";
import { erase } from "../api/erase.ts";
import type { Conversation } from "../api/types.ts";
import { Confirm } from "../components/confirm.tsx";
import { Dialog } from "../components/dialog.tsx";
import { clock } from "../format.ts";
import { go } from "../routing.ts";
import { words } from "../words.ts";
import type { Hold } from "./acts.tsx";
import type { Span } from "./silence.ts";

const t = words.acts;

export type Question = "delete" | "person" | "hold" | "raw" | "end" | "redact";

interface Props {
  question: Question | null;
  conversation: Conversation;
  chosen: Span | null; // the stretch that is marked on the waveform
  onRedacted: () => void;
  onHeld: (hold: Hold | null) => void;
  onRaw: (reason: string) => void;
  onClose: (said?: string) => void; // said: what to tell of it
}

/** The dialog of what is about to be done, if anything is. */
export function Asked({ question, conversation, chosen, onRedacted, onHeld, onRaw, onClose }: Props) {
  const base = `/api/v1/conversations/${conversation.id}`;
  const end = async (path: string, reason: string) => {
    const because = await erase(path, reason);
    if (because) onClose(t.deferred(because));
    else go("/conversations");
  };
  switch (question) {
    case null:
      return null;
    case "delete":
      return (
        <Confirm
          title={t.deleteTitle}
          text={t.deleteText}
          typed={conversation.call_id}
          action={t.delete}
          withReason
          onCancel={() => onClose()}
          onConfirm={(reason) => end(base, reason)}
        />
      );
    case "person":
      return (
        <Confirm
          title={t.personTitle}
          text={t.personText}
          typed={conversation.subject ?? ""}
          action={t.erasePerson}
          withReason
          onCancel={() => onClose()}
          onConfirm={(reason) => end(`/api/v1/subjects/${encodeURIComponent(conversation.subject ?? "")}`, reason)}
        />
      );
    case "hold":
      return (
        <Confirm
          title={t.holdTitle}
          text={t.holdText}
          typed={t.hold}
          action={t.hold}
          withReason
          onCancel={() => onClose()}
          onConfirm={async (reason) => {
            onHeld(await send<Hold>(`${base}/hold`, { reason }));
            onClose(t.done);
          }}
        />
      );
    case "raw":
      return (
        <Confirm
          title={t.rawTitle}
          text={t.rawText}
          action={t.raw}
          withReason
          onCancel={() => onClose()}
          onConfirm={async (reason) => {
            onClose();
            onRaw(reason);
          }}
        />
      );
    case "redact":
      return (
        <TakeOut
          base={base}
          chosen={chosen}
          onClose={(said) => {
            onClose(said);
            if (said) onRedacted();
          }}
        />
      );
    case "end":
      return <End base={base} onClose={onClose} />;
  }
}

/** Words wherever they stand, and the marked stretch: gone from everything that is made of the call. */
function TakeOut({ base, chosen, onClose }: { base: string; chosen: Span | null; onClose: (said?: string) => void }) {
  const [found, setFound] = useState("");
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const lines = found.split("\n").map((line) => line.trim()).filter(Boolean);
  const stretches = chosen ? [{ from_ms: Math.round(chosen.from * 1000), to_ms: Math.round(chosen.to * 1000) }] : [];
  return (
    <Dialog
      title={t.redactTitle}
      action={t.redact}
      isDanger
      isReady={typed.trim() === t.redact && lines.length + stretches.length > 0}
      onCancel={() => onClose()}
      onDo={async () => {
        await send(`${base}/redact`, { words: lines, stretches, reason: reason.trim() });
        onClose(t.done);
      }}
    >
      <p>{t.redactText}</p>
      <label>
        {t.redactWords}
        <textarea rows={2} value={found} onChange={(event) => setFound(event.target.value)} />
      </label>
      <p>{chosen ? t.redactStretch(clock(chosen.from), clock(chosen.to)) : t.redactNoStretch}</p>
      <label>
        {words.confirm.reason}
        <input value={reason} required maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </label>
      <label>
        <span>{words.confirm.type} <b>{t.redact}</b></span>
        <input value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
      </label>
    </Dialog>
  );
}

function End({ base, onClose }: { base: string; onClose: (said?: string) => void }) {
  const [outcome, setOutcome] = useState("");
  const [satisfaction, setSatisfaction] = useState("");
  const [stop, setStop] = useState(false);
  return (
    <Dialog
      title={t.endTitle}
      action={t.endAction}
      onCancel={() => onClose()}
      onDo={async () => {
        await send(`${base}/end`, { outcome: outcome.trim() || null, satisfaction: satisfaction || null, stop });
        onClose(t.done);
      }}
    >
      <p>{t.endText}</p>
      <label>
        {words.conversation.fact.outcome}
        <input value={outcome} maxLength={200} onChange={(event) => setOutcome(event.target.value)} />
      </label>
      <label>
        {words.conversation.fact.satisfaction}
        <select value={satisfaction} onChange={(event) => setSatisfaction(event.target.value)}>
          <option value="">{t.notSaid}</option>
          {(["high", "medium", "low"] as const).map((each) => (
            <option key={each} value={each}>{t.satisfactions[each]}</option>
          ))}
        </select>
      </label>
      <label className="check">
        <input type="checkbox" checked={stop} onChange={(event) => setStop(event.target.checked)} />
        {t.stop}
      </label>
    </Dialog>
  );
}

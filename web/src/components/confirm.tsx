import { useState } from "react";
import { words } from "../words.ts";
import { Dialog } from "./dialog.tsx";

interface Props {
  title: string;
  text: string;
  typed?: string; // what has to be typed before it happens
  action: string;
  withReason?: boolean;
  onConfirm: (reason: string) => Promise<unknown>;
  onCancel: () => void;
}

/** Something that has weight: it happens only after somebody has typed what it concerns, or why. */
export function Confirm({ title, text, typed, action, withReason, onConfirm, onCancel }: Props) {
  const [value, setValue] = useState("");
  const [reason, setReason] = useState("");
  return (
    <Dialog
      title={title}
      action={action}
      isDanger={typed !== undefined}
      isReady={typed === undefined || value.trim() === typed.trim()}
      onDo={() => onConfirm(reason.trim())}
      onCancel={onCancel}
    >
      <p>{text}</p>
      {withReason && (
        <label>
          {words.confirm.reason}
          <input value={reason} required maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </label>
      )}
      {typed !== undefined && (
        <label>
          <span>
            {words.confirm.type} <b>{typed}</b>
          </span>
          <input value={value} autoComplete="off" onChange={(event) => setValue(event.target.value)} />
        </label>
      )}
    </Dialog>
  );
}

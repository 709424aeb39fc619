import { useEffect, useRef, useState } from "react";
import { words } from "../words.ts";

interface Props {
  title: string;
  text: string;
  typed: string; // what has to be typed before it happens
  action: string;
  withReason?: boolean;
  onConfirm: (reason: string) => Promise<void>;
  onCancel: () => void;
}

/** Something that cannot be taken back: it happens only after somebody has typed what it concerns. */
export function Confirm({ title, text, typed, action, withReason, onConfirm, onCancel }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [value, setValue] = useState("");
  const [reason, setReason] = useState("");
  const [trouble, setTrouble] = useState("");
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby="confirm-title" onCancel={onCancel} onKeyDown={(event) => event.stopPropagation()}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          onConfirm(reason).catch((error: unknown) => {
            setTrouble((error as Error).message);
            setBusy(false);
          });
        }}
      >
        <h2 id="confirm-title">{title}</h2>
        <p>{text}</p>
        {withReason && (
          <label>
            {words.confirm.reason}
            <input value={reason} required onChange={(event) => setReason(event.target.value)} />
          </label>
        )}
        <label>
          <span>
            {words.confirm.type} <b>{typed}</b>
          </span>
          <input value={value} autoComplete="off" onChange={(event) => setValue(event.target.value)} />
        </label>
        {trouble && <p className="trouble" role="alert">{trouble}</p>}
        <footer>
          <button type="button" className="button" onClick={onCancel}>{words.confirm.cancel}</button>
          <button type="submit" className="button danger" disabled={value.trim() !== typed || isBusy}>{action}</button>
        </footer>
      </form>
    </dialog>
  );
}

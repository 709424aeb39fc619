import { useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { words } from "../words.ts";

interface Props {
  title: string;
  action: string;
  isDanger?: boolean;
  isReady?: boolean; // may it be done as things stand?
  onDo: () => Promise<unknown>; // what is refused is said, and the dialog stays
  onCancel: () => void;
  children: ReactNode;
}

/** A question that has to be answered before anything else is done. */
export function Dialog({ title, action, isDanger = false, isReady = true, onDo, onCancel, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [trouble, setTrouble] = useState("");
  const [isBusy, setBusy] = useState(false);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close(); // before it is taken out of the page: the keyboard goes on where it was
  }, []);
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby="dialog-title" onCancel={onCancel} onKeyDown={(event) => event.stopPropagation()}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          onDo().catch((error: unknown) => {
            setTrouble((error as Error).message);
            setBusy(false);
          });
        }}
      >
        <h2 id="dialog-title">{title}</h2>
        {children}
        {trouble && <p className="trouble" role="alert">{trouble}</p>}
        <footer>
          <button type="button" className="button" onClick={onCancel}>{words.confirm.cancel}</button>
          <button type="submit" className={`button ${isDanger ? "danger" : "primary"}`} disabled={!isReady || isBusy}>{action}</button>
        </footer>
      </form>
    </dialog>
  );
}

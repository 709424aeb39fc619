import { useEffect, useRef, type ReactNode } from "react";
import { Icon } from "./icon.tsx";

/** What is done seldom, behind one button; Escape or a click beside it closes it. */
export function Menu({ label, children }: { label: string; children: ReactNode }) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const element = details.current;
      if (!element?.open) return;
      const isBeside = event.type === "pointerdown" && !element.contains(event.target as Node);
      const isEscape = event instanceof KeyboardEvent && event.key === "Escape";
      if (isEscape) {
        event.stopPropagation();
        element.querySelector("summary")?.focus();
      }
      if (isBeside || isEscape) element.open = false;
    };
    window.addEventListener("pointerdown", close);
    window.addEventListener("keydown", close, { capture: true });
    return () => {
      window.removeEventListener("pointerdown", close);
      window.removeEventListener("keydown", close, { capture: true });
    };
  }, []);
  return (
    <details className="menu" ref={details}>
      <summary className="button" role="button">
        {label} <Icon name="chevron" size={12} />
      </summary>
      <div className="menu-items" onClick={() => details.current && (details.current.open = false)}>{children}</div>
    </details>
  );
}

import type { ReactNode } from "react";
import { go } from "../routing.ts";

interface LinkProps {
  to: string;
  isCurrent?: boolean;
  label?: string; // where the words may be hidden
  className?: string;
  children: ReactNode;
}

/** A link to another of our pages: no reload, and yet a link to whoever opens it in a tab of its own. */
export function Link({ to, isCurrent, label, className, children }: LinkProps) {
  return (
    <a
      href={to}
      className={className}
      aria-label={label}
      aria-current={isCurrent ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

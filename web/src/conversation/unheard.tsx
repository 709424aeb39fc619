import type { ReactNode } from "react";
import type { Message } from "../api/types.ts";
import { words } from "../words.ts";
import { mayHaveBeenHeard } from "./story.ts";

const t = words.conversation;

/** Words beyond those that surely were heard: struck out where they were not, dotted where nobody knows. */
export function Unheard({ message, children }: { message: Message; children: ReactNode }) {
  if (mayHaveBeenHeard(message)) {
    return (
      <span className="perhaps" title={t.perhapsHeard}>
        <span className="sr">{t.perhapsHeard}: </span>
        {children}
      </span>
    );
  }
  return (
    <del title={message.is_estimated ? t.notHeardAbout : t.notHeard}>
      <span className="sr">{t.notHeard}: </span>
      {children}
    </del>
  );
}

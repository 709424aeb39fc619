/** A text in pieces: what was looked for, the masks of what was taken out, and the rest. Pure. */

import type { Redaction } from "../api/types.ts";
import type { Moment } from "./story.ts";

export interface Piece {
  words: string;
  kind: "plain" | "found" | "mask";
}

/** The masks that stand in each message, by its key. */
export function masksOf(moments: readonly Moment[], redactions: readonly Redaction[]): ReadonlyMap<string, string[]> {
  const byKey = new Map<string, string[]>();
  const texts = new Map(moments.map((moment) => [moment.key, moment.kind === "message" ? moment.message.text : ""]));
  for (const { key, field, start, end } of redactions) {
    const mask = field === "text" && start !== null && end !== null ? (texts.get(key) ?? "").slice(start, end) : "";
    if (mask) byKey.set(key, [...(byKey.get(key) ?? []), mask]);
  }
  return byKey;
}

export function pieces(text: string, find: string, masks: readonly string[]): Piece[] {
  const wanted = [...(find ? [find] : []), ...masks].map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (wanted.length === 0) return [{ words: text, kind: "plain" }];
  return text
    .split(new RegExp(`(${wanted.join("|")})`, "iu"))
    .filter(Boolean)
    .map((words) => ({ words, kind: kindOf(words, find, masks) }));
}

function kindOf(words: string, find: string, masks: readonly string[]): Piece["kind"] {
  if (find && words.toLowerCase() === find.toLowerCase()) return "found";
  return masks.includes(words) ? "mask" : "plain";
}

import type { Leg } from "../api/types.ts";
import { words } from "../words.ts";

/** What put the leg into its conversation; null: nothing had to. */
export function joinedBy(leg: Pick<Leg, "joined_by">): string | null {
  const [how, ...what] = (leg.joined_by ?? "").split(":");
  if (!how) return null;
  return how === "hand" ? words.conversation.leg.byHand(what.join(":")) : what.join(":");
}

/** The id of a conversation in what somebody typed or pasted: the address of its page will do. */
export function idIn(typed: string): string {
  return typed.trim().replace(/^.*\/conversations\//, "").replace(/[/?#].*$/, "");
}

/** Asking for the end of a call or of a person. */

import { send } from "./client.ts";

interface Answer {
  deferred?: { deferred_because: string }[];
}

/** "" when all is gone; else what stands against it: then it goes when nothing does any more. */
export async function erase(path: string, reason: string): Promise<string> {
  const answer = await send<Answer>(`${path}?${new URLSearchParams({ reason })}`, undefined, "DELETE");
  return answer?.deferred?.map((each) => each.deferred_because).find(Boolean) ?? "";
}

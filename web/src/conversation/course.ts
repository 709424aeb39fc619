/** Emotion over time: the strongest expressions of one party, message by message. Pure. */

import type { Message } from "../api/types.ts";

const MOST = 5;

export interface Course {
  seconds: number[];
  names: string[];
  scores: number[][]; // by name; 0 where a message has no score of it
}

function scoresOf(message: Message): Record<string, number> {
  return Object.assign({}, ...Object.values(message.emotions)) as Record<string, number>;
}

/** Those whose highest score is highest come first. */
export function courseOf(messages: readonly Message[], party: "caller" | "agent"): Course {
  const scored = messages.filter((message) => message.party === party && Object.keys(message.emotions).length > 0);
  const highest = new Map<string, number>();
  for (const message of scored) {
    for (const [name, score] of Object.entries(scoresOf(message))) highest.set(name, Math.max(score, highest.get(name) ?? 0));
  }
  const names = [...highest].sort((a, b) => b[1] - a[1]).slice(0, MOST).map(([name]) => name);
  const inTime = [...scored].sort((a, b) => a.started_ms - b.started_ms);
  return {
    seconds: inTime.map((message) => message.started_ms / 1000),
    names,
    scores: names.map((name) => inTime.map((message) => scoresOf(message)[name] ?? 0)),
  };
}

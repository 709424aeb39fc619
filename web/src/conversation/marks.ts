/** What stands on the timeline beside the waveform: blocks in lanes, marks, spans. Pure. */

import type { Annotation, Conversation, Figures, Message } from "../api/types.ts";
import { wait } from "../format.ts";
import { words } from "../words.ts";
import type { Palette } from "./colors.ts";
import type { Span } from "./silence.ts";
import { responseWaits, strongest } from "./story.ts";

const t = words.conversation;
const SLOW_MS = 1500;
const LATE_MS = 800;

export const LANES = ["tools", "response", "callerMood", "agentMood"] as const;
export type LaneName = (typeof LANES)[number];

export interface Block {
  lane: LaneName;
  from: number; // s
  to: number;
  next: number; // where the next one of the lane begins
  label: string;
  color: string;
  key?: string; // of what opens on a click
}

export interface Mark {
  at: number; // s
  to?: number;
  kind: "interruption" | "gap" | "digit" | "snapshot" | "redaction" | "declaration" | "note";
  label: string;
}

/** Everything with a length that is drawn below the waveform, by lane and in order. */
export function blocksOf(conversation: Conversation, figures: Figures | null, palette: Palette): Block[] {
  const { messages } = conversation;
  const all = [
    ...tools(conversation, palette),
    ...(figures ? measured(figures, palette) : told(messages, palette)),
    ...moods(messages, palette),
  ].sort((a, b) => a.from - b.from);
  const next = new Map<LaneName, number>();
  for (const block of [...all].reverse()) {
    block.next = next.get(block.lane) ?? Number.POSITIVE_INFINITY;
    next.set(block.lane, block.from);
  }
  return all;
}

function block(lane: LaneName, fromMs: number, toMs: number, label: string, color: string, key?: string): Block {
  const rest = key === undefined ? {} : { key };
  return { lane, from: fromMs / 1000, to: toMs / 1000, next: 0, label, color, ...rest };
}

function tools({ tool_calls }: Conversation, palette: Palette): Block[] {
  return tool_calls.map((call) => {
    const label = call.latency_ms === null ? call.name : `${call.name}  ${wait(call.latency_ms)}`;
    const color = call.error ? palette.bad : palette.tool;
    return block("tools", call.called_ms, call.returned_ms ?? call.called_ms, label, color, call.key);
  });
}

/** How long the caller waited, as measured on the sound; and where nobody spoke at all. */
function measured(figures: Figures, palette: Palette): Block[] {
  return [
    ...figures.responses.map(({ at_ms, ms }) => waited(at_ms, at_ms + ms, palette)),
    ...figures.dead_air.map(({ at_ms, ms }) => block("response", at_ms, at_ms + ms, `${t.deadAir}  ${wait(ms)}`, palette.dim)),
  ];
}

function told(messages: readonly Message[], palette: Palette): Block[] {
  return responseWaits(messages).map(({ fromMs, toMs }) => waited(fromMs, toMs, palette));
}

function waited(fromMs: number, toMs: number, palette: Palette): Block {
  const ms = toMs - fromMs;
  return block("response", fromMs, toMs, wait(ms), ms > SLOW_MS ? palette.bad : ms > LATE_MS ? palette.warn : palette.good);
}

function moods(messages: readonly Message[], palette: Palette): Block[] {
  return messages.flatMap((message) => {
    const best = strongest(message);
    if (!best && !message.sentiment) return [];
    const lane = message.party === "caller" || message.role === "user" ? "callerMood" : "agentMood";
    const color = { positive: palette.good, negative: palette.bad }[message.sentiment ?? ""] ?? palette.dim;
    const label = best ? `${best.name} ${best.score.toFixed(2)}` : (message.sentiment ?? "");
    return [block(lane, message.started_ms, message.ended_ms ?? message.started_ms, label, color, message.key)];
  });
}

/** Moments and spans that are drawn on the waveform itself, in order. */
export function marksOf(conversation: Conversation, annotations: readonly Annotation[] = []): Mark[] {
  const c = conversation;
  const span = (kind: Mark["kind"], fromMs: number, toMs: number | null, label: string): Mark => ({
    at: fromMs / 1000,
    ...(toMs === null ? {} : { to: toMs / 1000 }),
    kind,
    label,
  });
  return [
    ...annotations.flatMap((each) => (each.from_ms === null ? [] : [span("note", each.from_ms, each.to_ms, each.text)])),
    ...c.redactions.flatMap((each) => (each.from_ms === null ? [] : [span("redaction", each.from_ms, each.until_ms, each.kind)])),
    ...c.gaps.map((gap) => span("gap", gap.at_ms, gap.until_ms, gap.reason)),
    ...c.interruptions.map((each) => span("interruption", each.at_ms, null, words.parties[each.by])),
    ...c.declarations.map((each) => span("declaration", each.at_ms, null, t.declarations[each.kind] ?? each.kind)),
    ...c.digits.map((each) => span("digit", each.at_ms, null, each.digit)),
    ...c.snapshots.filter((each) => each.label !== "history_updated").map((each) => span("snapshot", each.at_ms, null, each.label)),
  ].sort((a, b) => a.at - b.at);
}

/** Where sound that was generated would have gone on, had nobody cut it; up to the agent's next answer. */
export function unheardOf(conversation: Conversation): Span[] {
  const answers = conversation.messages.filter((message) => message.role === "assistant" && message.is_audible);
  return answers.flatMap((message, i) => {
    if (message.sent_ms === null || message.heard_ms === null) return [];
    const from = message.started_ms + message.heard_ms;
    const next = answers[i + 1]?.started_ms ?? Number.POSITIVE_INFINITY;
    const to = Math.min(message.started_ms + message.sent_ms, next);
    return to > from + 50 ? [{ from: from / 1000, to: to / 1000 }] : [];
  });
}

/** Those lanes that have something in them. */
export function lanesOf(blocks: readonly Block[]): LaneName[] {
  return LANES.filter((lane) => blocks.some((block) => block.lane === lane));
}

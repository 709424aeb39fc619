/** The conversation as one line of moments: what was said, what tools did, what went wrong, in order of time. */

import type { Conversation, Gap, Interruption, Message, Snapshot, ToolCall } from "../api/types.ts";

export type Moment =
  | { kind: "message"; key: string; atMs: number; endMs: number; message: Message }
  | { kind: "tool"; key: string; atMs: number; endMs: number; call: ToolCall }
  | { kind: "interruption"; key: string; atMs: number; endMs: number; interruption: Interruption }
  | { kind: "gap"; key: string; atMs: number; endMs: number; gap: Gap }
  | { kind: "digit"; key: string; atMs: number; endMs: number; digit: string; party: string }
  | { kind: "snapshot"; key: string; atMs: number; endMs: number; snapshot: Snapshot };

const AUTOMATIC = "history_updated"; // snapshots of every message: in their own list, not between the words

/** Messages keep the order the server gives them, which knows more than their times; the rest is put between. */
export function story(conversation: Conversation): Moment[] {
  const others = happenings(conversation).sort((a, b) => a.atMs - b.atMs);
  const moments: Moment[] = [];
  let next = 0;
  for (const message of conversation.messages) {
    if (!message.text && message.status !== "open") continue;
    for (; next < others.length && isBefore(others[next]!, message.started_ms); next += 1) moments.push(others[next]!);
    moments.push({
      kind: "message",
      key: message.key,
      atMs: message.started_ms,
      endMs: message.ended_ms ?? message.started_ms,
      message,
    });
  }
  return [...moments, ...others.slice(next)];
}

function isBefore(moment: Moment, startMs: number): boolean {
  return moment.atMs < startMs || (moment.kind === "interruption" && moment.atMs === startMs);
}

function happenings({ tool_calls, interruptions, gaps, digits, snapshots }: Conversation): Moment[] {
  return [
    ...tool_calls.map((call) => ({
      kind: "tool" as const,
      key: call.key,
      atMs: call.called_ms,
      endMs: call.returned_ms ?? call.called_ms,
      call,
    })),
    ...interruptions.map((interruption, i) => ({
      kind: "interruption" as const,
      key: `interruption-${i}`,
      atMs: interruption.at_ms,
      endMs: interruption.at_ms,
      interruption,
    })),
    ...gaps.map((gap, i) => ({
      kind: "gap" as const,
      key: `gap-${i}`,
      atMs: gap.at_ms,
      endMs: gap.until_ms ?? gap.at_ms,
      gap,
    })),
    ...digits.map((each, i) => ({
      kind: "digit" as const,
      key: `digit-${i}`,
      atMs: each.at_ms,
      endMs: each.at_ms,
      digit: each.digit,
      party: each.party,
    })),
    ...snapshots
      .filter((snapshot) => snapshot.label !== AUTOMATIC)
      .map((snapshot, i) => ({
        kind: "snapshot" as const,
        key: `snapshot-${i}`,
        atMs: snapshot.at_ms,
        endMs: snapshot.at_ms,
        snapshot,
      })),
  ];
}

export interface Words {
  heard: string;
  unheard: string;
}

/** What of a message reached the ear, and what was generated beyond that. */
export function heardWords(message: Message): Words {
  if (!message.is_audible || message.role !== "assistant") return { heard: message.text, unheard: "" };
  const heard = message.heard_text.trim();
  const text = message.text.trim();
  if (message.status === "open" && !heard) return { heard: text, unheard: "" };
  return text.startsWith(heard) ? { heard, unheard: text.slice(heard.length).trim() } : { heard, unheard: text };
}

/** Whether nobody knows of the words beyond those that surely were heard: as where the record breaks off. */
export function mayHaveBeenHeard(message: Message): boolean {
  return message.evidence === "unknown";
}

/** The last message that has begun by then, by its place in the story; -1 before the first. */
export function currentIndex(moments: readonly Moment[], atMs: number): number {
  let found = -1;
  for (let i = 0; i < moments.length; i += 1) {
    const moment = moments[i]!;
    if (moment.atMs > atMs + 50) break;
    if (moment.kind === "message") found = i;
  }
  return found;
}

/** Which word of its text is spoken by then, counted from 0; -1 before the first, and where none is timed. */
export function currentWord({ word_starts_ms: starts = [] }: Message, atMs: number): number {
  return starts.findLastIndex((ms) => ms <= atMs);
}

/** A text before its word number `place`, that word, and what comes after. */
export function aroundWord(text: string, place: number): [string, string, string] {
  const word = [...text.matchAll(/\S+/g)][place];
  if (!word) return [text, "", ""];
  const end = word.index + word[0].length;
  return [text.slice(0, word.index), word[0], text.slice(end)];
}

export interface Wait {
  fromMs: number;
  toMs: number;
}

/** From the end of what a user said to the beginning of the answer, where one came next. */
export function responseWaits(messages: readonly Message[]): Wait[] {
  const waits: Wait[] = [];
  let asked: number | null = null;
  for (const message of messages) {
    if (message.role === "user") asked = message.ended_ms;
    else if (message.role === "assistant" && !message.is_inserted) {
      if (asked !== null && message.started_ms >= asked) waits.push({ fromMs: asked, toMs: message.started_ms });
      asked = null;
    }
  }
  return waits;
}

/** The strongest expression somebody scored in a message. */
export function strongest(message: Message): { name: string; score: number } | null {
  let best: { name: string; score: number } | null = null;
  for (const scores of Object.values(message.emotions)) {
    for (const [name, score] of Object.entries(scores)) {
      if (!best || score > best.score) best = { name, score };
    }
  }
  return best;
}

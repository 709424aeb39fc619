import { expect, it } from "vitest";
import type { Annotation, Conversation, Figures } from "../api/types.ts";
import type { Palette } from "./colors.ts";
import { blocksOf, lanesOf, marksOf } from "./marks.ts";

const palette = new Proxy({}, { get: (_, name) => name }) as Palette;
const call = {
  messages: [
    { role: "user", party: "caller", started_ms: 0, ended_ms: 900, emotions: {}, sentiment: "negative" },
    { role: "assistant", party: "agent", started_ms: 3000, ended_ms: 4000, emotions: {}, sentiment: null },
  ],
  tool_calls: [{ key: "k", name: "look", called_ms: 1000, returned_ms: 1500, latency_ms: 500, error: null }],
  gaps: [{ reason: "paused", at_ms: 5000, until_ms: 6000 }],
  interruptions: [{ by: "caller", at_ms: 3500 }],
  digits: [{ digit: "1", at_ms: 200 }],
  snapshots: [{ label: "history_updated", at_ms: 1 }, { label: "quote", at_ms: 7000 }],
  declarations: [{ kind: "consent", at_ms: 100, data: {} }],
  redactions: [{ kind: "phone", from_ms: 300, until_ms: 800 }, { kind: "email", from_ms: null, until_ms: null }],
} as unknown as Conversation;

it("waits are those of the sound where it was measured, else those the events tell", () => {
  const told = blocksOf(call, null, palette).find((block) => block.lane === "response");
  expect([told?.from, told?.to, told?.color]).toEqual([0.9, 3, "bad"]);
  const figures = { responses: [{ at_ms: 1000, ms: 400 }], dead_air: [{ at_ms: 8000, ms: 5000 }] } as unknown as Figures;
  const measured = blocksOf(call, figures, palette);
  expect(measured.filter((block) => block.lane === "response").map(({ from, label, next }) => [from, label, next])).toEqual([
    [1, "400 ms", 8],
    [8, "nobody speaks  5.00 s", Number.POSITIVE_INFINITY],
  ]);
  expect(lanesOf(measured)).toEqual(["tools", "response", "callerMood"]);
});

it("all that happened stands on the waveform, in order, what has no place in the sound left out", () => {
  const note = { from_ms: 6500, to_ms: 6900, text: "here" } as Annotation;
  expect(marksOf(call, [note, { ...note, from_ms: null } as Annotation]).map(({ kind }) => kind)).toEqual([
    "declaration",
    "digit",
    "redaction",
    "interruption",
    "gap",
    "note",
    "snapshot",
  ]);
});

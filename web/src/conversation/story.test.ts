import { describe, expect, it } from "vitest";
import type { Conversation, Message } from "../api/types.ts";
import { aroundWord, currentIndex, currentWord, heardWords, mayHaveBeenHeard, responseWaits, story, strongest } from "./story.ts";

export function said(over: Partial<Message>): Message {
  return {
    key: "k", leg: "l", item: "i", role: "assistant", party: "agent", text: "", heard_text: "", status: "completed",
    started_ms: 0, ended_ms: null, first_seen_ms: 0, evidence: null, sent_ms: null, heard_ms: null, is_inserted: false,
    is_audible: true, phase: null, confidence: null, emotions: {}, sentiment: null, sentiment_source: null, ...over,
  };
}

const conversation = (over: Partial<Conversation>) =>
  ({ messages: [], tool_calls: [], interruptions: [], gaps: [], digits: [], snapshots: [], ...over }) as unknown as Conversation;

describe("what was heard", () => {
  it("is not denied where nobody knows", () => {
    expect(mayHaveBeenHeard(said({ evidence: "unknown" }))).toBe(true);
    expect(mayHaveBeenHeard(said({ evidence: "modelled" }))).toBe(false);
  });
  it("is told apart from what was generated beyond it", () => {
    const words = heardWords(said({ text: "We are open every day until ten.", heard_text: "We are open" }));
    expect(words).toEqual({ heard: "We are open", unheard: "every day until ten." });
  });
  it("is everything of what a caller said, and of what was typed", () => {
    expect(heardWords(said({ role: "user", text: "Hello", heard_text: "" }))).toEqual({ heard: "Hello", unheard: "" });
    expect(heardWords(said({ text: "Hello", is_audible: false }))).toEqual({ heard: "Hello", unheard: "" });
  });
  it("strikes out the whole answer where other words were heard than were generated", () => {
    expect(heardWords(said({ text: "Ten.", heard_text: "At ten" }))).toEqual({ heard: "At ten", unheard: "Ten." });
  });
});

describe("the word that is spoken", () => {
  const message = said({ text: "Well, I can help", word_starts_ms: [1000, 1600, 1800] });
  it("is the last that has begun, as far as they are timed", () => {
    expect([900, 1000, 1700, 9000].map((ms) => currentWord(message, ms))).toEqual([-1, 0, 1, 2]);
    expect(currentWord(said({ text: "Hello" }), 5)).toBe(-1);
  });
  it("stands between what was said and what is to come", () => {
    expect(aroundWord(message.text, 1)).toEqual(["Well, ", "I", " can help"]);
    expect(aroundWord(message.text, -1)).toEqual([message.text, "", ""]);
    expect(aroundWord("Well,", 2)).toEqual(["Well,", "", ""]);
  });
});

describe("the story", () => {
  it("puts what broke in before the words it broke in with", () => {
    const moments = story(
      conversation({
        messages: [said({ key: "a", text: "x", started_ms: 10 }), said({ key: "b", text: "y", role: "user", started_ms: 700 })],
        interruptions: [{ by: "caller", at_ms: 700, message: "a", did_cut: true }],
      }),
    );
    expect(moments.map((moment) => moment.kind)).toEqual(["message", "interruption", "message"]);
  });
  it("leaves out the snapshots that were taken by themselves, and messages without a word", () => {
    const snapshot = { at_ms: 1, message_count: 0, user_count: 0, assistant_count: 0, tool_count: 0, data: {} };
    const moments = story(
      conversation({
        messages: [said({ text: "" })],
        snapshots: [{ ...snapshot, label: "history_updated" }, { ...snapshot, label: "quote" }],
      }),
    );
    expect(moments.map((moment) => moment.key)).toEqual(["snapshot-0"]);
  });
  it("knows which message is being said", () => {
    const moments = story(conversation({ messages: [said({ key: "a", text: "x", started_ms: 1000 }), said({ key: "b", text: "y", started_ms: 3000 })] }));
    expect([0, 1000, 2999, 3000, 9000].map((at) => currentIndex(moments, at))).toEqual([-1, 0, 1, 1, 1]);
  });
});

it("an answer's wait runs from the end of the question; one that began before it is none", () => {
  const waits = responseWaits([
    said({ role: "user", started_ms: 0, ended_ms: 1000 }),
    said({ started_ms: 1400 }),
    said({ started_ms: 2000 }),
    said({ role: "user", started_ms: 3000, ended_ms: 5000 }),
    said({ started_ms: 4000 }),
  ]);
  expect(waits).toEqual([{ fromMs: 1000, toMs: 1400 }]);
});

it("the strongest expression is found over all who scored", () => {
  expect(strongest(said({ emotions: { a: { Joy: 0.2 }, b: { Anger: 0.7, Calmness: 0.1 } } }))).toEqual({ name: "Anger", score: 0.7 });
  expect(strongest(said({}))).toBeNull();
});

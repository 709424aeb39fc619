import { expect, it } from "vitest";
import { applied, type LiveCall } from "./live.ts";

const row = { id: "c", status: "active", labels: [] };
const message = (key: string, position: number, text: string) => ({
  key, position, leg_id: "l", role: "user", party: "caller", text, heard_text: text, status: "open", started_ns: 2_000_000_000,
  ended_ns: null, seen_ns: 2_000_000_000, emotion_scores: null,
});

it("a call is built up from what a stream tells, each part once and in its place", () => {
  let call = applied(undefined, "conversation", row) as LiveCall;
  call = applied(call, "messages", [message("b", 1, "two")])!;
  call = applied(call, "messages", [message("a", 0, "one"), message("b", 1, "two more")])!;
  expect(call.messages.map((each) => each.text)).toEqual(["one", "two more"]);
  expect(call.messages[0]!.started_ms).toBe(2000);
  const cut = { position: 0, by: "caller", happened_ns: 5_000_000, message_key: null, did_cut: false };
  call = applied(call, "interruptions", [cut])!;
  call = applied(call, "interruptions", [{ ...cut, did_cut: true }])!;
  expect(call.interruptions).toEqual([expect.objectContaining({ at_ms: 5, did_cut: true })]);
  const pause = { position: 0, leg_id: "l", reason: "paused", began_ns: 6_000_000, ended_ns: null };
  call = applied(call, "gaps", [pause])!;
  expect(call.gaps).toEqual([expect.objectContaining({ reason: "paused", at_ms: 6, until_ms: null })]);
  call = applied(call, "gaps", [{ ...pause, ended_ns: 9_000_000 }])!;
  expect(call.gaps.map((gap) => gap.until_ms)).toEqual([9]);
  call = applied(call, "end", { status: "complete" })!;
  expect([call.isOver, call.row.status]).toEqual([true, "complete"]);
});

it("loudness is kept from where it began", () => {
  let call = applied(undefined, "conversation", row) as LiveCall;
  call = applied(call, "sound", { from_ms: 1000, ms_per_point: 50, caller: [1], agent: [2] })!;
  call = applied(call, "sound", { from_ms: 1050, ms_per_point: 50, caller: [3], agent: [4] })!;
  expect(call.loudness).toEqual({ fromMs: 1000, msPerPoint: 50, caller: [1, 3], agent: [2, 4] });
});

it("news of a call nobody told of are nothing", () => {
  expect(applied(undefined, "messages", [])).toBeUndefined();
});

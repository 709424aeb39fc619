import { expect, it } from "vitest";
import type { ConversationRow } from "../api/types.ts";
import { byDay, byProvider } from "./days.ts";

const row = (over: Partial<ConversationRow>) =>
  ({ started_at: "2026-11-29T10:00:00Z", providers: ["openai"], response_p95_ms: null, interruption_count: 0, health_score: 100, status: "complete", ...over }) as ConversationRow;

it("calls are counted by day, the oldest first, and by provider, the most first", () => {
  const rows = [
    row({ response_p95_ms: 900, interruption_count: 2 }),
    row({ response_p95_ms: 700, health_score: 50, status: "partial" }),
    row({ started_at: "2026-11-28T23:59:59Z", providers: ["twilio", "openai"] }),
  ];
  expect(byDay(rows)).toEqual([
    { day: "2026-11-28", calls: 1, p95: null, interruptions: 0, health: 100, failed: 0 },
    { day: "2026-11-29", calls: 2, p95: 700, interruptions: 1, health: 75, failed: 1 },
  ]);
  expect(byProvider(rows).map((each) => [each.day, each.calls])).toEqual([["openai", 2], ["twilio + openai", 1]]);
});

/** Many calls by day: how many, how fast the answers came, how often somebody broke in, how whole the records are. */

import type { ConversationRow } from "../api/types.ts";

export interface Day {
  day: string; // YYYY-MM-DD, UTC
  calls: number;
  p95: number | null; // ms, the median of the calls' own p95
  interruptions: number; // a call
  health: number; // mean
  failed: number; // partial or failed
}

export function byDay(rows: readonly ConversationRow[]): Day[] {
  return grouped(rows, (row) => row.started_at.slice(0, 10)).sort((a, b) => a.day.localeCompare(b.day));
}

export function byProvider(rows: readonly ConversationRow[]): Day[] {
  return grouped(rows, (row) => row.providers.join(" + ")).sort((a, b) => b.calls - a.calls);
}

function grouped(rows: readonly ConversationRow[], nameOf: (row: ConversationRow) => string): Day[] {
  const groups = new Map<string, ConversationRow[]>();
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]);
  return [...groups].map(([day, calls]) => ({
    day,
    calls: calls.length,
    p95: median(calls.flatMap((row) => row.response_p95_ms ?? [])),
    interruptions: calls.reduce((sum, row) => sum + row.interruption_count, 0) / calls.length,
    health: calls.reduce((sum, row) => sum + row.health_score, 0) / calls.length,
    failed: calls.filter((row) => row.status === "partial" || row.status === "failed").length,
  }));
}

function median(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

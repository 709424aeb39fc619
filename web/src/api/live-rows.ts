/** Rows of a running call, as the live streams bring them: times in nanoseconds. */

import type { Party, Role } from "./types.ts";

export interface MessageRow {
  key: string;
  position: number;
  leg_id: string;
  role: Role;
  party: Party | null;
  text: string;
  heard_text: string;
  status: string;
  started_ns: number;
  ended_ns: number | null;
  seen_ns: number;
  evidence: string | null;
  sent_ms: number | null;
  heard_ms: number | null;
  is_estimated: boolean;
  is_inserted: boolean;
  is_audible: boolean;
  phase: string | null;
  confidence: number | null;
  sentiment: string | null;
  sentiment_source: string | null;
  emotion_scores: Record<string, number | Record<string, number>> | null;
}

export interface ToolCallRow {
  key: string;
  position: number;
  leg_id: string;
  call_id: string;
  name: string;
  arguments: string;
  result: string | null;
  error: string | null;
  called_ns: number;
  returned_ns: number | null;
  latency_ms: number | null;
}

export interface Loudness {
  from_ms: number;
  ms_per_point: number;
  caller: number[];
  agent: number[];
}

export interface GapRow {
  position: number;
  leg_id: string;
  reason: string;
  began_ns: number;
  ended_ns: number | null;
  record_count: number | null;
  byte_count: number | null;
  detail: string;
}

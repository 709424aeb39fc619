/** What the API answers with, as far as the app reads it. Times end in their unit. */

export type Status = "active" | "complete" | "partial" | "failed";
export type Party = "caller" | "agent" | "human_agent";
export type Role = "user" | "assistant" | "system";

/** A row of the list. */
export interface ConversationRow {
  id: string;
  call_id: string;
  recording_id: string;
  providers: string[];
  subject: string | null;
  labels: string[];
  metadata: Record<string, unknown>;
  status: Status;
  reasons: string[];
  started_at: string;
  ended_at: string | null;
  duration_ms: number;
  message_count: number;
  user_count: number;
  assistant_count: number;
  tool_count: number;
  interruption_count: number;
  gap_count: number;
  outcome: string | null;
  satisfaction: string | null;
  health_score: number;
  response_p50_ms: number | null;
  response_p95_ms: number | null;
}

export interface Page {
  conversations: ConversationRow[];
  next_cursor: string | null;
}

export interface Message {
  key: string;
  leg: string;
  item: string;
  role: Role;
  party: Party | null;
  text: string;
  heard_text: string;
  status: string;
  started_ms: number;
  ended_ms: number | null;
  first_seen_ms: number;
  evidence: string | null;
  sent_ms: number | null;
  heard_ms: number | null;
  is_inserted: boolean;
  is_audible: boolean;
  phase: string | null;
  confidence: number | null;
  emotions: Record<string, Record<string, number>>;
  sentiment: string | null;
  sentiment_source: string | null;
}

export interface ToolCall {
  key: string;
  leg: string;
  call: string;
  name: string;
  arguments: string;
  result: string | null;
  error: string | null;
  called_ms: number;
  returned_ms: number | null;
  latency_ms: number | null;
}

export interface Interruption {
  by: Party;
  at_ms: number;
  message: string | null;
  did_cut: boolean;
}

export interface Snapshot {
  at_ms: number;
  label: string;
  message_count: number;
  user_count: number;
  assistant_count: number;
  tool_count: number;
  data: Record<string, unknown>;
  history?: { key: string; role: Role; text: string }[];
}

export interface Gap {
  leg: string;
  reason: string;
  at_ms: number;
  until_ms: number | null;
  record_count: number | null;
  byte_count: number | null;
  detail: string;
}

export interface Leg {
  id: string;
  provider: string;
  way: string;
  route: string;
  opened_ms: number;
  closed_ms: number | null;
  why_closed: string | null;
  closed_by: string;
  close_code: number | null;
  end_reason: string | null;
  answer_status: number | null;
  path: string;
  user_agent: string;
  peer: string;
  provider_ids: Record<string, string>;
  record_count: number;
}

/** One conversation, all of it but events and sound. */
export interface Conversation {
  id: string;
  call_id: string;
  recording_id: string;
  status: Status;
  reasons: string[];
  health: number;
  began_at: string;
  ended_at: string | null;
  duration_seconds: number;
  providers: string[];
  subject: string | null;
  labels: string[];
  metadata: Record<string, unknown>;
  outcome: string | null;
  satisfaction: string | null;
  legs: Leg[];
  counts: Record<string, number>;
  messages: Message[];
  tool_calls: ToolCall[];
  interruptions: Interruption[];
  snapshots: Snapshot[];
  digits: { digit: string; party: Party; at_ms: number }[];
  gaps: Gap[];
  findings: { code: string; message: string; at_ms: number; leg: string | null; count: number }[];
  usage: Record<string, unknown>;
}

export interface Health {
  score: number;
  status: Status;
  reasons: { code: string; message: string; cost: number; at_ms: number | null }[];
}

export interface Waveform {
  rate_hz: number;
  frames: number;
  zooms: { frames_per_point: number; low: number[][]; high: number[][] }[];
}

export interface Problem {
  status: number;
  title: string;
  detail: string;
  hint: string;
}

/** Rows of a running call, as the live streams bring them: times in nanoseconds. */
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

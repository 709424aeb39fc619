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
  routes: string[];
  subject: string | null;
  labels: string[];
  metadata: Record<string, unknown>;
  status: Status;
  reasons: string[];
  started_at: string;
  ended_at: string | null;
  duration_ms: number;
  message_count: number;
  turn_count: number;
  user_count: number;
  assistant_count: number;
  tool_count: number;
  interruption_count: number;
  gap_count: number;
  outcome: string | null;
  derived_outcome: string | null; // where the application said nothing
  sentiment_score: number | null; // of the caller, 0 to 100
  satisfaction: string | null;
  redaction: string; // clear, redacted, quarantined
  is_abridged: boolean;
  health_score: number;
  health_reasons: string[];
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
  is_estimated?: boolean; // which words were heard: neither told nor timed
  is_inserted: boolean;
  is_audible: boolean;
  phase: string | null;
  confidence: number | null;
  emotions: Record<string, Record<string, number>>;
  sentiment: string | null;
  sentiment_source: string | null;
  word_starts_ms?: number[]; // when each word of the text was heard, where the provider timed them
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
  joined_by: string | null; // what put it here: link:<link>, or hand:<who>; null: nothing had to
  clock_offset_ms: number | null; // how far its clock is ahead of that of clock_against
  clock_certainty: number | null; // 0 to 1; null: not compared
  clock_against: string | null; // a leg
  is_clock_set: boolean; // its times are moved by the offset
}

/** Something that was taken out of words, and of the sound between these moments where it was spoken. */
export interface Redaction {
  kind: string;
  key: string;
  field: string;
  start: number | null; // of its mask in the text as it is shown
  end: number | null;
  from_ms: number | null;
  until_ms: number | null;
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
  declarations: { kind: string; at_ms: number; data: Record<string, unknown> }[];
  redaction: string; // as of its row
  is_abridged: boolean;
  redactions: Redaction[];
  findings: { code: string; message: string; at_ms: number; leg: string | null; count: number }[];
  usage: Record<string, unknown>;
}

export interface Health {
  score: number;
  status: Status;
  reasons: { code: string; message: string; cost: number; at_ms: number | null }[];
}

/** What a call was about; each part with who says so. */
export interface Summary {
  text: string;
  topics: string[];
  outcome: string | null;
  satisfaction: string | null;
  written_by: string;
  outcome_by: string | null;
  satisfaction_by: string | null;
  note?: string;
}

/** The fields of a schema: every value that was ever found, and which of them hold at the end. */
export interface Extraction {
  schema: string;
  values: {
    field: string;
    value: string;
    method: string;
    confidence: number;
    at_ms: number;
    message: string | null;
    tool_call: string | null;
    holds: boolean;
  }[];
}

interface Stretch {
  at_ms: number;
  ms: number;
}

/** Measured on the sound; not there before the work after the call is done. */
export interface Figures {
  response_ms: { count: number; p50: number | null; p95: number | null; longest: number | null };
  responses: Stretch[];
  first_sound_ms: number | null;
  interruptions_by_caller: number;
  interruptions_by_agent: number;
  dead_air_ms: number;
  dead_air: Stretch[];
  overlap_ms: number;
  agent_share: number | null;
}

/** What people say of a call. */
export interface Annotation {
  id: string;
  kind: "rating" | "note" | "span";
  rating: number | null;
  text: string;
  from_ms: number | null;
  to_ms: number | null;
  author: string;
  created_at: string;
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

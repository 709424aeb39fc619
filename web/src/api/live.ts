/** Running calls, followed: what the server's streams tell, gathered by call. */

import { useEffect, useState, useSyncExternalStore } from "react";
import type { Grown } from "../conversation/growing.ts";
import { addressed } from "./client.ts";
import type { GapRow, Loudness, MessageRow, ToolCallRow } from "./live-rows.ts";
import type { ConversationRow, Gap, Interruption, Message, Party, ToolCall } from "./types.ts";

const NS_PER_MS = 1_000_000;
const KINDS = ["conversation", "messages", "tool_calls", "interruptions", "digits", "gaps", "sound", "end"] as const;
const POINTS_KEPT = 72_000; // of loudness: an hour

export interface LiveCall {
  row: ConversationRow;
  messages: Message[];
  tools: ToolCall[];
  interruptions: (Interruption & { key: string })[];
  gaps: (Gap & { key: string })[];
  loudness: Grown;
  isOver: boolean;
}

export function messageOf(row: MessageRow): Message {
  const scores = Object.entries(row.emotion_scores ?? {});
  const flat = Object.fromEntries(scores.filter((each): each is [string, number] => typeof each[1] === "number"));
  const nested = Object.fromEntries(
    scores.filter((each): each is [string, Record<string, number>] => typeof each[1] === "object"),
  );
  return {
    ...row,
    leg: row.leg_id,
    item: row.key,
    started_ms: row.started_ns / NS_PER_MS,
    ended_ms: row.ended_ns === null ? null : row.ended_ns / NS_PER_MS,
    first_seen_ms: row.seen_ns / NS_PER_MS,
    emotions: Object.keys(flat).length ? { scores: flat, ...nested } : nested,
  };
}

export function toolOf(row: ToolCallRow): ToolCall {
  return {
    ...row,
    leg: row.leg_id,
    call: row.call_id,
    called_ms: row.called_ns / NS_PER_MS,
    returned_ms: row.returned_ns === null ? null : row.returned_ns / NS_PER_MS,
  };
}

export function gapOf(row: GapRow): Gap & { key: string } {
  return {
    ...row,
    key: String(row.position),
    leg: row.leg_id,
    at_ms: row.began_ns / NS_PER_MS,
    until_ms: row.ended_ns === null ? null : row.ended_ns / NS_PER_MS,
  };
}

/** Changed parts take the place of those with the same key; new ones come in the order of their position. */
export function merged<T extends { key: string }>(had: readonly T[], changed: readonly (T & { position: number })[]): T[] {
  const byKey = new Map(had.map((each) => [each.key, each]));
  for (const each of changed) byKey.set(each.key, each);
  return [...byKey.values()].sort(
    (a, b) => ((a as { position?: number }).position ?? 0) - ((b as { position?: number }).position ?? 0),
  );
}

/** What one event of a stream changes. Pure, so that it can be tested without a server. */
export function applied(call: LiveCall | undefined, kind: string, data: unknown): LiveCall | undefined {
  if (kind === "conversation") {
    const row = data as ConversationRow;
    return call ? { ...call, row } : fresh(row);
  }
  if (!call) return undefined;
  switch (kind) {
    case "messages": {
      const rows = data as MessageRow[];
      return { ...call, messages: merged(call.messages, rows.map((row) => ({ ...messageOf(row), position: row.position }))) };
    }
    case "tool_calls": {
      const rows = data as ToolCallRow[];
      return { ...call, tools: merged(call.tools, rows.map((row) => ({ ...toolOf(row), position: row.position }))) };
    }
    case "interruptions": {
      const rows = data as { position: number; by: Party; happened_ns: number; message_key: string | null; did_cut: boolean }[];
      const more = rows.map((row) => ({
        key: String(row.position),
        position: row.position,
        by: row.by,
        at_ms: row.happened_ns / NS_PER_MS,
        message: row.message_key,
        did_cut: row.did_cut,
      }));
      return { ...call, interruptions: merged(call.interruptions, more) };
    }
    case "gaps": {
      const rows = data as GapRow[];
      return { ...call, gaps: merged(call.gaps, rows.map((row) => ({ ...gapOf(row), position: row.position }))) };
    }
    case "sound": {
      return { ...call, loudness: louder(call.loudness, data as Loudness) };
    }
    case "end": {
      const { status } = data as { status: ConversationRow["status"] };
      return { ...call, row: { ...call.row, status }, isOver: true };
    }
    default:
      return call;
  }
}

function louder(had: Grown, more: Loudness): Grown {
  const isFirst = had.caller.length === 0;
  const caller = [...had.caller, ...more.caller];
  const dropped = Math.max(0, caller.length - POINTS_KEPT);
  return {
    fromMs: (isFirst ? more.from_ms : had.fromMs) + dropped * more.ms_per_point,
    msPerPoint: more.ms_per_point,
    caller: caller.slice(dropped),
    agent: [...had.agent, ...more.agent].slice(dropped),
  };
}

function fresh(row: ConversationRow): LiveCall {
  return { row, messages: [], tools: [], interruptions: [], gaps: [], loudness: { fromMs: 0, msPerPoint: 50, caller: [], agent: [] }, isOver: false };
}

/** A stream of the server as a store of calls by id. A stream that breaks is taken up again by the browser. */
export class LiveStream {
  private calls: ReadonlyMap<string, LiveCall> = new Map();
  private readonly listeners = new Set<() => void>();
  private readonly source: EventSource;
  isConnected = false;

  constructor(path: string) {
    this.source = new EventSource(addressed(path));
    this.source.onopen = () => {
      this.isConnected = true;
      this.calls = new Map([...this.calls].filter(([, call]) => call.isOver)); // all is told anew
      this.tell();
    };
    this.source.onerror = () => {
      this.isConnected = false;
      this.tell();
    };
    for (const kind of KINDS) {
      this.source.addEventListener(kind, (event) => this.take(kind, (event as MessageEvent<string>).data));
    }
  }

  readonly get = (): ReadonlyMap<string, LiveCall> => this.calls;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  close(): void {
    this.source.close();
  }

  private take(kind: string, text: string): void {
    const { conversation, data } = JSON.parse(text) as { conversation: string; data: unknown };
    const call = applied(this.calls.get(conversation), kind, data);
    if (!call) return;
    this.calls = new Map(this.calls).set(conversation, call);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

const NOTHING: ReadonlyMap<string, LiveCall> = new Map();

/** The calls of a stream; null: none is followed. */
export function useLive(path: string | null): { calls: ReadonlyMap<string, LiveCall>; stream: LiveStream | null } {
  const [stream, setStream] = useState<LiveStream | null>(null);
  useEffect(() => {
    if (path === null) return;
    const opened = new LiveStream(path);
    setStream(opened);
    return () => {
      opened.close();
      setStream(null);
    };
  }, [path]);
  const calls = useSyncExternalStore(
    stream?.subscribe ?? (() => () => undefined),
    stream?.get ?? (() => NOTHING),
  );
  return { calls, stream };
}

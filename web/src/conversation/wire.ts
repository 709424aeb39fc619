export interface WireRecord {
  at_ms: number;
  leg: string;
  number: number;
  origin: "client" | "server" | "recorder";
  kind: string;
  bytes: number;
  preview: string;
}

const NAME = /"(?:type|event|verb)"\s*:\s*"([^"\\]{1,80})"/;

/** What the wire itself calls a message, read from its beginning; else what kind of record it is. */
export function eventName(record: Pick<WireRecord, "kind" | "preview">): string {
  if (record.kind !== "text" && record.kind !== "note") return record.kind;
  return NAME.exec(record.preview)?.[1] ?? record.kind;
}

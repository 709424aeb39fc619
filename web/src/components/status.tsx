import type { Status } from "../api/types.ts";
import { words } from "../words.ts";

export function StatusTag({ status }: { status: Status }) {
  return <span className={`status ${status}`}>{words.statuses[status] ?? status}</span>;
}

export function HealthScore({ score }: { score: number }) {
  const tone = score >= 90 ? "good" : score >= 60 ? "warn" : "bad";
  return <span className={`score ${tone}`}>{score}</span>;
}

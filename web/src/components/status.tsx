import type { Status } from "../api/types.ts";
import { words } from "../words.ts";

export function StatusTag({ status }: { status: Status }) {
  return <span className={`status ${status}`}>{words.statuses[status] ?? status}</span>;
}

/** Says where redaction failed, or where only what is shown is left; nothing of any other call. */
export function RedactionTag({ redaction, isAbridged }: { redaction: string; isAbridged: boolean }) {
  const t = words.redaction;
  if (redaction === "quarantined") return <span className="tag bad" title={t.quarantinedMeans}>{t.quarantined}</span>;
  if (isAbridged) return <span className="tag" title={t.abridgedMeans}>{t.abridged}</span>;
  return null;
}

/** How a caller felt, in a word; nothing where nobody knows. */
export function Sentiment({ score }: { score: number | null }) {
  if (score === null) return <span className="quiet">–</span>;
  const tone = score > 60 ? "positive" : score < 40 ? "negative" : "neutral";
  return <span className={`tag tone ${tone}`}>{words.sentiments[tone]}</span>;
}

export function HealthScore({ score, reasons }: { score: number; reasons: string[] }) {
  const tone = score >= 90 ? "good" : score >= 60 ? "warn" : "bad";
  return (
    <span className={`score ${tone}`} title={reasons.join(", ")}>
      {score}
      {reasons.length > 0 && <span className="sr"> {reasons.join(", ")}</span>}
    </span>
  );
}

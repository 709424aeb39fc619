import { useEffect, useMemo, useState } from "react";
import { ApiError, get } from "../api/client.ts";
import { Failure } from "../components/failure.tsx";
import { Link } from "../components/link.tsx";
import { go } from "../routing.ts";
import { words } from "../words.ts";
import { Alerts } from "./alerts.tsx";
import { Chart } from "./chart.tsx";
import { callsBehind, told, type MetricKind, type Point } from "./figures.ts";

const t = words.dashboard;
const SPANS = [7, 30, 90];
const AT_ONCE = 4; // questions: so that a dashboard leaves the server some room

type Figures = ReadonlyMap<string, Point[]>; // by metric

interface Asked {
  days: number;
  isSplit: boolean; // a line for each provider
}

export function DashboardPage({ address }: { address: URL }) {
  const days = Number(address.searchParams.get("days")) || 30;
  const isSplit = address.searchParams.get("by") === "provider";
  const { kinds, error: refusal } = useKinds();
  const { figures, error: failure } = useFigures(kinds, days, isSplit ? "day,provider" : "day");
  const error = refusal ?? failure;
  useEffect(() => {
    document.title = `${t.title} · ${words.product}`;
  }, []);
  const ask = (next: Asked) => go(`/dashboard?days=${next.days}${next.isSplit ? "&by=provider" : ""}`, { replace: true });
  const providers = useMemo(() => providersOf(figures), [figures]);
  if (error) return <Failure error={error} />;
  return (
    <main className="dashboard" id="content" aria-busy={kinds.length === 0 || figures.size < kinds.length}>
      <header className="live-head">
        <h1>{t.title}</h1>
        <p className="quiet">{t.hint}</p>
        <span className="spacer" />
        <div className="segments" role="group" aria-label={t.span}>
          {SPANS.map((each) => (
            <button key={each} type="button" className="button" aria-pressed={each === days} onClick={() => ask({ days: each, isSplit })}>{t.days(each)}</button>
          ))}
        </div>
        <button type="button" className="button" aria-pressed={isSplit} onClick={() => ask({ days, isSplit: !isSplit })}>{t.split}</button>
      </header>
      <Alerts />
      <div className="charts">
        {kinds.map((kind) => {
          const points = figures.get(kind.name);
          return points ? <Chart key={kind.name} kind={kind} points={points} providers={providers} /> : <section key={kind.name} className="chart" aria-busy="true" />;
        })}
      </div>
      <ByProvider kinds={kinds} days={days} />
    </main>
  );
}

function providersOf(figures: Figures): string[] {
  return [...new Set([...figures.values()].flat().flatMap((point) => point.provider ?? []))].sort();
}

function useKinds(): { kinds: MetricKind[]; error: ApiError | null } {
  const [kinds, setKinds] = useState<MetricKind[]>([]);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    get<{ metrics: MetricKind[] }>("/api/v1/metrics").then(({ metrics }) => setKinds(metrics), setError);
  }, []);
  return { kinds, error };
}

/** All metrics by these groups, as they come in; null: they are not asked for. */
function useFigures(kinds: readonly MetricKind[], days: number, by: string | null): { figures: Figures; error: ApiError | null } {
  const [figures, setFigures] = useState<Figures>(new Map());
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    if (by === null) return;
    const abort = new AbortController();
    const from = new Date(Date.now() - days * 86_400_000).toISOString();
    const waiting = [...kinds];
    const some = async () => {
      for (let kind = waiting.shift(); kind; kind = waiting.shift()) {
        const { name } = kind;
        const query = new URLSearchParams({ metric: name, from, by });
        const { points } = await get<{ points: Point[] }>(`/api/v1/metrics?${query}`, abort.signal);
        setFigures((had) => new Map(had).set(name, points));
      }
    };
    setFigures(new Map());
    Promise.all(Array.from({ length: AT_ONCE }, some)).catch((failure: unknown) => {
      if (!abort.signal.aborted) setError(failure as ApiError);
    });
    return () => abort.abort();
  }, [by, days, kinds]);
  return { figures, error };
}

/** All metrics, a column for each provider; each figure leads to its calls. Asked for when it is opened. */
function ByProvider({ kinds, days }: { kinds: readonly MetricKind[]; days: number }) {
  const [isOpen, setOpen] = useState(false);
  const { figures } = useFigures(kinds, days, isOpen ? "provider" : null);
  const providers = useMemo(() => providersOf(figures), [figures]);
  return (
    <details className="by-provider" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.byProvider}</summary>
      <div className="wide" tabIndex={0} role="region" aria-label={t.byProvider} aria-busy={isOpen && figures.size < kinds.length}>
        <table className="figures-table">
          <caption className="sr">{t.byProvider}</caption>
          <thead>
            <tr>
              <th scope="col">{t.metric}</th>
              {providers.map((name) => <th key={name} scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {kinds.map((kind) => (
              <tr key={kind.name}>
                <th scope="row" title={kind.meaning}>{t.metrics[kind.name] ?? kind.name}</th>
                {providers.map((name) => {
                  const point = figures.get(kind.name)?.find((each) => each.provider === name);
                  return <td key={name}>{point ? <Link to={callsBehind(point)}>{told(point.value, kind.unit)}</Link> : "–"}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

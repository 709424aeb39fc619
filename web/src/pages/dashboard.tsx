import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { ApiError, get } from "../api/client.ts";
import type { ConversationRow, Page } from "../api/types.ts";
import { Failure } from "../components/failure.tsx";
import { Link } from "../components/link.tsx";
import { usePalette } from "../conversation/colors.ts";
import { wait } from "../format.ts";
import { go } from "../routing.ts";
import { words } from "../words.ts";
import { byDay, byProvider, type Day } from "./days.ts";

const t = words.dashboard;
const MOST = 5000; // calls that are looked at: the newest
const DAYS = 30;

type Figure = "calls" | "p95" | "interruptions" | "health" | "failed";
const FIGURES: Figure[] = ["calls", "p95", "interruptions", "health", "failed"];

export function DashboardPage() {
  const { rows, error } = useRecent();
  const days = useMemo(() => byDay(rows ?? []), [rows]);
  useEffect(() => {
    document.title = `${t.title} · ${words.product}`;
  }, []);
  if (error) return <Failure error={error} />;
  if (!rows) return <p className="loading" role="status">{words.loading}</p>;
  return (
    <main className="dashboard" id="content">
      <header className="live-head">
        <h1>{t.title}</h1>
        <p className="quiet">{t.of(rows.length, DAYS)}</p>
      </header>
      <div className="charts">
        {FIGURES.map((figure) => (
          <section key={figure} className="chart">
            <h2>{t.figures[figure]}</h2>
            <Chart days={days} figure={figure} />
          </section>
        ))}
      </div>
      <table className="figures-table">
        <caption className="sr">{t.byProvider}</caption>
        <thead>
          <tr>
            <th scope="col">{t.byProvider}</th>
            {FIGURES.map((figure) => (
              <th key={figure} scope="col">{t.figures[figure]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byProvider(rows).map((each) => (
            <tr key={each.day}>
              <th scope="row">
                <Link to={`/conversations?provider=${encodeURIComponent(each.day.split(" + ")[0] ?? "")}&since=30d`}>{each.day}</Link>
              </th>
              {FIGURES.map((figure) => (
                <td key={figure}>{told(each, figure)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}

function told(day: Day, figure: Figure): string {
  const value = day[figure];
  if (value === null) return "–";
  if (figure === "p95") return wait(value);
  return figure === "interruptions" ? value.toFixed(1) : String(Math.round(value));
}

/** The newest calls of the last days, page after page. */
function useRecent() {
  const [rows, setRows] = useState<ConversationRow[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const since = new Date(Date.now() - DAYS * 86_400_000).toISOString();
    const load = async () => {
      const found: ConversationRow[] = [];
      let cursor = "";
      do {
        const page: Page = await get<Page>(`/api/v1/conversations?limit=1000&since=${since}${cursor}`, abort.signal);
        found.push(...page.conversations);
        cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : "";
      } while (cursor && found.length < MOST);
      setRows(found);
    };
    load().catch((failure: unknown) => {
      if (!abort.signal.aborted) setError(failure as ApiError);
    });
    return () => abort.abort();
  }, []);
  return { rows, error };
}

/** One figure by day as bars; a click opens the calls behind one. */
function Chart({ days, figure }: { days: Day[]; figure: Figure }) {
  const holder = useRef<HTMLDivElement>(null);
  const palette = usePalette();
  useEffect(() => {
    const element = holder.current;
    if (!element || days.length === 0) return;
    const bars = uPlot.paths.bars?.({ size: [0.6, 48], radius: 0.15 });
    const axis = { stroke: palette.dim, grid: { stroke: palette.edge, width: 1 }, ticks: { show: false }, font: '11px "Inter Variable"' };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 140,
        legend: { show: false },
        cursor: { y: false, points: { show: false } },
        scales: { x: { time: false, range: [-0.6, days.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(most * 1.15, 1)] } },
        axes: [
          { ...axis, grid: { show: false }, values: (_, ticks) => ticks.map((i) => days[i]?.day.slice(5) ?? ""), incrs: [1, 2, 5, 10] },
          { ...axis, size: 44 },
        ],
        series: [{}, { fill: palette.caller, stroke: palette.caller, width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) }],
      },
      [days.map((_, i) => i), days.map((day) => day[figure])],
      element,
    );
    const open = () => {
      const day = days[plot.cursor.idx ?? -1]?.day;
      if (!day) return;
      const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
      go(`/conversations?since=${day}T00:00:00Z&until=${next}T00:00:00Z`);
    };
    plot.over.addEventListener("click", open);
    return () => plot.destroy();
  }, [days, figure, palette]);
  const newest = days.at(-1);
  return (
    <div
      ref={holder}
      className="plot"
      role="img"
      aria-label={newest ? `${t.figures[figure]}: ${days.map((day) => `${day.day} ${told(day, figure)}`).join(", ")}` : t.nothing}
    />
  );
}

import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { Link } from "../components/link.tsx";
import { usePalette, type Palette } from "../conversation/colors.ts";
import { go } from "../routing.ts";
import { words } from "../words.ts";
import { callsBehind, linesOf, told, type MetricKind, type Point } from "./figures.ts";

const t = words.dashboard;
const COLORS: (keyof Palette)[] = ["caller", "agent", "good", "tool", "bad", "mark"];
const SUMS = ["conversations", "messages", "currency of the prices"]; // units of what is counted together: bars

interface Props {
  kind: MetricKind;
  points: readonly Point[];
  providers: readonly string[]; // of all metrics: each has its colour
}

/** One metric by day; a click on a point, or its link in the table below, opens the calls behind it. */
export function Chart({ kind, points, providers }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const palette = usePalette();
  const { days, lines } = useMemo(() => linesOf(points), [points]);
  useEffect(() => {
    const element = holder.current;
    if (!element || days.length === 0) return;
    const plot = new uPlot(optionsOf(element.clientWidth, days, lines, kind, (name) => colorOf(palette, providers, name), palette), dataOf(days, lines), element);
    plot.over.addEventListener("click", () => {
      const point = nearest(plot, lines);
      if (point) go(callsBehind(point));
    });
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: plot.height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [days, kind, lines, palette, providers]);
  const isSplit = lines.some((line) => line.name);
  const name = t.metrics[kind.name] ?? kind.name.replaceAll("_", " ");
  return (
    <section className="chart" aria-label={name}>
      <header>
        <h2 title={kind.meaning}>{name}</h2>
        {lines.length === 1 && !isSplit && (
          <>
            <span>{days.at(-1)?.slice(5)}</span>
            <b>{told(lines[0]?.points.at(-1)?.value, kind.unit)}</b>
          </>
        )}
      </header>
      {isSplit && (
        <ul className="legend">
          {lines.map((line) => (
            <li key={line.name}>
              <i className="swatch" ref={(dot) => void (dot && (dot.style.background = colorOf(palette, providers, line.name)))} />
              {line.name}
            </li>
          ))}
        </ul>
      )}
      {days.length === 0 ? <p className="quiet">{t.nothing}</p> : <div ref={holder} className="plot" aria-hidden="true" />}
      {days.length > 0 && (
        <details>
          <summary>{t.table}</summary>
          <table className="fields">
            <thead>
              <tr>
                <th scope="col">{t.day}</th>
                {lines.map((line) => <th key={line.name} scope="col">{line.name || name}</th>)}
              </tr>
            </thead>
            <tbody>
              {days.map((day, i) => (
                <tr key={day}>
                  <th scope="row">{day}</th>
                  {lines.map((line) => {
                    const point = line.points[i];
                    return <td key={line.name}>{point ? <Link to={callsBehind(point)}>{told(point.value, kind.unit)}</Link> : "–"}</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  );
}

type Lines = ReturnType<typeof linesOf>["lines"];

function colorOf(palette: Palette, providers: readonly string[], name: string): string {
  return palette[COLORS[Math.max(0, providers.indexOf(name)) % COLORS.length]!];
}

function dataOf(days: string[], lines: Lines): uPlot.AlignedData {
  return [days.map((_, i) => i), ...lines.map((line) => line.points.map((point) => point?.value ?? null))];
}

function optionsOf(
  width: number,
  days: string[],
  lines: Lines,
  kind: MetricKind,
  colorOfLine: (name: string) => string,
  palette: Palette,
): uPlot.Options {
  const axis = { stroke: palette.dim, grid: { stroke: palette.edge, width: 1 }, ticks: { show: false }, font: '11px "Inter Variable"' };
  const bars = SUMS.includes(kind.unit) && lines.length === 1 ? uPlot.paths.bars?.({ size: [0.6, 48], radius: 0.15 }) : undefined;
  const series = lines.map(({ name }) => {
    const color = colorOfLine(name);
    return bars ? { fill: color, stroke: color, width: 0, points: { show: false }, paths: bars } : { stroke: color, width: 2, spanGaps: true, points: { show: true, size: 6, fill: color } };
  });
  return {
    width,
    height: 150,
    legend: { show: false },
    cursor: { y: false },
    scales: {
      x: { time: false, range: [-0.6, days.length - 0.4] },
      y: { range: (_, least, most) => (kind.unit === "-1 to 1" ? [-1, 1] : [Math.min(0, least), kind.unit === "share" ? 1.05 : Math.max(most * 1.15, 1)]) },
    },
    axes: [
      { ...axis, size: 26, grid: { show: false }, values: (_, ticks) => ticks.map((i) => days[i]?.slice(5) ?? ""), incrs: [1, 2, 5, 10, 30] },
      { ...axis, size: 58, values: (_, ticks) => ticks.map((value) => told(value, kind.unit)) },
    ],
    series: [{}, ...series],
  };
}

/** The point whose mark is nearest to the pointer, of those of its day. */
function nearest(plot: uPlot, lines: Lines): Point | null {
  const { idx, top } = plot.cursor;
  if (idx === null || idx === undefined) return null;
  let best: Point | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const { points } of lines) {
    const point = points[idx];
    if (!point || point.value === null) continue;
    const away = Math.abs(plot.valToPos(point.value, "y") - (top ?? 0));
    if (away < distance) [best, distance] = [point, away];
  }
  return best;
}

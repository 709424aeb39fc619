/** What the metrics answer, as lines to draw and as words to read. Pure. */

import { length, percent, wait } from "../format.ts";

export interface MetricKind {
  name: string;
  unit: string;
  counts: string; // what `count` is a number of
  meaning: string;
}

export interface Point {
  day?: string;
  provider?: string;
  count: number;
  value: number | null;
  p95?: number | null;
  filters: Record<string, string>;
}

export interface Line {
  name: string; // of the provider, or ""
  points: (Point | null)[]; // by day
}

/** Days that have a point, and a line for each provider through them; one line where they are not told apart. */
export function linesOf(points: readonly Point[]): { days: string[]; lines: Line[] } {
  const days = [...new Set(points.flatMap((point) => point.day ?? []))].sort();
  const names = [...new Set(points.map((point) => point.provider ?? ""))].sort();
  return {
    days,
    lines: names.map((name) => ({
      name,
      points: days.map((day) => points.find((point) => point.day === day && (point.provider ?? "") === name) ?? null),
    })),
  };
}

/** A figure as people read it. */
export function told(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return "–";
  if (unit === "ms") return wait(value);
  if (unit === "s") return length(value * 1000);
  if (unit === "share") return percent(value);
  return Number.isInteger(value) ? value.toLocaleString("en") : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

/** The address of the calls behind a point. */
export function callsBehind({ filters }: Point): string {
  return `/conversations?${new URLSearchParams(filters)}`;
}

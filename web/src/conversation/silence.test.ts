import { expect, it } from "vitest";
import { quietSpans } from "./silence.ts";

const wave = (caller: number[], agent: number[]) => ({
  rate_hz: 100,
  frames: caller.length * 10,
  zooms: [{ frames_per_point: 10, low: [caller.map((v) => -v), agent.map(() => 0)], high: [caller.map(() => 0), agent] }],
});

it("is silence only where both sides are quiet, and long enough", () => {
  const loud = Array(5).fill(50);
  const quiet = (count: number) => Array(count).fill(1);
  const caller = [...loud, ...quiet(30), ...loud];
  const agent = [...quiet(5), ...quiet(10), ...loud, ...quiet(15), ...quiet(5)];
  const spans = quietSpans(wave(caller, agent));
  expect(spans.map(({ from, to }) => [Number(from.toFixed(2)), Number(to.toFixed(2))])).toEqual([
    [0.65, 1.35],
    [2.15, 3.35],
  ]);
  expect(quietSpans(wave([...loud, ...quiet(5), ...loud], quiet(15)))).toEqual([]);
});

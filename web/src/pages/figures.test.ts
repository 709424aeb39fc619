import { expect, it } from "vitest";
import { callsBehind, linesOf, told, type Point } from "./figures.ts";

const point = (day: string, provider: string, value: number): Point => ({ day, provider, value, count: 1, filters: { provider, since: day } });

it("each provider is a line through all days, with a hole where it had no call", () => {
  const { days, lines } = linesOf([point("2026-11-02", "hume", 3), point("2026-11-01", "openai", 1), point("2026-11-02", "openai", 2)]);
  expect(days).toEqual(["2026-11-01", "2026-11-02"]);
  expect(lines.map(({ name, points }) => [name, points.map((each) => each?.value ?? null)])).toEqual([
    ["hume", [null, 3]],
    ["openai", [1, 2]],
  ]);
});

it("figures are read in their own unit, and lead to the calls behind them", () => {
  expect([told(0.25, "share"), told(740, "ms"), told(65, "s"), told(12, "conversations"), told(-0.333, "-1 to 1"), told(null, "ms")]).toEqual([
    "25 %", "740 ms", "1 m 05 s", "12", "-0.33", "–",
  ]);
  expect(callsBehind(point("2026-11-01", "hume", 1))).toBe("/conversations?provider=hume&since=2026-11-01");
});

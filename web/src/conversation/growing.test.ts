import { expect, it } from "vitest";
import { grownWaveform } from "./growing.ts";

it("what came since the page opened follows what was drawn before", () => {
  const base = {
    rate_hz: 1000,
    frames: 100,
    zooms: [{ frames_per_point: 10, low: [Array(10).fill(-5), Array(10).fill(0)], high: [Array(10).fill(3), Array(10).fill(9)] }],
  };
  const wave = grownWaveform(base, { fromMs: 100, msPerPoint: 50, caller: [7, 8], agent: [1, 2] });
  expect(wave.zooms[0]!.high).toEqual([[5, 5, 7, 8], [9, 9, 1, 2]]);
  expect(wave.frames / wave.rate_hz).toBe(0.2);
  expect(grownWaveform(null, { fromMs: 50, msPerPoint: 50, caller: [4], agent: [6] }).zooms[0]!.high).toEqual([[0, 4], [0, 6]]);
});

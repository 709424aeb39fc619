/** The waveform of a call that goes on: what the server drew when the page opened, and what came since. */

import type { Waveform } from "../api/types.ts";

export interface Grown {
  fromMs: number;
  msPerPoint: number;
  caller: readonly number[];
  agent: readonly number[];
}

/** Both as one waveform at the grain of the stream; where both know a stretch, the stream does better. */
export function grownWaveform(base: Waveform | null, grown: Grown): Waveform {
  const { fromMs, msPerPoint } = grown;
  const skipped = Math.round(fromMs / msPerPoint);
  const sides = [grown.caller, grown.agent].map((points, side) => {
    const before = Array.from({ length: skipped }, (_, i) => basePeak(base, side, i * msPerPoint, msPerPoint));
    return [...before, ...points];
  });
  const count = sides[0]?.length ?? 0;
  return {
    rate_hz: 1000,
    frames: count * msPerPoint,
    zooms: [{ frames_per_point: msPerPoint, low: sides.map((side) => side.map((value) => -value)), high: sides }],
  };
}

function basePeak(base: Waveform | null, side: number, atMs: number, ms: number): number {
  const zoom = base?.zooms[0];
  if (!base || !zoom) return 0;
  const perMs = base.rate_hz / 1000 / zoom.frames_per_point;
  const first = Math.floor(atMs * perMs);
  const last = Math.max(first + 1, Math.ceil((atMs + ms) * perMs));
  let peak = 0;
  for (let i = first; i < last; i += 1) peak = Math.max(peak, zoom.high[side]?.[i] ?? 0, -(zoom.low[side]?.[i] ?? 0));
  return peak;
}

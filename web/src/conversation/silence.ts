/** Where nobody speaks, read from the peaks of both sides. */

import type { Waveform } from "../api/types.ts";

export interface Span {
  from: number;
  to: number;
}

const SHORTEST_CHOICE_S = 1;

/** A chosen stretch that begins here; one that ended before begins anew. */
export function beginning(had: Span | null, at: number): Span {
  return { from: at, to: had && had.to > at ? had.to : at + SHORTEST_CHOICE_S };
}

/** A chosen stretch that ends here. */
export function ending(had: Span | null, at: number): Span {
  return { from: had && had.from < at ? had.from : Math.max(0, at - SHORTEST_CHOICE_S), to: at };
}

const LOUDNESS = 3; // of 128: below it is the noise of a line
const SHORTEST_S = 0.8; // a shorter pause belongs to speech
const MARGIN_S = 0.15; // left on both sides, so that no word begins within the leap

/** Stretches in seconds that a listener loses nothing by leaping over. */
export function quietSpans(waveform: Waveform): Span[] {
  const zoom = waveform.zooms[0];
  if (!zoom) return [];
  const step = zoom.frames_per_point / waveform.rate_hz;
  const count = zoom.low[0]?.length ?? 0;
  const spans: Span[] = [];
  let began: number | null = null;
  for (let point = 0; point <= count; point += 1) {
    const isQuiet = point < count && peakAt(zoom, point) <= LOUDNESS;
    if (isQuiet) began ??= point;
    else if (began !== null) {
      const span = { from: began * step + MARGIN_S, to: point * step - MARGIN_S };
      if (span.to - span.from + 2 * MARGIN_S >= SHORTEST_S) spans.push(span);
      began = null;
    }
  }
  return spans;
}

function peakAt(zoom: Waveform["zooms"][number], point: number): number {
  let peak = 0;
  for (let channel = 0; channel < zoom.low.length; channel += 1) {
    peak = Math.max(peak, -(zoom.low[channel]?.[point] ?? 0), zoom.high[channel]?.[point] ?? 0);
  }
  return peak;
}

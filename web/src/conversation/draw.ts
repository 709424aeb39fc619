/** What is drawn over and under the waveform: ruler, marks, lanes. Pure drawing: all it needs is handed in. */

import { clock } from "../format.ts";
import { words } from "../words.ts";
import { faded, type Palette } from "./colors.ts";
import type { Block, LaneName, Mark } from "./marks.ts";
import type { Span } from "./silence.ts";
import { SIDE_HEIGHT, type View } from "./wave.ts";

export const RULER = 22;
export const WAVE = 2 * SIDE_HEIGHT;
const LANE = 22;
const FONT = '500 11px "Inter Variable", system-ui, sans-serif';

export function heightOf(lanes: readonly LaneName[]): number {
  return RULER + WAVE + lanes.length * LANE + 4;
}

export interface Scene {
  view: View;
  width: number;
  palette: Palette;
  blocks: readonly Block[];
  marks: readonly Mark[];
  lanes: readonly LaneName[];
  unheard: readonly Span[];
  chosen: Span | null; // a stretch that somebody is marking
}

export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, palette, lanes } = scene;
  context.clearRect(0, 0, width, heightOf(lanes));
  context.font = FONT;
  context.textBaseline = "middle";
  drawRuler(context, scene);
  context.fillStyle = palette.edge;
  context.fillRect(0, RULER + SIDE_HEIGHT, width, 1);
  lanes.forEach((_, row) => context.fillRect(0, RULER + WAVE + row * LANE, width, 1));
  for (const span of scene.unheard) drawUnheard(context, scene, span);
  if (scene.chosen) drawStretch(context, scene, scene.chosen, palette.accent);
  let free = Number.NEGATIVE_INFINITY; // from here on no label stands in the way of the next
  for (const mark of scene.marks) free = Math.max(free, drawMark(context, scene, mark, free));
  for (const block of scene.blocks) drawBlock(context, scene, block);
  lanes.forEach((lane, row) => drawLaneName(context, scene, lane, RULER + WAVE + row * LANE));
}

/** At the right end of a lane, over what stands there, what it is. */
function drawLaneName(context: CanvasRenderingContext2D, { width, palette }: Scene, lane: LaneName, top: number): void {
  const name = words.conversation.lanes[lane];
  const room = context.measureText(name).width + 10;
  context.fillStyle = faded(palette.surface, 0.85);
  context.fillRect(width - room - 3, top + 3, room, LANE - 5);
  context.fillStyle = palette.dim;
  context.textAlign = "right";
  context.fillText(name, width - 8, top + LANE / 2 + 1);
}

function drawStretch(context: CanvasRenderingContext2D, scene: Scene, span: Span, color: string): void {
  const x = xOf(scene, span.from);
  const width = Math.max(xOf(scene, span.to) - x, 2);
  context.fillStyle = faded(color, 0.14);
  context.fillRect(x, RULER, width, WAVE);
  context.fillStyle = color;
  context.fillRect(x, RULER, width, 2);
}

export function xOf(scene: Pick<Scene, "view" | "width">, at: number): number {
  return ((at - scene.view.from) / Math.max(scene.view.to - scene.view.from, 1e-6)) * scene.width;
}

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

function drawRuler(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, width, palette } = scene;
  const seconds = view.to - view.from;
  const step = STEPS.find((each) => (each / seconds) * width > 72) ?? 7200;
  const first = Math.ceil(view.from / step) * step;
  context.textAlign = "left";
  for (let at = first; at <= view.to; at += step) {
    const x = Math.round(xOf(scene, at));
    context.fillStyle = palette.edge;
    context.fillRect(x, 0, 1, RULER + WAVE + scene.lanes.length * LANE);
    context.fillStyle = palette.dim;
    if (x < width - 30) context.fillText(clock(at, step < 1 ? 1 : 0), x + 5, RULER / 2);
  }
}

function drawUnheard(context: CanvasRenderingContext2D, scene: Scene, span: Span): void {
  const x = xOf(scene, span.from);
  const end = xOf(scene, span.to);
  if (end < 0 || x > scene.width) return;
  const top = RULER + SIDE_HEIGHT + SIDE_HEIGHT * 0.3;
  context.strokeStyle = faded(scene.palette.agent, 0.75);
  context.setLineDash([3, 3]);
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, top, Math.max(end - x - 1, 2), SIDE_HEIGHT * 0.4);
  context.setLineDash([]);
}

/** Gives where its label ends, which the next must not cover. */
function drawMark(context: CanvasRenderingContext2D, scene: Scene, mark: Mark, free: number): number {
  const x = Math.round(xOf(scene, mark.at));
  const end = mark.to === undefined ? x : xOf(scene, mark.to);
  if (end < -20 || x > scene.width + 20) return free;
  const { palette } = scene;
  switch (mark.kind) {
    case "gap":
    case "redaction":
      hatch(context, x, Math.max(end - x, 3), mark.kind === "gap" ? palette.warn : palette.ink);
      return drawLabel(context, scene, mark.label, x, end, free, mark.kind === "gap" ? palette.warn : palette.ink);
    case "note":
      drawStretch(context, scene, { from: mark.at, to: mark.to ?? mark.at }, palette.warn);
      return free;
    case "interruption":
      context.fillStyle = faded(palette.bad, 0.9);
      context.fillRect(x, RULER, 1.5, WAVE);
      context.beginPath();
      context.moveTo(x - 5, RULER);
      context.lineTo(x + 6.5, RULER);
      context.lineTo(x + 0.75, RULER + 7);
      context.fill();
      return free;
    default: {
      context.fillStyle = faded(palette.mark, 0.9);
      context.fillRect(x, RULER, 1.5, WAVE);
      return drawLabel(context, scene, mark.label.slice(0, 24), x, Number.POSITIVE_INFINITY, free, palette.mark);
    }
  }
}

/** A word on the waveform, moved on where another stands already; left out where it does not fit. */
function drawLabel(
  context: CanvasRenderingContext2D,
  scene: Scene,
  text: string,
  x: number,
  end: number,
  free: number,
  color: string,
): number {
  const width = context.measureText(text).width + 8;
  const left = Math.max(x, free + 2);
  if (left > x + 60 || left + width > end) return free;
  pill(context, left, RULER + 2, width, 15, color);
  context.fillStyle = scene.palette.surface;
  context.textAlign = "left";
  context.fillText(text, left + 4, RULER + 10);
  return left + width;
}

function hatch(context: CanvasRenderingContext2D, x: number, width: number, color: string): void {
  context.save();
  context.beginPath();
  context.rect(x, RULER, width, WAVE);
  context.clip();
  context.fillStyle = faded(color, 0.16);
  context.fillRect(x, RULER, width, WAVE);
  context.strokeStyle = faded(color, 0.7);
  context.lineWidth = 1;
  context.beginPath();
  for (let line = x - WAVE; line < x + width; line += 7) {
    context.moveTo(line, RULER + WAVE);
    context.lineTo(line + WAVE, RULER);
  }
  context.stroke();
  context.restore();
}

function drawBlock(context: CanvasRenderingContext2D, scene: Scene, block: Block): void {
  const x = xOf(scene, block.from);
  const width = Math.max(xOf(scene, block.to) - x, 3);
  if (x + width < 0 || x > scene.width) return;
  const top = RULER + WAVE + scene.lanes.indexOf(block.lane) * LANE + 4;
  pill(context, x, top, width, LANE - 7, faded(block.color, 0.28));
  pill(context, x, top, Math.min(width, 3), LANE - 7, block.color);
  const next = Math.min(xOf(scene, block.next), scene.width);
  const size = context.measureText(block.label).width;
  context.fillStyle = scene.palette.ink;
  context.textAlign = "left";
  if (size + 12 <= Math.min(width, next - x)) context.fillText(block.label, Math.max(x, 0) + 8, top + (LANE - 7) / 2 + 0.5);
  else if (size + 8 <= next - x - width) {
    context.fillStyle = scene.palette.dim;
    context.fillText(block.label, x + width + 4, top + (LANE - 7) / 2 + 0.5);
  }
}

function pill(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  color: string,
): void {
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(3, width / 2));
  context.fill();
}

/** What stands under a point of the canvas. */
export function hit(scene: Scene, x: number, y: number): Block | Mark | null {
  const row = Math.floor((y - RULER - WAVE) / LANE);
  const lane = scene.lanes[row];
  if (y > RULER + WAVE && lane) {
    return (
      scene.blocks.find(
        (block) => block.lane === lane && x >= xOf(scene, block.from) - 2 && x <= xOf(scene, block.to) + 4,
      ) ?? null
    );
  }
  const near = scene.marks.find((mark) => Math.abs(x - xOf(scene, mark.at)) < 6);
  return near ?? scene.marks.find((mark) => x >= xOf(scene, mark.at) && x <= xOf(scene, mark.to ?? mark.at)) ?? null;
}

/** What is drawn over and under the waveform: ruler, marks, lanes. Pure drawing: all it needs is handed in. */

import type { Conversation } from "../api/types.ts";
import { clock, wait } from "../format.ts";
import { faded, type Palette } from "./colors.ts";
import type { Span } from "./silence.ts";
import { responseWaits, strongest } from "./story.ts";
import { SIDE_HEIGHT, type View } from "./wave.ts";

export const RULER = 22;
export const WAVE = 2 * SIDE_HEIGHT;
const LANE = 22;
const FONT = '500 11px "Inter Variable", system-ui, sans-serif';
const SLOW_MS = 1500;
const LATE_MS = 800;

export type LaneName = "tools" | "response" | "emotions";

export interface Block {
  lane: LaneName;
  from: number; // s
  to: number;
  label: string;
  color: string;
  key?: string; // of what opens on a click
}

export interface Mark {
  at: number;
  to?: number;
  kind: "interruption" | "gap" | "digit" | "snapshot" | "redaction";
  label: string;
}

export function blocksOf(conversation: Conversation, palette: Palette): Block[] {
  const tools = conversation.tool_calls.map((call) => ({
    lane: "tools" as const,
    from: call.called_ms / 1000,
    to: (call.returned_ms ?? call.called_ms) / 1000,
    label: call.latency_ms === null ? call.name : `${call.name}  ${wait(call.latency_ms)}`,
    color: call.error ? palette.bad : palette.tool,
    key: call.key,
  }));
  const waits = responseWaits(conversation.messages).map((each) => {
    const ms = each.toMs - each.fromMs;
    return {
      lane: "response" as const,
      from: each.fromMs / 1000,
      to: each.toMs / 1000,
      label: wait(ms),
      color: ms > SLOW_MS ? palette.bad : ms > LATE_MS ? palette.warn : palette.good,
    };
  });
  const emotions = conversation.messages.flatMap((message) => {
    const best = strongest(message);
    if (!best && !message.sentiment) return [];
    const tone = { positive: palette.good, negative: palette.bad }[message.sentiment ?? ""] ?? palette.dim;
    return [
      {
        lane: "emotions" as const,
        from: message.started_ms / 1000,
        to: (message.ended_ms ?? message.started_ms) / 1000,
        label: best ? `${best.name} ${best.score.toFixed(2)}` : (message.sentiment ?? ""),
        color: tone,
        key: message.key,
      },
    ];
  });
  return [...tools, ...waits, ...emotions];
}

export function marksOf(conversation: Conversation): Mark[] {
  return [
    ...conversation.interruptions.map((each) => ({
      at: each.at_ms / 1000,
      kind: "interruption" as const,
      label: each.by,
    })),
    ...conversation.gaps.map((gap) => ({
      at: gap.at_ms / 1000,
      ...(gap.until_ms === null ? {} : { to: gap.until_ms / 1000 }),
      kind: "gap" as const,
      label: gap.reason,
    })),
    ...conversation.digits.map((each) => ({ at: each.at_ms / 1000, kind: "digit" as const, label: each.digit })),
    ...conversation.snapshots
      .filter((each) => each.label !== "history_updated")
      .map((each) => ({ at: each.at_ms / 1000, kind: "snapshot" as const, label: each.label })),
  ];
}

/** Where sound that was generated would have gone on, had nobody cut it; up to the agent's next answer. */
export function unheardOf(conversation: Conversation): Span[] {
  const answers = conversation.messages.filter((message) => message.role === "assistant" && message.is_audible);
  return answers.flatMap((message, i) => {
    if (message.sent_ms === null || message.heard_ms === null) return [];
    const from = message.started_ms + message.heard_ms;
    const next = answers[i + 1]?.started_ms ?? Number.POSITIVE_INFINITY;
    const to = Math.min(message.started_ms + message.sent_ms, next);
    return to > from + 50 ? [{ from: from / 1000, to: to / 1000 }] : [];
  });
}

export function lanesOf(blocks: readonly Block[]): LaneName[] {
  return (["tools", "response", "emotions"] as const).filter((lane) => blocks.some((block) => block.lane === lane));
}

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
  for (const mark of scene.marks) drawMark(context, scene, mark);
  for (const block of scene.blocks) drawBlock(context, scene, block);
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

function drawMark(context: CanvasRenderingContext2D, scene: Scene, mark: Mark): void {
  const x = Math.round(xOf(scene, mark.at));
  const end = mark.to === undefined ? x : xOf(scene, mark.to);
  if (end < -20 || x > scene.width + 20) return;
  const { palette } = scene;
  if (mark.kind === "gap" || mark.kind === "redaction") {
    hatch(context, x, Math.max(end - x, 3), mark.kind === "gap" ? palette.warn : palette.dim);
    return;
  }
  const color = mark.kind === "interruption" ? palette.bad : palette.mark;
  context.fillStyle = faded(color, 0.9);
  context.fillRect(x, RULER, 1.5, WAVE);
  if (mark.kind === "interruption") {
    context.beginPath();
    context.moveTo(x - 5, RULER);
    context.lineTo(x + 6.5, RULER);
    context.lineTo(x + 0.75, RULER + 7);
    context.fill();
    return;
  }
  const text = mark.kind === "digit" ? mark.label : mark.label.slice(0, 24);
  const width = context.measureText(text).width + 8;
  pill(context, x, RULER + 2, width, 15, color);
  context.fillStyle = palette.surface;
  context.textAlign = "left";
  context.fillText(text, x + 4, RULER + 10);
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
  const room = roomAfter(scene, block, x, width);
  const size = context.measureText(block.label).width;
  context.fillStyle = scene.palette.ink;
  context.textAlign = "left";
  if (size + 12 <= width) context.fillText(block.label, Math.max(x, 0) + 8, top + (LANE - 7) / 2 + 0.5);
  else if (size + 8 <= room) {
    context.fillStyle = scene.palette.dim;
    context.fillText(block.label, x + width + 4, top + (LANE - 7) / 2 + 0.5);
  }
}

/** How much is free after a block before the next of its lane. */
function roomAfter(scene: Scene, block: Block, x: number, width: number): number {
  let next = scene.width;
  for (const other of scene.blocks) {
    if (other.lane === block.lane && other.from > block.from) next = Math.min(next, xOf(scene, other.from));
  }
  return next - x - width;
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
  return scene.marks.find((mark) => Math.abs(x - xOf(scene, mark.at)) < 6) ?? null;
}

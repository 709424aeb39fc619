import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Annotation, Conversation, Figures, Waveform } from "../api/types.ts";
import { Icon } from "../components/icon.tsx";
import { clock } from "../format.ts";
import { isTyping } from "../keys.ts";
import { words } from "../words.ts";
import { usePalette } from "./colors.ts";
import { draw, heightOf, hit, RULER, WAVE, xOf, type Scene } from "./draw.ts";
import { blocksOf, lanesOf, marksOf, unheardOf, type Block, type Mark } from "./marks.ts";
import { usePlayer, type Player } from "./player.ts";
import type { Span } from "./silence.ts";
import { Wave, type View } from "./wave.ts";

const t = words.conversation;

interface Props {
  conversation: Conversation;
  figures: Figures | null;
  annotations: readonly Annotation[];
  chosen: Span | null;
  waveform: Waveform;
  isLoading: boolean; // the peaks are still to come
  player: Player;
  onOpen: (block: Block) => void;
  onFiner: (pxPerSec: number) => void;
}

export function Timeline({ conversation, figures, annotations, chosen, waveform, isLoading, player, onOpen, onFiner }: Props) {
  const palette = usePalette();
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const wave = useRef<Wave>(null);
  const [view, setView] = useState<View>({ from: 0, to: 1 });
  const [width, setWidth] = useState(0);
  const [hover, setHover] = useState<{ x: number; label: string } | null>(null);

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const made = new Wave(element, player.media, waveform, palette);
    wave.current = made;
    const off = [made.onView(setView), made.onSeek((seconds) => player.seek(seconds))];
    setView(made.view());
    return () => {
      off.forEach((stop) => stop());
      made.destroy();
      wave.current = null;
    };
    // Colours and finer peaks are handed to the same waveform below; a new one would lose its zoom.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [player]);

  const fed = useRef(waveform);
  useEffect(() => {
    if (fed.current !== waveform) wave.current?.feed(waveform);
    fed.current = waveform;
  }, [waveform]);
  useEffect(() => wave.current?.recolor(palette), [palette]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const blocks = useMemo(() => blocksOf(conversation, figures, palette), [conversation, figures, palette]);
  const marks = useMemo(() => marksOf(conversation, annotations), [annotations, conversation]);
  const unheard = useMemo(() => unheardOf(conversation), [conversation]);
  const scene = useMemo<Scene>(
    () => ({ view, width, palette, blocks, marks, lanes: lanesOf(blocks), unheard, chosen }),
    [blocks, chosen, marks, palette, unheard, view, width],
  );

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || !width) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = width * ratio;
    element.height = heightOf(scene.lanes) * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, scene);
  }, [scene, width]);

  const zoom = useCallback(
    (factor: number, around?: number) => {
      wave.current?.zoomBy(factor, around ?? player.get().seconds);
      if (wave.current) onFiner(wave.current.scale);
    },
    [onFiner, player],
  );

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const x = event.clientX - element.getBoundingClientRect().left;
      const current = wave.current?.view() ?? view;
      zoom(event.deltaY < 0 ? 1.25 : 0.8, current.from + (x / element.clientWidth) * (current.to - current.from));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [view, zoom]);

  useTimelineKeys(zoom, () => wave.current?.fit());

  const point = (event: React.PointerEvent | React.MouseEvent) => {
    const area = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - area.left, y: event.clientY - area.top };
  };
  const at = (x: number) => view.from + (x / Math.max(width, 1)) * (view.to - view.from);

  return (
    <section className="timeline" aria-label={t.waveform} aria-busy={isLoading}>
      <div
        className="timeline-box"
        ref={box}
        style={{ height: heightOf(scene.lanes) }}
        onPointerMove={(event) => {
          const { x, y } = point(event);
          const found = hit(scene, x, y);
          setHover({ x, label: found ? describe(found) : clock(at(x), 1) });
        }}
        onPointerLeave={() => setHover(null)}
        onClick={(event) => {
          const { x, y } = point(event);
          if (y >= RULER && y <= RULER + WAVE) return; // the waveform itself sees to that
          const found = hit(scene, x, y);
          if (found && "lane" in found) {
            player.seek(found.from);
            onOpen(found);
          } else player.seek(at(x));
        }}
      >
        <div className="timeline-wave" ref={holder} style={{ top: RULER }} />
        <canvas className="timeline-marks" ref={canvas} aria-hidden="true" />
        <span className="side-name caller" style={{ top: RULER + 4 }}>{words.parties.caller}</span>
        <span className="side-name agent" style={{ top: RULER + WAVE / 2 + 4 }}>{words.parties.agent}</span>
        {hover && (
          <div className="timeline-hover" style={{ transform: `translateX(${hover.x}px)` }} aria-hidden="true">
            <span className={hover.x > width - 140 ? "left" : ""}>{hover.label}</span>
          </div>
        )}
        <Playhead player={player} scene={scene} />
      </div>
      <div className="zoom" role="group" aria-label="Zoom">
        <button type="button" className="icon-button" onClick={() => zoom(1.6)} aria-label={t.zoomIn} title={`${t.zoomIn} (+)`}>
          <Icon name="plus" />
        </button>
        <button type="button" className="icon-button" onClick={() => zoom(1 / 1.6)} aria-label={t.zoomOut} title={`${t.zoomOut} (−)`}>
          <Icon name="minus" />
        </button>
        <button type="button" className="icon-button" onClick={() => wave.current?.fit()} aria-label={t.fit} title={`${t.fit} (0)`}>
          <Icon name="fit" />
        </button>
      </div>
    </section>
  );
}

function describe(found: Block | Mark): string {
  return "lane" in found ? `${t.lanes[found.lane]}: ${found.label}` : `${t.marks[found.kind]}: ${found.label}`;
}

function Playhead({ player, scene }: { player: Player; scene: Scene }) {
  const seconds = usePlayer(player, (state) => state.seconds);
  const x = xOf(scene, seconds);
  if (x < 0 || x > scene.width) return null;
  return <div className="playhead" style={{ transform: `translateX(${x}px)` }} aria-hidden="true" />;
}

function useTimelineKeys(zoom: (factor: number) => void, fit: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "+" || event.key === "=") zoom(1.6);
      else if (event.key === "-") zoom(1 / 1.6);
      else if (event.key === "0") fit();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [fit, zoom]);
}

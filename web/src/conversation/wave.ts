/** The waveform itself: wavesurfer, fed with the server's peaks, bound to the player's element. */

import WaveSurfer from "wavesurfer.js";
import type { Waveform } from "../api/types.ts";
import { faded, type Palette } from "./colors.ts";

export const SIDE_HEIGHT = 52; // px, of one side

export interface View {
  from: number;
  to: number;
}

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
}

/** Peaks as wavesurfer wants them: one number a point and side, scaled so that the loudest fills its half. */
export function peaksOf(waveform: Waveform): Float32Array[] {
  const zoom = waveform.zooms[0];
  if (!zoom) return [new Float32Array(1), new Float32Array(1)];
  const sides = zoom.low.map((low, side) => {
    const high = zoom.high[side] ?? [];
    return Float32Array.from(low, (value, i) => Math.max(-value, high[i] ?? 0));
  });
  const loudest = Math.max(24, ...sides.map((side) => side.reduce((a, b) => Math.max(a, b), 0)));
  for (const side of sides) for (let i = 0; i < side.length; i += 1) side[i] = side[i]! / loudest;
  return sides;
}

export function secondsOf(waveform: Waveform): number {
  return waveform.frames / waveform.rate_hz;
}

export class Wave {
  private readonly surfer: WaveSurfer;
  private readonly container: HTMLElement;
  private seconds: number;
  private pxPerSec = 0;

  private readonly media: HTMLAudioElement;

  constructor(container: HTMLElement, media: HTMLAudioElement, waveform: Waveform, palette: Palette) {
    this.container = container;
    this.media = media;
    this.seconds = Math.max(secondsOf(waveform), 0.1);
    this.surfer = WaveSurfer.create({
      container,
      media,
      url: media.src, // named, or wavesurfer would take the sound away
      peaks: peaksOf(waveform),
      duration: this.seconds,
      cspNonce: nonce(),
      cursorWidth: 0,
      hideScrollbar: true,
      autoScroll: true,
      autoCenter: false,
      dragToSeek: true,
      ...this.look(palette),
    });
  }

  private look(palette: Palette) {
    const side = (color: string) => ({
      waveColor: faded(color, 0.62),
      progressColor: color,
      height: SIDE_HEIGHT,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      barMinHeight: 1,
    });
    return { height: SIDE_HEIGHT, splitChannels: [side(palette.caller), side(palette.agent)] };
  }

  recolor(palette: Palette): void {
    this.surfer.setOptions(this.look(palette));
  }

  /** Finer peaks, or those of a call that has gone on. */
  feed(waveform: Waveform): void {
    this.seconds = Math.max(secondsOf(waveform), 0.1);
    this.surfer.load(this.media.src, peaksOf(waveform), this.seconds).catch(() => undefined);
  }

  onView(listener: (view: View) => void): () => void {
    const tell = () => listener(this.view());
    const off = [
      this.surfer.on("scroll", tell),
      this.surfer.on("zoom", tell),
      this.surfer.on("redraw", tell),
      this.surfer.on("ready", tell),
    ];
    return () => off.forEach((stop) => stop());
  }

  onSeek(listener: (seconds: number) => void): () => void {
    return this.surfer.on("interaction", listener);
  }

  view(): View {
    const width = this.surfer.getWidth();
    const whole = this.surfer.getWrapper().scrollWidth || width;
    const from = (this.surfer.getScroll() / whole) * this.seconds;
    return { from, to: Math.min(this.seconds, from + (width / whole) * this.seconds) };
  }

  get fitPxPerSec(): number {
    return this.container.clientWidth / this.seconds;
  }

  /** Zoom by a factor around a moment, which stays where it is on the screen. */
  zoomBy(factor: number, around: number): void {
    const fit = this.fitPxPerSec;
    const before = this.view();
    const share = (around - before.from) / Math.max(before.to - before.from, 1e-6);
    const wanted = Math.min(Math.max((this.pxPerSec || fit) * factor, fit), MOST_PX_PER_SEC);
    this.pxPerSec = wanted <= fit * 1.01 ? 0 : wanted;
    this.surfer.zoom(this.pxPerSec);
    if (this.pxPerSec) {
      const shown = this.container.clientWidth / this.pxPerSec;
      this.surfer.setScrollTime(Math.max(0, around - Math.min(Math.max(share, 0), 1) * shown));
    }
  }

  fit(): void {
    this.pxPerSec = 0;
    this.surfer.zoom(0);
  }

  panTo(from: number): void {
    this.surfer.setScrollTime(Math.max(0, from));
  }

  get scale(): number {
    return this.pxPerSec || this.fitPxPerSec;
  }

  follow(isFollowing: boolean): void {
    this.surfer.setOptions({ autoScroll: isFollowing });
  }

  destroy(): void {
    this.surfer.destroy();
  }
}

const MOST_PX_PER_SEC = 400;

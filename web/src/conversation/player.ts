/** One audio element as a store: where it stands, whether it plays, how fast, and which silence it leaps over. */

import { useSyncExternalStore } from "react";
import type { Span } from "./silence.ts";

export interface PlayerState {
  seconds: number;
  isPlaying: boolean;
  rate: number;
  skipsSilence: boolean;
  error: boolean;
}

export class Player {
  readonly media: HTMLAudioElement;
  private state: PlayerState = { seconds: 0, isPlaying: false, rate: 1, skipsSilence: false, error: false };
  private readonly listeners = new Set<() => void>();
  private quiet: readonly Span[] = [];
  private frame = 0;

  /** `sources`: where the sound is; the next one is tried where one cannot be had. */
  constructor(sources: readonly string[], media = new Audio()) {
    const rest = [...sources];
    this.media = media;
    media.src = rest.shift() ?? "";
    media.preload = "metadata";
    media.addEventListener("play", () => this.started());
    media.addEventListener("pause", () => this.stopped());
    media.addEventListener("ended", () => this.stopped());
    media.addEventListener("seeked", () => this.note());
    media.addEventListener("timeupdate", () => this.note());
    media.addEventListener("error", () => {
      const next = rest.shift();
      if (next) media.src = next;
      else this.put({ error: true, isPlaying: false });
    });
  }

  readonly get = (): PlayerState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  toggle(): void {
    if (this.media.paused) this.play();
    else this.media.pause();
  }

  private play(): void {
    // A play that a pause or another source overtakes is refused with AbortError, which is no trouble.
    this.media.play().catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === "AbortError")) this.put({ error: true });
    });
  }

  seek(seconds: number, { play = false } = {}): void {
    this.media.currentTime = Math.max(0, seconds);
    this.put({ seconds: Math.max(0, seconds) });
    if (play && this.media.paused) this.play();
  }

  setRate(rate: number): void {
    this.media.playbackRate = rate;
    this.put({ rate });
  }

  setQuiet(spans: readonly Span[]): void {
    this.quiet = spans;
  }

  skipSilence(skipsSilence: boolean): void {
    this.put({ skipsSilence });
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.media.pause();
    this.media.removeAttribute("src");
    this.media.load();
  }

  private started(): void {
    this.put({ isPlaying: true });
    cancelAnimationFrame(this.frame);
    const step = () => {
      this.note();
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  private stopped(): void {
    cancelAnimationFrame(this.frame);
    this.put({ isPlaying: false, seconds: this.media.currentTime });
  }

  private note(): void {
    const seconds = this.media.currentTime;
    if (this.state.skipsSilence && this.state.isPlaying) {
      const span = this.quiet.find((each) => each.from <= seconds && seconds < each.to - 0.1);
      if (span) {
        this.media.currentTime = span.to;
        this.put({ seconds: span.to });
        return;
      }
    }
    if (seconds !== this.state.seconds) this.put({ seconds });
  }

  private put(change: Partial<PlayerState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** A part of the player's state; the component is drawn again only when that part changes. */
export function usePlayer<T>(player: Player, select: (state: PlayerState) => T): T {
  return useSyncExternalStore(player.subscribe, () => select(player.get()));
}

/** Listening in on a running call: the server's endless WAV, played piece by piece as it comes. */

import { ApiError, ask } from "../api/client.ts";

const HEADER_BYTES = 44;
const RATE_HZ = 16_000;
const FRAME_BYTES = 4; // two channels of 16 bit
const AHEAD_S = 0.25; // so much is scheduled before it is due, against a network that stutters

function told(error: unknown): string {
  return error instanceof ApiError ? `${error.message}. ${error.hint}`.trim() : String(error);
}

export class Listening {
  private readonly context = new AudioContext({ sampleRate: RATE_HZ });
  private readonly abort = new AbortController();
  private due = 0;
  /** Seconds that were heard so far. */
  seconds = 0;

  /** `onEnd` is told why it cannot be heard, where it cannot. */
  constructor(id: string, onEnd: (trouble: string) => void) {
    this.run(id)
      .then(
        () => "",
        (error: unknown) => (this.abort.signal.aborted ? "" : told(error)),
      )
      .then((trouble) => {
        void this.context.close().catch(() => undefined);
        onEnd(trouble);
      });
  }

  stop(): void {
    this.abort.abort();
  }

  private async run(id: string): Promise<void> {
    const answer = await ask(`/api/v1/conversations/${id}/live/sound`, { signal: this.abort.signal });
    const reader = answer.body?.getReader();
    let rest = new Uint8Array(0);
    let toSkip = HEADER_BYTES;
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || !value) return;
      const bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest);
      bytes.set(value, rest.length);
      const from = Math.min(toSkip, bytes.length);
      toSkip -= from;
      const whole = from + Math.floor((bytes.length - from) / FRAME_BYTES) * FRAME_BYTES;
      rest = bytes.slice(whole);
      if (whole > from) this.play(bytes.slice(from, whole));
    }
  }

  private play(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames = bytes.length / FRAME_BYTES;
    const buffer = this.context.createBuffer(2, frames, RATE_HZ);
    for (let side = 0; side < 2; side += 1) {
      const samples = buffer.getChannelData(side);
      for (let i = 0; i < frames; i += 1) samples[i] = view.getInt16(i * FRAME_BYTES + side * 2, true) / 32_768;
    }
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.context.destination);
    this.due = Math.max(this.due, this.context.currentTime + AHEAD_S);
    source.start(this.due);
    this.due += buffer.duration;
    this.seconds += buffer.duration;
  }
}

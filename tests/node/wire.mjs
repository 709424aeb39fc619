/**
 * What the three clients have in common: the order of a pizza by voice, and what came of it.
 *
 * `order` is what the test asks for on stdin: `url` to dial, the caller's `sound` in base64, after how many
 * bytes each answer is whole, how long to listen to the first, the function's `result`. `finish` prints the
 * frames that came, byte for byte, and what the client told its application of them.
 */

import { json } from "node:stream/consumers";

import { WebSocket } from "ws";

export const order = await json(process.stdin);

const frames = [];
const emit = WebSocket.prototype.emit;
WebSocket.prototype.emit = function (name, ...args) {
  if (name === "message") frames.push(args[0].toString("utf8"));
  return emit.call(this, name, ...args);
};
globalThis.WebSocket = WebSocket; // Node 20 has none of its own; all three are listened to in one place

/** Told one after the other; `until` gives the first that fits and has not been given yet. */
export const told = {
  all: [],
  next: 0,
  waiting: null,

  tell(what) {
    this.all.push(what);
    this.waiting?.();
  },

  async until(fits) {
    for (;;) {
      while (this.next < this.all.length) {
        const one = this.all[this.next++];
        if (fits(one)) return one;
      }
      await new Promise((resolve) => (this.waiting = resolve));
    }
  },
};

/** Until the greeting is over at the ear. */
export const listen = () => new Promise((resolve) => setTimeout(resolve, order.listen_ms));

export function finish() {
  process.stdout.write(JSON.stringify({ frames, told: told.all }), () => process.exit(0));
}

process.on("SIGTERM", () => {
  console.error("waits in vain; it was told", JSON.stringify(told.all).slice(-2000));
  process.exit(1);
});

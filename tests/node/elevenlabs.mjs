/** An order by @elevenlabs/client, by voice: the application's own microphone and loudspeaker are put in. */

import { order, told, listen, finish } from "./wire.mjs";
import { Conversation, createConnection } from "@elevenlabs/client";
import { setSetupStrategy } from "@elevenlabs/client/internal";

let played = 0;
const quiet = { close: async () => {}, setMuted: async () => {}, setVolume: () => {}, interrupt: () => {} };
let connection;

setSetupStrategy(async (options) => {
  connection = await createConnection(options);
  return { connection, input: quiet, output: quiet, playbackEventTarget: null, detach: async () => {} };
});

const conversation = await Conversation.startSession({
  agentId: "order",
  origin: order.url,
  connectionType: "websocket",
  clientTools: { place_order: () => order.result },
  onMessage: ({ message, source }) => told.tell([source, message]),
  onAudio: (audio) => { // a listener on the connection would miss what came before it was there
    played += Buffer.from(audio, "base64").length;
    if (order.answers_bytes.includes(played)) told.tell(["loudspeaker", `got ${played} bytes`]);
  },
  onError: (message) => told.tell(["error", message]),
});
await told.until(([source]) => source === "loudspeaker");
await listen();
connection.sendMessage({ user_audio_chunk: order.sound });
await told.until(([source]) => source === "loudspeaker");
await conversation.endSession();
finish();

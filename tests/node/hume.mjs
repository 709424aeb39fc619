/** An order by the hume client. */

import { order, told, listen, finish } from "./wire.mjs";
import { HumeClient } from "hume";

const client = new HumeClient({ apiKey: "hume-any", baseUrl: `${order.url}/v0/evi` });
const socket = client.empathicVoice.chat.connect({
  configId: "order",
  verboseTranscription: true,
  sessionSettings: { audio: { encoding: "linear16", sampleRate: 16_000, channels: 1 } },
});
socket.on("message", ({ receivedAt, ...message }) => told.tell(message));
socket.on("error", (error) => told.tell({ type: "error", message: String(error) }));
await socket.waitForOpen();

const until = (type) => told.until((message) => message.type === type);
await until("assistant_end");
await listen();
socket.sendAudioInput({ data: order.sound });
const call = await until("tool_call");
socket.sendToolResponseMessage({ toolCallId: call.toolCallId, content: order.result });
await until("assistant_end");
socket.close();
finish();

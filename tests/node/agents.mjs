/** An order by a RealtimeSession of @openai/agents, over its own WebSocket. */

import { order, told, listen, finish } from "./wire.mjs";
import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents/realtime";
import { z } from "zod";

const placeOrder = tool({
  name: "place_order",
  description: "Places an order.",
  parameters: z.object({ item: z.string(), size: z.string(), quantity: z.number() }),
  execute: async () => order.result,
});
const agent = new RealtimeAgent({ name: "pizza desk", instructions: "Take orders.", tools: [placeOrder] });
const session = new RealtimeSession(agent, {
  transport: "websocket",
  model: "gpt-realtime",
  tracingDisabled: true,
  config: { audio: { input: { transcription: { model: "gpt-4o-mini-transcribe" } } } },
});
session.on("error", (error) => told.tell({ type: "error", message: JSON.stringify(error) }));
session.transport.on("*", (event) => told.tell(event));

const until = (type) => told.until((event) => event.type === type);
await session.connect({ apiKey: "sk-any", url: order.url });
await until("session.updated");
session.transport.sendEvent({ type: "response.create" });
await until("response.done");
await listen();
session.sendAudio(Uint8Array.from(Buffer.from(order.sound, "base64")).buffer);
await until("response.done"); // asks for the function
await until("response.done"); // answers
session.close();
finish();

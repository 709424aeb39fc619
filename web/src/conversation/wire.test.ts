import { expect, it } from "vitest";
import { eventName } from "./wire.ts";

it("a message is called as the wire calls it, anything else by its kind", () => {
  expect(eventName({ kind: "text", preview: '{"type":"response.done","event_id":1' })).toBe("response.done");
  expect(eventName({ kind: "text", preview: '{"event": "media", "x": 1}' })).toBe("media");
  expect(eventName({ kind: "text", preview: "hello" })).toBe("text");
  expect(eventName({ kind: "opened", preview: '{"type":"x"}' })).toBe("opened");
});

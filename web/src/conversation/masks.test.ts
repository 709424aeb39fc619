import { expect, it } from "vitest";
import type { Redaction } from "../api/types.ts";
import { masksOf, pieces } from "./masks.ts";
import type { Moment } from "./story.ts";

const moment = { kind: "message", key: "m", message: { text: "Call XXX-XXX-XXXX (home)." } } as Moment;
const redaction = { kind: "phone", key: "m", field: "text", start: 5, end: 17, from_ms: 1, until_ms: 2 };

it("masks are known by where they stand, and shown apart from what was looked for", () => {
  const masks = masksOf([moment], [redaction, { ...redaction, field: "result" } as Redaction]);
  expect(masks.get("m")).toEqual(["XXX-XXX-XXXX"]);
  expect(pieces("Call XXX-XXX-XXXX (home).", "(HOME", masks.get("m")!)).toEqual([
    { words: "Call ", kind: "plain" },
    { words: "XXX-XXX-XXXX", kind: "mask" },
    { words: " ", kind: "plain" },
    { words: "(home", kind: "found" },
    { words: ").", kind: "plain" },
  ]);
});

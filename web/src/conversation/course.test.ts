import { expect, it } from "vitest";
import type { Message } from "../api/types.ts";
import { courseOf } from "./course.ts";

const said = (party: string, started_ms: number, scores: Record<string, number>) =>
  ({ party, started_ms, emotions: Object.keys(scores).length ? { scores } : {} }) as unknown as Message;

it("the strongest expressions of one party come first, in order of time", () => {
  const course = courseOf(
    [said("caller", 9000, { Joy: 0.7, Calm: 0.1 }), said("agent", 3000, { Joy: 1 }), said("caller", 2000, { Anger: 0.8 }), said("caller", 1, {})],
    "caller",
  );
  expect(course).toEqual({ seconds: [2, 9], names: ["Anger", "Joy", "Calm"], scores: [[0.8, 0], [0, 0.7], [0, 0.1]] });
});

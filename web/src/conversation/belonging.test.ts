import { expect, it } from "vitest";
import { idIn, joinedBy } from "./belonging.ts";

it("what joined a leg is a link key, or somebody by hand", () => {
  expect(joinedBy({ joined_by: "link:call:CA1" })).toBe("call:CA1");
  expect(joinedBy({ joined_by: "hand:key:ops" })).toBe("hand, by key:ops");
  expect(joinedBy({ joined_by: null })).toBeNull();
});

it("a call is named by its id or by the address of its page", () => {
  expect(["0199c7", " 0199c7 ", "https://ew.example/conversations/0199c7?t=3#x", "/conversations/0199c7/"].map(idIn)).toEqual(Array(4).fill("0199c7"));
  expect(idIn("  ")).toBe("");
});

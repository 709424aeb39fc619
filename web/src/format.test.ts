import { describe, expect, it } from "vitest";
import { bytes, clock, laidOut, length, moment, wait } from "./format.ts";

describe("times", () => {
  it("are read as a clock", () => {
    expect([0, 9.96, 61.25, 3725.5].map((each) => clock(each))).toEqual(["0:00.0", "0:09.9", "1:01.2", "1:02:05.5"]);
    expect(clock(59.9, 0)).toBe("0:59");
    expect(clock(Number.NaN)).toBe("0:00.0");
  });
  it("are read as lengths and waits", () => {
    expect([320, 24_600, 245_000, 7_380_000].map(length)).toEqual(["0.3 s", "25 s", "4 m 05 s", "2 h 03 m"]);
    expect([412, 1240, 12_340].map(wait)).toEqual(["412 ms", "1.24 s", "12.3 s"]);
  });
  it("of today need no date", () => {
    const now = new Date(2026, 10, 29, 12, 0, 0);
    expect(moment(new Date(2026, 10, 29, 9, 5, 1).toISOString(), now)).toBe("09:05:01");
    expect(moment(new Date(2026, 10, 28, 9, 5, 1).toISOString(), now)).toContain("28");
  });
});

it("sizes are told in the unit that fits", () => {
  expect([12, 1500, 123_456, 2_500_000].map(bytes)).toEqual(["12 B", "1.5 kB", "123 kB", "2.5 MB"]);
});

it("JSON is laid out, anything else stays", () => {
  expect(laidOut('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(laidOut("{broken")).toBe("{broken");
});

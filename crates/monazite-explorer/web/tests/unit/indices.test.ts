import { describe, expect, it } from "vitest";
import type { IndexCorrelation } from "../../src/contract";
import { formatRoute, parseRoute } from "../../src/route";
import { between } from "../../src/views/indices";

const pair = (first: string, second: string, pooled: number | null): IndexCorrelation =>
  ({ first, second, pooled, importers: 5, inside: 0.25, products_inside: 2, across: null, products_across: 1 });

describe("other indices", () => {
  const all = [pair("str_full", "hhi", 0.06), pair("str_full", "worst", null), pair("hhi", "worst", 0.93)];

  it("finds a pair in any order, and says where there is no number", () => {
    expect(between(all, "worst", "hhi", "pooled")).toBe(0.93);
    expect(between(all, "hhi", "worst", "inside")).toBe(0.25);
    expect(between(all, "str_full", "worst", "pooled")).toBeNull();
    expect(between(all, "hhi", "worst", "across")).toBeNull();
    expect(between(all, "exposure", "worst", "pooled")).toBeNull();
  });

  it("has what is compared in its address", () => {
    expect(formatRoute({ view: "indices", params: { over: "inside", year: "2023" } }, 2023)).toBe("#/indices?over=inside");
    expect(formatRoute({ view: "indices", params: { over: "pooled" } }, 2023)).toBe("#/indices");
    expect(parseRoute("#/indices", 2023)).toMatchObject({ view: "indices", params: { over: "pooled" } });
  });
});

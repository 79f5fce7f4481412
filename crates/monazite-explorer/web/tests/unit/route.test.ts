import { describe, expect, it } from "vitest";
import { defaultsOf, formatRoute, parseRoute, VIEWS } from "../../src/route";

const LAST = 2023;

describe("address", () => {
  it("writes keys joined, parameters sorted, defaults left out", () => {
    expect(formatRoute({ view: "product", keys: ["284690"], params: { view: "origins", of: "DEU", year: "2023" } }, LAST)).toBe("#/product/284690?of=DEU&view=origins");
    expect(formatRoute({ view: "country", keys: ["DEU", "FRA", "JPN"], params: { year: "2010" } }, LAST)).toBe("#/country/DEU+FRA+JPN?year=2010");
    expect(formatRoute({ view: "material", params: { reading: "str_mass_balance" } }, LAST)).toBe("#/");
    expect(formatRoute({ view: "material", params: { reading: "str" } }, LAST)).toBe("#/?reading=str");
  });
  it("comes back as it went, for every view and odd text", () => {
    for (const view of VIEWS) {
      const params = { ...defaultsOf(view, LAST), year: "2011", odd: "a b&c=d?#é+/%", of: "a+b" };
      const keys = view === "material" ? [] : ["A B", "x/y", "ü+&"];
      const back = parseRoute(formatRoute({ view, keys, params }, LAST), LAST);
      expect(back.view).toBe(view);
      expect(back.keys).toEqual(keys);
      expect(back.params).toEqual(params);
      expect(formatRoute(back, LAST)).toBe(formatRoute({ view, keys, params }, LAST));
    }
  });
  it("takes what it does not know for the first page, and broken escapes as they are", () => {
    expect(parseRoute("#/nothing/x", LAST).view).toBe("material");
    expect(parseRoute("", LAST)).toEqual({ view: "material", keys: [], params: defaultsOf("material", LAST) });
    expect(parseRoute("#/product/%E0%A4%A", LAST).keys).toEqual(["%E0%A4%A"]);
  });
});

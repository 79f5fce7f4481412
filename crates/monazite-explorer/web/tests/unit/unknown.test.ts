import { describe, expect, it } from "vitest";
import { inCsv, inStudy, valueOf } from "../../src/data/unknown";
import type { Explorer } from "../../src/contract";

describe("unknown is three things, never 0", () => {
  it("not in this study", () => {
    expect(valueOf(null, "str", false)).toEqual({ kind: "absent", why: "not in this study" });
    const ex = { countries: [{ code: "DEU" }], products: [{ code: "284690" }], years: [2022, 2023] } as unknown as Explorer;
    expect(inStudy(ex, { country: "DEU", product: "284690", year: 2023 })).toBe(true);
    expect(inStudy(ex, { country: "XXX" })).toBe(false);
    expect(inStudy(ex, { year: 1999 })).toBe(false);
  });
  it("does not trade it: no row, or a row without trade", () => {
    expect(valueOf(null, "str", true).kind).toBe("no-trade");
    expect(valueOf({ imports: 0, exports: 0, str: null }, "str", true).kind).toBe("no-trade");
    expect(valueOf({ imports: 0, exports: 0, rca: 0 }, "rca", true).kind).toBe("no-trade");
  });
  it("not defined, with the reason", () => {
    expect(valueOf({ imports: 0, exports: 5, hhi: null }, "hhi", true)).toEqual({ kind: "undefined", why: "not defined: imports nothing" });
    expect(inCsv(valueOf({ imports: 3, exports: 0, import_content: null }, "import_content", true))).toBe("not defined: exports nothing");
  });
  it("a true 0 stays 0", () => {
    expect(valueOf({ imports: 0, exports: 5, exposure: 0 }, "exposure", true)).toEqual({ kind: "known", value: 0 });
  });
});

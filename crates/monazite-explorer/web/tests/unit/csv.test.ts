import { describe, expect, it } from "vitest";
import { csvCell, parseCsv } from "../../src/data/csv";
import { csvOf, snippets } from "../../src/download";

describe("csv", () => {
  it("quotes, and keeps a spreadsheet from running text", () => {
    expect(csvCell("=1+1")).toBe("'=1+1");
    expect(csvCell("-x")).toBe("'-x");
    expect(csvCell("@a,b")).toBe("\"'@a,b\"");
    expect(csvCell(-1.5)).toBe("-1.5");
    expect(csvCell("-1.5")).toBe("-1.5");
    expect(csvCell('say "a"')).toBe('"say ""a"""');
    expect(csvCell(null)).toBe("");
  });
  it("reads what it writes", () => {
    const odd = ["=cmd()", 'a "b", c', "two\nlines", "", "Côte d'Ivoire", "'tis"];
    const text = "a,b\n" + odd.map((c) => `${csvCell(c)},x`).join("\n") + "\n";
    expect(parseCsv(text).map((r) => r.a)).toEqual(odd);
    expect(parseCsv("a,b\r\n1,\r\n")).toEqual([{ a: "1", b: "" }]);
  });
  it("says in comment lines what it holds", () => {
    const text = csvOf(
      { name: "x", title: "Title\nof two lines", columns: [{ key: "country", label: "Country" }, { key: "str", label: "STR", definition: "risk" }], rows: [{ country: "DEU", str: 1.25 }, { country: "FRA", str: "does not trade it" }, { country: "=x", str: null }] },
      { source: "Source: BACI.", licences: ["Etalab"], runId: "1a2b3c4d", link: "http://localhost/#/", filters: "product 284690, year 2023" },
    );
    expect(text).toBe("# Title of two lines\n# shown: product 284690, year 2023\n# str: risk\n# Source: BACI.\n# licence: Etalab\n# run: 1a2b3c4d\n# link: http://localhost/#/\ncountry,str\nDEU,1.25\nFRA,does not trade it\n'=x,\n");
  });
  it("snippets ask for the same rows", () => {
    const [python, r, sql] = snippets({ file: "flows.parquet", where: { product: "284690", year: 2023 } });
    expect(python!.text).toContain('filters=[("product", "==", "284690"), ("year", "==", 2023)]');
    expect(r!.text).toContain('filter(product == "284690", year == 2023)');
    expect(sql!.text).toBe("SELECT * FROM 'RUN/flows.parquet'\nWHERE product = '284690' AND year = 2023;");
  });
});

import { expect, test } from "vitest";
import { toColumns, toRows } from "../../src/data/columns";

test("rows come out of their columns as they went in", () => {
  const rows = [
    { country: "DEU", year: 2020, str: 1.25, clamped: true, n: 5, name: null },
    { country: "FRA", year: 2021, str: null, clamped: null, n: 7, name: "<b>" },
    { country: "DEU", year: 2022, str: -0, clamped: false, n: 0, name: "" },
  ];
  const { packed, handed } = toColumns(rows);
  expect(handed.length).toBe(5);
  expect(toRows(structuredClone(packed, { transfer: handed }))).toEqual(rows);
  expect(toRows(toColumns([]).packed)).toEqual([]);
});

test("what is not there is null, and whole numbers of any size are numbers", () => {
  expect(toRows(toColumns([{ a: 12n, b: undefined, c: NaN }]).packed)).toEqual([{ a: 12, b: null, c: null }]);
});

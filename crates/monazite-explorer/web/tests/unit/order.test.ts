import { describe, expect, it } from "vitest";
import { chosenOrder, nameOfTable, writtenOrder } from "../../src/order";

describe("order of tables in the address", () => {
  it("names a table alike in every year and of every product", () => {
    expect(nameOfTable("Products, 2023")).toBe("products");
    expect(nameOfTable("Who buys (284690), 2011")).toBe(nameOfTable("Who buys (280530), 2023"));
  });
  it("reads what it wrote, for each table on its own", () => {
    const first = writtenOrder(undefined, "products", { key: "str.mean", down: true });
    const both = writtenOrder(first, "links", { key: "z", down: false });
    expect(both).toBe("products.str.mean.down,links.z");
    expect(chosenOrder(both, "products", ["str.mean"])).toEqual({ key: "str.mean", down: true });
    expect(chosenOrder(both, "links", ["z"])).toEqual({ key: "z", down: false });
    expect(writtenOrder(both, "products", { key: "code", down: false })).toBe("links.z,products.code");
  });
  it("takes a column that the table lacks for nothing", () => {
    expect(chosenOrder("products.nosuch.down", "products", ["code"])).toBeNull();
    expect(chosenOrder("products", "products", ["code"])).toBeNull();
    expect(chosenOrder(undefined, "products", ["code"])).toBeNull();
  });
});

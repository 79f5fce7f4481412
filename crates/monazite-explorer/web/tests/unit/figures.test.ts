import { describe, expect, it } from "vitest";
import { grouped, OTHERS } from "../../src/charts/flows";
import { correlation } from "../../src/charts/scatter";
import { reach } from "../../src/charts/network";
import { percentiles, ticks, viridis } from "../../src/charts/scale";
import { roving } from "../../src/charts/size";
import { amount, digits, folded, percent } from "../../src/format";

describe("figures", () => {
  it("flows keep their total, others are counted", () => {
    const flows = Array.from({ length: 20 }, (_, i) => ({ from: `S${i}`, to: `B${i % 15}`, value: i + 1 }));
    const g = grouped(flows);
    expect(g.total).toBe(210);
    expect(g.cells.reduce((s, c) => s + c.value, 0)).toBe(210);
    expect(g.from.reduce((s, [, v]) => s + v, 0)).toBe(210);
    expect(g.from.map(([c]) => c)).toEqual(["S19", "S18", "S17", "S16", "S15", "S14", "S13", "S12", OTHERS]);
    expect(g.others).toEqual([12, 5]);
    // One more than is shown is shown too, not called "1 others".
    expect(grouped(flows.slice(0, 9)).others[0]).toBe(0);
  });
  it("correlation is void below ten", () => {
    expect(correlation(Array.from({ length: 9 }, (_, i) => ({ x: i, y: i })))).toBeNull();
    expect(correlation(Array.from({ length: 10 }, (_, i) => ({ x: i, y: -2 * i })))).toBeCloseTo(-1, 12);
    // numpy: np.corrcoef(range(10), [v*v for v in range(10)])[0, 1]
    expect(correlation(Array.from({ length: 10 }, (_, i) => ({ x: i, y: i * i })))).toBeCloseTo(0.9626907371412557, 12);
    expect(correlation(Array.from({ length: 12 }, () => ({ x: 1, y: 2 })))).toBeNull();
  });
  it("up- and downstream follow kept links only", () => {
    const l = (input: string, output: string, kept = true) => ({ input, output, kept, reason: null, votes: null, z: null, p: null, q: null, source: null });
    const chain = { tiers: 3, nodes: [], links: [l("a", "b"), l("b", "c"), l("x", "b"), l("y", "b", false), l("c", "a")] };
    expect([...reach(chain, "b").up].sort()).toEqual(["a", "c", "x"]);
    expect([...reach({ ...chain, links: chain.links.slice(0, 4) }, "b").down]).toEqual(["c"]);
  });
  it("scales and ticks", () => {
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(1.03, 2.47, 5)).toEqual([1.5, 2]);
    const s = percentiles(Array.from({ length: 101 }, (_, i) => i));
    expect([s.low, s.high]).toEqual([2, 98]);
    expect([viridis(0), viridis(1), viridis(-3)]).toEqual(["rgb(68,1,84)", "rgb(253,231,37)", "rgb(68,1,84)"]);
  });
  it("arrow keys go to the neighbour in their direction", () => {
    const places = [{ x: 0, y: 0 }, { x: 10, y: 1 }, { x: 30, y: 0 }, { x: 0, y: 20 }];
    expect(roving(places, 0, "ArrowRight")).toBe(1);
    expect(roving(places, 0, "ArrowDown")).toBe(3);
    expect(roving(places, 0, "ArrowLeft")).toBe(0);
  });
  it("numbers in words", () => {
    expect(amount(1330000, "thousand USD")).toBe("1.33\u00a0billion USD");
    expect(amount(0.412, "thousand USD")).toBe("412\u00a0USD");
    expect([digits(1234567), digits(0.012345), digits(-12.345), digits(0)]).toEqual(["1,234,567", "0.0123", "−12.3", "0"]);
    expect([percent(0.0004), percent(0.0512), percent(0.999), percent(0)]).toEqual(["<0.1\u00a0%", "5.1\u00a0%", "100\u00a0%", "0\u00a0%"]);
    expect(folded("Côte d'Ivoire, Türkiye")).toBe("cote d'ivoire, turkiye");
  });
});

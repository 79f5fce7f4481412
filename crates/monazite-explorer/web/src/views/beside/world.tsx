import { useMemo } from "preact/hooks";
import type { Chain, Num } from "../../contract";
import { diverging, linear } from "../../charts/scale";
import { Network } from "../../charts/network";
import { Slopes } from "../../charts/slopes";
import { all, numberOf, rowsOf, textOf, useTable, type Row } from "../../data/tables";
import { valueOf } from "../../data/unknown";
import { Frame, Waiting } from "../../frame";
import { fixed, ofColumn, shortLabel, signed } from "../../format";
import type { Pair } from "../../pair";
import { useApp } from "../../state";
import { Table } from "../../table";
import { ProductApart } from "./product";
import { columnsOf, difference, DifferenceMap, type Two } from "./shared";

/** Rows of a product in a year, by country, in both runs. */
function useBoth(pair: Pair, product: string) {
  const { ex, year } = useApp();
  const [ta, tb] = [useTable(ex, "indicators.parquet", { product }), useTable(pair.b, pair.hasProduct(product) ? "indicators.parquet" : null, { product })];
  const index = (t: typeof ta) => new Map(rowsOf(t).filter((r) => numberOf(r, "year") === year).map((r) => [textOf(r, "country"), r] as [string, Row]));
  const [a, b] = useMemo(() => [index(ta), index(tb)], [ta, tb, year]);
  return { read: all(ta, tb), a, b };
}

const CHANGE = (by: string, unit: string) => (v: number) => (["exposure", "largest_supplier_share", "import_content"].includes(by) ? signed(v * 100, 1) : ["imports", "exports"].includes(by) ? `${v > 0 ? "+" : ""}${ofColumn(by, v, unit)}` : signed(v));

export function MapBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const { ex, year, route } = app;
  const by = ex.words[route.keys[0] ?? ""] ? route.keys[0]! : "str_mass_balance";
  const product = app.product(route.params.product ?? "") ? route.params.product! : ex.study.focus[0] ?? ex.products[0]!.code;
  const { read, a, b } = useBoth(pair, product);
  if (!pair.hasProduct(product)) return <ProductApart pair={pair} />;
  if (!pair.b.years.includes(year)) return <p class="empty">B has no {year}.</p>;
  if (read.state !== "done") return <Waiting reading={read} height={480} />;
  const label = shortLabel(ex.words, by);
  const title = `${label} of ${app.titled(product)}, ${year}, B less A`;
  return <DifferenceMap pair={pair} title={title} a={(c) => valueOf(a.get(c), by, true)} b={(c) => valueOf(b.get(c), by, true)} label={label} name={`two-runs-map-${by}-${product}-${year}`} show={CHANGE(by, ex.unit)} info={[by]} />;
}

export function RankingBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const { ex, year, route } = app;
  const by = ex.words[route.params.y ?? ""] ? route.params.y! : "str_mass_balance";
  const product = app.product(route.params.product ?? "") ? route.params.product! : ex.study.focus[0] ?? ex.products[0]!.code;
  const { read, a, b } = useBoth(pair, product);
  if (!pair.hasProduct(product)) return <ProductApart pair={pair} />;
  if (!pair.b.years.includes(year)) return <p class="empty">B has no {year}.</p>;
  if (read.state !== "done") return <Waiting reading={read} height={360} />;
  const world = [...a.values()].reduce((s, r) => s + (numberOf(r, "imports") ?? 0), 0);
  const value = (r: Row | undefined): Num => { const v = valueOf(r, by, true); return v.kind === "known" ? v.value : null; };
  const rows = [...a].filter(([c, r]) => b.has(c) && (numberOf(r, "imports") ?? 0) >= 0.005 * world).map(([c, r]) => ({ code: c, of: [value(r), value(b.get(c))] as Two }));
  const places = (side: 0 | 1) => new Map([...rows].filter((r) => r.of[side] !== null).sort((p, q) => q.of[side]! - p.of[side]!).map((r, i) => [r.code, i + 1]));
  const [ra, rb] = [places(0), places(1)];
  const label = shortLabel(ex.words, by);
  const title = `Ranking by ${label}, ${app.titled(product)}, ${year}, in A and B`;
  const show = (v: number) => ofColumn(by, v, ex.unit);
  return (
    <Frame title={title} name={title} info={[by]} note="Importers with at least 0.5 % of world imports in A. Place 1 is the highest."
      sheet={{ name: `two-runs-ranking-${by}-${product}-${year}`, title, columns: ["country", "place_a", "place_b", "a", "b"].map((k) => ({ key: k, label: k })), rows: rows.map((r) => ({ country: r.code, place_a: ra.get(r.code) ?? null, place_b: rb.get(r.code) ?? null, a: r.of[0], b: r.of[1] })) }}>
      <div class="two even">
        <Slopes title={title} show={show} change={CHANGE(by, ex.unit)} lines={rows.filter((r) => r.of.every((v) => v !== null)).map((r) => ({ name: app.named(r.code), a: r.of[0]!, b: r.of[1]! }))} />
        <Table caption={title} rows={rows} sort={{ key: "pa", down: false }} columns={[
          { key: "c", label: "Country", value: (r) => app.named(r.code), show: (r) => <a href={app.link("country", [r.code])}>{app.named(r.code)}</a> },
          { key: "pa", label: "Place, A", value: (r) => ra.get(r.code) },
          { key: "pb", label: "Place, B", value: (r) => rb.get(r.code), show: (r) => { const [x, y] = [ra.get(r.code), rb.get(r.code)]; return y === undefined ? "–" : `${y}${x !== undefined && x !== y ? (y < x ? " ▲" : " ▼") : ""}`; } },
          ...columnsOf<(typeof rows)[0]>("v", label, (r) => r.of, show, CHANGE(by, ex.unit)),
        ]} />
      </div>
    </Frame>
  );
}

export function NetworkBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const { ex, year, route } = app;
  const { b } = pair;
  const country = (route.params.country ?? "").split(" ").find((c) => app.country(c) && pair.hasCountry(c)) ?? "";
  const by = route.params.by === "str" || (country && ["pc1", "hhi", "exposure", "largest_supplier_share"].includes(route.params.by ?? "")) ? route.params.by! : "str_mass_balance";
  const file = (of: typeof ex) => (country && of.by_country_bytes !== null ? "by_country.parquet" : null);
  const [ta, tb] = [useTable(ex, file(ex), { country }), useTable(b, file(b), { country })];
  const read = all(ta, tb);
  const rows = (t: typeof ta) => new Map(rowsOf(t).filter((r) => numberOf(r, "year") === year).map((r) => [textOf(r, "product"), r]));
  const [ia, ib] = useMemo(() => [rows(ta), rows(tb)], [ta, tb, year]);
  if (!ex.chain || !b.chain) return <p class="empty">{ex.chain ? "B" : "A"} has no value chain.</p>;
  if (!b.years.includes(year)) return <p class="empty">B has no {year}.</p>;
  if (read.state !== "done") return <Waiting reading={read} height={480} />;
  const mean = (of: typeof ex, p: string): Num => of.means[p]?.[by === "str" ? "str" : "str_mass_balance"][of.years.indexOf(year)] ?? null;
  const two = (p: string): Two => (country ? [numberOf(ia.get(p), by), numberOf(ib.get(p), by)] : [mean(ex, p), mean(b, p)]);
  // Links of both are drawn whole, those of one run dashed.
  const key = (l: { input: string; output: string }) => `${l.input}>${l.output}`;
  const [ka, kb] = [ex.chain, b.chain].map((c) => new Map(c.links.filter((l) => l.kept).map((l) => [key(l), l]))) as [Map<string, Chain["links"][0]>, Map<string, Chain["links"][0]>];
  const chain: Chain = { ...ex.chain, links: [...[...ka].map(([k, l]) => ({ ...l, kept: kb.has(k), reason: kb.has(k) ? null : "only in A" })), ...[...kb].filter(([k]) => !ka.has(k)).map(([, l]) => ({ ...l, kept: false, reason: "only in B" }))] };
  const values = chain.nodes.flatMap((n) => { const d = difference(two(n.product)); return d === null ? [] : [d]; });
  const far = Math.max(1e-9, ...values.map(Math.abs));
  const scale = linear(-far, far);
  const colour = (p: string) => { const [x, y] = two(p); const d = difference([x, y]); return d === null ? { fill: "var(--none)", words: pair.hasProduct(p) ? `no value in ${x === null ? "A" : "B"}` : "not in B" } : { fill: diverging(scale.share(d)), words: `${signed(d)}: ${fixed(x!)} in A, ${fixed(y!)} in B` }; };
  const single = chain.links.filter((l) => !l.kept);
  const label = shortLabel(ex.words, by);
  const title = `The chain, ${label} of ${country ? app.named(country) : "the average importer"}, ${year}, B less A`;
  return (
    <Frame title={title} name={title} info={[by]} note={`Blue: lower in B, by up to ${fixed(far)}; orange: higher. Dashed: links of one run only${single.length ? `: ${single.map((l) => `${app.titled(l.input)} → ${app.titled(l.output)} (${l.reason})`).join("; ")}` : "; there are none"}.`}
      sheet={{ name: `two-runs-network-${country || "world"}-${year}`, title, columns: [{ key: "product", label: "Product" }, { key: "a", label: "A", definition: ex.words[by]?.definition }, { key: "b", label: "B" }], rows: chain.nodes.map((n) => ({ product: n.product, a: two(n.product)[0], b: two(n.product)[1] })) }}>
      <Network chain={chain} title={title} focus={route.params.focus ?? ""} colour={colour} dropped onFocus={(p) => app.set({ focus: p || undefined })} />
    </Frame>
  );
}

import { useMemo } from "preact/hooks";
import type { Explorer, Num, ProductYears } from "../../contract";
import { Lines } from "../../charts/lines";
import { all, has, numberOf, rowsOf, textOf, useTable, type Row } from "../../data/tables";
import { valueOf } from "../../data/unknown";
import { Frame, STR_TRAP, Waiting } from "../../frame";
import { amount, fixed, percent, signed, whole } from "../../format";
import type { Pair } from "../../pair";
import { banded, MASS_COLOUR, PAPER_COLOUR, READING_LABEL, readingOf, ReadingSwitch } from "../../readings";
import { AppContext, makeApp, useApp } from "../../state";
import { Table } from "../../table";
import { Bars } from "../../charts/bars";
import { TrendOf } from "../material";
import { columnsOf, DifferenceMap, moved, type Two } from "./shared";

/** Numbers of B by year, in the years of A. */
const aligned = (a: Explorer, b: Explorer, values: Num[] | undefined): Num[] => a.years.map((y) => { const i = b.years.indexOf(y); return i < 0 ? null : values?.[i] ?? null; });

export function ProductBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const code = app.route.keys[0];
  if (!code) return <List pair={pair} />;
  if (!app.product(code)) return null;
  if (!pair.hasProduct(code)) return <ProductApart pair={pair} />;
  return <One code={code} pair={pair} />;
}

function List({ pair }: { pair: Pair }) {
  const app = useApp();
  const { ex, year } = app;
  const [i, j] = [ex.years.indexOf(year), pair.b.years.indexOf(year)];
  const two = (p: string, k: "trade" | "str" | "str_mass_balance"): Two => [ex.product_years[p]?.[k][i] ?? null, pair.b.product_years[p]?.[k][j] ?? null];
  const rows = ex.products.filter((p) => pair.hasProduct(p.code));
  return (
    <Table caption={`Products in A and B, ${year}`} rows={rows} sort={{ key: "mass_d", down: true }} columns={[
      { key: "p", label: "Product", value: (p) => app.titled(p.code), show: (p) => <a href={app.link("product", [p.code])}>{app.titled(p.code)}</a> },
      { key: "trade", label: "World trade", value: (p) => two(p.code, "trade")[0], show: (p) => { const [a, b] = two(p.code, "trade").map((v) => (v === null ? "–" : amount(v, ex.unit))); return moved(a!, b!); } },
      ...columnsOf<(typeof rows)[0]>("mass", "Mean STR, mass-balanced", (p) => two(p.code, "str_mass_balance"), (v) => fixed(v)),
      ...columnsOf<(typeof rows)[0]>("paper", "Mean STR, paper", (p) => two(p.code, "str"), (v) => fixed(v)),
    ]} />
  );
}

function One({ code, pair }: { code: string; pair: Pair }) {
  const app = useApp();
  const { ex, year } = app;
  const { b } = pair;
  const reading = readingOf(app.route.params);
  const [fa, fb] = [ex.product_years[code], b.product_years[code]];
  const [ta, tb] = [useTable(ex, "indicators.parquet", { product: code }), useTable(b, "indicators.parquet", { product: code })];
  const first = { product: code };
  const [sa, sb] = [useTable(ex, has(ex, "suppliers.parquet") ? "suppliers.parquet" : null, first), useTable(b, has(b, "suppliers.parquet") ? "suppliers.parquet" : null, first)];
  const read = all(ta, tb, sa, sb);
  const index = (t: typeof ta) => new Map(rowsOf(t).filter((r) => numberOf(r, "year") === year).map((r) => [textOf(r, "country"), r]));
  const [ia, ib] = useMemo(() => [index(ta), index(tb)], [ta, tb, year]);
  const main = (t: typeof sa) => new Map(rowsOf(t).filter((r) => numberOf(r, "year") === year && numberOf(r, "rank") === 1).map((r) => [textOf(r, "importer"), r]));
  const [ma, mb] = useMemo(() => [main(sa), main(sb)], [sa, sb, year]);
  if (!b.years.includes(year)) return <p class="empty">B has no {year}: its years are {b.years[0]} to {b.years[b.years.length - 1]}.</p>;
  const rows = [...ia.keys()].filter((c) => ib.has(c)).map((c) => ({ code: c, a: ia.get(c)!, b: ib.get(c)! })).filter((r) => (numberOf(r.a, "imports") ?? 0) > 0 || (numberOf(r.b, "imports") ?? 0) > 0).sort((p, q) => (numberOf(q.a, "imports") ?? 0) - (numberOf(p.a, "imports") ?? 0));
  const two = (k: string) => (r: (typeof rows)[0]): Two => [numberOf(r.a, k), numberOf(r.b, k)];
  const supplier = (r: Row | undefined) => (r ? `${app.named(textOf(r, "supplier"))} ${percent(numberOf(r, "share") ?? 0)}` : "–");
  const title = `Who depends on ${app.titled(code)} in A and B, ${year}`;
  const mapTitle = `STR of ${app.titled(code)}, ${year}, B less A, ${READING_LABEL[reading]}`;
  const keys = ["imports", "exports", "exposure", "hhi", "str_mass_balance", "str"];
  return (
    <>
      <div class="two even">
        <Frame title="Mean STR in A and B" name={`Mean STR of ${app.titled(code)} in A and B`} info={["str_mass_balance", "str"]} trap={STR_TRAP} sheet={trendSheet()}>
          <Lines years={ex.years} lines={trends()} title={`Mean STR of ${app.titled(code)} in A and B`} summary="Both readings of both runs, weighted by imports." show={(v) => fixed(v, 1)} at={year} height={260} onYear={(y) => app.set({ year: String(y) })} />
        </Frame>
        <Facts a={fa} b={fb} i={ex.years.indexOf(year)} j={b.years.indexOf(year)} />
      </div>
      {read.state !== "done" ? <Waiting reading={read} /> : (
        <>
          <DifferenceMap pair={pair} title={mapTitle} a={(c) => valueOf(ia.get(c), reading, true)} b={(c) => valueOf(ib.get(c), reading, true)} label="STR" name={`two-runs-map-${code}-${year}`} controls={<ReadingSwitch />} info={[reading]} />
          <Frame title={title} name={title} info={["str_mass_balance", "str"]} trap={STR_TRAP} note="A → B where they differ."
            sheet={{ name: `two-runs-${code}-${year}`, title, columns: [{ key: "country", label: "Country" }, ...keys.flatMap((k) => [{ key: `${k}_a`, label: k, definition: ex.words[k]?.definition }, { key: `${k}_b`, label: k }])], rows: rows.map((r) => ({ country: r.code, ...Object.fromEntries(keys.flatMap((k) => [[`${k}_a`, numberOf(r.a, k)], [`${k}_b`, numberOf(r.b, k)]])) })) }}>
            <Table caption={title} rows={rows} columns={[
              { key: "c", label: "Importer", value: (r) => app.named(r.code), show: (r) => <a href={app.link("country", [r.code])}>{app.named(r.code)}</a> },
              { key: "imports", label: "Imports", value: (r) => numberOf(r.a, "imports"), show: (r) => moved(amount(numberOf(r.a, "imports") ?? 0, ex.unit), amount(numberOf(r.b, "imports") ?? 0, b.unit)) },
              { key: "s", label: "Main supplier", value: (r) => supplier(ma.get(r.code)), show: (r) => moved(supplier(ma.get(r.code)), supplier(mb.get(r.code))) },
              ...columnsOf<(typeof rows)[0]>("mass", "STR, mass-balanced", two("str_mass_balance"), (v) => fixed(v)), ...columnsOf<(typeof rows)[0]>("paper", "STR, paper", two("str"), (v) => fixed(v)),
            ]} />
          </Frame>
        </>
      )}
    </>
  );

  function trends() {
    const of = (k: "str" | "str_mass_balance") => [fa?.[k] ?? [], aligned(ex, b, fb?.[k])] as const;
    const [[massA, massB], [paperA, paperB]] = [of("str_mass_balance"), of("str")];
    return [{ name: "mass-balanced, A", values: massA, colour: MASS_COLOUR }, { name: "mass-balanced, B", values: massB, colour: "#56b4e9" }, { name: "paper's, A", values: paperA, colour: PAPER_COLOUR, dashed: true }, { name: "paper's, B", values: paperB, colour: "#e69f00", dashed: true }];
  }
  function trendSheet() {
    const lines = trends();
    return { name: `two-runs-trend-${code}`, title: `Mean STR of ${app.titled(code)} in A and B`, columns: [{ key: "year", label: "Year" }, ...lines.map((l) => ({ key: l.name, label: l.name }))], rows: ex.years.map((y, i) => ({ year: y, ...Object.fromEntries(lines.map((l) => [l.name, l.values[i] ?? null])) })) };
  }
}

function Facts({ a, b, i, j }: { a: ProductYears | undefined; b: ProductYears | undefined; i: number; j: number }) {
  const { ex, year } = useApp();
  const facts: [string, keyof ProductYears, (v: number) => string, (v: number) => string][] = [["World trade", "trade", (v) => amount(v, ex.unit), (v) => amount(v, ex.unit)], ["Importers", "importers", whole, whole], ["Exporters", "exporters", whole, whole], ["Ends with countries that do not sell it", "ending_share", percent, percent], ["Imputed stability", "imputed_share", percent, percent], ["Mean STR, mass-balanced", "str_mass_balance", fixed, signed], ["Mean STR, paper", "str", fixed, signed]];
  const two = (k: keyof ProductYears): Two => [(a?.[k][i] ?? null) as Num, (b?.[k][j] ?? null) as Num];
  return (
    <section class="frame">
      <h2>In {year}</h2>
      <Table caption={`A and B in ${year}`} rows={facts} columns={[
        { key: "w", label: "What", value: (f) => f[0] },
        { key: "a", label: "A", value: (f) => two(f[1])[0], show: (f) => { const [v] = two(f[1]); return v === null ? "–" : f[2](v); } },
        { key: "b", label: "B", value: (f) => two(f[1])[1], show: (f) => { const v = two(f[1])[1]; return v === null ? "–" : f[2](v); } },
        { key: "d", label: "B − A", value: (f) => { const [x, y] = two(f[1]); return x === null || y === null ? null : y - x; }, show: (f) => { const [x, y] = two(f[1]); return x === null || y === null ? "–" : f[3](y - x); } },
      ]} />
    </section>
  );
}

/** A product that B lacks: one of its own, chosen, stands beside it. */
export function ProductApart({ pair }: { pair: Pair }) {
  const app = useApp();
  const { b } = pair;
  const p = app.route.params;
  const mine = [app.route.keys[0] ?? "", p.product ?? "", p.focus ?? "", app.ex.study.focus[0] ?? ""].find((c) => app.product(c)) ?? app.ex.products[0]!.code;
  const theirs = b.products.some((q) => q.code === p.b) ? p.b! : b.study.focus[0] ?? b.products[0]!.code;
  const other = useMemo(() => makeApp(b, app.route, app.say), [b, app.route]);
  return (
    <>
      <div class="controls"><label>Product of B <select value={theirs} onChange={(e) => app.set({ b: e.currentTarget.value })}>{b.products.map((q) => <option key={q.code} value={q.code}>{q.label} ({q.code})</option>)}</select></label></div>
      <div class="two even">
        <Half side="A" code={mine} />
        <AppContext.Provider value={other}><Half side="B" code={theirs} /></AppContext.Provider>
      </div>
    </>
  );
}

function Half({ side, code }: { side: string; code: string }) {
  const app = useApp();
  const { ex, year } = app;
  const reading = readingOf(app.route.params);
  const read = useTable(ex, "indicators.parquet", { product: code });
  const now = rowsOf(read).filter((r) => numberOf(r, "year") === year);
  const world = now.reduce((s, r) => s + (numberOf(r, "imports") ?? 0), 0);
  const top = now.filter((r) => (numberOf(r, "imports") ?? 0) >= 0.005 * world && numberOf(r, reading) !== null).sort((p, q) => numberOf(q, reading)! - numberOf(p, reading)!).slice(0, 12);
  const of = ex.product_years[code];
  const at = ex.years.indexOf(year);
  return (
    <section class="frame">
      <h2>{side}: {app.titled(code)}, {year}</h2>
      <p>World trade {typeof of?.trade[at] === "number" ? amount(of.trade[at]!, ex.unit) : "–"}; mean STR {banded(of?.str_mass_balance[at])} mass-balanced, {banded(of?.str[at])} in the paper's reading.</p>
      <TrendOf product={code} />
      <h3>Highest by STR, {READING_LABEL[reading]}</h3>
      {read.state !== "done" ? <Waiting reading={read} /> : <Bars title={`${side}: highest by STR, ${READING_LABEL[reading]}`} low={1} bars={top.map((r) => ({ key: textOf(r, "country"), label: app.named(textOf(r, "country")), parts: [{ value: numberOf(r, reading)! - 1, colour: reading === "str" ? PAPER_COLOUR : MASS_COLOUR, name: "STR" }], mark: numberOf(r, reading === "str" ? "str_mass_balance" : "str"), text: fixed(numberOf(r, reading)!) }))} />}
    </section>
  );
}

import { useMemo } from "preact/hooks";
import { YearSlider } from "../year";
import { useApp } from "../state";
import { Frame, STR_TRAP, Waiting } from "../frame";
import { Beside } from "../pair";
import { has, numberOf, rowsOf, textOf, useTable, type Row } from "../data/tables";
import { inCsv, valueOf, type Value } from "../data/unknown";
import { WorldMap } from "../charts/map";
import { linear, percentiles } from "../charts/scale";
import { fixed, ofColumn, percent, shortLabel, signed } from "../format";

const INDICATORS = ["str_mass_balance", "str", "exposure", "hhi", "largest_supplier_share", "imports", "exports", "rca", "influence_mass_balance", "influence", "pc1", "import_content"];

export function MapView() {
  const app = useApp();
  const { ex, year } = app;
  const by = INDICATORS.includes(app.route.keys[0] ?? "") ? app.route.keys[0]! : "str_mass_balance";
  const product = app.product(app.route.params.product ?? "") ? app.route.params.product! : ex.study.focus[0] ?? ex.products[0]!.code;
  const base = Number(app.route.params.base) || null;
  const read = useTable(ex, "indicators.parquet", { product });
  const index = useMemo(() => {
    const of = new Map<string, Row>();
    if (read.state === "done") for (const r of read.rows) of.set(`${textOf(r, "country")} ${numberOf(r, "year")}`, r);
    return of;
  }, [read]);
  const isStr = by === "str" || by === "str_mass_balance";
  const bands = useTable(ex, isStr && app.product(product)!.bands && has(ex, "bands.parquet") ? "bands.parquet" : null, { product }, ["year", "product", "country", "reading", "p05", "p95"]);
  const band = useMemo(() => new Map(rowsOf(bands).filter((r) => numberOf(r, "year") === year).map((r) => [`${textOf(r, "country")} ${textOf(r, "reading") === "full" ? "str" : "str_mass_balance"}`, `[${fixed(numberOf(r, "p05")!)}, ${fixed(numberOf(r, "p95")!)}]`])), [bands, year]);
  const at = (code: string, y: number): Value => valueOf(index.get(`${code} ${y}`), by, app.country(code) !== undefined);
  const value = (code: string): Value => {
    const now = at(code, year);
    if (base === null || now.kind !== "known") return now;
    const then = at(code, base);
    return then.kind === "known" ? { kind: "known", value: now.value - then.value } : { ...then, why: `${then.why} in ${base}` };
  };
  const label = shortLabel(ex.words, by);
  // STR and influence have two readings: the other one is said beside.
  const other = ({ str: "str_mass_balance", str_mass_balance: "str", influence: "influence_mass_balance", influence_mass_balance: "influence" } as Record<string, string>)[by] ?? null;
  // One scale for all years, so that colours can be compared.
  const scale = useMemo(() => {
    const known = ex.countries.flatMap((c) => ex.years.flatMap((y) => { const v = at(c.code, y); if (v.kind !== "known") return []; if (base === null) return [v.value]; const b = at(c.code, base); return b.kind === "known" ? [v.value - b.value] : []; }));
    const s = percentiles(known);
    if (base === null) return s;
    const far = Math.max(Math.abs(s.low), Math.abs(s.high));
    return linear(-far, far);
  }, [index, by, base]);
  const title = `${label} of ${app.titled(product)}, ${base === null ? year : `${year} against ${base}`}`;
  const shown = (v: number) => (base !== null && !["imports", "exports"].includes(by) ? (["exposure", "largest_supplier_share", "import_content"].includes(by) ? percent(v) : signed(v)) : ofColumn(by, v, ex.unit));
  const rows = ex.countries.filter((c) => c.kind !== "mean").map((c) => ({ country: c.code, name: c.name, value: value(c.code) }));
  const known = rows.filter((r) => r.value.kind === "known").length;
  const nearest = known || read.state !== "done" ? undefined : ex.years.filter((y) => ex.countries.some((c) => at(c.code, y).kind === "known")).sort((p, q) => Math.abs(p - year) - Math.abs(q - year))[0];
  return (
    <>
      <h1>Map</h1>
      <Frame title={title} name={title} info={[by]} trap={/^str/.test(by) ? STR_TRAP : undefined}
        controls={<>
          <label>What <select value={by} onChange={(e) => { location.hash = app.link("map", [e.currentTarget.value], { ...app.route.params }); }}>{INDICATORS.map((k) => <option key={k} value={k}>{shortLabel(ex.words, k)}</option>)}</select></label>
          <label>Product <select value={product} onChange={(e) => app.set({ product: e.currentTarget.value })}>{ex.products.map((p) => <option key={p.code} value={p.code}>{app.listed(p.code)}</option>)}</select></label>
          <label>Against <select value={base ?? ""} onChange={(e) => app.set({ base: e.currentTarget.value })}><option value="">no other year</option>{ex.years.map((y) => <option key={y} value={y}>{y}</option>)}</select></label>
          <YearSlider />
          <label>Country <select value="" onChange={(e) => { if (e.currentTarget.value) location.hash = app.link("country", [e.currentTarget.value]); }}><option value="">open …</option>{rows.map((r) => <option key={r.country} value={r.country}>{r.name || r.country}</option>)}</select></label>
        </>}
        sheet={{ name: `map-${by}-${product}-${year}${base === null ? "" : `-against-${base}`}`, title, columns: [{ key: "country", label: "Country" }, { key: "name", label: "Name" }, base === null ? { key: by, label, definition: ex.words[by]?.definition } : { key: `${by}_${year}_less_${base}`, label: `${label}, ${year} less ${base}`, definition: `the value of ${year} less that of ${base}; ${ex.words[by]?.definition ?? label}` }, ...(other && base === null ? [{ key: other, label: ex.words[other]?.label ?? other, definition: ex.words[other]?.definition }] : [])], rows: rows.map((r) => ({ country: r.country, name: r.name, [base === null ? by : `${by}_${year}_less_${base}`]: inCsv(r.value), ...(other && base === null ? { [other]: inCsv(valueOf(index.get(`${r.country} ${year}`), other, true)) } : {}) })) }}
        snippet={base === null ? { file: "indicators.parquet", where: { product, year } } : { file: "indicators.parquet", where: { product } }} note={`Colours run from the 2nd to the 98th percentile of all years.${band.size ? " In brackets: 5 to 95 % of the draws." : ""}`}>
        {read.state !== "done" ? <Waiting reading={read} height={480} /> : !known ? <p class="empty">Nobody has a value in {year}{base === null ? "" : ` and ${base}`}.{nearest === undefined ? "" : <> Nearest year with values: <a href={app.link("map", [by], { ...app.route.params, year: String(nearest) })}>{nearest}</a>.</>}</p> : <WorldMap title={title} summary={`${known} countries have a value.`} value={value} scale={scale} show={shown} label={label} isDifference={base !== null} also={other === null || base !== null ? undefined : (c) => { const v = valueOf(index.get(`${c} ${year}`), other, true); const own = band.get(`${c} ${by}`); return v.kind === "known" ? `${own ? `${own}; ` : ""}${shortLabel(ex.words, other)} ${ofColumn(other, v.value, ex.unit)} ${band.get(`${c} ${other}`) ?? ""}` : null; }} onOpen={(c) => { location.hash = app.link("country", [c]); }} />}
      </Frame>
      <Beside />
    </>
  );
}

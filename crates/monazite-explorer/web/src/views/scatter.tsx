import { useMemo } from "preact/hooks";
import { marksOf, useApp } from "../state";
import { Frame, Marks, STR_TRAP, Waiting } from "../frame";
import { Beside } from "../pair";
import { all, has, numberOf, rowsOf, textOf, useTable, type Row } from "../data/tables";
import { inCsv, valueOf } from "../data/unknown";
import { correlation, Scatter } from "../charts/scatter";
import { Bars } from "../charts/bars";
import { fixed, ofColumn, shortAmount, shortLabel } from "../format";
import { MASS_COLOUR } from "../readings";

const COLUMNS = ["str_mass_balance", "str", "exposure", "hhi", "largest_supplier_share", "imports", "exports", "rca", "influence_mass_balance", "influence", "pc1", "str_direct", "str_indirect", "import_content"];

export function ScatterView() {
  const app = useApp();
  const { ex, year } = app;
  const p = app.route.params;
  const product = app.product(p.product ?? "") ? p.product! : ex.study.focus[0] ?? ex.products[0]!.code;
  const [x, y, size] = [p.x || "hhi", p.y || "str_mass_balance", p.size || "imports"];
  const trailed = (p.trail ?? "").split(" ").filter(Boolean).slice(0, 5);
  const read = useTable(ex, "indicators.parquet", { product });
  const bandTable = useTable(ex, app.product(product)!.bands && has(ex, "bands.parquet") ? "bands.parquet" : null, { product }, ["year", "product", "country", "reading", "p05", "p95"]);
  const now = useMemo(() => rowsOf(read).filter((r) => numberOf(r, "year") === year), [read, year]);
  const point = (r: Row) => ({ x: valueOf(r, x, true), y: valueOf(r, y, true), size: numberOf(r, size) ?? 0 });
  const [logX, logY] = [p.logx === "1", p.logy === "1"];
  const points = useMemo(() => now.flatMap((r) => {
    const q = point(r);
    return q.x.kind === "known" && q.y.kind === "known" && (!logX || q.x.value > 0) && (!logY || q.y.value > 0) ? [{ code: textOf(r, "country"), name: app.named(textOf(r, "country")), x: q.x.value, y: q.y.value, size: q.size }] : [];
  }).sort((a, b) => b.size - a.size), [now, x, y, size, logX, logY]);
  const trails = useMemo(() => Object.fromEntries(trailed.map((c) => [c, rowsOf(read).filter((r) => textOf(r, "country") === c).flatMap((r) => { const q = point(r); return q.x.kind === "known" && q.y.kind === "known" && (!logX || q.x.value > 0) && (!logY || q.y.value > 0) ? [{ year: numberOf(r, "year")!, x: q.x.value, y: q.y.value }] : []; }).sort((a, b) => a.year - b.year)])), [read, trailed.join(), x, y, logX, logY]);
  const label = (k: string) => shortLabel(ex.words, k);
  const how = (k: string) => (v: number) => (["imports", "exports"].includes(k) ? shortAmount(v, ex.unit) : ofColumn(k, v, ex.unit));
  const r = correlation(points.map((q) => ({ x: logX ? Math.log(q.x) : q.x, y: logY ? Math.log(q.y) : q.y })));
  const title = `${label(y)} against ${label(x)}, ${app.titled(product)}, ${year}`;
  const said = r === null ? `${points.length} countries: too few for a correlation (it takes 10).` : `Correlation r = ${fixed(r)} over ${points.length} countries. It is no cause.`;
  const world = now.reduce((s, q) => s + (numberOf(q, "imports") ?? 0), 0);
  const bands = new Map(rowsOf(bandTable).filter((q) => numberOf(q, "year") === year && textOf(q, "reading") === (y === "str" ? "full" : "mass_balance")).map((q) => [textOf(q, "country"), [numberOf(q, "p05")!, numberOf(q, "p95")!] as [number, number]]));
  const isStr = y === "str" || y === "str_mass_balance";
  const ranked = now.filter((q) => (numberOf(q, "imports") ?? 0) >= 0.005 * world && valueOf(q, y, true).kind === "known").sort((a, b) => numberOf(b, y)! - numberOf(a, y)!).slice(0, 20);
  const low = isStr ? 1 : 0;
  const pick = (name: string, value: string) => <select value={value} onChange={(e) => app.set({ [name]: e.currentTarget.value })}>{COLUMNS.map((k) => <option key={k} value={k}>{label(k)}</option>)}</select>;
  const nearest = points.length || read.state !== "done" ? undefined : [...new Set(read.rows.filter((q) => { const v = point(q); return v.x.kind === "known" && v.y.kind === "known"; }).map((q) => numberOf(q, "year")!))].sort((a, b) => Math.abs(a - year) - Math.abs(b - year))[0];
  return (
    <>
      <h1>Ranking, and one indicator against another <Marks marks={marksOf(app, product, year)} /></h1>
      <div class="controls">
        <label>Product <select value={product} onChange={(e) => app.set({ product: e.currentTarget.value })}>{ex.products.map((q) => <option key={q.code} value={q.code}>{app.listed(q.code)}</option>)}</select></label>
        <label>Up {pick("y", y)}</label><label>Across {pick("x", x)}</label><label>Size {pick("size", size)}</label>
        <label><input type="checkbox" checked={logY} onChange={(e) => app.set({ logy: e.currentTarget.checked ? "1" : "0" })} />log up</label>
        <label><input type="checkbox" checked={logX} onChange={(e) => app.set({ logx: e.currentTarget.checked ? "1" : "0" })} />log across</label>
        <label>Path of <select value="" onChange={(e) => { if (e.currentTarget.value) app.set({ trail: [...trailed, e.currentTarget.value].slice(-5).join(" ") }); }}><option value="">choose …</option>{ex.countries.filter((c) => c.kind !== "mean").map((c) => <option key={c.code} value={c.code}>{c.name || c.code}</option>)}</select></label>
        {trailed.length ? <button type="button" onClick={() => app.set({ trail: "" })}>Clear paths</button> : null}
      </div>
      <Beside />
      {all(read, bandTable).state !== "done" ? <Waiting reading={all(read, bandTable)} height={480} /> : (
        <>
          <Frame title={title} name={title} sentences={[said]} info={[y, x, size]} trap={/str/.test(x + y) ? STR_TRAP : undefined} snippet={{ file: "indicators.parquet", where: { product, year } }}
            sheet={{ name: `scatter-${product}-${year}`, title, columns: [{ key: "country", label: "Country" }, ...[...new Set([x, y, size, "str", "str_mass_balance"])].map((k) => ({ key: k, label: label(k), definition: ex.words[k]?.definition }))], rows: now.map((q) => ({ country: textOf(q, "country"), ...Object.fromEntries([...new Set([x, y, size, "str", "str_mass_balance"])].map((k) => [k, inCsv(valueOf(q, k, true))])) })) }}>
            {points.length ? <Scatter points={points} title={title} summary={said} xLabel={label(x)} yLabel={label(y)} showX={how(x)} showY={how(y)} logX={logX} logY={logY} chosen={trailed} trails={trails} onOpen={(c) => { location.hash = app.link("country", [c]); }} /> : <p class="empty">No country has both in {year}.{nearest === undefined ? "" : <> Nearest year: <a href={app.link("scatter", [], { ...p, year: String(nearest) })}>{nearest}</a>.</>}</p>}
          </Frame>
          <Frame title={`Highest by ${label(y)}`} name={`Highest by ${label(y)}, ${app.titled(product)}, ${year}`} info={[y]} note={`Importers with at least 0.5 % of world imports.${isStr ? ` ◆: the ${y === "str" ? "mass-balanced reading" : "paper's reading"}. Whiskers: 5 to 95 % of the draws.` : ""}`}>
            <Bars title={`Highest by ${label(y)}`} low={low} show={(v) => String(v)} bars={ranked.map((q) => ({ key: textOf(q, "country"), label: app.named(textOf(q, "country")), href: app.link("country", [textOf(q, "country")]), parts: [{ value: Math.max(0, numberOf(q, y)! - low), colour: MASS_COLOUR, name: label(y) }], range: isStr ? bands.get(textOf(q, "country")) ?? null : null, mark: isStr ? numberOf(q, y === "str" ? "str_mass_balance" : "str") : null, text: how(y)(numberOf(q, y)!) }))} />
          </Frame>
        </>
      )}
    </>
  );
}

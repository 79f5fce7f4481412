import { useMemo } from "preact/hooks";
import { marksOf, sentencesOf, useApp, worstLoop } from "../state";
import { Frame, OfLastYear, Marks, STR_TRAP, TableFrame, Waiting } from "../frame";
import { all, has, numberOf, rowsOf, textOf, useTable, type Reading, type Row } from "../data/tables";
import { Flows, type Flow } from "../charts/flows";
import { Lines } from "../charts/lines";
import { KINDS } from "../charts/scale";
import { amount, fixed, percent, whole } from "../format";
import { Table } from "../table";
import { banded, RiskBar, Str } from "../readings";
import { inCsv, valueOf } from "../data/unknown";
import { Beside } from "../pair";
import { TrendOf } from "./material";
import { Origins } from "./origins";
import { Behind } from "./behind";

/** Columns of the indicators that this page shows. */
const SHOWN = ["year", "product", "country", "imports", "exports", "exposure", "hhi", "str", "str_mass_balance", "str_direct", "str_indirect", "influence", "influence_mass_balance"];

export function ProductView() {
  const app = useApp();
  const code = app.route.keys[0];
  if (!code) return <ProductList />;
  const product = app.product(code);
  if (!product) return <><h1>{code}</h1><p class="empty">{code} is not in this study. It has {app.ex.products.length} products: <a href={app.link("product")}>all of them</a>.</p></>;
  return <One code={code} />;
}

function ProductList() {
  const app = useApp();
  const { ex } = app;
  const at = ex.years.indexOf(app.year);
  return (
    <>
      <h1>Products of this study, {app.year}</h1>
      <Beside />
      <Table caption={`Products, ${app.year}`} rows={ex.products} columns={[
        { key: "text", label: "Product", value: (p) => p.text, show: (p) => <><a href={app.link("product", [p.code])}>{p.text}</a> <Marks marks={marksOf(app, p.code, app.year)} /></> },
        { key: "code", label: "HS code", value: (p) => p.code },
        { key: "tier", label: "Tier", value: (p) => p.tier },
        { key: "trade", label: "World trade", value: (p) => ex.product_years[p.code]?.trade[at], show: (p) => { const v = ex.product_years[p.code]?.trade[at]; return v ? amount(v, ex.unit) : "–"; } },
        { key: "smb", label: "Mean STR, mass-balanced", value: (p) => ex.product_years[p.code]?.str_mass_balance[at], show: (p) => { const v = ex.product_years[p.code]?.str_mass_balance[at]; return typeof v === "number" ? fixed(v) : "–"; } },
        { key: "str", label: "Mean STR, paper", value: (p) => ex.product_years[p.code]?.str[at], show: (p) => { const v = ex.product_years[p.code]?.str[at]; return typeof v === "number" ? fixed(v) : "–"; } },
      ]} />
    </>
  );
}

function One({ code }: { code: string }) {
  const app = useApp();
  const { ex, year } = app;
  const product = app.product(code)!;
  const view = app.route.params.view || "flows";
  const of = app.route.params.of ?? "";
  const at = ex.years.indexOf(year);
  const facts = ex.product_years[code];
  const marks = marksOf(app, code, year);
  const flowsOf = useTable(ex, has(ex, "flows.parquet") ? "flows.parquet" : null, { product: code }, ["year", "product", "exporter", "importer", "value"]);
  const indicators = useTable(ex, "indicators.parquet", { product: code }, SHOWN);
  const suppliers = useTable(ex, has(ex, "suppliers.parquet") ? "suppliers.parquet" : null, { product: code });
  const bands = useTable(ex, product.bands && has(ex, "bands.parquet") ? "bands.parquet" : null, { product: code }, ["year", "product", "country", "reading", "p05", "p95"]);
  const trade = facts?.trade[at];
  const held = has(ex, "flows.parquet");
  const traded: Reading = useMemo(() => (held ? flowsOf : fromSuppliers(all(indicators, suppliers), rowsOf(indicators), rowsOf(suppliers))), [flowsOf, indicators, suppliers]);
  const worst = worstLoop(ex, code, year);
  const nearest = trade ? null : [...ex.years].filter((_, i) => facts?.trade[i]).sort((a, b) => Math.abs(a - year) - Math.abs(b - year))[0];
  return (
    <>
      <h1>{product.text} <small>HS {code}</small> <Marks marks={marks} /></h1>
      <div class="lead">
        {sentencesOf(ex, `product:${code}`).map((s) => <p key={s}>{s}</p>)}
        <OfLastYear />
        <p class="facts">
          {product.tier === null ? "Not in the chain. " : `Tier ${product.tier} of the chain. `}
          {trade ? `World trade ${amount(trade, ex.unit)} in ${year}, ${whole(facts?.importers[at] ?? 0)} importers, ${whole(facts?.exporters[at] ?? 0)} exporters. ` : `Nobody trades it in ${year}. `}
          {typeof facts?.ending_share[at] === "number" ? `${percent(facts.ending_share[at]!)} of trade ends with countries that do not sell it.` : ""}
        </p>
        {worst ? <p class="warn">‡ Mean STR in the paper's reading is {fixed(worst.str)}, and {fixed(worst.without)} without the feedback loop through {app.named(worst.supplier)}. Quote both.</p> : null}
        {nearest ? <p class="empty">Nearest year with trade: <a href={app.link("product", [code], { year: String(nearest) })}>{nearest}</a>.</p> : null}
      </div>
      <Beside />
      <div class="tabs" role="group" aria-label="What is shown">
        {([["flows", "Who sells to whom"], ["origins", "Whose ore it is"], ["map", "Map"]] as const).map(([v, l]) => <button key={v} type="button" aria-pressed={view === v} onClick={() => app.set({ view: v })}>{l}</button>)}
        <label class="of">Whose? <Who flows={rowsOf(traded)} of={of} /></label>
      </div>
      {view === "origins" ? <Origins code={code} of={of} /> : traded.state !== "done" ? <Waiting reading={traded} height={380} /> : <>{held ? null : <p class="warn">This run holds no flows: shown are the three main suppliers of each importer.</p>}{view === "map" ? <FlowMap code={code} of={of} rows={traded.rows} /> : <FlowFigure code={code} of={of} rows={traded.rows} />}</>}
      <Behind code={code} of={of} />
      <div class="two even">
        <Shares code={code} reading={flowsOf} />
        <Frame title="STR of the average importer" name={`STR of the average importer of ${app.titled(code)}`} info={["str_mass_balance", "str"]} trap={STR_TRAP} note={ex.bands.draws ? "Shaded: 5 to 95 % of the draws of political stability." : ""}>
          <TrendOf product={code} height={260} quiet={false} />
        </Frame>
      </div>
      <Moved code={code} />
      {all(indicators, suppliers, bands).state !== "done" ? <Waiting reading={all(indicators, suppliers, bands)} /> : <Depends code={code} indicators={rowsOf(indicators)} suppliers={rowsOf(suppliers)} bands={rowsOf(bands)} />}
      <Stops code={code} indicators={rowsOf(indicators)} />
      <Years code={code} />
      <Place code={code} />
    </>
  );
}

/** What importers buy of their main suppliers, in place of flows. */
function fromSuppliers(read: Reading, indicators: Row[], suppliers: Row[]): Reading {
  if (read.state !== "done") return read;
  const imports = new Map(indicators.map((r) => [`${textOf(r, "country")} ${numberOf(r, "year")}`, numberOf(r, "imports") ?? 0]));
  return { state: "done", rows: suppliers.map((r) => ({ year: r.year, product: r.product, exporter: r.supplier, importer: r.importer, value: (numberOf(r, "share") ?? 0) * (imports.get(`${textOf(r, "importer")} ${numberOf(r, "year")}`) ?? 0) })) };
}

function Who({ flows, of }: { flows: Row[]; of: string }) {
  const app = useApp();
  const codes = useMemo(() => [...new Set(flows.flatMap((r) => [textOf(r, "exporter"), textOf(r, "importer")]))].sort((a, b) => (app.named(a) < app.named(b) ? -1 : 1)), [flows]);
  return <select value={of} onChange={(e) => app.set({ of: e.currentTarget.value })}><option value="">everybody</option>{of && !codes.includes(of) ? <option value={of}>{app.named(of)}</option> : null}{codes.map((c) => <option key={c} value={c}>{app.named(c)}</option>)}</select>;
}

const flowsIn = (rows: Row[], year: number): Flow[] => rows.filter((r) => numberOf(r, "year") === year).map((r) => ({ from: textOf(r, "exporter"), to: textOf(r, "importer"), value: numberOf(r, "value") ?? 0 }));

function sheetOf(app: ReturnType<typeof useApp>, code: string, flows: Flow[], title: string) {
  return { name: `flows-${code}-${app.year}`, title, columns: [{ key: "exporter", label: "Exporter" }, { key: "importer", label: "Importer" }, { key: "value", label: `Value, ${app.ex.unit}`, definition: `trade in ${app.ex.unit}` }], rows: [...flows].sort((a, b) => b.value - a.value).map((f) => ({ exporter: f.from, importer: f.to, value: f.value })) };
}

function FlowFigure({ code, of, rows }: { code: string; of: string; rows: Row[] }) {
  const app = useApp();
  const { ex, year } = app;
  const product = app.product(code)!;
  const flows = useMemo(() => flowsIn(rows, year), [rows, year]);
  const deps = useTable(ex, of && product.dependencies ? "dependencies.parquet" : null, { product: code, year });
  const through = rowsOf(deps).filter((r) => textOf(r, "importer") === of && (numberOf(r, "share") ?? 0) === 0 && (numberOf(r, "contribution") ?? 0) > 0)
    .map((r) => ({ supplier: textOf(r, "supplier"), contribution: numberOf(r, "contribution")! })).sort((a, b) => b.contribution - a.contribution);
  const title = `Who sells ${product.label} (${code}) to whom, ${year}`;
  if (!flows.length) return <p class="empty">Nobody trades it in {year}.</p>;
  const traded = of ? [[of, "bought", "from", flows.filter((f) => f.to === of).map((f) => [f.from, f.value])], [of, "sold", "to", flows.filter((f) => f.from === of).map((f) => [f.to, f.value])]] as const : [];
  const sentences = traded.map(([, verb, word, partners]) => {
    const sum = partners.reduce((s, [, v]) => s + (v as number), 0);
    const largest = [...partners].sort((a, b) => (b[1] as number) - (a[1] as number)).slice(0, 3).map(([c, v]) => `${percent((v as number) / sum)} ${word} ${app.named(c as string)}`);
    return partners.length ? `${app.named(of)} ${verb} ${amount(sum, ex.unit)} in ${year}: ${largest.join(", ")}${partners.length > 3 ? `, the rest ${word} ${partners.length - 3} others` : ""}.` : `${app.named(of)} ${verb} none in ${year}.`;
  });
  return (
    <Frame title={title} name={title} sentences={sentences} sheet={sheetOf(app, code, flows, title)} snippet={{ file: "flows.parquet", where: { product: code, year } }}
      note={of ? (through.length ? `Dotted: suppliers that sell nothing to ${app.named(of)} and still reach it through others. Strongest: ${through.slice(0, 5).map((t) => `${app.named(t.supplier)} (${fixed(t.contribution, 3)} of STR − 1)`).join(", ")}.` : product.dependencies ? "" : "Who reaches it through others is listed for the products in focus only.") : "Choose a country to light its flows. “Others” are the rest, together."}>
      <Flows flows={flows} unit={ex.unit} title={title} named={app.named} of={of} onPick={(c) => app.set({ of: c })} through={through} left="Exporters" right="Importers" />
    </Frame>
  );
}

function FlowMap({ code, of, rows }: { code: string; of: string; rows: Row[] }) {
  const app = useApp();
  const { ex, year } = app;
  const flows = useMemo(() => flowsIn(rows, year).filter((f) => !of || f.from === of || f.to === of).sort((a, b) => b.value - a.value).slice(0, 30), [rows, year, of]);
  const places = useMemo(() => new Map(ex.outlines.shapes.map((s) => [s.code, center(s.path)])), [ex]);
  const title = `The ${flows.length} largest flows of ${app.titled(code)}${of ? ` of ${app.named(of)}` : ""}, ${year}`;
  const top = flows[0]?.value ?? 1;
  return (
    <Frame title={title} name={title} sheet={sheetOf(app, code, flows, title)} snippet={{ file: "flows.parquet", where: { product: code, year } }} note="Arcs run from seller (dot) to buyer; width is value.">
      <svg viewBox={`0 0 ${ex.outlines.width} ${ex.outlines.height}`} role="img" aria-label={title} class="arcs">
        <title>{title}</title>
        {ex.outlines.shapes.map((s) => <path key={s.code} d={s.path} class="ground" fill-rule="evenodd" />)}
        {flows.map((f) => {
          const [a, b] = [places.get(f.from), places.get(f.to)];
          if (!a || !b) return null;
          const lift = Math.hypot(b.x - a.x, b.y - a.y) * 0.22;
          return <g key={f.from + f.to}><path d={`M${a.x} ${a.y}Q${(a.x + b.x) / 2} ${Math.min(a.y, b.y) - lift} ${b.x} ${b.y}`} class="arc" stroke-width={1.5 + 14 * Math.sqrt(f.value / top)}><title>{`${app.named(f.from)} to ${app.named(f.to)}: ${amount(f.value, ex.unit)}`}</title></path><circle cx={a.x} cy={a.y} r="6" class="seller" /></g>;
        })}
      </svg>
    </Frame>
  );
}

/** Middle of the largest ring of a relative path. */
function center(path: string): { x: number; y: number } {
  let best = { x: 0, y: 0 };
  let most = -1;
  for (const ring of path.split(/(?=M)/)) {
    const n = ring.match(/-?\d+(\.\d+)?/g)?.map(Number) ?? [];
    if (ring.includes("a")) { if (most < 0) best = { x: (n[0] ?? 0) + 3, y: n[1] ?? 0 }; continue; }
    let [x, y] = [n[0] ?? 0, n[1] ?? 0];
    let [x0, x1, y0, y1] = [x, x, y, y];
    for (let i = 2; i + 1 < n.length; i += 2) { x += n[i]!; y += n[i + 1]!; x0 = Math.min(x0, x); x1 = Math.max(x1, x); y0 = Math.min(y0, y); y1 = Math.max(y1, y); }
    if ((x1 - x0) * (y1 - y0) > most) { most = (x1 - x0) * (y1 - y0); best = { x: (x0 + x1) / 2, y: (y0 + y1) / 2 }; }
  }
  return best;
}

function Shares({ code, reading }: { code: string; reading: Reading }) {
  const app = useApp();
  const rows = rowsOf(reading);
  const { ex } = app;
  const made = useMemo(() => {
    const total = new Map<number, number>();
    const by = new Map<string, Map<number, number>>();
    for (const r of rows) {
      const [y, v, c] = [numberOf(r, "year")!, numberOf(r, "value") ?? 0, textOf(r, "exporter")];
      total.set(y, (total.get(y) ?? 0) + v);
      const m = by.get(c) ?? by.set(c, new Map()).get(c)!;
      m.set(y, (m.get(y) ?? 0) + v);
    }
    const now = (m: Map<number, number>) => m.get(app.lastYear) ?? 0;
    const best = (m: Map<number, number>) => Math.max(...[...m].map(([y, v]) => v / (total.get(y) || 1)));
    const top = [...by].sort((a, b) => Math.max(best(b[1]), now(b[1]) / (total.get(app.lastYear) || 1)) - Math.max(best(a[1]), now(a[1]) / (total.get(app.lastYear) || 1))).slice(0, 6);
    return top.map(([c, m], i) => ({ name: app.named(c), values: ex.years.map((y) => (total.get(y) ? (m.get(y) ?? 0) / total.get(y)! : null)), colour: KINDS[i]! }));
  }, [reading]);
  const title = `Shares of suppliers in world trade of ${app.titled(code)}`;
  return (
    <Frame title="Suppliers over the years" name={title} sheet={{ name: `suppliers-${code}`, title, columns: [{ key: "supplier", label: "Supplier" }, { key: "year", label: "Year" }, { key: "share", label: "Share", definition: "share of world trade" }], rows: made.flatMap((l) => l.values.map((v, i) => ({ supplier: l.name, year: ex.years[i]!, share: v }))) }} snippet={{ file: "flows.parquet", where: { product: code } }}>
      {made.length ? <Lines years={ex.years} lines={made} title={title} summary="Share of world trade, six suppliers with the highest shares in any year." show={percent} zero at={app.year} height={260} onYear={(y) => app.set({ year: String(y) })} /> : reading.state !== "done" ? <Waiting reading={reading} height={260} /> : <p class="empty">{has(ex, "flows.parquet") ? "Nobody trades it." : "This run holds no flows."}</p>}
    </Frame>
  );
}

/** The change of mean STR since the first year, in parts that add up. */
function Moved({ code }: { code: string }) {
  const app = useApp();
  const { ex } = app;
  const of = ex.product_years[code];
  if (!of || ex.years.length < 2) return null;
  const summed = (parts: (number | null)[]) => { let sum = 0; let known = true; return parts.map((v, i) => { if (i === 0) return 0; if (v === null) known = false; else sum += v; return known ? sum : null; }); };
  const lines = [["network", of.change_network], ["stability", of.change_stability], ["importers", of.change_importers]].map(([name, parts], i) => ({ name: name as string, values: summed(parts as (number | null)[]), colour: KINDS[i]! }));
  if (lines.every((l) => l.values.filter((v) => v !== null).length < 2)) return null;
  const title = `What moved mean STR of ${app.titled(code)} since ${ex.years[0]}, paper's reading`;
  return (
    <Frame title="What moved it" name={title} info={["change_network", "change_stability", "change_importers"]} note={`Change of the paper's mean STR since ${ex.years[0]}: who buys from whom (network), political stability of suppliers, and who imports how much (importers). The three add up. Where there is a ‡, the network part rests on it.`}
      sheet={{ name: `moved-${code}`, title, columns: ["year", "network", "stability", "importers"].map((k) => ({ key: k, label: k })), rows: ex.years.map((y, i) => ({ year: y, network: lines[0]!.values[i]!, stability: lines[1]!.values[i]!, importers: lines[2]!.values[i]! })) }} snippet={{ file: "trends.csv", where: { product: code } }}>
      <Lines years={ex.years} lines={lines} title={title} summary="Sums of yearly parts." show={(v) => fixed(v, 1)} at={app.year} height={220} />
    </Frame>
  );
}

function Depends({ code, indicators, suppliers, bands }: { code: string; indicators: Row[]; suppliers: Row[]; bands: Row[] }) {
  const app = useApp();
  const { ex, year } = app;
  const rows = useMemo(() => {
    const first = new Map(suppliers.filter((r) => numberOf(r, "year") === year && numberOf(r, "rank") === 1).map((r) => [textOf(r, "importer"), r]));
    const band = new Map<string, Row>();
    for (const r of bands) if (numberOf(r, "year") === year) {
      const name = textOf(r, "reading") === "full" ? "str" : textOf(r, "reading") === "mass_balance" ? "str_mass_balance" : null;
      if (name) { const to = band.get(textOf(r, "country")) ?? band.set(textOf(r, "country"), {}).get(textOf(r, "country"))!; to[`${name}_p05`] = r.p05; to[`${name}_p95`] = r.p95; }
    }
    return indicators.filter((r) => numberOf(r, "year") === year && (numberOf(r, "imports") ?? 0) > 0)
      .map((r): Row => ({ ...r, ...band.get(textOf(r, "country")), supplier: first.get(textOf(r, "country"))?.supplier ?? null, share: first.get(textOf(r, "country"))?.share ?? null }))
      .sort((a, b) => (numberOf(b, "imports") ?? 0) - (numberOf(a, "imports") ?? 0));
  }, [indicators, suppliers, bands, year]);
  const top = Math.max(...rows.slice(0, 60).map((r) => (numberOf(r, "str_direct") ?? 0) + (numberOf(r, "str_indirect") ?? 0)), 0.1);
  const keys = ["country", "imports", "exposure", "hhi", "supplier", "share", "str_mass_balance", "str_mass_balance_p05", "str_mass_balance_p95", "str", "str_p05", "str_p95", "str_direct", "str_indirect"];
  const title = `Who depends on ${app.titled(code)}, ${year}`;
  return (
    <Frame title={title} name={title} info={["str_mass_balance", "str", "exposure", "hhi", "str_direct", "str_indirect"]} trap={STR_TRAP} note="Bars: STR − 1 in the paper's reading, direct (dark) and indirect part (light); ◆ is the mass-balanced reading. In brackets: 5 to 95 % of the draws."
      sheet={{ name: `importers-${code}-${year}`, title, columns: keys.map((k) => ({ key: k, label: ex.words[k]?.label ?? k, definition: ex.words[k]?.definition })), rows: rows.map((r) => Object.fromEntries(keys.map((k) => [k, k === "country" || k === "supplier" ? textOf(r, k) || null : /_p\d\d$|^share$/.test(k) ? numberOf(r, k) : inCsv(valueOf(r, k, true))]))) }}
      snippet={{ file: "indicators.parquet", where: { product: code, year } }}>
      <Table caption={title} rows={rows} columns={[
        { key: "country", label: "Importer", value: (r) => app.named(textOf(r, "country")), show: (r) => <a href={app.link("country", [textOf(r, "country")])}>{app.named(textOf(r, "country"))}</a> },
        { key: "imports", label: "Imports", value: (r) => numberOf(r, "imports"), show: (r) => amount(numberOf(r, "imports")!, ex.unit) },
        { key: "exposure", label: "Exposure", value: (r) => numberOf(r, "exposure"), show: (r) => show(valueOf(r, "exposure", true), percent) },
        { key: "supplier", label: "Main supplier", value: (r) => (textOf(r, "supplier") ? app.named(textOf(r, "supplier")) : null) },
        { key: "share", label: "Its share", value: (r) => numberOf(r, "share"), show: (r) => show(valueOf({ ...r, largest: r.share }, "largest", true), percent) },
        { key: "smb", label: "STR, mass-balanced", value: (r) => numberOf(r, "str_mass_balance"), show: (r) => <Str row={r} reading="str_mass_balance" /> },
        { key: "str", label: "STR, paper", value: (r) => numberOf(r, "str"), show: (r) => <Str row={r} reading="str" /> },
        { key: "bar", label: "Direct, indirect", value: (r) => numberOf(r, "str_direct"), show: (r) => <RiskBar direct={numberOf(r, "str_direct")} indirect={numberOf(r, "str_indirect")} other={numberOf(r, "str_mass_balance")} top={top} /> },
      ]} />
    </Frame>
  );
}
const show = (v: ReturnType<typeof valueOf>, how: (n: number) => string) => (v.kind === "known" ? how(v.value) : <span title={v.why} class={v.kind}>–<span class="sr"> {v.why}</span></span>);

function Stops({ code, indicators }: { code: string; indicators: Row[] }) {
  const app = useApp();
  const { ex, year } = app;
  const there = has(ex, "shock_suppliers.parquet");
  const read = useTable(ex, there ? "shock_suppliers.parquet" : null, { product: code });
  if (!there) return <Influence code={code} rows={indicators.filter((r) => numberOf(r, "year") === year && (numberOf(r, "exports") ?? 0) > 0)} />;
  if (read.state !== "done") return <Waiting reading={read} />;
  const influence = new Map(indicators.filter((r) => numberOf(r, "year") === year).map((r) => [textOf(r, "country"), r]));
  const rows = read.rows.filter((r) => numberOf(r, "year") === year).map((r): Row => ({ ...r, influence_mass_balance: influence.get(textOf(r, "supplier"))?.influence_mass_balance ?? null, influence: influence.get(textOf(r, "supplier"))?.influence ?? null })).sort((a, b) => (numberOf(b, "power_share") ?? 0) - (numberOf(a, "power_share") ?? 0));
  const keys = ["supplier", "exports", "power_share", "direct_share", "share_exposure", "multiplier", "damage_hhi", "top_importer", "top_importer_share", "influence_mass_balance", "influence"];
  const title = `Whose stop would cost most, ${app.titled(code)}, ${year}`;
  return (
    <Frame title={title} name={title} info={keys} sheet={{ name: `stops-${code}-${year}`, title, columns: keys.map((k) => ({ key: k, label: ex.words[k]?.label ?? k, definition: ex.words[k]?.definition })), rows: rows.map((r) => Object.fromEntries(keys.map((k) => [k, typeof r[k] === "string" ? textOf(r, k) : numberOf(r, k)]))) }} snippet={{ file: "shock_suppliers.parquet", where: { product: code, year } }}
      sentences={["Share of what all others import of it that is lost if a supplier stops and nothing replaces it, and the influence it has: instability that it passes on. Not a forecast: no stocks, no prices, no new mines."]}>
      <Table caption={title} rows={rows.slice(0, 40)} columns={[
        { key: "supplier", label: "Supplier", value: (r) => app.named(textOf(r, "supplier")), show: (r) => <a href={app.link("what-if", [textOf(r, "supplier")], { product: code })}>{app.named(textOf(r, "supplier"))}</a> },
        { key: "exports", label: "Exports", value: (r) => numberOf(r, "exports"), show: (r) => amount(numberOf(r, "exports") ?? 0, ex.unit) },
        ...([["direct_share", "Pass on nothing"], ["share_exposure", "Pass on by exposure"], ["power_share", "Mass balance"]] as const).map(([k, l]) => ({ key: k, label: l, value: (r: Row) => numberOf(r, k), show: (r: Row) => { const v = numberOf(r, k); return v === null ? "–" : percent(v); } })),
        { key: "top", label: "Hits most", value: (r) => app.named(textOf(r, "top_importer")) },
        ...([["influence_mass_balance", "Influence, mass-balanced"], ["influence", "Influence, paper"]] as const).map(([k, l]) => ({ key: k, label: l, value: (r: Row) => numberOf(r, k), show: (r: Row) => { const v = numberOf(r, k); return v === null ? "–" : fixed(v); } })),
      ]} />
    </Frame>
  );
}

/** Whose instability others carry: where the run did not ask what a stop would cost. */
function Influence({ code, rows }: { code: string; rows: Row[] }) {
  const app = useApp();
  const number = (k: string, label: string) => ({ key: k, label, value: (r: Row) => numberOf(r, k), show: (r: Row) => show(valueOf(r, k, true), (v) => fixed(v)) });
  return (
    <TableFrame title={`Influence of suppliers, ${app.titled(code)}, ${app.year}`} file={`influence-${code}-${app.year}`} info={["influence_mass_balance", "influence"]} rows={rows} sort={{ key: "influence_mass_balance", down: true }} columns={[
      { key: "supplier", label: "Supplier", value: (r) => textOf(r, "country"), show: (r) => <a href={app.link("country", [textOf(r, "country")])}>{app.named(textOf(r, "country"))}</a> },
      { key: "exports", label: "Exports", value: (r) => numberOf(r, "exports"), show: (r) => amount(numberOf(r, "exports") ?? 0, app.ex.unit) },
      number("influence_mass_balance", "Influence, mass-balanced"), number("influence", "Influence, paper"),
    ]} />
  );
}

/** Facts of the product, year by year. */
function Years({ code }: { code: string }) {
  const app = useApp();
  const { ex } = app;
  const of = ex.product_years[code];
  if (!of) return null;
  const at = (k: "trade" | "importers" | "exporters" | "ending_share" | "imputed_share") => (i: number) => of[k][i] ?? null;
  const cell = (k: Parameters<typeof at>[0], how: (v: number) => string) => ({ value: at(k), show: (i: number) => { const v = at(k)(i); return v === null ? "–" : how(v); } });
  return (
    <TableFrame title="Year by year" file={`years-${code}`} caption={`${app.titled(code)}, year by year`} first={30} info={["importers", "exporters", "ending_share", "imputed_share"]} rows={ex.years.map((_, i) => i).reverse()} columns={[
      { key: "year", label: "Year", value: (i) => ex.years[i]!, show: (i) => <><a href={app.link("product", [code], { year: String(ex.years[i]) })}>{ex.years[i]}</a> <Marks marks={marksOf(app, code, ex.years[i]!)} /></> },
      { key: "trade", label: "World trade", ...cell("trade", (v) => amount(v, ex.unit)) }, { key: "importers", label: "Importers", ...cell("importers", whole) }, { key: "exporters", label: "Exporters", ...cell("exporters", whole) },
      { key: "ending_share", label: "Ends with countries that do not sell it", ...cell("ending_share", percent) }, { key: "imputed_share", label: "Stability imputed", ...cell("imputed_share", percent) },
      { key: "str_mass_balance", label: "Mean STR, mass-balanced", value: (i) => of.str_mass_balance[i] ?? null, show: (i) => banded(of.str_mass_balance[i], of.str_mass_balance_p05[i], of.str_mass_balance_p95[i]) },
      { key: "str", label: "Mean STR, paper", value: (i) => of.str[i] ?? null, show: (i) => banded(of.str[i], of.str_p05[i], of.str_p95[i]) },
    ]} />
  );
}

function Place({ code }: { code: string }) {
  const app = useApp();
  const chain = app.ex.chain;
  if (!chain?.nodes.some((n) => n.product === code)) return null;
  const of = (side: "input" | "output", other: "input" | "output") => chain.links.filter((l) => l.kept && l[other] === code).map((l) => l[side]);
  const list = (codes: string[], none: string) => (codes.length ? <ul>{codes.map((c) => <li key={c}><a href={app.link("product", [c])}>{app.titled(c)}</a></li>)}</ul> : <p class="weak">{none}</p>);
  return (
    <section class="frame">
      <h2>Its place in the chain</h2>
      <div class="two even">
        <div><h3>Made of</h3>{list(of("input", "output"), "A raw material in this chain.")}</div>
        <div><h3>Goes into</h3>{list(of("output", "input"), "Nothing in this chain is made of it.")}</div>
      </div>
      <p><a href={app.link("network", [], { focus: code })}>Show in the network</a></p>
    </section>
  );
}

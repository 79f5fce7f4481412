import { useMemo } from "preact/hooks";
import { marksOf, sentencesOf, useApp, withoutLoops, worstLoop } from "../state";
import { Frame, OfLastYear, Marks, STR_TRAP, TableFrame } from "../frame";
import { Beside } from "../pair";
import { YearSlider } from "../year";
import { WorldMap } from "../charts/map";
import { Bars } from "../charts/bars";
import { Lines } from "../charts/lines";
import { percentiles } from "../charts/scale";
import { fixed, percent, amount } from "../format";
import type { Value } from "../data/unknown";
import { banded, MASS_COLOUR, PAPER_COLOUR, READING_LABEL, readingOf, ReadingSwitch } from "../readings";
import { ChainFigure } from "./network";

export function Material() {
  const app = useApp();
  const { ex, year } = app;
  const reading = readingOf(app.route.params);
  const sentences = sentencesOf(ex, "study");
  const shown = ex.map.find((m) => m.year === year) ?? ex.map[ex.map.length - 1];
  return (
    <>
      <h1>{ex.study.question || ex.study.name}</h1>
      <div class="lead">
        {sentences.slice(0, 4).map((s) => <p key={s}>{s}</p>)}
        <OfLastYear />
        {ex.notes.length ? <details class="care"><summary>Quote with care: {ex.notes.length === 1 ? "one note" : `${ex.notes.length} notes`}</summary>{ex.notes.map((n) => <p key={n}>{n}</p>)}</details> : null}
      </div>
      <Beside />
      {shown ? <RiskMap shown={shown} reading={reading} /> : null}
      {ex.chain ? <ChainFigure compact /> : null}
      <Trends />
      <Handful />
      <Stops />
    </>
  );
}

function RiskMap({ shown, reading }: { shown: { year: number; str: (number | null)[]; str_mass_balance: (number | null)[] }; reading: "str" | "str_mass_balance" }) {
  const app = useApp();
  const { ex } = app;
  const at = useMemo(() => new Map(ex.countries.map((c, i) => [c.code, i])), [ex]);
  const scale = useMemo(() => percentiles(ex.map.flatMap((m) => m[reading]).filter((v): v is number => v !== null)), [ex, reading]);
  const value = (code: string): Value => {
    const i = at.get(code);
    if (i === undefined) return { kind: "absent", why: "not in this study" };
    const v = shown[reading][i];
    return v === null || v === undefined ? { kind: "undefined", why: "not defined: buys none of these products" } : { kind: "known", value: v };
  };
  const all = ex.chain_imports.reduce<number>((s, v) => s + (v ?? 0), 0);
  const rows = ex.countries.map((c, i) => ({ code: c.code, country: c.name || c.code, str_mass_balance: shown.str_mass_balance[i] ?? null, str: shown.str[i] ?? null, imports: ex.chain_imports[i] ?? null, kind: c.kind }))
    .filter((r) => r.str !== null || r.str_mass_balance !== null);
  const top = rows.filter((r) => r.kind !== "mean" && (r.imports ?? 0) >= 0.005 * all).sort((a, b) => (b[reading] ?? 0) - (a[reading] ?? 0)).slice(0, 10);
  const title = `Mean STR of the products of the chain, ${shown.year}, ${READING_LABEL[reading]}`;
  return (
    <div class="two">
      <Frame title={<>How much political instability reaches whom, {shown.year}</>} name={title} info={["str_mass_balance", "str"]} trap={STR_TRAP} sentences={[`${ex.words.str?.definition ?? "STR"}.`]} controls={<><ReadingSwitch /><YearSlider /></>}
        sheet={{ name: `map-${shown.year}`, title, columns: [{ key: "code", label: "Code" }, { key: "country", label: "Country" }, { key: "str_mass_balance", label: "STR, mass-balanced", definition: ex.words.str_mass_balance?.definition }, { key: "str", label: "STR, paper's reading", definition: ex.words.str?.definition }], rows }}
        snippet={{ file: "indicators.parquet", where: { year: shown.year } }}>
        <WorldMap title={title} summary="Mean over the products of the chain, weighted by imports." value={value} scale={scale} show={(v) => fixed(v)} label={`mean STR, ${READING_LABEL[reading]}; 1: none arrives`} also={(c) => { const other = reading === "str" ? "str_mass_balance" : "str"; const v = shown[other][at.get(c) ?? -1]; return typeof v === "number" ? `${READING_LABEL[other]} ${fixed(v)}` : null; }} onOpen={(c) => { location.hash = app.link("country", [c]); }} />
      </Frame>
      <Frame title="Ten with the highest" name={`Ten highest: ${title}`} note={`Countries with at least 0.5 % of the imports of the chain. ◆ marks the ${READING_LABEL[reading === "str" ? "str_mass_balance" : "str"]}.`}>
        <Bars title={`Ten countries with the highest mean STR, ${READING_LABEL[reading]}`} low={1} show={(v) => fixed(v, 0)}
          bars={top.map((r) => ({ key: r.code, label: r.country, href: app.link("country", [r.code]), parts: [{ value: (r[reading] ?? 1) - 1, colour: reading === "str" ? PAPER_COLOUR : MASS_COLOUR, name: READING_LABEL[reading] }], mark: reading === "str" ? r.str_mass_balance : r.str, text: fixed(r[reading] ?? 0) }))} />
      </Frame>
    </div>
  );
}

/** STR of the average importer, product by product: both readings, with bands. */
export function TrendOf({ product, height = 190, quiet = true }: { product: string; height?: number; quiet?: boolean }) {
  const app = useApp();
  const { ex } = app;
  const means = ex.means[product];
  if (!means) return null;
  const of = { ...means, ...(ex.mean_bands[product] ?? ex.product_years[product]) };
  const without = withoutLoops(ex, product);
  const looped = ex.years.filter((_, i) => without[i] !== null);
  return (
    <Lines years={ex.years} title={`Mean STR of ${app.titled(product)}`} summary={`Mass-balanced ${banded(of.str_mass_balance[0])} to ${banded(of.str_mass_balance[of.str_mass_balance.length - 1])}; paper's reading ${banded(of.str[0])} to ${banded(of.str[of.str.length - 1])}.`}
      show={(v) => fixed(v, 1)} height={height} quiet={quiet} at={app.year} onYear={quiet ? undefined : (y) => app.set({ year: String(y) })}
      lines={[
        { name: "mass-balanced", values: of.str_mass_balance, low: of.str_mass_balance_p05, high: of.str_mass_balance_p95, colour: MASS_COLOUR },
        { name: "paper's reading", values: of.str, low: of.str_p05, high: of.str_p95, colour: PAPER_COLOUR, dashed: true, marks: looped.length ? [{ year: looped[looped.length - 1]!, sign: "‡" }] : [] },
        ...(looped.length ? [{ name: "paper's, without ‡", values: without, colour: "#8c7a00" }] : []),
      ]} />
  );
}

function Trends() {
  const app = useApp();
  const { ex } = app;
  const products = ex.shown;
  if (!products.length || ex.years.length < 2) return null;
  const rows = products.flatMap((p) => ex.years.map((y, i) => {
    const of = { ...ex.means[p]!, ...ex.mean_bands[p]! };
    return { product: p, year: y, str_mass_balance: of.str_mass_balance[i] ?? null, str_mass_balance_p05: of.str_mass_balance_p05[i] ?? null, str_mass_balance_p95: of.str_mass_balance_p95[i] ?? null, str: of.str[i] ?? null, str_p05: of.str_p05[i] ?? null, str_p95: of.str_p95[i] ?? null };
  }));
  return (
    <Frame title={`Did it grow? STR of the average importer, ${ex.years[0]} to ${app.lastYear}`} name="STR of the average importer" info={["str_mass_balance", "str"]} methods={["22-uncertainty.md", "11-guards.md"]} trap={STR_TRAP}
      note={`${ex.bands.draws ? "Shaded: 5 to 95 % of the draws of political stability. " : ""}${products.some((p) => ex.years.some((y) => worstLoop(ex, p, y))) ? "‡: the paper's reading rests on a feedback loop through negligible trade; the line beside it leaves out the worst loop." : ""}`}
      sheet={{ name: "trends", title: "STR of the average importer, weighted by imports, both readings with bands", columns: Object.keys(rows[0]!).map((k) => ({ key: k, label: k, definition: k === "str" || k === "str_mass_balance" ? ex.words[k]?.definition : undefined })), rows }} snippet={{ file: "band_means.csv", where: { who: "WORLD" } }}>
      <div class="multiples">
        {products.map((p) => (
          <div key={p}>
            <h3><a href={app.link("product", [p])}>{app.titled(p)}</a> <Marks marks={marksOf(app, p, app.lastYear)} /></h3>
            <TrendOf product={p} />
          </div>
        ))}
      </div>
    </Frame>
  );
}

function Handful() {
  const app = useApp();
  const { ex } = app;
  if (!ex.chokepoints.length) return null;
  return (
    <TableFrame title={`Who buys in one hand, ${app.lastYear}`} file={`one-hand-${app.lastYear}`} info={["exposure", "largest_supplier_share", "str_mass_balance", "str"]} trap={STR_TRAP}
      sentences={[`Importers that sell little of what they buy (exposure above 50 %) and buy more than half of it of one supplier${ex.chokepoints.length === 150 ? ": the 150 largest purchases" : ""}${ex.chain ? ", products outside the chain among them" : ""}.`]}
      caption={`Importers with one main supplier, ${app.lastYear}`} rows={ex.chokepoints} columns={[
        { key: "product", label: "Product", value: (r) => app.titled(r.product), show: (r) => <><a href={app.link("product", [r.product], { of: r.country })}>{app.titled(r.product)}</a> <Marks marks={marksOf(app, r.product, app.lastYear)} /></> },
        { key: "country", label: "Importer", value: (r) => app.named(r.country), show: (r) => <a href={app.link("country", [r.country])}>{app.named(r.country)}</a> },
        { key: "imports", label: "Imports", value: (r) => r.imports, show: (r) => amount(r.imports, ex.unit) },
        { key: "supplier", label: "Main supplier", value: (r) => app.named(r.supplier) },
        { key: "share", label: "Its share", value: (r) => r.share, show: (r) => percent(r.share) },
        { key: "smb", label: "STR, mass-balanced", value: (r) => r.str_mass_balance, show: (r) => banded(r.str_mass_balance) },
        { key: "str", label: "STR, paper", value: (r) => r.str, show: (r) => banded(r.str) },
      ]} />
  );
}

function Stops() {
  const app = useApp();
  const { ex } = app;
  if (!ex.suppliers.length) return null;
  return (
    <TableFrame title={`Whose stop would cost most, ${app.lastYear}`} file={`stops-${app.lastYear}`} info={["power_share", "direct_share"]}
      sentences={["What all others would lose of a product if the supplier stopped all exports of it and nothing replaced them, under mass balance. Not a forecast."]}
      caption="Suppliers by what their stop would cost" rows={ex.suppliers} columns={[
        { key: "product", label: "Product", value: (r) => app.titled(r.product), show: (r) => <a href={app.link("product", [r.product])}>{app.titled(r.product)}</a> },
        { key: "supplier", label: "Supplier", value: (r) => app.named(r.supplier), show: (r) => <a href={app.link("what-if", [r.supplier], { product: r.product })}>{app.named(r.supplier)}</a> },
        { key: "power", label: "Share of all imports lost", value: (r) => r.power_share, show: (r) => percent(r.power_share) },
        { key: "direct", label: "Directly", value: (r) => r.direct_share, show: (r) => (r.direct_share === null ? "–" : percent(r.direct_share)) },
      ]} />
  );
}

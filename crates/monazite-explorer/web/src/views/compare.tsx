import { useApp } from "../state";
import { Frame } from "../frame";
import { useAnswer } from "../data/ask";
import type { Comparison, Explorer } from "../contract";
import type { Value } from "../data/unknown";
import { WorldMap } from "../charts/map";
import { linear } from "../charts/scale";
import { READING_LABEL, readingOf, ReadingSwitch, type ReadingName } from "../readings";
import { digits, fixed, percent, signed } from "../format";
import { Table } from "../table";
import { useWidth } from "../charts/size";

/** Two runs: what differs in what went in, and in what came out. */
export function Compare() {
  const app = useApp();
  const other = app.ex.with;
  const asked = useAnswer<Comparison>(other?.comparison ?? null);
  if (!other) return <><h1>Two runs</h1><p class="empty">There is one run here. <code>monazite explore RUN RUN2</code> shows two side by side.</p></>;
  return (
    <>
      <h1>{app.ex.study.name} (A) and {other.name} (B)</h1>
      {asked.state === "failed" ? <div class="failed" role="alert"><p>{other.comparison} could not be read: {asked.why}.</p><button type="button" onClick={asked.retry}>Try again</button></div>
        : asked.state === "asking" ? <div class="skeleton tall" role="status">Reading …</div> : <Both of={asked.answer} />}
    </>
  );
}

function Both({ of }: { of: Comparison }) {
  const app = useApp();
  const differences = [...of.inputs, ...of.options];
  const counted = (c: { both: string[]; only: [string[], string[]] }) => `${c.both.length} in both, ${c.only[0].length} only in A, ${c.only[1].length} only in B`;
  const slopes = of.products.filter((p) => p.str_mass_balance[0] !== null && p.str_mass_balance[1] !== null);
  const title = `Mean mass-balanced STR by product in A and B`;
  const n = (v: number | null) => (v === null ? "–" : fixed(v));
  return (
    <>
      <section class="frame">
        <h2>What differs in what went in</h2>
        {differences.length ? <Table caption="Inputs and options that differ" rows={differences} columns={[{ key: "what", label: "What", value: (d) => d.what }, { key: "a", label: "A", value: (d) => d.values[0] }, { key: "b", label: "B", value: (d) => d.values[1] }]} /> : <p>Nothing.</p>}
        <p>Products: {counted(of.coverage.products)}. Countries: {counted(of.coverage.countries)}. Years: {counted(of.coverage.years)}.</p>
      </section>
      {!of.overlaps ? <p class="empty">The two runs share no products, countries and years: no difference is worked out.</p> : (
        <>
          <Frame title={title} name={title} note="Each line is a product of both runs; the ten that differ most are named." sheet={{ name: "two-runs-products", title, columns: ["product", "year", "trade_a", "trade_b", "str_mass_balance_a", "str_mass_balance_b", "str_a", "str_b"].map((k) => ({ key: k, label: k })), rows: of.products.map((p) => ({ product: p.product, year: p.year, trade_a: p.trade[0], trade_b: p.trade[1], str_mass_balance_a: p.str_mass_balance[0], str_mass_balance_b: p.str_mass_balance[1], str_a: p.str_weighted[0], str_b: p.str_weighted[1] })) }}>
            <Slopes lines={slopes.map((p) => ({ name: app.titled(p.product), a: p.str_mass_balance[0]!, b: p.str_mass_balance[1]! }))} title={title} />
          </Frame>
          <DifferenceMap />
          <section class="frame"><h2>Indicators</h2><Table caption="Indicators in both runs" rows={of.indicators} columns={[{ key: "l", label: "Indicator", value: (i) => i.label }, { key: "b", label: "Values in both", value: (i) => i.both }, { key: "d", label: "That differ", value: (i) => i.differ }, { key: "ma", label: "Mean, A", value: (i) => i.mean[0], show: (i) => (i.mean[0] === null ? "–" : digits(i.mean[0])) }, { key: "mb", label: "Mean, B", value: (i) => i.mean[1], show: (i) => (i.mean[1] === null ? "–" : digits(i.mean[1])) }, { key: "dist", label: "Mean distance", value: (i) => i.mean_distance, show: (i) => (i.mean_distance === null ? "–" : digits(i.mean_distance)) }]} /></section>
          <section class="frame"><h2>Ranks that change</h2>{of.ranks.length ? <Table caption="Ranks that change most" rows={of.ranks} columns={[{ key: "c", label: "Country", value: (r) => r.name }, { key: "p", label: "Product", value: (r) => app.titled(r.product) }, { key: "y", label: "Year", value: (r) => r.year }, { key: "r", label: "Reading", value: (r) => r.reading }, { key: "a", label: "Rank, A", value: (r) => r.ranks[0] }, { key: "b", label: "Rank, B", value: (r) => r.ranks[1] }, { key: "d", label: "STR, change", value: (r) => r.values[1] - r.values[0], show: (r) => signed(r.values[1] - r.values[0]) }]} /> : <p>None.</p>}</section>
          <section class="frame"><h2>Chokepoints gained and lost</h2>{of.chokepoints.length ? <Table caption="Chokepoints in one run only" rows={of.chokepoints} columns={[{ key: "s", label: "Supplier", value: (c) => c.name }, { key: "p", label: "Product", value: (c) => app.titled(c.product) }, { key: "g", label: "In B", value: (c) => (c.gained ? "gained" : "lost") }, { key: "a", label: "Share, A", value: (c) => c.shares[0], show: (c) => (c.shares[0] === null ? "–" : percent(c.shares[0])) }, { key: "b", label: "Share, B", value: (c) => c.shares[1], show: (c) => (c.shares[1] === null ? "–" : percent(c.shares[1])) }, { key: "pa", label: "Power, A", value: (c) => c.powers[0], show: (c) => n(c.powers[0]) }, { key: "pb", label: "Power, B", value: (c) => c.powers[1], show: (c) => n(c.powers[1]) }]} /> : <p>None.</p>}</section>
          <section class="frame"><h2>Links gained and lost</h2>{of.links.length ? <Table caption="Links in one run only" rows={of.links} columns={[{ key: "i", label: "Input", value: (l) => app.titled(l.input) }, { key: "o", label: "Output", value: (l) => app.titled(l.output) }, { key: "g", label: "In B", value: (l) => (l.gained ? "gained" : "lost") }, { key: "e", label: "Evidence", value: (l) => l.evidence }]} /> : <p>None.</p>}</section>
        </>
      )}
    </>
  );
}

/** Mean STR of B less that of A, country by country, in the last year of both. */
function DifferenceMap() {
  const app = useApp();
  const { ex } = app;
  const asked = useAnswer<Explorer>(ex.with?.explorer ?? null);
  if (asked.state === "failed") return <div class="failed" role="alert"><p>{ex.with?.explorer} could not be read: {asked.why}.</p><button type="button" onClick={asked.retry}>Try again</button></div>;
  if (asked.state !== "done") return <div class="skeleton tall" role="status">Reading …</div>;
  const b = asked.answer;
  const year = [...ex.map].map((m) => m.year).filter((y) => b.map.some((m) => m.year === y)).sort((x, y) => y - x)[0];
  if (year === undefined) return <p class="empty">The two runs share no year with a map.</p>;
  const values = (of: Explorer, reading: ReadingName) => new Map(of.countries.map((c, i) => [c.code, of.map.find((m) => m.year === year)?.[reading][i] ?? null]));
  const reading = readingOf(app.route.params);
  const [one, two] = [values(ex, reading), values(b, reading)];
  const value = (code: string): Value => {
    if (!one.has(code) || !two.has(code)) return { kind: "absent", why: "not in both studies" };
    const [x, y] = [one.get(code), two.get(code)];
    return typeof x === "number" && typeof y === "number" ? { kind: "known", value: y - x } : { kind: "undefined", why: "no value in one of them" };
  };
  const rows = ex.countries.filter((c) => two.has(c.code)).map((c) => ({ country: c.code, a: one.get(c.code) ?? null, b: two.get(c.code) ?? null }));
  const far = Math.max(0.01, ...rows.map((r) => (r.a !== null && r.b !== null ? Math.abs(r.b - r.a) : 0)));
  const title = `Mean STR of the chain, ${year}, B less A, ${READING_LABEL[reading]}`;
  return (
    <Frame title={title} name={title} controls={<ReadingSwitch />} sheet={{ name: `two-runs-map-${year}`, title, columns: ["country", "a", "b"].map((k) => ({ key: k, label: k })), rows }}>
      <WorldMap title={title} summary={`${rows.length} countries of both.`} value={value} scale={linear(-far, far)} show={(v) => signed(v)} label="change of mean STR" isDifference onOpen={(c) => { location.hash = app.link("country", [c]); }} />
    </Frame>
  );
}

function Slopes({ lines, title }: { lines: { name: string; a: number; b: number }[]; title: string }) {
  const [ref, width] = useWidth();
  const height = 360;
  const known = lines.flatMap((l) => [l.a, l.b]);
  if (!known.length) return <p class="empty">No product has a value in both.</p>;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const y = (v: number) => 24 + (1 - (v - low) / (high - low || 1)) * (height - 40);
  const [x0, x1] = [60, Math.max(160, width * 0.6)];
  const named = [...lines].sort((p, q) => Math.abs(q.b - q.a) - Math.abs(p.b - p.a)).slice(0, 10).filter((l) => l.a !== l.b).sort((p, q) => y(p.b) - y(q.b));
  let last = -Infinity;
  return (
    <div ref={ref}>
      <svg width={width} height={height} role="img" aria-label={`${title}, ${lines.length} products.`}>
        <title>{title}</title>
        <text x={x0} y="12" class="t head" text-anchor="middle">A</text><text x={x1} y="12" class="t head" text-anchor="middle">B</text>
        {[low, high].map((v) => <text key={v} x={x0 - 8} y={y(v)} class="t" text-anchor="end" dominant-baseline="central">{fixed(v)}</text>)}
        {lines.map((l) => <g key={l.name}><line x1={x0} x2={x1} y1={y(l.a)} y2={y(l.b)} class="slope" stroke={l.b > l.a ? "#d55e00" : l.b < l.a ? "#0072b2" : "#888888"}><title>{`${l.name}: ${fixed(l.a)} and ${fixed(l.b)}`}</title></line></g>)}
        {named.map((l) => { last = Math.max(y(l.b), last + 14); return <text key={l.name} x={x1 + 8} y={last} class="t small" dominant-baseline="central">{l.name} {signed(l.b - l.a)}</text>; })}
      </svg>
    </div>
  );
}

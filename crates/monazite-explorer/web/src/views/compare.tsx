import { useApp } from "../state";
import { Frame, TableFrame } from "../frame";
import { Slopes } from "../charts/slopes";
import { digits, percent, signed } from "../format";
import { usePair, WITH, type Pair } from "../pair";
import { Table } from "../table";
import { MaterialApart, MaterialMap } from "./beside/material";

/** Two runs: what differs in what went in, and in what came out. */
export function Compare() {
  const app = useApp();
  const other = app.ex.with;
  const pair = usePair();
  if (!other) return <><h1>Two runs</h1><p class="empty">There is one run here. <code>monazite explore RUN RUN2</code> shows two side by side.</p></>;
  return (
    <>
      <h1>{app.ex.study.name} (A) and {other.name} (B)</h1>
      {pair?.state === "done" ? <Both pair={pair.answer} />
        : pair?.state === "failed" ? <div class="failed" role="alert"><p>{pair.why}.</p><button type="button" onClick={pair.retry}>Try again</button></div>
          : <div class="skeleton tall" role="status">Reading …</div>}
    </>
  );
}

function Both({ pair }: { pair: Pair }) {
  const app = useApp();
  const { of } = pair;
  const differences = [...of.inputs, ...of.options];
  const counted = (c: { both: string[]; only: [string[], string[]] }) => `${c.both.length} in both, ${c.only[0].length} only in A, ${c.only[1].length} only in B`;
  const slopes = of.products.filter((p) => p.str_mass_balance[0] !== null && p.str_mass_balance[1] !== null);
  const title = `Mean mass-balanced STR by product in A and B`;
  return (
    <>
      <div class="lead">{(of.findings ?? []).map((f) => <p key={f}>{f}</p>)}<p><a href={app.link("material", [], { [WITH]: "1" })}>Every view with both runs: tick “beside B” above, or begin with the overview.</a></p></div>
      <section class="frame">
        <h2>What differs in what went in</h2>
        {differences.length ? <Table caption="Inputs and options that differ" rows={differences} columns={[{ key: "what", label: "What", value: (d) => d.what }, { key: "a", label: "A", value: (d) => d.values[0] }, { key: "b", label: "B", value: (d) => d.values[1] }]} /> : <p>Nothing.</p>}
        <p>Products: {counted(of.coverage.products)}. Countries: {counted(of.coverage.countries)}. Years: {counted(of.coverage.years)}.</p>
      </section>
      {!of.overlaps ? <><p class="empty">The two runs share no product, country and year: they stand side by side, and no difference is worked out.</p><MaterialApart pair={pair} /></> : (
        <>
          <Frame title={title} name={title} note="Each line is a product of both runs; the ten that differ most are named." sheet={{ name: "two-runs-products", title, columns: ["product", "year", "trade_a", "trade_b", "str_mass_balance_a", "str_mass_balance_b", "str_a", "str_b"].map((k) => ({ key: k, label: k })), rows: of.products.map((p) => ({ product: p.product, year: p.year, trade_a: p.trade[0], trade_b: p.trade[1], str_mass_balance_a: p.str_mass_balance[0], str_mass_balance_b: p.str_mass_balance[1], str_a: p.str_weighted[0], str_b: p.str_weighted[1] })) }}>
            <Slopes lines={slopes.map((p) => ({ name: app.titled(p.product), a: p.str_mass_balance[0]!, b: p.str_mass_balance[1]! }))} title={title} />
          </Frame>
          <MaterialMap pair={pair} />
          <TableFrame title="Indicators" file="two-runs-indicators" caption="Indicators in both runs" rows={of.indicators} columns={[{ key: "l", label: "Indicator", value: (i) => i.label }, { key: "b", label: "Values in both", value: (i) => i.both }, { key: "d", label: "That differ", value: (i) => i.differ }, { key: "ma", label: "Mean, A", value: (i) => i.mean[0], show: (i) => (i.mean[0] === null ? "–" : digits(i.mean[0])) }, { key: "mb", label: "Mean, B", value: (i) => i.mean[1], show: (i) => (i.mean[1] === null ? "–" : digits(i.mean[1])) }, { key: "dist", label: "Mean distance", value: (i) => i.mean_distance, show: (i) => (i.mean_distance === null ? "–" : digits(i.mean_distance)) }]} />
          <TableFrame title="Ranks that change" file="two-runs-ranks" caption="Ranks that change most" rows={of.ranks} columns={[{ key: "c", label: "Country", value: (r) => r.name }, { key: "p", label: "Product", value: (r) => app.titled(r.product) }, { key: "y", label: "Year", value: (r) => r.year }, { key: "r", label: "Reading", value: (r) => (r.reading === "mass_balance" ? "mass-balanced" : "paper's") }, { key: "a", label: "Rank, A", value: (r) => r.ranks[0] }, { key: "b", label: "Rank, B", value: (r) => r.ranks[1] }, { key: "d", label: "STR, change", value: (r) => r.values[1] - r.values[0], show: (r) => signed(r.values[1] - r.values[0]) }]} />
          <TableFrame title="Chokepoints gained and lost" file="two-runs-chokepoints" caption="Chokepoints in one run only" rows={of.chokepoints} columns={[{ key: "s", label: "Supplier", value: (c) => c.name }, { key: "p", label: "Product", value: (c) => app.titled(c.product) }, { key: "g", label: "In B", value: (c) => (c.gained ? "gained" : "lost") }, { key: "a", label: "Share, A", value: (c) => c.shares[0], show: (c) => (c.shares[0] === null ? "–" : percent(c.shares[0])) }, { key: "b", label: "Share, B", value: (c) => c.shares[1], show: (c) => (c.shares[1] === null ? "–" : percent(c.shares[1])) }, { key: "pa", label: "Power, A", value: (c) => c.powers[0], show: (c) => (c.powers[0] === null ? "–" : percent(c.powers[0])) }, { key: "pb", label: "Power, B", value: (c) => c.powers[1], show: (c) => (c.powers[1] === null ? "–" : percent(c.powers[1])) }]} />
          <TableFrame title="Links gained and lost" file="two-runs-links" caption="Links in one run only" rows={of.links} columns={[{ key: "i", label: "Input", value: (l) => app.titled(l.input) }, { key: "o", label: "Output", value: (l) => app.titled(l.output) }, { key: "g", label: "In B", value: (l) => (l.gained ? "gained" : "lost") }, { key: "e", label: "Evidence", value: (l) => l.evidence }]} />
        </>
      )}
    </>
  );
}

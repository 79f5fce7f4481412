// The second run beside the first: what differs in what went in, then the numbers of the view in both.
import type { FunctionComponent } from "preact";
import { usePair, WITH, type Pair } from "../../pair";
import type { View } from "../../route";
import { useApp } from "../../state";
import { Table } from "../../table";
import { CountryApart, CountryBoth } from "./country";
import { MaterialApart, MaterialBoth } from "./material";
import { DiversifyBoth, EvidenceBoth, RegressionBoth, TypesBoth, WhatIfBoth } from "./others";
import { ProductApart, ProductBoth } from "./product";
import { MapBoth, NetworkBoth, RankingBoth } from "./world";

type Part = FunctionComponent<{ pair: Pair }>;
const BOTH: Partial<Record<View, Part>> = { material: MaterialBoth, country: CountryBoth, product: ProductBoth, map: MapBoth, scatter: RankingBoth, network: NetworkBoth };
/** Where the runs have nothing in common: side by side. */
const APART: Partial<Record<View, Part>> = { material: MaterialApart, country: CountryApart, product: ProductApart, map: ProductApart, scatter: ProductApart, network: ProductApart };
const ANYHOW: Partial<Record<View, Part>> = { types: TypesBoth, regression: RegressionBoth, "what-if": WhatIfBoth, diversify: DiversifyBoth, evidence: EvidenceBoth };

export function BesideView() {
  const app = useApp();
  const pair = usePair();
  if (!pair) return null;
  if (pair.state === "failed") return <div class="failed" role="alert"><p>{pair.why}.</p><button type="button" onClick={pair.retry}>Try again</button></div>;
  if (pair.state === "asking") return <div class="skeleton" role="status">Reading the second run …</div>;
  const Shown = ANYHOW[app.route.view] ?? (pair.answer.of.overlaps ? BOTH : APART)[app.route.view];
  return (
    <section class="pair" aria-label="The second run beside this one">
      <Differs pair={pair.answer} />
      {Shown ? <Shown pair={pair.answer} /> : null}
    </section>
  );
}

/** What differs in what went in, and how much of each run the other has. */
export function Differs({ pair }: { pair: Pair }) {
  const app = useApp();
  const { b, of } = pair;
  const what = [...of.inputs, ...of.options];
  const shared = (name: string, c: { both: string[]; only: [string[], string[]] }) => `${c.both.length} ${name}${c.only.some((o) => o.length) ? ` (A alone ${c.only[0].length}, B alone ${c.only[1].length})` : ""}`;
  return (
    <div class="differs">
      <p><strong>A</strong> {app.ex.study.name} <span class="weak">run {app.ex.run_id}</span> <strong>B</strong> {b.study.name} <span class="weak">run {b.run_id}</span></p>
      <p>{of.overlaps ? `In both: ${shared("products", of.coverage.products)}, ${shared("countries", of.coverage.countries)}, ${shared("years", of.coverage.years)}. Only what both hold is compared.` : "They share no product, country and year: they stand side by side, and no difference is worked out."}</p>
      <details>
        <summary>What differs in what went in: {what.length ? `${what.length} of data, options and program` : "nothing"}{of.links.length ? `; ${of.links.length} links` : ""}</summary>
        {of.data[0] === of.data[1] ? null : <dl class="pairs"><dt>A</dt><dd>{of.data[0]}</dd><dt>B</dt><dd>{of.data[1]}</dd></dl>}
        {what.length ? <Table caption="Data, program and options that differ" rows={what} columns={[{ key: "what", label: "What", value: (d) => d.what }, { key: "a", label: "A", value: (d) => d.values[0] }, { key: "b", label: "B", value: (d) => d.values[1] }]} /> : null}
        {of.links.length ? <Table caption="Links of one run only" rows={of.links} columns={[{ key: "i", label: "Input", value: (l) => app.titled(l.input) }, { key: "o", label: "Output", value: (l) => app.titled(l.output) }, { key: "g", label: "In", value: (l) => (l.gained ? "B alone" : "A alone") }, { key: "e", label: "Evidence", value: (l) => l.evidence }]} /> : null}
      </details>
      <p><a href={app.link("compare", [], { [WITH]: undefined })}>All that differs</a></p>
    </div>
  );
}

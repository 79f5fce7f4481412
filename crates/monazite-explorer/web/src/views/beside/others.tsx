import type { PlanAnswer, ScenarioAnswer } from "../../contract";
import { Bars } from "../../charts/bars";
import { useAnswer } from "../../data/ask";
import { all, has, numberOf, rowsOf, textOf, useTable } from "../../data/tables";
import { Frame } from "../../frame";
import { Waiting } from "../../frame";
import { amount, fixed, percent, signed, whole } from "../../format";
import type { Pair } from "../../pair";
import { useApp } from "../../state";
import { Table } from "../../table";
import { columnsOf, type Two } from "./shared";

/** Clusters of each run: their numbers are names within it. */
export function TypesBoth({ pair }: { pair: Pair }) {
  const { ex } = useApp();
  return (
    <div class="two even">
      {([["A", ex.types], ["B", pair.b.types]] as const).map(([side, types]) => (
        <section class="frame" key={side}>
          <h2>{side}: {types ? `${types.clusters.filter((c) => c.cluster > 0).length} clusters` : "no typology"}</h2>
          {types ? <>
            <p class={types.trust === "stable" ? "" : "warn"}>{types.verdict}</p>
            <Table caption={`Clusters of ${side}; numbers of A and B do not belong together`} rows={types.clusters} columns={[
              { key: "c", label: "Cluster", value: (c) => c.cluster, show: (c) => (c.cluster <= 0 ? "outliers" : `cluster ${c.cluster}`) }, { key: "n", label: "Countries", value: (c) => c.countries },
              { key: "s", label: "Found again", value: (c) => c.stability, show: (c) => (c.stability === null ? "–" : percent(c.stability)) }, { key: "w", label: "Largest members", value: (c) => c.words.join(", ") },
            ]} />
          </> : null}
        </section>
      ))}
    </div>
  );
}

export function RegressionBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const file = "regression/table.csv";
  const [ta, tb] = [useTable(app.ex, has(app.ex, file) ? file : null), useTable(pair.b, has(pair.b, file) ? file : null)];
  const read = all(ta, tb);
  if (read.state !== "done") return <Waiting reading={read} />;
  const presets = [...new Set(rowsOf(ta).map((r) => textOf(r, "preset")))];
  const preset = presets.includes(app.route.params.preset ?? "") ? app.route.params.preset! : presets[0] ?? "";
  const of = (t: typeof ta) => new Map(rowsOf(t).filter((r) => textOf(r, "preset") === preset).map((r) => [textOf(r, "term"), r]));
  const [a, b] = [of(ta), of(tb)];
  if (!a.size || !b.size) return <p class="empty">{a.size ? "B" : "A"} has no regression “{preset}”.</p>;
  const terms = [...new Set([...a.keys(), ...b.keys()])].map((t) => ({ term: t, estimate: [numberOf(a.get(t), "estimate"), numberOf(b.get(t), "estimate")] as Two, p: [numberOf(a.get(t), "p"), numberOf(b.get(t), "p")] as Two }));
  const title = `Coefficients in A and B, ${preset}`;
  const shownP = (v: number | null) => (v === null ? "–" : v < 0.001 ? "<0.001" : fixed(v, 3));
  return (
    <Frame title={title} name={title} note={`n = ${numberOf(a.values().next().value, "n") ?? "–"} in A, ${numberOf(b.values().next().value, "n") ?? "–"} in B.`}
      sheet={{ name: `two-runs-regression-${preset}`, title, columns: ["term", "a", "b", "p_a", "p_b"].map((k) => ({ key: k, label: k })), rows: terms.map((t) => ({ term: t.term, a: t.estimate[0], b: t.estimate[1], p_a: t.p[0], p_b: t.p[1] })) }}>
      <Table caption={title} first={40} rows={terms} columns={[
        { key: "t", label: "Term", value: (t) => t.term }, ...columnsOf<(typeof terms)[0]>("e", "Coefficient", (t) => t.estimate, (v) => fixed(v, 3), (v) => signed(v, 3)),
        { key: "pa", label: "p, A", value: (t) => t.p[0], show: (t) => shownP(t.p[0]) }, { key: "pb", label: "p, B", value: (t) => t.p[1], show: (t) => shownP(t.p[1]) },
      ]} />
    </Frame>
  );
}

const PASSES = [["none", "pass on nothing"], ["exposure", "pass on by exposure"], ["mass_balance", "mass balance"]] as const;

export function WhatIfBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const { ex, year, route } = app;
  const product = route.params.product || ex.study.focus[0] || ex.products[0]!.code;
  const supplier = route.keys[0] || ex.suppliers.find((s) => s.product === product)?.supplier || "CHN";
  const cut = Math.min(1, Math.max(0.1, Number(route.params.cut) || 1));
  const query = `supplier=${encodeURIComponent(supplier)}&product=${product}&year=${year}&cut=${cut}`;
  const [live, liveB] = [ex.tools.kind === "live", pair.b.tools.kind === "live"];
  const [a, b] = [useAnswer<ScenarioAnswer>(live && liveB ? `whatif?${query}` : null), useAnswer<ScenarioAnswer>(live && liveB ? `whatif?run=1&${query}` : null)];
  if (!live || !liveB) return <div class="empty"><p>B's answer is not in this copy. This command computes it:</p><pre tabIndex={0} aria-label="Command">{`monazite what-if RUN_B --without ${supplier}${product === "seeds" ? "" : ` --product ${product}`} --year ${year} --cut ${cut}`}</pre></div>;
  const failed = [a, b].find((x) => x.state === "failed");
  if (failed?.state === "failed") return <div class="failed" role="alert"><p>{failed.why}</p><button type="button" onClick={failed.retry}>Try again</button></div>;
  if (a.state !== "done" || b.state !== "done") return <div class="skeleton" role="status">Computing …</div>;
  const [one, two] = [a.answer, b.answer];
  const pass = PASSES.find(([p]) => p === route.params.pass)?.[0] ?? "mass_balance";
  const theirs = new Map(two.importers.map((l) => [l.importer.code, l]));
  const losers = one.importers.map((l) => ({ code: l.importer.code, of: [l.share[pass], theirs.get(l.importer.code)?.share[pass] ?? null] as Two })).slice(0, 100);
  return (
    <>
      {one.products.map((p, i) => {
        const q = two.products[i];
        return q ? <section class="frame" key={p.product.code}><h2>Lost share of what all others import, {app.titled(p.product.code)}</h2><Bars title="Lost share in A and B" max={1} bars={PASSES.flatMap(([k, l]) => [["A", p, "#08519c"], ["B", q, "#56b4e9"]].map(([side, of, colour]) => ({ key: k + side, label: `${l}, ${side}`, parts: [{ value: (of as typeof p).share[k], colour: colour as string, name: "lost" }], text: percent((of as typeof p).share[k]) })))} /></section> : null;
      })}
      <section class="frame"><h2>Who loses what share of its imports in A and B</h2>
        <Table caption="Lost share of imports" rows={losers} columns={[{ key: "c", label: "Importer", value: (l) => app.named(l.code) }, ...columnsOf<(typeof losers)[0]>("s", "Lost share", (l) => l.of, percent, (v) => `${signed(v * 100, 1)} points`)]} />
      </section>
    </>
  );
}

export function DiversifyBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const { ex, year, route } = app;
  const product = route.params.product || ex.study.focus[0] || ex.products[0]!.code;
  const importer = route.keys[0] ?? "";
  const live = ex.tools.kind === "live" && pair.b.tools.kind === "live" && importer !== "";
  const query = `importer=${encodeURIComponent(importer)}&product=${product}&year=${year}&objective=${route.params.objective || "str"}`;
  const [a, b] = [useAnswer<PlanAnswer>(live ? `diversify?${query}` : null), useAnswer<PlanAnswer>(live ? `diversify?run=1&${query}` : null)];
  if (!live) return <p class="empty">{importer ? "B's plan is not in this copy: monazite diversify RUN_B computes it." : "Choose an importer to see the plans of both runs."}</p>;
  const failed = [a, b].find((x) => x.state === "failed");
  if (failed?.state === "failed") return <div class="failed" role="alert"><p>{failed.why}</p><button type="button" onClick={failed.retry}>Try again</button></div>;
  if (a.state !== "done" || b.state !== "done") return <div class="skeleton" role="status">Computing …</div>;
  const lines = (["mass_balance", "full"] as const).flatMap((r) => [["STR now", (p: PlanAnswer) => p[r].str.before], ["STR with the plan", (p: PlanAnswer) => p[r].str.after]].map(([w, of]) => ({ what: `${w as string}, ${r === "full" ? "paper's reading" : "mass-balanced"}`, of: [(of as (p: PlanAnswer) => number)(a.answer), (of as (p: PlanAnswer) => number)(b.answer)] as Two })));
  return <section class="frame"><h2>The plans of both runs</h2><p class="note">With the limits that each study has.</p><Table caption="STR now and with the plan" rows={lines} columns={[{ key: "w", label: "What", value: (l) => l.what }, ...columnsOf<(typeof lines)[0]>("v", "STR", (l) => l.of, (v) => fixed(v, 3), (v) => signed(v, 3))]} /></section>;
}

export function EvidenceBoth({ pair }: { pair: Pair }) {
  const { ex } = useApp();
  const part = (of: typeof ex, ...path: string[]) => path.reduce<unknown>((at, k) => (at as Record<string, unknown> | null | undefined)?.[k], of.manifest);
  const number = (of: typeof ex, ...path: string[]) => { const v = part(of, ...path); return typeof v === "number" ? v : null; };
  const rows: { what: string; of: Two; show: (v: number) => string }[] = [
    { what: "Rows read", of: [number(ex, "trade", "import", "rows_read"), number(pair.b, "trade", "import", "rows_read")], show: whole },
    { what: "Rows kept", of: [number(ex, "trade", "import", "rows_kept"), number(pair.b, "trade", "import", "rows_kept")], show: whole },
    { what: "Flows of the study", of: [number(ex, "trade", "flows"), number(pair.b, "trade", "flows")], show: whole },
    { what: "Value of the study", of: [number(ex, "trade", "value"), number(pair.b, "trade", "value")], show: (v) => amount(v, "thousand USD") },
    { what: "‡ feedback loops", of: [ex.trickles.product.length, pair.b.trickles.product.length], show: whole },
    { what: "⌇ breaks of the HS", of: [ex.marks.breaks.length, pair.b.marks.breaks.length], show: whole },
    { what: "Stages skipped", of: [ex.skipped.length, pair.b.skipped.length], show: whole },
    { what: "Options that are not the default", of: [ex.options.length, pair.b.options.length], show: whole },
  ];
  return <section class="frame"><h2>What went in, in A and B</h2><Table caption="Counts of both runs" rows={rows} columns={[{ key: "w", label: "What", value: (r) => r.what }, { key: "a", label: "A", value: (r) => r.of[0], show: (r) => (r.of[0] === null ? "–" : r.show(r.of[0])) }, { key: "b", label: "B", value: (r) => r.of[1], show: (r) => (r.of[1] === null ? "–" : r.show(r.of[1])) }]} /></section>;
}

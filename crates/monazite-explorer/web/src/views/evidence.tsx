import { useEffect } from "preact/hooks";
import { useApp } from "../state";
import { Beside } from "../pair";
import { amount, fixed, percent, whole } from "../format";
import { TableFrame } from "../frame";
import { Table } from "../table";

type Any = Record<string, unknown>;
const list = (v: unknown): Any[] => (Array.isArray(v) ? (v as Any[]) : []);
const words = (v: unknown): string => (v === null || v === undefined ? "–" : typeof v === "object" ? JSON.stringify(v) : String(v));

/** How do we know: where numbers come from, what was left out, and what to doubt. */
export function Evidence() {
  const app = useApp();
  const { ex } = app;
  const m = ex.manifest as Record<string, Any>;
  const trade = m.trade ?? {};
  const read = (trade.import ?? {}) as Any;
  const stability = m.stability ?? {};
  const out = (trade.taken_out ?? {}) as Any;
  const inputs = [
    ...list(trade.inputs).map((i) => ({ what: String(i.role), name: String(i.name), bytes: i.bytes, sha256: String(i.sha256) })),
    ...(stability.file ? [{ what: "stability", name: String(stability.file), bytes: null, sha256: String(stability.sha256) }] : []),
    ...list(ex.manifest.tables).map((i) => ({ what: String(i.key), name: String(i.name), bytes: i.bytes ?? null, sha256: String(i.sha256) })),
    ...list((m.chain ?? {}).sources).map((i) => ({ what: `chain, ${String(i.kind)}`, name: String(i.name), bytes: null, sha256: String(i.sha256) })),
  ];
  const t = ex.trickles;
  const loops = t.product.map((p, i) => ({ product: p, year: t.year[i]!, supplier: t.supplier[i]!, share: t.export_share[i]!, str: t.str[i]!, without: t.str_without[i]! }));
  const dropped = list(read.dropped);
  const clamped = ex.marks.clamped.product.map((p, i) => `${p} ${ex.marks.clamped.year[i]}`);
  const made = (m.program ?? ex.program) as Any;
  const program = `${words(made.name)} ${words(made.version)}${made.commit ? ` (${words(made.commit)})` : ""}`;
  const imputed = ex.marks.imputed.product.map((p, i) => ({ product: p, year: ex.marks.imputed.year[i]!, share: ex.marks.imputed.share[i]! })).sort((a, b) => b.share - a.share);
  // A mark elsewhere leads to its part here, narrowed to its product.
  const { mark = "", of = "" } = app.route.params;
  const only = app.product(of) ? of : "";
  const mine = <R extends { product: string }>(rows: R[]) => (only ? rows.filter((r) => r.product === only) : rows);
  useEffect(() => { if (mark) document.getElementById(mark)?.scrollIntoView(); }, [mark, only]);
  const product = { key: "product", label: "Product", value: (r: { product: string; year: number }) => r.product, show: (r: { product: string; year: number }) => <a href={app.link("product", [r.product], { year: String(r.year) })}>{app.titled(r.product)}</a> };
  return (
    <>
      <h1>How do we know</h1>
      <div class="lead">
        <p>Run {ex.run_id}, made by {program}. Every number of these pages is read from the files of the run, or is worked out from them as the page says.</p>
        <p>{ex.citation}</p>
        <p>To make all of it again: <code>monazite replicate RUN --out DIR</code></p>
        <ul>{ex.licences.map((l) => <li key={l}>{l}</li>)}</ul>
      </div>
      <Beside />
      <section class="frame"><h2>Notes of the run</h2>{ex.notes.length ? ex.notes.map((n) => <p key={n}>{n}</p>) : <p>None.</p>}</section>
      <TableFrame title="Where the numbers come from" file="inputs" caption="Inputs with their checksums" methods={["01-data.md"]} sentences={[`${words(trade.source)} ${words(trade.edition)}, version ${words(trade.baci_version)}; ${words(stability.vintage)}, ${words(stability.measure)}.`]} rows={inputs}
        columns={[{ key: "name", label: "File", value: (r) => r.name }, { key: "what", label: "What", value: (r) => r.what }, { key: "sha256", label: "sha256", value: (r) => r.sha256, show: (r) => <code title={r.sha256}>{r.sha256.slice(0, 16)}…</code> }]} />
      <section class="frame">
        <h2>What was read, and what was left out</h2>
        <dl class="pairs">
          <dt>Rows read</dt><dd>{whole(Number(read.rows_read ?? 0))}</dd>
          <dt>Rows kept</dt><dd>{whole(Number(read.rows_kept ?? 0))}</dd>
          <dt>Value kept</dt><dd>{amount(Number(read.value_kept ?? 0), "thousand USD")}</dd>
          <dt>Rows without a quantity</dt><dd>{whole(Number(read.quantity_missing ?? 0))}</dd>
          {Object.entries(out).map(([k, v]) => [<dt key={k}>Taken out: {k.replaceAll("_", " ")}</dt>, <dd key={k + "d"}>{typeof v === "number" ? amount(v, ex.unit) : words(v)}</dd>])}
        </dl>
        {dropped.length ? <Table caption="Rows dropped, by reason" rows={dropped} columns={Object.keys(dropped[0]!).map((k) => ({ key: k, label: k.replaceAll("_", " "), value: (r: Any) => (typeof r[k] === "number" ? (r[k] as number) : words(r[k])) }))} /> : <p>No row was dropped.</p>}
        <h3>Stages that were skipped</h3>{ex.skipped.length ? <ul>{ex.skipped.map((s) => <li key={s}>{s}</li>)}</ul> : <p>None.</p>}
      </section>
      {only ? <p class="chips"><span class="chip">{app.titled(only)} only <a href={app.link("evidence", [], { mark: app.route.params.mark })} aria-label="All products">×</a></span></p> : null}
      <TableFrame id="loops" title="‡ Feedback loops through negligible trade" file="loops" caption="Feedback loops, worst first" info={["str", "str_mass_balance"]} methods={["11-guards.md"]} rows={mine(loops)}
        sentences={["Where they are, the paper's reading of STR should not be quoted without the number beside it. Mass balance is made to withstand them."]} columns={[
          product, { key: "year", label: "Year", value: (r) => r.year },
          { key: "supplier", label: "Through", value: (r) => app.named(r.supplier) },
          { key: "str", label: "Mean STR, paper", value: (r) => r.str, show: (r) => fixed(r.str) },
          { key: "without", label: "Without the loop", value: (r) => r.without, show: (r) => fixed(r.without) },
          { key: "mass", label: "Mass-balanced", value: (r) => ex.means[r.product]?.str_mass_balance[ex.years.indexOf(r.year)], show: (r) => { const v = ex.means[r.product]?.str_mass_balance[ex.years.indexOf(r.year)]; return typeof v === "number" ? fixed(v) : "–"; } },
          { key: "share", label: "Share of world exports", value: (r) => r.share, show: (r) => percent(r.share) },
        ]} />
      <div id="imputed" class="two even">
        <TableFrame title="◌ Stability that is not known" file="imputed" caption="Share of imports from countries with imputed stability" info={["imputed_share"]} rows={list(stability.imputed)} columns={[{ key: "year", label: "Year", value: (r) => Number(r.year) }, { key: "share", label: "Share", value: (r) => Number(r.share), show: (r) => percent(Number(r.share)) }]}>
          {list(stability.never_covered).length ? <p>Never covered: {(stability.never_covered as string[]).map((c) => app.named(c.split(" ")[0]!)).join(", ")}. Each has a stability of {words((stability.never_covered as string[])[0]?.split(" ")[1])}.</p> : null}
        </TableFrame>
        <TableFrame title="◌ Products and years with more than 10 %" file="imputed-products" caption="Product-years with more than 10 % of trade with imputed stability" rows={mine(imputed)} columns={[product, { key: "year", label: "Year", value: (r) => r.year }, { key: "share", label: "Share", value: (r) => r.share, show: (r) => percent(r.share) }]} />
      </div>
      <TableFrame id="breaks" title="⌇ Breaks of the HS" file="breaks" caption="Jumps of world trade where the HS was revised" methods={["11-guards.md"]} rows={mine(ex.marks.breaks)} columns={[product, { key: "year", label: "Year", value: (r) => r.year }, { key: "jump", label: "World trade, times", value: (r) => Math.exp(r.log_change), show: (r) => fixed(Math.exp(r.log_change)) }]} />
      <section class="frame" id="clamped"><h2>∞ Networks that were clamped</h2><p>{clamped.length ? `Clamped product-years: ${clamped.join(", ")}.` : "No network had to be clamped."}</p></section>
      <TableFrame title="Options that are not the default" file="options" caption="Options" empty="All options are the defaults." rows={ex.options} columns={[{ key: "key", label: "Option", value: (r) => r.key }, { key: "value", label: "Here", value: (r) => r.value }, { key: "default", label: "Default", value: (r) => r.default }]} />
      <TableFrame title="Files of the run" file="files" caption="Files with their checksums" rows={list(ex.manifest.files)} columns={[
        { key: "name", label: "File", value: (r) => String(r.name), show: (r) => <a href={`${ex.dir}/${String(r.name)}`} download>{String(r.name)}</a> },
        { key: "bytes", label: "Bytes", value: (r) => Number(r.bytes), show: (r) => whole(Number(r.bytes)) },
        { key: "sha256", label: "sha256", value: (r) => String(r.sha256), show: (r) => <code title={String(r.sha256)}>{String(r.sha256).slice(0, 16)}…</code> },
      ]} />
    </>
  );
}

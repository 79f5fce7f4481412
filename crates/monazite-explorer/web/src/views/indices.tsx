import { useApp } from "../state";
import { Frame, Info, TableFrame } from "../frame";
import { Beside } from "../pair";
import type { BesideIndices, IndexCorrelation, Num } from "../contract";
import { amount, fixed, whole } from "../format";

const WAYS: [string, string][] = [["pooled", "all importers at once"], ["inside", "inside products"], ["across", "across products"]];
/** The pages of the methods that an answer rests on. */
const PAGES = ["26-indices.md", "25-complexity.md", "27-before-and-after.md"];
type Way = "pooled" | "inside" | "across";

/** The correlation of two indices; null where one of them is undefined. */
export function between(correlations: IndexCorrelation[], a: string, b: string, way: Way): Num {
  const found = correlations.find((c) => (c.first === a && c.second === b) || (c.first === b && c.second === a));
  return found ? found[way] : null;
}

export function Indices() {
  const app = useApp();
  const { beside, absent } = app.ex;
  if (!beside) return <><h1>Beside other indices</h1><p class="empty">This run has nothing to compare: {absent}.</p><Beside /></>;
  return (
    <>
      <h1>Beside other indices <small>{beside.year}</small></h1>
      <Beside />
      {beside.answers.map((a, i) => (
        <section class="frame" key={a.asks}>
          <div class="headline"><h2>{a.question}</h2>{PAGES[i] ? <Info columns={[]} methods={[PAGES[i]!]} /> : null}</div>
          {a.sentences.map((s) => <p class="sentence" key={s}>{s}</p>)}
        </section>
      ))}
      <Orders of={beside} />
      <Measured of={beside} />
      <Disagreements of={beside} />
    </>
  );
}

/** Whether two indices put importers into the same order. */
function Orders({ of }: { of: BesideIndices }) {
  const app = useApp();
  const way = (WAYS.some(([k]) => k === app.route.params.over) ? app.route.params.over : "pooled") as Way;
  const title = "Do they put importers into the same order?";
  return (
    <Frame title={title} name={title} methods={["26-indices.md"]} twice={false}
      controls={<label>Over <select value={way} onChange={(e) => app.set({ over: e.currentTarget.value })}>{WAYS.map(([k, l]) => <option key={k} value={k}>{l}</option>)}</select></label>}
      note={`Rank correlation (Spearman) over ${whole(of.importers)} importers of ${of.products} products that import ${amount(of.least_imports, "thousand USD")} or more: 1 is the same order, 0 none, −1 the opposite. The darker the cell, the closer to 1.`}
      sheet={{ name: `index-correlations-${of.year}`, title: `Rank correlations of indices, ${of.year}`, columns: ["first", "second", "pooled", "importers", "inside", "products_inside", "across", "products_across"].map((k) => ({ key: k, label: k })), rows: of.correlations.map((c) => ({ ...c })) }}
      snippet={{ file: "indices.parquet", where: { year: of.year } }}>
      <div class="scroll" tabIndex={0} role="region" aria-label={title}>
        <table class="heat">
          <caption>{WAYS.find(([k]) => k === way)![1]}, {of.year}</caption>
          <thead><tr><th scope="col">Index</th>{of.indices.map((i) => <th key={i.index} scope="col" class="n" title={i.label}>{i.short}</th>)}</tr></thead>
          <tbody>{of.indices.map((row) => <tr key={row.index}><th scope="row">{row.label}</th>{of.indices.map((column) => <Cell key={column.index} rho={row.index === column.index ? undefined : between(of.correlations, row.index, column.index, way)} />)}</tr>)}</tbody>
        </table>
      </div>
    </Frame>
  );
}

function Cell({ rho }: { rho: Num | undefined }) {
  if (rho === undefined) return <td class="n weak">·</td>;
  if (rho === null) return <td class="n weak">–</td>;
  return <td class={`n rho${Math.min(4, Math.floor(Math.max(0, rho) * 5))}`}>{fixed(rho)}</td>;
}

/** What each index measures, and whether it tells who is flagged. */
function Measured({ of }: { of: BesideIndices }) {
  const note = of.flags ? `Flag: GeoDep in two of the latest three years, on ${whole(of.flags.flagged)} of ${whole(of.flags.importers)} importers. Area under the curve: the chance that of two importers the one with the flag has the larger value; 0.50 is chance.` : undefined;
  return (
    <TableFrame title="What they measure" file={`indices-${of.year}`} first={20} rows={of.indices} methods={["26-indices.md"]} note={note} columns={[
      { key: "label", label: "Index", value: (i) => i.label },
      { key: "measures", label: "Measures", value: (i) => i.measures },
      { key: "column", label: "Column", value: (i) => i.column },
      { key: "undefined", label: "Undefined for", value: (i) => i.undefined },
      { key: "flag_auc", label: "Tells the flag (area under the curve)", value: (i) => i.flag_auc, show: (i) => (i.flag_auc === null ? "–" : fixed(i.flag_auc)) },
    ]} />
  );
}

/** Importers that stand high by one index and low by another. */
function Disagreements({ of }: { of: BesideIndices }) {
  const app = useApp();
  const year = String(of.year);
  return (
    <TableFrame id="disagreements" title="Where they disagree most, and why" file={`disagreements-${of.year}`} first={20} rows={of.disagreements} methods={["26-indices.md"]}
      empty="No importer stands high by one and low by another."
      note={`Importers of ${amount(of.least_of_cases, "thousand USD")} or more. Rank 1 is most risk among the importers of the product. A reason is given where the importer's own numbers show one.`} columns={[
        { key: "title", label: "Indices", value: (d) => d.title },
        { key: "importer", label: "Importer", value: (d) => d.importer.code, show: (d) => <a href={app.link("country", [d.importer.code], { year })}>{app.named(d.importer.code)}</a> },
        { key: "product", label: "Product", value: (d) => d.product.code, show: (d) => <a href={app.link("product", [d.product.code], { year, of: d.importer.code })}>{app.titled(d.product.code)}</a> },
        { key: "imports", label: "Imports", value: (d) => d.imports, show: (d) => amount(d.imports, "thousand USD") },
        { key: "value_high", label: "High", value: (d) => d.values[0], show: (d) => `${d.high} ${fixed(d.values[0])}, rank ${d.ranks[0]}` },
        { key: "value_low", label: "Low", value: (d) => d.values[1], show: (d) => `${d.low} ${fixed(d.values[1])}, rank ${d.ranks[1]} of ${d.among}` },
        { key: "why", label: "Why", value: (d) => d.why },
      ]} />
  );
}

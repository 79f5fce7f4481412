import { useMemo } from "preact/hooks";
import { useApp } from "../state";
import { Frame, TableFrame, Waiting } from "../frame";
import { Beside } from "../pair";
import { all, has, numberOf, rowsOf, textOf, useTable, type Row } from "../data/tables";
import { fixed } from "../format";
import { Table } from "../table";
import { useWidth } from "../charts/size";
import { ticks } from "../charts/scale";

const ERRORS: [string, string][] = [["two_way", "clustered by country and product"], ["country", "clustered by country"], ["product", "clustered by product"], ["hc3", "robust (HC3)"], ["hc1", "robust (HC1)"], ["classical", "classical"]];

export function Regression() {
  const app = useApp();
  const { ex } = app;
  const there = has(ex, "regression/table.csv");
  const table = useTable(ex, there ? "regression/table.csv" : null);
  const signs = useTable(ex, has(ex, "regression/signs.csv") ? "regression/signs.csv" : null);
  const curve = useTable(ex, has(ex, "figures/specification_curve.csv") ? "figures/specification_curve.csv" : null);
  const read = all(table, signs, curve);
  const presets = useMemo(() => [...new Set(rowsOf(table).map((r) => textOf(r, "preset")))], [table]);
  const preset = presets.includes(app.route.params.preset ?? "") ? app.route.params.preset! : presets[0] ?? "";
  const se = ERRORS.some(([k]) => k === app.route.params.se) ? app.route.params.se! : "two_way";
  const notes = (((ex.manifest.regression ?? {}) as Record<string, unknown>).notes ?? []) as string[];
  if (!there) return <><h1>Regression</h1><p class="empty">This run has no regression.</p><Beside /></>;
  if (read.state !== "done") return <><h1>Regression</h1><Waiting reading={read} height={480} /></>;
  const rows = rowsOf(table).filter((r) => textOf(r, "preset") === preset);
  const terms = rows.map((r) => ({ row: r, term: textOf(r, "term"), estimate: numberOf(r, "estimate"), error: numberOf(r, `se_${se}`), p: numberOf(r, "p"), wild: numberOf(r, "p_wild"), low: numberOf(r, "ci_low"), high: numberOf(r, "ci_high") }));
  const drawn = terms.filter((t) => t.estimate !== null && t.term !== "constant" && !/^(cluster|tier)/i.test(t.term));
  const judged = rowsOf(signs).filter((r) => textOf(r, "preset") === preset);
  const title = `Coefficients, ${preset}`;
  return (
    <>
      <h1>What goes with a change of comparative advantage</h1>
      <p class="warn">An association, not a cause.</p>
      <Beside />
      <Frame title={title} name={title} methods={["18-regression.md"]} controls={<>
        <label>Column <select value={preset} onChange={(e) => app.set({ preset: e.currentTarget.value })}>{presets.map((p) => <option key={p} value={p}>{p}</option>)}</select></label>
        <label>Standard errors <select value={se} onChange={(e) => app.set({ se: e.currentTarget.value === "two_way" ? undefined : e.currentTarget.value })}>{ERRORS.map(([k, l]) => <option key={k} value={k}>{l}</option>)}</select></label>
      </>}
        sheet={{ name: `regression-${preset}`, title, columns: ["term", "estimate", "se", "p", "p_wild", "ci_low", "ci_high"].map((k) => ({ key: k, label: k, definition: k === "se" ? `standard error, ${se}` : undefined })), rows: terms.map((t) => ({ term: t.term, estimate: t.estimate, se: t.error, p: t.p, p_wild: t.wild, ci_low: t.low, ci_high: t.high })) }}
        snippet={{ file: "regression/table.csv", where: { preset } }} note={`n = ${numberOf(rows[0], "n") ?? "–"}, R² = ${numberOf(rows[0], "r2") === null ? "–" : fixed(numberOf(rows[0], "r2")!, 3)}. Marks and p are those of the run's own standard errors${se === "two_way" ? "" : "; the column of standard errors follows the choice"}. In units of each regressor: lengths of different rows cannot be compared.`}>
        <Table caption={title} first={40} rows={terms} columns={[
          { key: "term", label: "Term", value: (t) => t.term },
          { key: "b", label: "Coefficient", value: (t) => t.estimate, show: (t) => (t.estimate === null ? "–" : fixed(t.estimate, 3)) },
          { key: "se", label: "SE", value: (t) => t.error, show: (t) => (t.error === null ? "–" : fixed(t.error, 3)) },
          { key: "p", label: "p", value: (t) => t.p, show: (t) => (t.p === null ? "–" : shownP(t.p)) },
          { key: "w", label: "p, wild bootstrap", value: (t) => t.wild, show: (t) => (t.wild === null ? "–" : shownP(t.wild)) },
          { key: "say", label: "In words", value: (t) => said(t) },
          { key: "ci", label: "95 % interval", value: (t) => t.low, show: (t) => <Interval low={t.low} high={t.high} at={t.estimate} /> },
        ]} />
        {drawn.length ? null : <p class="empty">No coefficient to draw.</p>}
      </Frame>
      <TableFrame title="Signs as the paper has them" file={`signs-${preset}`} methods={["18-regression.md"]} sentences={judged.length ? [counted(judged)] : []} empty="The paper has no statements on this column." caption={`Statements on signs, ${preset}`} rows={judged} columns={[
          { key: "s", label: "Statement", value: (r) => textOf(r, "statement") },
          { key: "v", label: "Here", value: (r) => numberOf(r, "value"), show: (r) => { const v = numberOf(r, "value"); return v === null ? "–" : fixed(v, 3); } },
          { key: "a", label: "Holds", value: (r) => verdict(r), show: (r) => verdict(r) },
          { key: "p", label: "Significant", value: (r) => textOf(r, "significant"), show: (r) => (textOf(r, "significant") === "true" ? "yes" : textOf(r, "significant") === "false" ? "no" : "–") },
          { key: "why", label: "Not judged, because", value: (r) => textOf(r, "not_judged") },
        ]} />
      {rowsOf(curve).length ? <Curve rows={rowsOf(curve)} /> : null}
      {notes.length ? <section class="frame"><h2>What a reader should know</h2>{notes.map((n) => <p key={n}>{n}</p>)}</section> : null}
    </>
  );
}

/** A coefficient in words; levels are compared with the one that is left out. */
function said(t: { row: Row; term: string; estimate: number | null; low: number | null; high: number | null }): string {
  if (t.estimate === null || t.low === null || t.high === null) return "";
  const kind = textOf(t.row, "kind");
  if (kind === "constant") return "";
  const sure = t.low > 0 || t.high < 0 ? "" : "; may as well be nothing";
  const way = t.estimate > 0 ? "grew more" : "grew less";
  return `RCA ${way} ${kind === "level" ? `in ${t.term} than in the one left out` : `where ${t.term} was higher`}${sure}`;
}

const shownP = (p: number) => (p < 0.001 ? "<0.001" : fixed(p, 3));
const verdict = (r: Row) => (textOf(r, "not_judged") ? "not to be judged" : textOf(r, "agrees") === "true" ? "✓ yes" : textOf(r, "agrees") === "false" ? "✗ no" : "not to be judged");

function counted(judged: Row[]): string {
  const n = (v: string) => judged.filter((r) => verdict(r) === v).length;
  return `Of the paper's ${judged.length} statements ${n("✓ yes")} hold here (✓), ${n("✗ no")} do not (✗), ${n("not to be judged")} cannot be judged.`;
}

function Interval({ low, high, at }: { low: number | null; high: number | null; at: number | null }) {
  if (low === null || high === null || at === null) return <span>–</span>;
  // Each row has its own scale, symmetric about 0: what is read is whether the interval holds 0.
  const far = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const x = (v: number) => 65 + (v / far) * 60;
  const words = `${fixed(low, 3)} to ${fixed(high, 3)}`;
  return <svg width="130" height="14" viewBox="0 0 130 14" role="img" aria-label={words}><title>{words}</title><line x1="65" x2="65" y1="0" y2="14" class="now" /><line x1={x(low)} x2={x(high)} y1="7" y2="7" class="whisker" /><circle cx={x(at)} cy="7" r="3.5" fill="#0072b2" /></svg>;
}

function Curve({ rows }: { rows: Row[] }) {
  const app = useApp();
  const [ref, width] = useWidth();
  const terms = [...new Set(rows.map((r) => `${textOf(r, "term")}, ${textOf(r, "transform")}`))];
  const of = app.route.params.curve && terms.includes(app.route.params.curve) ? app.route.params.curve : terms[0]!;
  const mine = rows.filter((r) => `${textOf(r, "term")}, ${textOf(r, "transform")}` === of).sort((a, b) => numberOf(a, "rank")! - numberOf(b, "rank")!);
  const est = mine.map((r) => [numberOf(r, "estimate")!, numberOf(r, "se") ?? 0] as const);
  const sorted = est.flatMap(([e, s]) => [e - 1.96 * s, e + 1.96 * s]).sort((a, b) => a - b);
  const [low, high] = [Math.min(0, sorted[Math.floor(sorted.length * 0.02)] ?? 0), Math.max(0, sorted[Math.ceil(sorted.length * 0.98) - 1] ?? 1)];
  const height = 240;
  const x = (i: number) => 56 + (i / Math.max(1, mine.length - 1)) * (width - 70);
  const y = (v: number) => 12 + (1 - (Math.max(low, Math.min(high, v)) - low) / (high - low || 1)) * (height - 24);
  const title = `${of}: estimates of ${mine.length} specifications, smallest first`;
  const negative = est.filter(([e]) => e < 0).length;
  return (
    <Frame title={title} name={title} methods={["19-sweep-and-robustness.md"]} sentences={[`${negative} of ${mine.length} are negative; dark marks differ from 0 at 5 %.`]} controls={<label>Term <select value={of} onChange={(e) => app.set({ curve: e.currentTarget.value === terms[0] ? undefined : e.currentTarget.value })}>{terms.map((t) => <option key={t} value={t}>{t}</option>)}</select></label>}
      sheet={{ name: "specification-curve", title, columns: Object.keys(mine[0] ?? {}).map((k) => ({ key: k, label: k })), rows: mine.map((r) => Object.fromEntries(Object.keys(r).map((k) => [k, numberOf(r, k) ?? textOf(r, k)]))) }} snippet={{ file: "figures/specification_curve.csv", where: {} }}>
      <div ref={ref}>
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
          <title>{title}</title>
          {ticks(low, high, 5).map((t) => <g key={t}><line x1="56" x2={width - 10} y1={y(t)} y2={y(t)} class="grid" /><text x="50" y={y(t)} class="t" text-anchor="end" dominant-baseline="central">{Number(t.toPrecision(3))}</text></g>)}
          <line x1="56" x2={width - 10} y1={y(0)} y2={y(0)} class="now" />
          {mine.map((r, i) => { const [e, s] = est[i]!; const strong = (numberOf(r, "p") ?? 1) < 0.05; return <g key={i} class={strong ? "" : "soft"}><line x1={x(i)} x2={x(i)} y1={y(e - 1.96 * s)} y2={y(e + 1.96 * s)} class="whisker" /><circle cx={x(i)} cy={y(e)} r="2.6" fill="#0072b2"><title>{`${textOf(r, "baseline_from")} to ${textOf(r, "baseline_to")} → ${textOf(r, "projection_from")} to ${textOf(r, "projection_to")}, ${textOf(r, "sample")}: ${fixed(e, 3)}`}</title></circle></g>; })}
        </svg>
      </div>
    </Frame>
  );
}

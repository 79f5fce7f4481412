import { useMemo } from "preact/hooks";
import { useApp } from "../state";
import { Frame, Waiting } from "../frame";
import { has, numberOf, textOf, useTable } from "../data/tables";
import { fixed, percent } from "../format";
import { KINDS } from "../charts/scale";
import { useWidth } from "../charts/size";

/** Whose goods an importer buys in the end, beside who sold them. */
export function Origins({ code, of }: { code: string; of: string }) {
  const app = useApp();
  const { ex, year } = app;
  const product = app.product(code)!;
  const there = product.dependencies && has(ex, "origins.parquet");
  const read = useTable(ex, there ? "origins.parquet" : null, { product: code, year });
  const rows = read.state === "done" ? read.rows : [];
  const made = useMemo(() => {
    const importers = new Map<string, number>();
    for (const r of rows) { const s = numberOf(r, "share") ?? 0; if (s > 0) importers.set(textOf(r, "importer"), Math.max(importers.get(textOf(r, "importer")) ?? 0, (numberOf(r, "value") ?? 0) / s)); }
    const largest = [...importers].sort((a, b) => b[1] - a[1]).slice(0, 6).map(([c]) => c);
    const shown = of && importers.has(of) ? [of, ...largest.filter((c) => c !== of).slice(0, 5)] : largest;
    const weight = new Map<string, number>();
    for (const r of rows) if (shown.includes(textOf(r, "importer"))) for (const k of ["share", "direct_share"]) weight.set(textOf(r, "origin"), (weight.get(textOf(r, "origin")) ?? 0) + (numberOf(r, k) ?? 0));
    const coloured = [...weight].sort((a, b) => b[1] - a[1]).slice(0, 7).map(([c]) => c);
    return { shown, coloured };
  }, [rows, of]);
  if (!there) return <p class="empty">{has(ex, "origins.parquet") ? `Origins are worked out for the products in focus: ${ex.study.focus.map(app.titled).join(", ")}.` : "This run holds no origins."}</p>;
  if (read.state !== "done") return <Waiting reading={read} />;
  if (!rows.length) return <p class="empty">Nobody imports it in {year}.</p>;
  if (of && !made.shown.includes(of)) return <p class="empty">{app.named(of)} imports none of it in {year}.</p>;
  const title = `Who sold ${product.label} (${code}), and whose it is in the end, ${year}`;
  const colour = (c: string) => { const i = made.coloured.indexOf(c); return i < 0 ? "#999999" : KINDS[i]!; };
  const keys = ["importer", "origin", "direct_share", "share", "value", "crossings"];
  const sheetRows = rows.filter((r) => made.shown.includes(textOf(r, "importer"))).map((r) => Object.fromEntries(keys.map((k) => [k, typeof r[k] === "string" ? textOf(r, k) : numberOf(r, k)])));
  return (
    <Frame title={title} name={title} info={["share", "direct_share", "crossings"]} sentences={["Under mass balance: a country passes on what it bought only as far as that can be in what it sells."]}
      trap="A small origin through others can be an artefact of re-exports. Goods of one code are taken as alike."
      sheet={{ name: `origins-${code}-${year}`, title, columns: keys.map((k) => ({ key: k, label: ex.words[k]?.label ?? k, definition: ex.words[k]?.definition })), rows: sheetRows }} snippet={{ file: "origins.parquet", where: { product: code, year } }}
      note={`Grey: all others together. ${of ? "" : "The six largest importers; choose a country above to put it first."}`}>
      <p class="names">{made.coloured.map((c) => <span key={c} class="key"><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill={colour(c)} /></svg>{app.named(c)}</span>)}</p>
      {made.shown.map((importer) => {
        const mine = rows.filter((r) => textOf(r, "importer") === importer);
        const crossings = numberOf(mine[0], "crossings");
        return (
          <div key={importer} class="origin">
            <h3><a href={app.link("country", [importer])}>{app.named(importer)}</a> <span class="weak">{crossings === null ? "" : `${fixed(crossings)} borders crossed on the way`}</span></h3>
            <Stack label="sold by" parts={parts(mine, "direct_share", made.coloured, app.named)} colour={colour} />
            <Stack label="made by" parts={parts(mine, "share", made.coloured, app.named)} colour={colour} />
          </div>
        );
      })}
    </Frame>
  );
}

interface Part { code: string; name: string; share: number }
function parts(rows: Record<string, unknown>[], column: string, coloured: string[], named: (c: string) => string): Part[] {
  const of = new Map(rows.map((r) => [textOf(r, "origin"), numberOf(r, column) ?? 0]));
  const known = coloured.filter((c) => (of.get(c) ?? 0) > 0).map((c) => ({ code: c, name: named(c), share: of.get(c)! }));
  const rest = 1 - known.reduce((s, p) => s + p.share, 0);
  return rest > 0.0005 ? [...known, { code: "", name: "others", share: rest }] : known;
}

function Stack({ label, parts, colour }: { label: string; parts: Part[]; colour: (c: string) => string }) {
  const [ref, width] = useWidth(500);
  let at = 60;
  const words = parts.map((p) => `${p.name} ${percent(p.share)}`).join(", ");
  return (
    <div ref={ref}>
      <svg width={width} height="24" viewBox={`0 0 ${width} 24`} role="img" aria-label={`${label}: ${words}`}>
        <title>{`${label}: ${words}`}</title>
        <text x="0" y="12" class="t" dominant-baseline="central">{label}</text>
        {parts.map((p) => {
          const w = p.share * (width - 60);
          const x = at;
          at += w;
          return <g key={p.code}><rect x={x} y="1" width={Math.max(0, w - 1)} height="22" fill={colour(p.code)}><title>{`${p.name} ${percent(p.share)}`}</title></rect>{w > 44 ? <text x={x + 6} y="12" class="t on" dominant-baseline="central">{w > 46 + p.name.length * 6.5 ? `${p.name} ${percent(p.share)}` : percent(p.share)}</text> : null}</g>;
        })}
      </svg>
    </div>
  );
}

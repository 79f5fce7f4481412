import { useMemo } from "preact/hooks";
import { useApp } from "../state";
import { Frame, STR_TRAP, Waiting } from "../frame";
import { Network, reach } from "../charts/network";
import { percentiles, viridis, type Scale } from "../charts/scale";
import { Legend } from "../charts/legend";
import { fixed, percent } from "../format";
import { all, numberOf, rowsOf, textOf, useTable } from "../data/tables";
import { inCsv, valueOf } from "../data/unknown";
import { Beside as BesideRun } from "../pair";
import { banded, bandedOf } from "../readings";
import { Table } from "../table";

const BY: [string, string][] = [["str_mass_balance", "STR, mass-balanced"], ["str", "STR, paper's reading"], ["pc1", "composite"], ["hhi", "HHI"], ["exposure", "exposure"], ["largest_supplier_share", "largest supplier"], ["sold", "share of world trade it sells"]];

const MOST = 3;

export function NetworkView() {
  const app = useApp();
  const countries = (app.route.params.country ?? "").split(" ").filter((c) => app.country(c)).slice(0, MOST);
  if (countries.length < 2) return <><h1>The value chain</h1><ChainFigure /><BesideRun /></>;
  return (
    <>
      <h1>The value chain of {countries.map(app.named).join(", ")}</h1>
      <div class="controls">{countries.map((c) => <span key={c} class="chip">{app.named(c)} <a href={app.link("network", [], { ...app.route.params, country: countries.filter((x) => x !== c).join(" ") })} aria-label={`Without ${app.named(c)}`}>×</a></span>)}
        {countries.length < MOST ? <Add countries={countries} /> : null}<Colours world={false} />
      </div>
      <BesideRun />
      <SideBySide countries={countries} />
    </>
  );
}

function Add({ countries }: { countries: string[] }) {
  const app = useApp();
  return <label>Beside <select value="" onChange={(e) => app.set({ country: [...countries, e.currentTarget.value].join(" ") })}><option value="">nobody</option>{app.ex.countries.filter((c) => !countries.includes(c.code)).map((c) => <option key={c.code} value={c.code}>{c.name || c.code}</option>)}</select></label>;
}

function Colours({ world }: { world: boolean }) {
  const app = useApp();
  const by = app.route.params.by || "str_mass_balance";
  return <label>Colour <select value={by} onChange={(e) => app.set({ by: e.currentTarget.value })}>{BY.filter(([k]) => !world || k.startsWith("str")).map(([k, l]) => <option key={k} value={k}>{l}</option>)}</select></label>;
}

/** One scale for all, so that colours can be compared. */
function SideBySide({ countries }: { countries: string[] }) {
  const app = useApp();
  const { ex, year } = app;
  const by = app.route.params.by || "str_mass_balance";
  const file = (i: number) => (countries[i] && ex.by_country_bytes !== null ? "by_country.parquet" : null);
  const tables = [useTable(ex, file(0), { country: countries[0] ?? "" }), useTable(ex, file(1), { country: countries[1] ?? "" }), useTable(ex, file(2), { country: countries[2] ?? "" })];
  const read = all(...tables);
  if (read.state !== "done") return <Waiting reading={read} height={480} />;
  const values = tables.flatMap(rowsOf).filter((r) => numberOf(r, "year") === year && app.product(textOf(r, "product"))?.tier !== null).flatMap((r) => {
    const v = by === "sold" ? (numberOf(r, "exports") ?? 0) / (ex.product_years[textOf(r, "product")]?.trade[ex.years.indexOf(year)] || Infinity) : numberOf(r, by);
    return v === null ? [] : [v];
  });
  const scale = percentiles(values);
  return <><Legend scale={scale} label={BY.find(([k]) => k === by)?.[1] ?? by} show={by === "largest_supplier_share" || by === "exposure" || by === "sold" ? percent : fixed} /><div class="beside">{countries.map((c) => <ChainFigure key={c} only={c} shared={scale} />)}</div></>;
}

/** The network of products, coloured by an indicator of a country or by the mean of the world. */
export function ChainFigure({ compact = false, only, shared }: { compact?: boolean; only?: string; shared?: Scale }) {
  const app = useApp();
  const { ex, year } = app;
  const { focus = "" } = app.route.params;
  const asked = only ?? app.route.params.country ?? "";
  const country = app.country(asked) ? asked : "";
  const by = compact ? "str_mass_balance" : app.route.params.by || "str_mass_balance";
  const dropped = app.route.params.dropped === "1";
  const read = useTable(ex, !compact && country && ex.by_country_bytes !== null ? "by_country.parquet" : null, { country });
  const at = ex.years.indexOf(year);
  const world = !country;
  const rows = useMemo(() => new Map(rowsOf(read).filter((r) => numberOf(r, "year") === year).map((r) => [textOf(r, "product"), r])), [read, year]);
  const valueAt = (p: string) => {
    if (world) {
      const of = ex.means[p];
      const v = by === "str" ? of?.str[at] : of?.str_mass_balance[at];
      return v === null || v === undefined ? ({ kind: "undefined", why: "nobody imports it" } as const) : ({ kind: "known", value: v } as const);
    }
    if (by === "sold") {
      const [sold, all] = [numberOf(rows.get(p), "exports") ?? 0, ex.product_years[p]?.trade[at] ?? 0];
      return sold > 0 && all > 0 ? ({ kind: "known", value: sold / all } as const) : ({ kind: "no-trade", why: "sells none of it" } as const);
    }
    return valueOf(rows.get(p), by, true);
  };
  const chain = ex.chain;
  if (!chain) return <p class="empty">This study has no value chain.</p>;
  if (read.state !== "done") return <Waiting reading={read} height={480} />;
  const scale = shared ?? percentiles(chain.nodes.map((n) => valueAt(n.product)).flatMap((v) => (v.kind === "known" ? [v.value] : [])));
  const label = BY.find(([k]) => k === by)?.[1] ?? by;
  const words = by === "largest_supplier_share" || by === "exposure" || by === "sold" ? percent : fixed;
  const colour = (p: string) => { const v = valueAt(p); return v.kind === "known" ? { fill: viridis(scale.share(v.value)), words: `${label} ${band(p, by) ?? words(v.value)}${both(p)}` } : { fill: v.kind === "no-trade" ? "url(#chain-not-traded)" : v.kind === "undefined" ? "url(#chain-not-defined)" : "var(--none)", words: v.why }; };
  const band = (p: string, reading: string) => {
    if (reading !== "str" && reading !== "str_mass_balance") return null;
    const bands = ex.mean_bands[p] ?? ex.product_years[p];
    return world ? banded(ex.means[p]?.[reading][at], bands?.[`${reading}_p05`][at], bands?.[`${reading}_p95`][at]) : bandedOf(rows.get(p), reading);
  };
  // STR has two readings: the other one is said beside.
  const both = (p: string) => {
    const other = by === "str" ? "str_mass_balance" : by === "str_mass_balance" ? "str" : null;
    if (!other) return "";
    const v = world ? ex.means[p]?.[other][at] : numberOf(rows.get(p), other);
    return typeof v === "number" ? `, ${other === "str" ? "paper's reading" : "mass-balanced"} ${band(p, other) ?? ""}` : "";
  };
  const who = world ? "the average importer" : app.named(country);
  const title = `What is made of what, coloured by ${label} of ${who}, ${year}`;
  const lit = focus && chain.nodes.some((n) => n.product === focus) ? reach(chain, focus) : null;
  return (
    <Frame title={compact ? "What is made of what" : only ? `${app.named(only)}, ${label}` : title} name={title} info={[by]} methods={["12-value-chain.md"]} trap={by.startsWith("str") ? STR_TRAP : undefined}
      controls={only ? undefined : compact ? <a href={app.link("network")}>Colour by country or another indicator</a> : (
        <>
          <label>Country <select value={country} onChange={(e) => app.set({ country: e.currentTarget.value })}><option value="">the world (mean)</option>{ex.by_country_bytes === null ? null : ex.countries.map((c) => <option key={c.code} value={c.code}>{c.name || c.code}</option>)}</select></label>
          {country ? <Add countries={[country]} /> : null}
          <Colours world={world} />
          {chain.links.some((l) => !l.kept) ? <label><input type="checkbox" checked={dropped} onChange={(e) => app.set({ dropped: e.currentTarget.checked ? "1" : "" })} />links that were dropped</label> : null}
        </>
      )}
      note={only ? undefined : "Raw materials on top. Choose a product to light what it is made of and what is made of it."}
      sheet={{ name: `network-${country || "world"}-${year}`, title, columns: [{ key: "product", label: "Product" }, { key: "text", label: "Text" }, { key: "tier", label: "Tier" }, { key: by, label, definition: ex.words[by]?.definition }], rows: chain.nodes.map((n) => ({ product: n.product, text: app.product(n.product)?.text ?? "", tier: n.tier, [by]: inCsv(valueAt(n.product)) })) }}
      snippet={{ file: "indicators.parquet", where: world ? { year } : { country, year } }}>
      {only ? null : <Legend scale={scale} label={label} show={words} />}
      <Network chain={chain} title={title} focus={focus} colour={colour} dropped={dropped} small={only !== undefined} onFocus={(p) => app.set({ focus: p || undefined })} />
      {lit && !only ? (
        <div class="path">
          <h3>{app.titled(focus)} <a href={app.link("product", [focus])}>open</a> <button type="button" onClick={() => app.set({ focus: undefined })}>clear</button></h3>
          <p>{lit.up.size ? `Made of: ${[...lit.up].map(app.titled).join("; ")}.` : "A raw material: made of nothing else in this chain."} {lit.down.size ? `Goes into: ${[...lit.down].map(app.titled).join("; ")}.` : "Nothing in this chain is made of it."}</p>
          <Table caption="Links" rows={chain.links.filter((l) => (l.kept || dropped) && [l.input, l.output].every((p) => p === focus || lit.up.has(p) || lit.down.has(p)))} columns={[
            { key: "i", label: "Input", value: (l) => app.titled(l.input) }, { key: "o", label: "Output", value: (l) => app.titled(l.output) },
            { key: "v", label: "Votes", value: (l) => l.votes }, { key: "z", label: "z", value: (l) => l.z, show: (l) => (l.z === null ? "–" : fixed(l.z)) }, { key: "s", label: "Source", value: (l) => l.source ?? (l.kept ? "" : l.reason) },
          ]} />
        </div>
      ) : null}
      {dropped && !only ? <Table caption={focus ? `Links of ${app.titled(focus)} that were dropped, and why` : "Links that were dropped, and why"} rows={chain.links.filter((l) => !l.kept && (!focus || l.input === focus || l.output === focus))} columns={[{ key: "i", label: "Input", value: (l) => app.titled(l.input) }, { key: "o", label: "Output", value: (l) => app.titled(l.output) }, { key: "r", label: "Reason", value: (l) => l.reason }, { key: "v", label: "Votes", value: (l) => l.votes }, { key: "z", label: "z", value: (l) => l.z, show: (l) => (l.z === null ? "–" : fixed(l.z)) }]} /> : null}
    </Frame>
  );
}

import { useEffect, useMemo, useState } from "preact/hooks";
import { marksOf, sentencesOf, useApp } from "../state";
import { Frame, OfLastYear, Marks, STR_TRAP, Waiting } from "../frame";
import { numberOf, readTable, rowsOf, textOf, useTable, type Reading, type Row } from "../data/tables";
import { inCsv, inStudy, valueOf, type Value } from "../data/unknown";
import { Lines } from "../charts/lines";
import { KINDS } from "../charts/scale";
import { amount, fixed, ofColumn, percent, shortLabel, signed } from "../format";
import { Table } from "../table";
import { isChokepoint, meanOf } from "./country-rows";
import { Kind, Moved } from "./country-more";
import { Beside } from "../pair";
import { Banded, MASS_COLOUR, PAPER_COLOUR, RiskBar, Spark, Str } from "../readings";

const MOST = 5;

export function CountryView() {
  const app = useApp();
  const { ex } = app;
  const codes = app.route.keys.slice(0, MOST);
  if (!codes.length) return <CountryList />;
  const strange = codes.filter((c) => !inStudy(ex, { country: c }));
  if (strange.length) return <><h1>{strange.join(", ")}</h1><p class="empty">Not in this study. It has {ex.countries.length} countries and groups: <a href={app.link("country")}>all of them</a>.</p></>;
  if (ex.by_country_bytes === null) return <><h1>{codes.map(app.named).join(", ")}</h1><p class="empty">This copy has no table by country.</p></>;
  return codes.length === 1 ? <One code={codes[0]!} /> : <Several codes={codes} />;
}

function CountryList() {
  const app = useApp();
  const { ex } = app;
  const shown = ex.map.find((m) => m.year === app.year) ?? ex.map[ex.map.length - 1];
  const rows = ex.countries.map((c, i) => ({ ...c, smb: shown?.str_mass_balance[i] ?? null, str: shown?.str[i] ?? null, imports: ex.chain_imports[i] ?? null }));
  return (
    <>
      <h1>Countries and groups</h1>
      <Beside />
      <Table caption={`Mean STR of the products of the chain, weighted by imports, ${shown?.year ?? ""}`} rows={rows} sort={{ key: "imports", down: true }} columns={[
        { key: "name", label: "Country", value: (c) => c.name || c.code, show: (c) => <a href={app.link("country", [c.code])}>{c.name || c.code}</a> },
        { key: "code", label: "Code", value: (c) => c.code },
        { key: "imports", label: `Imports of the chain, ${app.lastYear}`, value: (c) => c.imports, show: (c) => (c.imports === null ? "–" : amount(c.imports, ex.unit)) },
        { key: "smb", label: "STR, mass-balanced", value: (c) => c.smb, show: (c) => (c.smb === null ? "–" : fixed(c.smb)) },
        { key: "str", label: "STR, paper", value: (c) => c.str, show: (c) => (c.str === null ? "–" : fixed(c.str)) },
      ]} />
    </>
  );
}

function AddCountry({ codes }: { codes: string[] }) {
  const app = useApp();
  if (codes.length >= MOST) return null;
  return (
    <label class="of">Compare with <select value="" onChange={(e) => { if (e.currentTarget.value) location.hash = app.link("country", [...codes, e.currentTarget.value]); }}>
      <option value="">choose …</option>
      {app.ex.countries.filter((c) => !codes.includes(c.code)).map((c) => <option key={c.code} value={c.code}>{c.name || c.code}</option>)}
    </select></label>
  );
}

function One({ code }: { code: string }) {
  const app = useApp();
  const { ex, year } = app;
  const read = useTable(ex, "by_country.parquet", { country: code });
  const rows = rowsOf(read);
  const now = useMemo(() => rows.filter((r) => numberOf(r, "year") === year).sort((a, b) => (numberOf(b, "imports") ?? 0) - (numberOf(a, "imports") ?? 0)), [rows, year]);
  const history = useMemo(() => {
    const of = new Map<string, (number | null)[]>();
    for (const r of rows) { const p = textOf(r, "product"); (of.get(p) ?? of.set(p, ex.years.map(() => null)).get(p)!)[ex.years.indexOf(numberOf(r, "year")!)] = numberOf(r, "str_mass_balance"); }
    return of;
  }, [rows]);
  const every = app.route.params.all === "1";
  const nearest = [...new Set(rows.map((r) => numberOf(r, "year")!))].sort((a, b) => Math.abs(a - year) - Math.abs(b - year))[0];
  const chokepoints = now.filter(isChokepoint);
  const shown = every ? now.filter((r) => (numberOf(r, "imports") ?? 0) > 0) : chokepoints;
  const name = app.named(code);
  const country = app.country(code)!;
  const top = Math.max(...shown.map((r) => (numberOf(r, "str_direct") ?? 0) + (numberOf(r, "str_indirect") ?? 0)), 0.1);
  const title = every ? `What ${name} imports, ${year}` : `Chokepoints of ${name}, ${year}`;
  const keys = ["product", "imports", "exposure", "hhi", "supplier_1", "share_1", "supplier_2", "share_2", "supplier_3", "share_3", "str_mass_balance", "str_mass_balance_p05", "str_mass_balance_p95", "str", "str_p05", "str_p95", "str_direct", "str_indirect"];
  return (
    <>
      <h1>{name} <small>{code}</small></h1>
      <div class="lead">
        {sentencesOf(ex, `country:${code}`).map((s) => <p key={s}>{s}</p>)}
        <OfLastYear />
        {country.members.length ? <p class="facts">{country.kind === "mean" ? "Mean of its members, imports and exports their sums, trade among them included" : "Trades as one"}: {country.members.map(app.named).join(", ")}.</p> : null}
        <AddCountry codes={[code]} />
      </div>
      <Beside />
      {read.state !== "done" ? <Waiting reading={read} /> : (
        <>
          <Frame title={title} name={title} info={["exposure", "str_mass_balance", "str", "str_direct", "str_indirect"]} trap={STR_TRAP}
            sentences={every ? [] : [`Products it hardly sells (exposure above 50 %) and buys more than half of one supplier: ${chokepoints.length}${ex.chain ? `, ${chokepoints.filter((r) => app.product(textOf(r, "product"))?.tier !== null).length} of them in the chain` : ""}.`]}
            controls={<label><input type="checkbox" checked={every} onChange={(e) => app.set({ all: e.currentTarget.checked ? "1" : undefined })} />everything it imports</label>}
            note={`Bars: STR − 1 in the paper's reading, direct (dark) and indirect part (light); ◆ is the mass-balanced reading. ${ex.bands.draws ? "In brackets: 5 to 95 % of the draws. " : ""}Lines: mass-balanced STR over the years.`}
            sheet={{ name: `country-${code}-${year}`, title, columns: keys.map((k) => ({ key: k, label: ex.words[k]?.label ?? k, definition: ex.words[k]?.definition })), rows: shown.map((r) => Object.fromEntries(keys.map((k) => [k, /^product|^supplier/.test(k) ? textOf(r, k) || null : /_p\d\d$|^share_/.test(k) ? numberOf(r, k) : inCsv(valueOf(r, k, true))]))) }}
            snippet={country.kind === "mean" ? { file: "groups.parquet", where: { group: code, year } } : { file: "indicators.parquet", where: { country: code, year } }}>
            {shown.length ? (
              <Table caption={title} rows={shown} columns={[
                { key: "product", label: "Product", value: (r) => app.titled(textOf(r, "product")), show: (r) => <><a href={app.link("product", [textOf(r, "product")], { of: code })}>{app.titled(textOf(r, "product"))}</a> <Marks marks={marksOf(app, textOf(r, "product"), year)} /></> },
                { key: "tier", label: "Tier", value: (r) => app.product(textOf(r, "product"))?.tier ?? null },
                { key: "imports", label: "Imports", value: (r) => numberOf(r, "imports"), show: (r) => amount(numberOf(r, "imports") ?? 0, ex.unit) },
                { key: "supplier", label: "Main supplier", value: (r) => (textOf(r, "supplier_1") ? app.named(textOf(r, "supplier_1")) : null), show: (r) => (textOf(r, "supplier_1") ? <a href={app.link("what-if", [textOf(r, "supplier_1")], { product: textOf(r, "product") })}>{app.named(textOf(r, "supplier_1"))}</a> : "–") },
                { key: "share", label: "Its share", value: (r) => numberOf(r, "share_1"), show: (r) => { const v = numberOf(r, "share_1"); return v === null ? "–" : percent(v); } },
                { key: "smb", label: "STR, mass-balanced", value: (r) => numberOf(r, "str_mass_balance"), show: (r) => <Str row={r} reading="str_mass_balance" /> },
                { key: "str", label: "STR, paper", value: (r) => numberOf(r, "str"), show: (r) => <Str row={r} reading="str" /> },
                { key: "bar", label: "Direct, indirect", value: (r) => numberOf(r, "str_direct"), show: (r) => <RiskBar direct={numberOf(r, "str_direct")} indirect={numberOf(r, "str_indirect")} other={numberOf(r, "str_mass_balance")} top={top} /> },
                { key: "spark", label: `${ex.years[0]} to ${app.lastYear}`, value: () => null, show: (r) => <Spark values={history.get(textOf(r, "product")) ?? []} label="mass-balanced STR" /> },
              ]} />
            ) : <p class="empty">{now.length ? (country.kind === "mean" ? "Suppliers are not known for means of groups: tick “everything it imports”." : `None in ${year}.`) : `${name} trades none of these products in ${year}.`}{!now.length && nearest !== undefined ? <> Nearest year with trade: <a href={app.link("country", [code], { year: String(nearest) })}>{nearest}</a>.</> : null}</p>}
          </Frame>
          <div class="two even">
            <Profile code={code} rows={rows} />
            <Trend code={code} rows={rows} />
          </div>
          <Moved code={code} rows={rows} />
          <Supplies code={code} now={now} />
          <Kind code={code} />
        </>
      )}
    </>
  );
}

function Profile({ code, rows }: { code: string; rows: Row[] }) {
  const app = useApp();
  const { ex, year } = app;
  const tiers = [...new Set(ex.products.map((p) => p.tier).filter((t): t is number => t !== null))].sort();
  const made = tiers.map((t) => {
    const mine = rows.filter((r) => numberOf(r, "year") === year && app.product(textOf(r, "product"))?.tier === t);
    return { tier: t, imports: mine.reduce((s, r) => s + (numberOf(r, "imports") ?? 0), 0), exposure: meanOf(mine, "exposure"), hhi: meanOf(mine, "hhi"), str_mass_balance: meanOf(mine, "str_mass_balance"), str: meanOf(mine, "str") };
  });
  const title = `${app.named(code)}, tier by tier, ${year}`;
  return (
    <Frame title="Tier by tier" name={title} info={["exposure", "hhi"]} sheet={{ name: `tiers-${code}-${year}`, title, columns: Object.keys(made[0] ?? {}).map((k) => ({ key: k, label: k })), rows: made }} note="Means over the products of a tier, weighted by imports.">
      <Table caption={title} rows={made} columns={[
        { key: "tier", label: "Tier", value: (r) => r.tier },
        { key: "imports", label: "Imports", value: (r) => r.imports, show: (r) => amount(r.imports, ex.unit) },
        ...(["exposure", "hhi", "str_mass_balance", "str"] as const).map((k) => ({ key: k, label: { exposure: "Exposure", hhi: "HHI", str_mass_balance: "STR, mass-balanced", str: "STR, paper" }[k], value: (r: (typeof made)[0]) => r[k], show: (r: (typeof made)[0]) => (r[k] === null ? "–" : ofColumn(k, r[k]!, ex.unit)) })),
      ]} />
    </Frame>
  );
}

function Trend({ code, rows }: { code: string; rows: Row[] }) {
  const app = useApp();
  const { ex } = app;
  const chain = rows.filter((r) => app.product(textOf(r, "product"))?.tier !== null);
  const of = (column: string) => ex.years.map((y) => meanOf(chain.filter((r) => numberOf(r, "year") === y), column));
  const [mass, paper] = useMemo(() => [of("str_mass_balance"), of("str")], [rows]);
  const title = `Mean STR of what ${app.named(code)} buys of the chain`;
  const ends = (v: (number | null)[]) => { const k = v.filter((x): x is number => x !== null); return k.length > 1 ? signed(k[k.length - 1]! - k[0]!) : "–"; };
  return (
    <Frame title="STR over the years" name={title} info={["str_mass_balance", "str"]} trap={STR_TRAP} sheet={{ name: `trend-${code}`, title, columns: [{ key: "year", label: "Year" }, { key: "str_mass_balance", label: "mass-balanced" }, { key: "str", label: "paper's reading" }], rows: ex.years.map((y, i) => ({ year: y, str_mass_balance: mass[i]!, str: paper[i]! })) }} note="Mean over the products of the chain, weighted by its imports of each year.">
      <Lines years={ex.years} title={title} summary={`Change: ${ends(mass)} mass-balanced, ${ends(paper)} in the paper's reading.`} show={(v) => fixed(v, 1)} at={app.year} height={220} onYear={(y) => app.set({ year: String(y) })}
        lines={[{ name: "mass-balanced", values: mass, colour: MASS_COLOUR }, { name: "paper's reading", values: paper, colour: PAPER_COLOUR, dashed: true }]} />
    </Frame>
  );
}

function Supplies({ code, now }: { code: string; now: Row[] }) {
  const app = useApp();
  const { ex, year } = app;
  const at = ex.years.indexOf(year);
  const rows = now.filter((r) => (numberOf(r, "exports") ?? 0) > 0).map((r) => ({ product: textOf(r, "product"), exports: numberOf(r, "exports")!, share: (numberOf(r, "exports") ?? 0) / (ex.product_years[textOf(r, "product")]?.trade[at] || Infinity), rca: numberOf(r, "rca"), influence_mass_balance: numberOf(r, "influence_mass_balance"), influence: numberOf(r, "influence") })).sort((a, b) => b.share - a.share);
  const title = `What ${app.named(code)} supplies to others, ${year}`;
  if (!rows.length) return null;
  return (
    <Frame title={title} name={title} info={["rca", "influence_mass_balance", "influence"]} sheet={{ name: `supplies-${code}-${year}`, title, columns: Object.keys(rows[0]!).map((k) => ({ key: k, label: k, definition: ex.words[k]?.definition })), rows }}>
      <Table caption={title} rows={rows.slice(0, 25)} columns={[
        { key: "product", label: "Product", value: (r) => app.titled(r.product), show: (r) => <a href={app.link("product", [r.product], { of: code })}>{app.titled(r.product)}</a> },
        { key: "exports", label: "Exports", value: (r) => r.exports, show: (r) => amount(r.exports, ex.unit) },
        { key: "share", label: "Of world trade", value: (r) => r.share, show: (r) => percent(r.share) },
        { key: "rca", label: "RCA", value: (r) => r.rca, show: (r) => (r.rca === null ? "–" : fixed(r.rca)) },
        { key: "imb", label: "Influence, mass-balanced", value: (r) => r.influence_mass_balance, show: (r) => (r.influence_mass_balance === null ? "–" : fixed(r.influence_mass_balance)) },
        { key: "inf", label: "Influence, paper", value: (r) => r.influence, show: (r) => (r.influence === null ? "–" : fixed(r.influence)) },
      ]} />
    </Frame>
  );
}

const COMPARED = ["str_mass_balance", "str", "exposure", "hhi", "share_1", "imports", "rca", "influence_mass_balance"];

function Several({ codes }: { codes: string[] }) {
  const app = useApp();
  const { ex, year } = app;
  const by = COMPARED.includes(app.route.params.by ?? "") ? app.route.params.by! : "str_mass_balance";
  const [read, set] = useState<Reading>({ state: "reading" });
  const [tries, again] = useState(0);
  useEffect(() => {
    let live = true;
    set({ state: "reading" });
    Promise.all(codes.map((country) => readTable(ex, "by_country.parquet", { country }))).then(
      (tables) => live && set({ state: "done", rows: tables.flat() }),
      (e: Error) => live && set({ state: "failed", file: "by_country.parquet", why: e.message, retry: () => again((n) => n + 1) }),
    );
    return () => { live = false; };
  }, [codes.join(), tries]);
  // STR and influence have two readings: the other one stands beside.
  const other = ({ str: "str_mass_balance", str_mass_balance: "str", influence_mass_balance: "influence" } as Record<string, string>)[by] ?? null;
  const spread = (r: { values: Value[] }) => { const k = r.values.flatMap((v) => (v.kind === "known" ? [v.value] : [])); return codes.length === 2 ? (k.length === 2 ? k[1]! - k[0]! : null) : k.length > 1 ? Math.max(...k) - Math.min(...k) : null; };
  const rows = useMemo(() => {
    const found = new Map(rowsOf(read).filter((r) => numberOf(r, "year") === year).map((r) => [`${textOf(r, "country")} ${textOf(r, "product")}`, r]));
    return ex.products.map((p) => ({ product: p.code, values: codes.map((c) => valueOf(found.get(`${c} ${p.code}`), by, true)), others: codes.map((c) => (other ? valueOf(found.get(`${c} ${p.code}`), other, true) : null)), of: codes.map((c) => found.get(`${c} ${p.code}`)) })).filter((r) => r.values.some((v) => v.kind === "known")).sort((a, b) => Math.abs(spread(b) ?? -1) - Math.abs(spread(a) ?? -1));
  }, [read, year, by]);
  const means = (c: string, column: string) => ({ values: ex.years.map((y) => meanOf(rowsOf(read).filter((r) => textOf(r, "country") === c && numberOf(r, "year") === y && app.product(textOf(r, "product"))?.tier !== null), column)) });
  const trends = useMemo(() => codes.map((c, i) => ({ name: app.named(c), colour: KINDS[i]!, ...means(c, "str_mass_balance") })).concat(codes.map((c, i) => ({ name: `${app.named(c)}, paper`, colour: KINDS[i]!, dashed: true, ...means(c, "str") }))), [read]);
  const label = shortLabel(ex.words, by);
  const title = `${label}: ${codes.map(app.named).join(", ")}, ${year}`;
  const beside = (r: (typeof rows)[0], i: number) => { const v = r.others[i]; return v?.kind === "known" ? <span class="weak"> ({ofColumn(other!, v.value, ex.unit)})</span> : null; };
  const column = by === "share_1" ? "share" : by;
  return (
    <>
      <h1>{codes.map(app.named).join(", ")}</h1>
      <div class="controls">
        {codes.map((c) => <span key={c} class="chip"><a href={app.link("country", [c])}>{app.named(c)}</a><a href={app.link("country", codes.filter((x) => x !== c), app.route.params)} aria-label={`Without ${app.named(c)}`}>×</a></span>)}
        <AddCountry codes={codes} />
        <label>Compare <select value={by} onChange={(e) => app.set({ by: e.currentTarget.value === "str_mass_balance" ? undefined : e.currentTarget.value })}>{COMPARED.map((k) => <option key={k} value={k}>{shortLabel(ex.words, k)}</option>)}</select></label>
      </div>
      <Beside />
      {read.state !== "done" ? <Waiting reading={read} /> : (
        <>
          <Frame title={title} name={title} info={[by]} trap={by.startsWith("str") ? STR_TRAP : undefined} sheet={{ name: `compare-${codes.join("-")}-${year}`, title, columns: [{ key: "product", label: "Product" }, ...codes.flatMap((c) => [{ key: c, label: app.named(c), definition: ex.words[by]?.definition }, ...(other ? [{ key: `${c} ${other}`, label: `${app.named(c)}, ${other}`, definition: ex.words[other]?.definition }] : [])])], rows: rows.map((r) => ({ product: r.product, ...Object.fromEntries(codes.flatMap((c, i) => [[c, inCsv(r.values[i]!)], ...(other ? [[`${c} ${other}`, inCsv(r.others[i]!)]] : [])])) })) }} note={`Products in which they differ most come first.${other ? ` In round brackets: ${shortLabel(ex.words, other)}; in square ones: 5 to 95 % of the draws.` : ""}`}>
            <Table caption={title} rows={rows} columns={[
              { key: "product", label: "Product", value: (r) => app.titled(r.product), show: (r) => <a href={app.link("product", [r.product])}>{app.titled(r.product)}</a> },
              ...codes.map((c, i) => ({ key: c, label: app.named(c), value: (r: (typeof rows)[0]) => { const v = r.values[i]!; return v.kind === "known" ? v.value : null; }, show: (r: (typeof rows)[0]) => { const v = r.values[i]!; return v.kind === "known" ? <>{by === "str" || by === "str_mass_balance" ? <Banded row={r.of[i]} reading={by} /> : ofColumn(column, v.value, ex.unit)}{beside(r, i)}</> : <span class={v.kind} title={v.why}>–<span class="sr"> {v.why}</span></span>; } })),
              { key: "spread", label: codes.length === 2 ? `${app.named(codes[1]!)} less ${app.named(codes[0]!)}` : "Spread", value: spread, show: (r) => { const s = spread(r); return s === null ? "–" : (codes.length === 2 && s > 0 ? "+" : "") + ofColumn(column, s, ex.unit); } },
            ]} />
          </Frame>
          <Frame title="STR over the years, both readings" name={`STR of ${codes.map(app.named).join(", ")}`} note="Dashed: the paper's reading. Means over the products of the chain, weighted by imports." info={["str_mass_balance"]} trap={STR_TRAP}>
            <Lines years={ex.years} lines={trends} title="STR over the years" summary="Mean over the products of the chain, weighted by imports." show={(v) => fixed(v, 1)} at={year} height={260} onYear={(y) => app.set({ year: String(y) })} />
          </Frame>
        </>
      )}
    </>
  );
}

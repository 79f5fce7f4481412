import { useMemo } from "preact/hooks";
import type { Explorer, Num } from "../../contract";
import { Lines } from "../../charts/lines";
import { all, numberOf, rowsOf, textOf, useTable, type Row } from "../../data/tables";
import { Frame, STR_TRAP, Waiting } from "../../frame";
import { amount, fixed, percent } from "../../format";
import type { Pair } from "../../pair";
import { Banded, bandedOf, MASS_COLOUR, PAPER_COLOUR } from "../../readings";
import { useApp } from "../../state";
import { Table } from "../../table";
import { isChokepoint, meanOf } from "../country-rows";
import { columnsOf, moved, type Two } from "./shared";

export function CountryBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const codes = app.route.keys.slice(0, 5).filter((c) => app.country(c));
  if (!codes.length) return <List pair={pair} />;
  return <>{codes.map((c) => (pair.hasCountry(c) ? <One key={c} code={c} pair={pair} /> : <p key={c} class="empty">{app.named(c)} is not in B.</p>))}</>;
}

function List({ pair }: { pair: Pair }) {
  const app = useApp();
  const { ex } = app;
  const year = ex.map.some((m) => m.year === app.year) && pair.b.map.some((m) => m.year === app.year) ? app.year : null;
  if (year === null) return <p class="empty">B has no map of {app.year}.</p>;
  const value = (of: Explorer, r: "str" | "str_mass_balance") => new Map(of.countries.map((c, i) => [c.code, of.map.find((m) => m.year === year)?.[r][i] ?? null]));
  const [ma, mb, pa, pb] = [value(ex, "str_mass_balance"), value(pair.b, "str_mass_balance"), value(ex, "str"), value(pair.b, "str")];
  const rows = ex.countries.filter((c) => pair.hasCountry(c.code) && c.kind !== "mean").map((c) => ({ code: c.code, mass: [ma.get(c.code) ?? null, mb.get(c.code) ?? null] as Two, paper: [pa.get(c.code) ?? null, pb.get(c.code) ?? null] as Two }));
  return (
    <Table caption={`Mean STR in A and B, ${year}`} rows={rows} sort={{ key: "mass_d", down: true }} columns={[
      { key: "c", label: "Country", value: (r) => app.named(r.code), show: (r) => <a href={app.link("country", [r.code])}>{app.named(r.code)}</a> },
      ...columnsOf<(typeof rows)[0]>("mass", "STR, mass-balanced", (r) => r.mass, (v) => fixed(v)), ...columnsOf<(typeof rows)[0]>("paper", "STR, paper", (r) => r.paper, (v) => fixed(v)),
    ]} />
  );
}

interface Line { product: string; a: Row | undefined; b: Row | undefined }

function One({ code, pair }: { code: string; pair: Pair }) {
  const app = useApp();
  const { ex, year } = app;
  const { b } = pair;
  const every = app.route.params.all === "1";
  const [ta, tb] = [useTable(ex, ex.by_country_bytes === null ? null : "by_country.parquet", { country: code }), useTable(b, b.by_country_bytes === null ? null : "by_country.parquet", { country: code })];
  const read = all(ta, tb);
  const rows = useMemo(() => {
    const now = (t: typeof ta) => new Map(rowsOf(t).filter((r) => numberOf(r, "year") === year && (numberOf(r, "imports") ?? 0) > 0).map((r) => [textOf(r, "product"), r]));
    const [a, c] = [now(ta), now(tb)];
    return [...new Set([...a.keys(), ...c.keys()])].filter((p) => app.product(p) && pair.hasProduct(p)).map((p): Line => ({ product: p, a: a.get(p), b: c.get(p) })).sort((x, y) => (numberOf(y.a ?? y.b, "imports") ?? 0) - (numberOf(x.a ?? x.b, "imports") ?? 0));
  }, [ta, tb, year]);
  if (read.state !== "done") return <Waiting reading={read} />;
  if (!b.years.includes(year)) return <p class="empty">B has no {year}: its years are {b.years[0]} to {b.years[b.years.length - 1]}.</p>;
  const kind = (r: Line) => { const [x, y] = [r.a && isChokepoint(r.a), r.b && isChokepoint(r.b)]; return x && y ? "in both" : x ? "lost in B" : y ? "gained in B" : "no"; };
  const shown = every ? rows : rows.filter((r) => kind(r) !== "no");
  const changed = rows.filter((r) => /lost|gained/.test(kind(r)));
  const name = app.named(code);
  const title = every ? `What ${name} imports in A and B, ${year}` : `Chokepoints of ${name} in A and B, ${year}`;
  const two = (column: string) => (r: Line): Two => [numberOf(r.a, column), numberOf(r.b, column)];
  const supplier = (r: Row | undefined) => (r && textOf(r, "supplier_1") ? `${app.named(textOf(r, "supplier_1"))} ${percent(numberOf(r, "share_1") ?? 0)}` : "–");
  const imports = (r: Row | undefined) => (r ? amount(numberOf(r, "imports") ?? 0, ex.unit) : "–");
  const keys = ["imports", "exposure", "supplier_1", "share_1", "str_mass_balance", "str"];
  const plain = (r: Row | undefined, k: string) => (k === "supplier_1" ? (r ? textOf(r, k) || null : null) : numberOf(r, k));
  return (
    <>
      <Frame title={title} name={title} info={["exposure", "str_mass_balance", "str"]} trap={STR_TRAP} note={`A → B where they differ. In brackets: 5 to 95 % of the draws. Products of both runs only. ${every ? "" : "Tick “everything it imports” below for all of them."}`}
        sentences={[changed.length ? `Gained in B: ${names(changed, "gained in B")}. Lost in B: ${names(changed, "lost in B")}.` : "Its chokepoints are the same in both."]}
        sheet={{ name: `two-runs-${code}-${year}`, title, columns: [{ key: "product", label: "Product" }, { key: "chokepoint", label: "Chokepoint" }, ...keys.flatMap((k) => [{ key: `${k}_a`, label: k, definition: ex.words[k]?.definition }, { key: `${k}_b`, label: k }])], rows: shown.map((r) => ({ product: r.product, chokepoint: kind(r), ...Object.fromEntries(keys.flatMap((k) => [[`${k}_a`, plain(r.a, k)], [`${k}_b`, plain(r.b, k)]])) })) }}>
        {shown.length ? <Table caption={title} rows={shown} columns={[
          { key: "product", label: "Product", value: (r) => app.titled(r.product), show: (r) => <a href={app.link("product", [r.product], { of: code })}>{app.titled(r.product)}</a> },
          { key: "kind", label: "Chokepoint", value: kind },
          { key: "imports", label: "Imports", value: (r) => numberOf(r.a ?? r.b, "imports"), show: (r) => moved(imports(r.a), imports(r.b)) },
          { key: "supplier", label: "Main supplier", value: (r) => supplier(r.a), show: (r) => moved(supplier(r.a), supplier(r.b)) },
          ...columnsOf<Line>("mass", "STR, mass-balanced", two("str_mass_balance"), (v) => fixed(v), undefined, (r) => [<Banded row={r.a} reading="str_mass_balance" />, <Banded row={r.b} reading="str_mass_balance" />]),
          ...columnsOf<Line>("paper", "STR, paper", two("str"), (v) => fixed(v), undefined, (r) => [<Banded row={r.a} reading="str" />, <Banded row={r.b} reading="str" />]),
        ]} /> : <p class="empty">None in {year}.</p>}
      </Frame>
      <TrendOfBoth name={name} a={rowsOf(ta)} b={rowsOf(tb)} pair={pair} />
    </>
  );

  function names(of: Line[], which: string) {
    return of.filter((r) => kind(r) === which).map((r) => app.titled(r.product)).join(", ") || "none";
  }
}

function TrendOfBoth({ name, a, b, pair }: { name: string; a: Row[]; b: Row[]; pair: Pair }) {
  const app = useApp();
  const { ex } = app;
  const shared = (r: Row) => app.product(textOf(r, "product"))?.tier !== null && pair.hasProduct(textOf(r, "product"));
  const means = (rows: Row[], column: string): Num[] => { const mine = rows.filter(shared); return ex.years.map((y) => meanOf(mine.filter((r) => numberOf(r, "year") === y), column)); };
  const lines = useMemo(() => [
    { name: "mass-balanced, A", values: means(a, "str_mass_balance"), colour: MASS_COLOUR }, { name: "mass-balanced, B", values: means(b, "str_mass_balance"), colour: "#56b4e9" },
    { name: "paper's, A", values: means(a, "str"), colour: PAPER_COLOUR, dashed: true }, { name: "paper's, B", values: means(b, "str"), colour: "#e69f00", dashed: true },
  ], [a, b]);
  const title = `Mean STR of what ${name} buys of the chain, in A and B`;
  return (
    <Frame title={title} name={title} note="Products of the chain that both runs hold, weighted by its imports." info={["str_mass_balance", "str"]} trap={STR_TRAP}
      sheet={{ name: "two-runs-trend", title, columns: [{ key: "year", label: "Year" }, ...lines.map((l) => ({ key: l.name, label: l.name }))], rows: ex.years.map((y, i) => ({ year: y, ...Object.fromEntries(lines.map((l) => [l.name, l.values[i] ?? null])) })) }}>
      <Lines years={ex.years} lines={lines} title={title} summary="Both readings of both runs." show={(v) => fixed(v, 1)} at={app.year} height={240} onYear={(y) => app.set({ year: String(y) })} />
    </Frame>
  );
}

/** Different materials: what each run says of the country. */
export function CountryApart({ pair }: { pair: Pair }) {
  const app = useApp();
  const code = app.route.keys[0] ?? "";
  if (!app.country(code)) return null;
  return (
    <div class="two even">
      {([["A", app.ex], ["B", pair.b]] as const).map(([side, ex]) => <Half key={side} side={side} ex={ex} code={code} />)}
    </div>
  );
}

function Half({ side, ex, code }: { side: string; ex: Explorer; code: string }) {
  const app = useApp();
  const there = ex.countries.some((c) => c.code === code) && ex.by_country_bytes !== null;
  const read = useTable(ex, there ? "by_country.parquet" : null, { country: code });
  const year = ex.years.includes(app.year) ? app.year : ex.years[ex.years.length - 1]!;
  const texts = new Map(ex.products.map((p) => [p.code, `${p.label} (${p.code})`]));
  const names = new Map(ex.countries.map((c) => [c.code, c.name || c.code]));
  const rows = rowsOf(read).filter((r) => numberOf(r, "year") === year && isChokepoint(r)).sort((x, y) => (numberOf(y, "imports") ?? 0) - (numberOf(x, "imports") ?? 0));
  if (!there) return <section class="frame"><h2>{side}: {ex.study.name}</h2><p class="empty">{app.named(code)} is not in {side}.</p></section>;
  if (read.state !== "done") return <Waiting reading={read} />;
  return (
    <section class="frame">
      <h2>{side}: {ex.study.name}, {year}</h2>
      {rows.length ? <Table caption={`Chokepoints of ${app.named(code)} in ${side}, ${year}`} rows={rows} columns={[
        { key: "p", label: "Product", value: (r) => texts.get(textOf(r, "product")) ?? textOf(r, "product") },
        { key: "s", label: "Main supplier", value: (r) => names.get(textOf(r, "supplier_1")) ?? textOf(r, "supplier_1"), show: (r) => `${names.get(textOf(r, "supplier_1")) ?? textOf(r, "supplier_1")} ${percent(numberOf(r, "share_1") ?? 0)}` },
        { key: "m", label: "STR, mass-balanced", value: (r) => numberOf(r, "str_mass_balance"), show: (r) => bandedOf(r, "str_mass_balance") },
        { key: "f", label: "STR, paper", value: (r) => numberOf(r, "str"), show: (r) => bandedOf(r, "str") },
      ]} /> : <p class="empty">No chokepoints.</p>}
    </section>
  );
}

import { AppContext, makeApp, sentencesOf, useApp } from "../../state";
import type { Explorer, Num } from "../../contract";
import type { Known } from "../../data/parts";
import { Bars } from "../../charts/bars";
import { Slopes } from "../../charts/slopes";
import type { Value } from "../../data/unknown";
import { Frame } from "../../frame";
import { amount, fixed, percent } from "../../format";
import type { Pair } from "../../pair";
import { MASS_COLOUR, PAPER_COLOUR, READING_LABEL, readingOf, ReadingSwitch, type ReadingName } from "../../readings";
import { Table } from "../../table";
import { columnsOf, DifferenceMap, type Two } from "./shared";

const LEAST = 0.005;

/** Mean STR of countries in a year, of a run. */
function meansOf(ex: Explorer, year: number, reading: ReadingName): (code: string) => Value {
  const at = new Map(ex.countries.map((c, i) => [c.code, i]));
  const values = ex.map.find((m) => m.year === year)?.[reading];
  return (code) => {
    const i = at.get(code);
    if (i === undefined || !values) return { kind: "absent", why: "not in the run" };
    const v = values[i];
    return v === null || v === undefined ? { kind: "undefined", why: "buys none of these products" } : { kind: "known", value: v };
  };
}
const num = (v: Value): Num => (v.kind === "known" ? v.value : null);

/** The year both have a map of, as near as possible to the one asked for. */
function yearOfBoth(a: Explorer, b: Explorer, year: number): number | null {
  const both = a.map.map((m) => m.year).filter((y) => b.map.some((m) => m.year === y));
  return both.sort((x, y) => Math.abs(x - year) - Math.abs(y - year))[0] ?? null;
}

export function MaterialMap({ pair }: { pair: Pair }) {
  const app = useApp();
  const reading = readingOf(app.route.params);
  const year = yearOfBoth(app.ex, pair.b, app.year);
  if (year === null) return <p class="empty">The two runs share no year with a map.</p>;
  const title = `Mean STR of the chain, ${year}, B less A, ${READING_LABEL[reading]}`;
  return <DifferenceMap pair={pair} title={title} a={meansOf(app.ex, year, reading)} b={meansOf(pair.b, year, reading)} label="mean STR" name={`two-runs-map-${year}`} controls={<ReadingSwitch />} info={[reading]} />;
}

export function MaterialBoth({ pair }: { pair: Pair }) {
  const app = useApp();
  const { ex } = app;
  const reading = readingOf(app.route.params);
  const year = yearOfBoth(ex, pair.b, app.year);
  const places = new Map(ex.countries.map((c, i) => [c.code, i]));
  const all = ex.chain_imports.reduce<number>((s, v) => s + (v ?? 0), 0);
  const values = (of: Explorer, r: ReadingName) => (year === null ? () => null : (c: string) => num(meansOf(of, year, r)(c)));
  const [ma, mb, pa, pb] = [values(ex, "str_mass_balance"), values(pair.b, "str_mass_balance"), values(ex, "str"), values(pair.b, "str")];
  const rows = ex.countries.filter((c) => c.kind !== "mean" && pair.hasCountry(c.code) && (ex.chain_imports[places.get(c.code)!] ?? 0) >= LEAST * all)
    .map((c) => ({ code: c.code, mass: [ma(c.code), mb(c.code)] as Two, paper: [pa(c.code), pb(c.code)] as Two }));
  const of = (r: (typeof rows)[0]) => (reading === "str" ? r.paper : r.mass);
  const rank = (side: 0 | 1) => new Map([...rows].filter((r) => of(r)[side] !== null).sort((p, q) => of(q)[side]! - of(p)[side]!).map((r, i) => [r.code, i + 1]));
  const [ra, rb] = [rank(0), rank(1)];
  const title = `Who ranks where by mean STR in A and B, ${year ?? ""}, ${READING_LABEL[reading]}`;
  const products = pair.of.products.filter((p) => (reading === "str" ? p.str_weighted : p.str_mass_balance).every((v) => v !== null));
  const slopes = `Mean STR of products in A and B, ${pair.of.products[0]?.year ?? ""}, ${READING_LABEL[reading]}`;
  return (
    <>
      <div class="lead">{(pair.of.findings ?? []).slice(3).map((s) => <p key={s}>{s}</p>)}</div>
      <MaterialMap pair={pair} />
      <div class="two even">
        <Frame title="Who moves in the ranking" name={title} note="Countries with at least 0.5 % of the imports of the chain in A. Place 1 has the highest mean STR."
          sheet={{ name: `two-runs-ranking-${year}`, title, columns: ["country", "place_a", "place_b", "str_mass_balance_a", "str_mass_balance_b", "str_a", "str_b"].map((k) => ({ key: k, label: k })), rows: rows.map((r) => ({ country: r.code, place_a: ra.get(r.code) ?? null, place_b: rb.get(r.code) ?? null, str_mass_balance_a: r.mass[0], str_mass_balance_b: r.mass[1], str_a: r.paper[0], str_b: r.paper[1] })) }}>
          <Table caption={title} first={12} rows={rows} sort={{ key: "place", down: false }} columns={[
            { key: "c", label: "Country", value: (r) => app.named(r.code), show: (r) => <a href={app.link("country", [r.code])}>{app.named(r.code)}</a> },
            { key: "place", label: "Place, A", value: (r) => ra.get(r.code) },
            { key: "placeb", label: "Place, B", value: (r) => rb.get(r.code), show: (r) => { const [x, y] = [ra.get(r.code), rb.get(r.code)]; return y === undefined ? "–" : `${y}${x !== undefined && x !== y ? (y < x ? " ▲" : " ▼") : ""}`; } },
            ...columnsOf<(typeof rows)[0]>("str", "STR", of, (v) => fixed(v)),
          ]} />
        </Frame>
        <Frame title="Products" name={slopes} note="Each line is a product of both runs; the ten that differ most are named.">
          <Slopes title={slopes} lines={products.map((p) => { const v = reading === "str" ? p.str_weighted : p.str_mass_balance; return { name: app.titled(p.product), a: v[0]!, b: v[1]! }; })} />
        </Frame>
      </div>
      <Chokepoints pair={pair} />
    </>
  );
}

/** Suppliers whose stop a product would hardly survive, in one run only. */
function Chokepoints({ pair }: { pair: Pair }) {
  const app = useApp();
  const list = pair.of.chokepoints;
  const share = (v: Num) => (v === null ? "–" : percent(v));
  return (
    <section class="frame">
      <h2>Chokepoints gained and lost</h2>
      {list.length ? <Table caption="Chokepoints of one run only" rows={list} columns={[
        { key: "p", label: "Product", value: (c) => app.titled(c.product), show: (c) => <a href={app.link("product", [c.product])}>{app.titled(c.product)}</a> },
        { key: "s", label: "Supplier", value: (c) => c.name }, { key: "g", label: "In B", value: (c) => (c.gained ? "gained" : "lost") },
        { key: "a", label: "Share, A", value: (c) => c.shares[0], show: (c) => share(c.shares[0]) }, { key: "b", label: "Share, B", value: (c) => c.shares[1], show: (c) => share(c.shares[1]) },
        { key: "pa", label: "Lost if it stops, A", value: (c) => c.powers[0], show: (c) => share(c.powers[0]) }, { key: "pb", label: "Lost if it stops, B", value: (c) => c.powers[1], show: (c) => share(c.powers[1]) },
      ]} /> : <p>None: the same suppliers are chokepoints in both. Those of a country are on its page.</p>}
    </section>
  );
}

/** Different materials: each run as it is, no difference. */
export function MaterialApart({ pair }: { pair: Pair }) {
  const app = useApp();
  return (
    <div class="two even">
      {([["A", app.ex], ["B", pair.b]] as const).map(([side, ex]) => (
        <AppContext.Provider key={side} value={side === "A" ? app : makeApp(ex, app.route, app.say)}><Half side={side} ex={ex} year={app.year} /></AppContext.Provider>
      ))}
    </div>
  );
}

function Half({ side, ex, year }: { side: string; ex: Known; year: number }) {
  const app = useApp();
  const reading = readingOf(app.route.params);
  const shown = ex.map.find((m) => m.year === year) ?? ex.map[ex.map.length - 1];
  const all = ex.chain_imports.reduce<number>((s, v) => s + (v ?? 0), 0);
  const top = ex.countries.map((c, i) => ({ c, v: shown?.[reading][i] ?? null, other: shown?.[reading === "str" ? "str_mass_balance" : "str"][i] ?? null, imports: ex.chain_imports[i] ?? 0 }))
    .filter((r) => r.c.kind !== "mean" && r.v !== null && r.imports >= LEAST * all).sort((p, q) => q.v! - p.v!).slice(0, 10);
  const title = `${side}: ten with the highest mean STR, ${shown?.year ?? ""}, ${READING_LABEL[reading]}`;
  const last = ex.years.length - 1;
  const products = ex.products.map((p) => ({ text: p.text, code: p.code, trade: ex.product_years[p.code]?.trade[last] ?? null, mass: ex.product_years[p.code]?.str_mass_balance[last] ?? null, paper: ex.product_years[p.code]?.str[last] ?? null }));
  return (
    <section class="frame">
      <h2>{side}: {ex.study.name}</h2>
      {sentencesOf(ex, "study").slice(0, 4).map((s) => <p key={s}>{s}</p>)}
      <h3>Ten with the highest mean STR, {shown?.year}</h3>
      <Bars title={title} low={1} show={(v) => fixed(v, 0)} bars={top.map((r) => ({ key: r.c.code, label: r.c.name || r.c.code, parts: [{ value: r.v! - 1, colour: reading === "str" ? PAPER_COLOUR : MASS_COLOUR, name: "STR" }], mark: r.other, text: fixed(r.v!) }))} />
      <Table caption={`Products of ${side}, ${ex.years[last]}`} rows={products} sort={{ key: "trade", down: true }} columns={[
        { key: "text", label: "Product", value: (p) => `${p.text} (${p.code})` },
        { key: "trade", label: "World trade", value: (p) => p.trade, show: (p) => (p.trade === null ? "–" : amount(p.trade, ex.unit)) },
        { key: "mass", label: "STR, mass-balanced", value: (p) => p.mass, show: (p) => (p.mass === null ? "–" : fixed(p.mass)) },
        { key: "paper", label: "STR, paper", value: (p) => p.paper, show: (p) => (p.paper === null ? "–" : fixed(p.paper)) },
      ]} />
    </section>
  );
}

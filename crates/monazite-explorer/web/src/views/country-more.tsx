import { useMemo } from "preact/hooks";
import { useApp } from "../state";
import { Frame, TableFrame, Waiting } from "../frame";
import { all, has, numberOf, rowsOf, textOf, useTable, type Row } from "../data/tables";
import { Lines } from "../charts/lines";
import { KINDS } from "../charts/scale";
import { fixed, percent } from "../format";
import { meanOf } from "./country-rows";

const MASS = [["who sells to it", "str_mass_balance_shares"], ["stability", "str_mass_balance_stability"], ["import content", "str_mass_balance_import_content"]] as const;
const PAPER = [["who sells to whom", "network"], ["stability", "stability"]] as const;

/** What moved the mean STR of what a country buys: parts that add up, asked for, since they are in a table by product. */
export function Moved({ code, rows }: { code: string; rows: Row[] }) {
  const app = useApp();
  const { ex } = app;
  const asked = app.route.params.moved === "1";
  const there = has(ex, "decomposition.parquet") && app.country(code)?.kind !== "mean" && ex.years.length > 1;
  const read = useTable(ex, asked && there ? "decomposition.parquet" : null, { country: code });
  const made = useMemo(() => {
    const chain = rows.filter((r) => app.product(textOf(r, "product"))?.tier !== null);
    const imports = new Map(chain.map((r) => [`${textOf(r, "product")} ${numberOf(r, "year")}`, numberOf(r, "imports") ?? 0]));
    const totals = ex.years.map((y) => ex.products.reduce((s, p) => s + (imports.get(`${p.code} ${y}`) ?? 0), 0));
    const weight = (p: string, i: number) => (totals[i]! > 0 ? (imports.get(`${p} ${ex.years[i]!}`) ?? 0) / totals[i]! : 0);
    const changes = rowsOf(read).filter((r) => app.product(textOf(r, "product"))?.tier !== null);
    const summed = (parts: (number | null)[]) => { let sum = 0; let known = true; return parts.map((v, i) => { if (i === 0) return 0; if (v === null) known = false; else sum += v; return known ? sum : null; }); };
    return ([["mass-balanced", "str_mass_balance", MASS], ["paper's reading", "str", PAPER]] as const).map(([reading, column, parts]) => {
      const means = ex.years.map((y) => meanOf(chain.filter((r) => numberOf(r, "year") === y), column));
      // Of a change, each part is weighted by what it buys in both years; what is left comes from buying other products.
      const steps = parts.map(([name, part]) => ({ name: name as string, values: ex.years.map((y, i) => (i === 0 ? 0 : changes.filter((r) => numberOf(r, "year") === y && numberOf(r, "year_before") === ex.years[i - 1]).reduce((s, r) => s + ((weight(textOf(r, "product"), i) + weight(textOf(r, "product"), i - 1)) / 2) * (numberOf(r, part) ?? 0), 0))) }));
      const rest = ex.years.map((_, i) => { const [now, then] = [means[i] ?? null, means[i - 1] ?? null]; return i === 0 ? 0 : now === null || then === null ? null : now - then - steps.reduce((s, p) => s + p.values[i]!, 0); });
      return { reading, lines: [...steps, { name: "what it buys", values: rest }].map((l, i) => ({ name: l.name, values: summed(l.values), colour: KINDS[i]! })) };
    });
  }, [read, rows]);
  if (!there) return null;
  const title = `What moved the STR of ${app.named(code)} since ${ex.years[0]}`;
  if (!asked) return <p><button type="button" onClick={() => app.set({ moved: "1" })}>What moved it</button></p>;
  if (read.state !== "done") return <Waiting reading={read} height={240} />;
  return (
    <Frame title={title} name={title} info={["str_mass_balance_shares", "str_mass_balance_stability", "str_mass_balance_import_content", "change_network", "change_stability"]}
      note="Change of mean STR over the products of the chain, in parts that add up; “what it buys” is what other products do to the mean." snippet={{ file: "decomposition.parquet", where: { country: code } }}
      sheet={{ name: `moved-${code}`, title, columns: [{ key: "year", label: "Year" }, ...made.flatMap((m) => m.lines.map((l) => ({ key: `${m.reading}: ${l.name}`, label: `${m.reading}: ${l.name}` })))], rows: ex.years.map((y, i) => ({ year: y, ...Object.fromEntries(made.flatMap((m) => m.lines.map((l) => [`${m.reading}: ${l.name}`, l.values[i] ?? null]))) })) }}>
      <div class="two even">
        {made.map((m) => <div key={m.reading}><h3>{m.reading}</h3><Lines years={ex.years} lines={m.lines} title={`${title}, ${m.reading}`} summary="Sums of yearly parts." show={(v) => fixed(v, 2)} at={app.year} height={220} /></div>)}
      </div>
    </Frame>
  );
}

/** Its type, and who was most often found in the same cluster. */
export function Kind({ code }: { code: string }) {
  const app = useApp();
  const { ex } = app;
  const again = "typology/co_assignment.parquet";
  const [types, pairs] = [useTable(ex, ex.types ? "typology/countries.csv" : null), useTable(ex, ex.types && has(ex, again) ? again : null)];
  const row = rowsOf(types).find((r) => textOf(r, "country") === code);
  if (!ex.types || (types.state === "done" && !row)) return null;
  const read = all(types, pairs);
  if (read.state !== "done") return <Waiting reading={read} />;
  const clusters = new Map(rowsOf(types).map((r) => [textOf(r, "country"), textOf(r, "cluster")]));
  const near = rowsOf(pairs).flatMap((r) => {
    const [a, b] = [textOf(r, "country"), textOf(r, "other")];
    const [drawn, together] = [numberOf(r, "drawn") ?? 0, numberOf(r, "together") ?? 0];
    return (a === code || b === code) && together > 0 ? [{ code: a === code ? b : a, drawn, together, share: together / drawn }] : [];
  }).sort((a, b) => b.share - a.share || b.drawn - a.drawn).slice(0, 10);
  const own = textOf(row!, "cluster");
  const words = ex.types.clusters.find((c) => String(c.cluster) === own)?.words ?? [];
  return (
    <TableFrame title="What kind of country it is, and who is like it" file={`like-${code}`} caption={`Countries most often in the same cluster as ${app.named(code)}`} methods={["14-profiles-and-groups.md", "17-typology-stability.md"]} rows={near} empty="The typology was not made again: who is like it is not known."
      controls={<><span>{Number(own) > 0 ? `Cluster ${own}` : "An outlier"} in {textOf(row!, "years_in_cluster")} of {textOf(row!, "years")} years{words.length ? `, as ${words.filter((w) => w !== app.named(code)).slice(0, 4).join(", ")}` : ""}.</span><a href={app.link("types", [], { path: code })}>Show its path</a></>}
      sentences={[ex.types.verdict]} note="The typology is made again from other seeds and other samples of countries; counted is how often two that were both drawn end in one cluster." columns={[
        { key: "country", label: "Country", value: (r) => r.code, show: (r) => <a href={app.link("country", [code, r.code])}>{app.named(r.code)}</a> },
        { key: "share", label: "Together", value: (r) => r.share, show: (r) => `${percent(r.share)} (${r.together} of ${r.drawn})` },
        { key: "cluster", label: "Its cluster", value: (r) => Number(clusters.get(r.code) ?? 0), show: (r) => { const k = Number(clusters.get(r.code) ?? 0); return k > 0 ? `cluster ${k}` : "outlier"; } },
      ]} />
  );
}

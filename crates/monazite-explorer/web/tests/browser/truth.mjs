// Numbers of every view are those that DuckDB finds in the tables of the run, row by row.
import { readFileSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { close, csvOf, data, equal, ex, file, has, of, open, same, sql, table, take, test, to } from "./setup.mjs";

const { product, country, year, supplier, importer } = of;
const chain = (ex.products.some((p) => p.tier !== null) ? ex.products.filter((p) => p.tier !== null) : ex.products).map((p) => `'${p.code}'`).join(",");
const plain = ex.countries.filter((c) => c.kind !== "mean").map((c) => c.code);
function grouped(rows, key) {
  const found = new Map();
  for (const r of rows) (found.get(key(r)) ?? found.set(key(r), []).get(key(r))).push(r);
  return found;
}
/** Five digits: so many explorer.json has. */
const FIVE = 6e-5;
/** Numbers of the copy by country have 32 bits. */
const SINGLE = 2e-7;

await test("overview: the map, trends and lists are DuckDB's", async () => {
  const { rows, page, context } = await take("#/", /^How much political instability/, "code");
  const truth = new Map(sql(`select country, sum(str*imports)/sum(imports) filter (str is not null), sum(str_mass_balance*imports)/sum(imports) from ${table("indicators.parquet")} where year=${year} and product in (${chain}) and imports>0 group by country`).map(([c, ...v]) => [c, v]));
  equal(rows.length, [...truth.keys()].filter((c) => plain.includes(c)).length, "countries");
  for (const r of rows) { same(r.str, truth.get(r.code)[0], `${r.code} str`, FIVE); same(r.str_mass_balance, truth.get(r.code)[1], `${r.code} mass-balanced`, FIVE); }
  if (ex.years.length > 1 && ex.shown.length) {
    const trends = (await csvOf(page, /^Did it grow/)).rows;
    const told = new Map(sql(`select product, year, str_weighted, str_mass_balance_weighted from ${table("trends.csv")}`).map(([p, y, ...v]) => [`${p} ${y}`, v]));
    equal(trends.length, ex.shown.length * ex.years.length, "points");
    for (const r of trends) { const [s, m] = told.get(`${r.product} ${r.year}`); same(r.str, s, `${r.product} ${r.year}`, FIVE); same(r.str_mass_balance, m, `${r.product} ${r.year}, mass-balanced`, FIVE); }
    const bands = has("band_means.csv") ? sql(`select product, year, reading, p05, p95 from ${table("band_means.csv")} where who='WORLD' and reading in ('full', 'mass_balance')`) : [];
    const by = new Map(trends.map((r) => [`${r.product} ${r.year}`, r]));
    for (const [p, y, reading, low, high] of bands) { const r = by.get(`${p} ${y}`); const k = reading === "full" ? "str" : "str_mass_balance"; if (r) { same(r[`${k}_p05`], low, `${p} ${y} ${k}`, FIVE); same(r[`${k}_p95`], high, `${p} ${y} ${k}`, FIVE); } }
  }
  const hands = sql(`select i.product, i.country, imports, exposure, s.supplier, s.share, str, str_mass_balance from ${table("indicators.parquet")} i join ${table("suppliers.parquet")} s on s.product=i.product and s.year=i.year and s.importer=i.country and rank=1 where i.year=${year} and exposure>0.5 and s.share>0.5 order by imports desc`);
  equal(ex.chokepoints.length, Math.min(150, hands.length), "chokepoints");
  const hand = new Map(hands.map(([p, c, ...v]) => [`${p} ${c}`, v]));
  for (const c of ex.chokepoints) { const [i, e, s, share, str, mass] = hand.get(`${c.product} ${c.country}`); close(c.imports, i, "imports", FIVE); close(c.exposure, e, "exposure", FIVE); equal(c.supplier, s, "supplier"); close(c.share, share, "share", FIVE); same(c.str, str, "str", FIVE); same(c.str_mass_balance, mass, "mass", FIVE); }
  const powers = has("shock_suppliers.parquet") ? sql(`select power_share from ${table("shock_suppliers.parquet")} where year=${year} and product in (${chain}) order by power_share desc limit 40`) : [];
  equal(ex.suppliers.length, powers.length, "suppliers");
  ex.suppliers.forEach((s, i) => close(s.power_share, powers[i][0], "power", FIVE));
  await context.close();
});

await test("product: who depends, flows and whose stop costs most are DuckDB's", async () => {
  const { rows, text, found, page, context } = await take(`#/product/${product}`, /^Who depends on/, "country");
  const columns = ["imports", "exposure", "hhi", "str", "str_mass_balance", "str_direct", "str_indirect"];
  const truth = sql(`select country, ${columns.join()} from ${table("indicators.parquet")} where product='${product}' and year=${year} and imports>0`);
  equal(rows.length, truth.length, "rows");
  for (const [c, ...v] of truth) columns.forEach((k, i) => same(found.get(c)[k], v[i], `${c} ${k}`, 0));
  for (const [c, s, share] of sql(`select importer, supplier, share from ${table("suppliers.parquet")} where product='${product}' and year=${year} and rank=1`)) { equal(found.get(c)?.supplier, s, `${c} supplier`); same(found.get(c).share, share, `${c} share`, 0); }
  const bands = !has("bands.parquet") ? [] : sql(`select country, p05, p95 from ${table("bands.parquet")} where product='${product}' and year=${year} and reading='mass_balance'`);
  for (const [c, low, high] of bands) if (found.has(c)) { same(found.get(c).str_mass_balance_p05, low, `${c} p05`, 0); same(found.get(c).str_mass_balance_p95, high, `${c} p95`, 0); }
  for (const part of [`# run: ${ex.run_id}`, "# licence:", "# link: http", `# ${ex.source}`]) equal(text.includes(part), true, part);
  const flows = new Map((await csvOf(page, /^Who sells/)).rows.map((f) => [`${f.exporter} ${f.importer}`, f.value]));
  const all = sql(`select exporter, importer, value from ${table("flows.parquet")} where product='${product}' and year=${year}`);
  equal(flows.size, all.length, "flows");
  for (const [a, b, v] of all) same(flows.get(`${a} ${b}`), v, `${a} to ${b}`, 0);
  if (has("shock_suppliers.parquet")) {
    const stops = new Map((await csvOf(page, /^Whose stop/)).rows.map((s) => [s.supplier, s]));
    const power = sql(`select s.supplier, s.power_share, s.direct_share, i.influence_mass_balance, i.influence from ${table("shock_suppliers.parquet")} s join ${table("indicators.parquet")} i on i.product=s.product and i.year=s.year and i.country=s.supplier where s.product='${product}' and s.year=${year}`);
    equal(stops.size, power.length, "suppliers");
    for (const [s, ...v] of power) ["power_share", "direct_share", "influence_mass_balance", "influence"].forEach((k, i) => same(stops.get(s)[k], v[i], `${k} of ${s}`));
  }
  const world = sql(`select exporter, year, sum(value) / sum(sum(value)) over (partition by year) from ${table("flows.parquet")} where product='${product}' group by exporter, year`);
  const shares = new Map(world.map(([c, y, s]) => [`${ex.countries.find((k) => k.code === c)?.name || c} ${y}`, s]));
  for (const r of (await csvOf(page, /^Suppliers over the years/)).rows) if (r.share !== "" && Number(r.share) > 0) same(r.share, shares.get(`${r.supplier} ${r.year}`), `${r.supplier} ${r.year}`);
  if (ex.years.length > 1) {
    const parts = sql(`select year, sum(change_network) over w, sum(change_stability) over w, sum(change_importers) over w, count(change_network) over w from ${table("trends.csv")} where product='${product}' window w as (order by year)`);
    const moved = (await page.getByRole("heading", { name: /^What moved it/ }).count()) ? (await csvOf(page, /^What moved it/)).rows : [];
    moved.forEach((r, i) => { const [y, n, s, m, known] = parts[i]; equal(Number(r.year), y, "year"); if (i > 0 && known === i) { for (const [k, v] of [["network", n], ["stability", s], ["importers", m]]) if (Math.abs(Number(r[k]) - v) > 1e-3 * Math.max(0.1, Math.abs(v))) throw new Error(`${k} ${y}: ${r[k]} is not ${v}`); } });
  }
  await context.close();
});

await test("product: origins, and whose instability reaches a country, are DuckDB's", async () => {
  if (!ex.products.find((p) => p.code === product).dependencies || !has("origins.parquet")) return;
  const { rows, context } = await take(`#/product/${product}?of=${country}&view=origins`, /^Who sold/, "importer", "origin");
  const truth = sql(`select origin, share, direct_share from ${table("origins.parquet")} where product='${product}' and year=${year} and importer='${country}'`);
  const mine = new Map(rows.filter((r) => r.importer === country).map((r) => [r.origin, r]));
  equal(mine.size, truth.length, "origins");
  for (const [o, share, direct] of truth) { same(mine.get(o).share, share, o, 0); same(mine.get(o).direct_share, direct, o, 0); }
  await context.close();
  const columns = ["share", "contribution", "direct", "per_point"];
  const behind = sql(`select supplier, ${columns.join()} from ${table("dependencies.parquet")} where product='${product}' and year=${year} and importer='${country}'`);
  if (!behind.length) return;
  const there = await take(`#/product/${product}?of=${country}`, /^Whose instability reaches/, "supplier");
  equal(there.rows.length, behind.length, "suppliers");
  for (const [s, ...v] of behind) columns.forEach((k, i) => same(there.found.get(s)[k], v[i], `${s} ${k}`, 0));
  await there.context.close();
});

await test("country: chokepoints, tiers, trend and what it supplies are DuckDB's", async () => {
  const { rows, found, page, context } = await take(`#/country/${country}`, /^Chokepoints of/, "product");
  const truth = sql(`select i.product, imports, str, str_mass_balance, s.supplier, s.share from ${table("indicators.parquet")} i join ${table("suppliers.parquet")} s on s.product=i.product and s.year=i.year and s.importer=i.country and rank=1 where i.country='${country}' and i.year=${year} and exposure>0.5 and s.share>0.5`);
  equal(rows.length, truth.length, "chokepoints");
  for (const [p, imports, str, mass, s, share] of truth) {
    const r = found.get(p);
    for (const [k, v] of [["imports", imports], ["str", str], ["str_mass_balance", mass], ["share_1", share]]) same(r[k], v, `${p} ${k}`, SINGLE);
    equal(r.supplier_1, s, `${p} supplier`);
  }
  const tier = (t) => ex.products.filter((p) => p.tier === t).map((p) => `'${p.code}'`).join(",");
  const mean = (k) => `sum(${k}*imports) filter (${k} is not null)/nullif(sum(imports) filter (${k} is not null), 0)`;
  for (const r of (await csvOf(page, /^Tier by tier/)).rows) {
    const [[imports, ...v]] = sql(`select coalesce(sum(imports), 0), ${["exposure", "hhi", "str_mass_balance", "str"].map(mean).join()} from ${table("indicators.parquet")} where country='${country}' and year=${year} and product in (${tier(Number(r.tier))}) and imports>0`);
    same(r.imports, imports, `imports of tier ${r.tier}`, SINGLE);
    ["exposure", "hhi", "str_mass_balance", "str"].forEach((k, i) => same(r[k], v[i], `${k} of tier ${r.tier}`, SINGLE));
  }
  const trend = (await csvOf(page, /^STR over the years/)).rows;
  const told = new Map(sql(`select year, ${mean("str_mass_balance")}, ${mean("str")} from ${table("indicators.parquet")} where country='${country}' and product in (${ex.products.filter((p) => p.tier !== null).map((p) => `'${p.code}'`).join(",") || "''"}) and imports>0 group by year`).map(([y, ...v]) => [y, v]));
  equal(trend.length, ex.years.length, "years");
  for (const r of trend) { const [m, s] = told.get(Number(r.year)) ?? [null, null]; same(r.str_mass_balance, m, r.year, SINGLE); same(r.str, s, r.year, SINGLE); }
  const sold = sql(`select i.product, i.exports, i.exports/t.trade, i.rca, i.influence_mass_balance from ${table("indicators.parquet")} i join ${table("trends.csv")} t on t.product=i.product and t.year=i.year where i.country='${country}' and i.year=${year} and i.exports>0`);
  if (sold.length) {
    const supplies = new Map((await csvOf(page, /supplies to others/)).rows.map((r) => [r.product, r]));
    equal(supplies.size, sold.length, "products it sells");
    for (const [p, exports, share, rca, influence] of sold) { const r = supplies.get(p); same(r.exports, exports, p, SINGLE); same(r.share, share, `${p} share`, FIVE); same(r.rca, rca, `${p} rca`, SINGLE); same(r.influence_mass_balance, influence, `${p} influence`, SINGLE); }
  }
  await context.close();
});

await test("countries side by side are DuckDB's", async () => {
  const codes = [country, ...of.others];
  const { rows, found, context } = await take(`#/country/${codes.join("+")}?by=exposure`, /^Exposure|exposure/, "product");
  const truth = sql(`select product, country, exposure from ${table("indicators.parquet")} where year=${year} and country in (${codes.map((c) => `'${c}'`).join()}) and (imports>0 or exports>0)`);
  equal(rows.length, new Set(truth.filter((t) => t[2] !== null).map((t) => t[0])).size, "products");
  for (const [p, c, v] of truth) if (found.has(p)) same(found.get(p)[c], v, `${p} ${c}`, SINGLE);
  await context.close();
});

await test("network: colours of the world, of a country and of what it sells are DuckDB's", async () => {
  if (!ex.chain) return;
  const nodes = ex.chain.nodes.map((n) => `'${n.product}'`).join(",");
  for (const [query, column, truth, by] of [
    ["", "str_mass_balance", `select product, str_mass_balance_weighted from ${table("trends.csv")} where year=${year} and product in (${nodes})`, FIVE],
    [`?by=hhi&country=${country}`, "hhi", `select product, case when imports>0 or exports>0 then hhi end from ${table("indicators.parquet")} where year=${year} and country='${country}' and product in (${nodes})`, SINGLE],
    [`?by=sold&country=${supplier}`, "sold", `select i.product, nullif(i.exports/t.trade, 0) from ${table("indicators.parquet")} i join ${table("trends.csv")} t on t.product=i.product and t.year=i.year where i.year=${year} and i.country='${supplier}' and i.product in (${nodes})`, FIVE],
  ]) {
    const { rows, found, context } = await take(`#/network${query}`, /^What is made of what/, "product");
    equal(rows.length, ex.chain.nodes.length, "products");
    const told = new Map(sql(truth));
    for (const [p, r] of found) same(r[column], told.get(p) ?? null, `${p} ${column}`, by);
    await context.close();
  }
});

await test("network: links and what speaks for them are DuckDB's", async () => {
  if (!ex.chain) return;
  const told = new Map(sql(`select input, output, kept from ${table("chain/edges.csv")}`).map(([a, b, k]) => [`${a} ${b}`, k]));
  const all = file("chain.json").chain.links;
  equal(all.length, told.size, "links");
  for (const l of all) equal(l.kept, told.get(`${l.input} ${l.output}`), `${l.input} to ${l.output}`);
  equal(ex.chain.links.map((l) => [l.input, l.output]), all.filter((l) => l.kept).map((l) => [l.input, l.output]), "links that are drawn first");
  const { page, context } = await open();
  await to(page, "#/network");
  if (await page.locator("svg.network").count()) {
    equal(await page.locator("svg.network path.edge").count(), all.filter((l) => l.kept).length, "lines");
    const box = page.getByLabel("links that were dropped");
    if (await box.count()) { await box.check(); equal(await page.locator("svg.network path.edge.dropped").count() > 0, true, "dropped links are drawn"); }
  }
  await context.close();
});

await test("map: an indicator, and its change against another year, are DuckDB's", async () => {
  for (const by of ["str_mass_balance", "hhi", "imports"]) {
    const { rows, found, context } = await take(`#/map/${by}?product=${product}`, /./, "country");
    equal(rows.length, plain.length, "countries");
    const told = new Map(sql(`select country, case when imports>0 or exports>0 then ${by} end from ${table("indicators.parquet")} where product='${product}' and year=${year}`));
    for (const [c, r] of found) same(r[by], told.get(c) ?? null, `${c} ${by}`, 0);
    await context.close();
  }
  if (ex.years.length < 2) return;
  const base = ex.years[0];
  const { found, context } = await take(`#/map/exposure?base=${base}&product=${product}`, /./, "country");
  const told = new Map(sql(`select a.country, a.exposure-b.exposure from ${table("indicators.parquet")} a join ${table("indicators.parquet")} b on a.country=b.country and a.product=b.product where a.product='${product}' and a.year=${year} and b.year=${base} and (a.imports>0 or a.exports>0) and (b.imports>0 or b.exports>0)`));
  for (const [c, r] of found) same(r[`exposure_${year}_less_${base}`], told.get(c) ?? null, `${c}, change`, 1e-9);
  await context.close();
});

await test("scatter: points and the correlation are DuckDB's", async () => {
  const { rows, found, page, context } = await take(`#/scatter?product=${product}`, /against/, "country");
  const columns = ["hhi", "str_mass_balance", "imports", "str"];
  const truth = sql(`select country, ${columns.map((k) => `case when imports>0 or exports>0 then ${k} end`).join()} from ${table("indicators.parquet")} where product='${product}' and year=${year}`);
  equal(rows.length, truth.length, "countries");
  for (const [c, ...v] of truth) columns.forEach((k, i) => same(found.get(c)[k], v[i], `${c} ${k}`, 0));
  const [[n, r]] = sql(`select count(*), corr(str_mass_balance, hhi) from ${table("indicators.parquet")} where product='${product}' and year=${year} and hhi is not null and str_mass_balance is not null and (imports>0 or exports>0)`);
  const said = await page.locator("p.sentence").first().textContent();
  equal(said.includes(n < 10 ? `${n} countries` : `r = ${r.toFixed(2).replace("-", "−")} over ${n} countries`), true, `${said}, and r is ${r} over ${n}`);
  await context.close();
});

await test("types: places and clusters are DuckDB's", async () => {
  if (!ex.types) return;
  const { rows, found, page, context } = await take("#/types", /^Countries with a like profile/, "country");
  const truth = sql(`select country, x, y, cluster, outlier_score from ${table("typology/embedding.csv")} where year=${year}`);
  equal(rows.length, truth.length, "countries");
  for (const [c, ...v] of truth) ["x", "y", "cluster", "outlier_score"].forEach((k, i) => same(found.get(c)[k], v[i], `${c} ${k}`, 0));
  const means = sql(`select e.cluster, count(*), avg(p.exposure_all), avg(p.hhi_all), avg(p.str_all), avg(p.composite) from ${table("typology/embedding.csv")} e join ${table("profiles.parquet")} p on p.country=e.country and p.year=e.year where e.kind='country' group by e.cluster`);
  const shown = await page.locator("section.frame").filter({ hasText: "The clusters" }).locator("tbody tr").evaluateAll((all) => all.map((tr) => [...tr.children].map((td) => td.textContent.trim())));
  equal(shown.length >= means.length, true, "clusters");
  for (const [cluster, n, ...v] of means) {
    const row = shown.find((r) => r[0] === (cluster <= 0 ? "outlier" : `cluster ${cluster}`));
    equal(Number(row[2].replaceAll(",", "")), n, `country-years of cluster ${cluster}`);
    v.forEach((x, i) => { if (x !== null && Math.abs(Number(row[4 + i].replace("−", "-")) - x) > 0.00501) throw new Error(`cluster ${cluster}: ${row[4 + i]} is not ${x}`); });
  }
  await context.close();
});

await test("regression: coefficients and signs are DuckDB's", async () => {
  if (!has("regression/table.csv")) return;
  const all = grouped(sql(`select preset, term, estimate, se_hc3, p, p_wild, ci_low, ci_high from ${table("regression/table.csv")}`), (r) => r[0]);
  const signs = new Map(has("regression/signs.csv") ? sql(`select preset, count(*) filter (not_judged is null and agrees::varchar='true'), count(*) filter (not_judged is null and agrees::varchar='false') from ${table("regression/signs.csv")} group by preset`).map(([p, ...v]) => [p, v]) : []);
  for (const [preset, lines] of all) {
    const truth = lines.map((r) => r.slice(1));
    const { rows, page, context } = await take(`#/regression?preset=${encodeURIComponent(preset)}&se=hc3`, /^Coefficients/, "term");
    equal(rows.map((r) => r.term), truth.map((t) => t[0]), "terms");
    truth.forEach(([t, ...v], at) => ["estimate", "se", "p", "p_wild", "ci_low", "ci_high"].forEach((k, i) => same(rows[at][k], v[i], `${t} ${k}`, 0)));
    const words = await page.locator("section.frame").filter({ hasText: "Signs as the paper has them" }).locator("td").allTextContents();
    equal([words.filter((w) => w === "✓ yes").length, words.filter((w) => w === "✗ no").length], signs.get(preset) ?? [0, 0], `signs of ${preset}`);
    await context.close();
  }
});

await test("what-if: losses without passing on, and of a full stop under mass balance, are DuckDB's", async () => {
  if (ex.tools.kind !== "precomputed") return;
  for (const cut of ex.tools.cuts) {
    const { rows, found, page, context } = await take(`#/what-if/${supplier}?cut=${cut}&product=${product}`, /^Who loses what share/, "importer");
    const truth = sql(`select importer, sum(value), coalesce(sum(value) filter (exporter='${supplier}'), 0) from ${table("flows.parquet")} where product='${product}' and year=${ex.tools.year} and importer<>'${supplier}' group by importer`);
    equal(rows.length, truth.length, "importers");
    for (const [c, imports, bought] of truth) { same(found.get(c).imports, imports, `${c} imports`, 1e-5); close(Number(found.get(c).share_none) + 1, 1 + (cut * bought) / imports, `${c} share`, 1e-5); }
    if (cut === 1 && has("shock_suppliers.parquet")) {
      const [[power]] = sql(`select power_share from ${table("shock_suppliers.parquet")} where product='${product}' and year=${ex.tools.year} and supplier='${supplier}'`);
      const lost = rows.reduce((s, r) => s + Number(r.value_mass_balance), 0) / rows.reduce((s, r) => s + Number(r.imports), 0);
      close(lost, power, "power of the supplier", 1e-4);
      equal((await page.locator("main").textContent()).includes(power * 100 < 9.95 ? `${(power * 100).toFixed(1)}` : `${(power * 100).toFixed(0)}`), true, "it is on the page");
    }
    await context.close();
  }
});

await test("buy elsewhere: what is now is DuckDB's", async () => {
  if (ex.tools.kind !== "precomputed") return;
  const plan = file(`plans/${importer}-${product}-${ex.tools.year}.json`);
  const [[imports, mass, str, hhi, largest]] = sql(`select imports, str_mass_balance, str, hhi, largest_supplier_share from ${table("indicators.parquet")} where product='${product}' and year=${ex.tools.year} and country='${importer}'`);
  const { rows, page, context } = await take(`#/diversify/${importer}?product=${product}`, /moves$/, "reading", "from", "to");
  for (const [shown, number, what] of [[plan.imports, imports, "imports"], [plan.mass_balance.str.before, mass, "mass-balanced"], [plan.full.str.before, str, "paper"], [plan.full.hhi.before, hhi, "hhi"], [plan.full.largest.before, largest, "largest"]]) close(shown, number, what, 1e-5);
  const bought = new Map(sql(`select exporter, value from ${table("flows.parquet")} where product='${product}' and year=${ex.tools.year} and importer='${importer}'`));
  const [[world]] = sql(`select sum(value) from ${table("flows.parquet")} where product='${product}' and year=${ex.tools.year}`);
  equal(world > 0 && rows.length > 0, true, "there are moves");
  const taken = new Map();
  for (const r of rows) { close(Number(r.amount), Number(r.share) * imports, `${r.from} to ${r.to}`, 1e-4); const k = `${r.reading} ${r.from}`; taken.set(k, (taken.get(k) ?? 0) + Number(r.amount)); }
  for (const [k, amount] of taken) equal(amount <= bought.get(k.split(" ")[1]) * (1 + 1e-4), true, `${k}: more than is bought`);
  const now = await page.locator("table").filter({ hasText: "With the plan" }).first().locator("tbody tr td:nth-child(2)").allTextContents();
  equal(now.some((t) => Number(t.replace(/[^\d.]/g, "")).toFixed(1) === mass.toFixed(1)), true, `STR now: ${now} and ${mass}`);
  await context.close();
});

await test("other indices: rank correlations, and where indices disagree, are DuckDB's", async () => {
  const { beside } = file("indices.json");
  if (!beside) return;
  const { rows, page, context } = await take("#/indices?over=inside", /same order/, "first", "second");
  const column = new Map(beside.indices.map((i) => [i.index, i.column]));
  const indices = table("indices.parquet");
  const cells = `select * from ${table("indicators.parquet")} left join ${indices} using (year, product, country) where year=${beside.year} and imports>0 and product in (select product from ${indices} where year=${beside.year})`;
  const ranked = (of, by) => `rank() over (${by} order by ${of}) + (count(*) over (partition by ${by ? "product, " : ""}${of}) - 1) / 2.0`;
  const pairs = rows.filter((r) => column.has(r.first) && column.has(r.second));
  equal(pairs.length, (column.size * (column.size - 1)) / 2, "pairs");
  const both = (r) => [column.get(r.first), column.get(r.second)];
  const query = (r, i, by) => { const [a, b] = both(r); return `select ${i} pair, product, ${ranked(a, by)} a, ${ranked(b, by)} b from (${cells}) where imports>=${beside.least_imports} and ${a} is not null and ${b} is not null`; };
  const pooled = sql(pairs.map((r, i) => `select pair, corr(a, b), count(*) from (${query(r, i, "")}) group by pair`).join(" union all "));
  equal(pooled.length, pairs.length, "pooled");
  for (const [i, rho, n] of pooled) { same(pairs[i].pooled, rho, `${pairs[i].first} ${pairs[i].second}, pooled`, 1e-9); equal(Number(pairs[i].importers), n, "importers"); }
  const inside = sql(`select pair, sum(n * rho) / sum(n), count(*) from (${pairs.map((r, i) => `select pair, product, count(*) n, corr(a, b) rho from (${query(r, i, "partition by product")}) group by pair, product having count(*) >= 3 and stddev_pop(a) > 0 and stddev_pop(b) > 0`).join(" union all ")}) group by pair`);
  for (const [i, rho, n] of inside) { same(pairs[i].inside, rho, `${pairs[i].first} ${pairs[i].second}, inside`, 1e-9); equal(Number(pairs[i].products_inside), n, "products"); }
  // What is shown is what is written, to two digits.
  const shown = await page.locator("table.heat tbody tr").evaluateAll((all) => all.map((tr) => [...tr.querySelectorAll("td")].map((td) => td.textContent)));
  beside.indices.forEach((a, i) => beside.indices.forEach((b, j) => { const r = pairs.find((p) => p.first === a.index && p.second === b.index); if (r) { const text = r.inside === "" ? "–" : Number(r.inside).toFixed(2).replace("-", "−"); equal([shown[i][j], shown[j][i]], [text, text], `${a.index} ${b.index}`); } }));
  const told = (await csvOf(page, /^Where they disagree/)).rows;
  equal(told.length, beside.disagreements.length, "disagreements");
  const of = new Map((told.length ? sql(`select country, product, imports, ${[...new Set(column.values())].join()} from (${cells}) where ${told.map((r) => `(country='${r.importer}' and product='${r.product}')`).join(" or ")}`) : []).map(([c, p, ...v]) => [`${c} ${p}`, v]));
  const at = (index) => 1 + [...new Set(column.values())].indexOf(column.get(index));
  beside.disagreements.forEach((d, i) => {
    const v = of.get(`${d.importer.code} ${d.product.code}`);
    const [high, low] = ["high", "low"].map((side) => beside.indices.find((k) => k.short === d[side]).index);
    same(told[i].imports, v[0], "imports", 1e-9); same(told[i].value_high, v[at(high)], `${d.title} ${d.importer.code}`, 1e-9); same(told[i].value_low, v[at(low)], `${d.title} ${d.importer.code}`, 1e-9);
  });
  const link = page.locator("#disagreements tbody tr").first().locator("a");
  if (told.length) equal([await link.nth(0).getAttribute("href"), await link.nth(1).getAttribute("href")], [`#/country/${told[0].importer}`, `#/product/${told[0].product}?of=${told[0].importer}`], "links");
  await context.close();
});

await test("how do we know: files, loops, breaks and counts are those of the run", async () => {
  const { page, context } = await open();
  await to(page, "#/evidence");
  const rows = async (heading) => {
    const section = page.locator("section.frame").filter({ has: page.getByRole("heading", { name: heading }) });
    for (let more = section.getByRole("button", { name: /more|all|rows/i }); await more.count();) await more.first().click();
    return section.locator("tbody tr").evaluateAll((all) => all.map((tr) => [...tr.children].map((td) => td.querySelector("[title]")?.title || td.textContent.trim())));
  };
  const files = await rows("Files of the run");
  equal(files.length, Object.keys(ex.files).length, "files");
  for (const [name, bytes, sha] of files) {
    const path = join(data, "runs/0", name);
    equal([Number(bytes.replaceAll(",", "")), sha], [statSync(path).size, createHash("sha256").update(readFileSync(path)).digest("hex")], name);
  }
  const loops = has("trickle_loops.csv") ? sql(`select product, year, supplier, str_weighted, str_weighted_without from ${table("trickle_loops.csv")} order by str_weighted - str_weighted_without desc`) : [];
  const shown = await rows(/Feedback loops/);
  equal(shown.length, loops.length, "loops");
  loops.slice(0, 20).forEach(([p, y, , str], i) => equal([shown[i][0].includes(p), shown[i][1], Math.abs(Number(shown[i][3]) - str) < 0.02], [true, String(y), true], `loop ${i}`));
  const breaks = has("breaks.csv") ? sql(`select product, year from ${table("breaks.csv")} where flagged::varchar='true'`) : [];
  equal((await rows(/Breaks of the HS/)).length, breaks.length, "breaks");
  await context.close();
});

await test("two runs: products and the map of differences are DuckDB's", async () => {
  if (!ex.with) return;
  const { rows, page, context } = await take("#/compare", /^Mean mass-balanced STR by product/, "product");
  const told = [0, 1].map((run) => new Map(sql(`select product, year, trade, str_mass_balance_weighted, str_weighted from ${table("trends.csv", run)}`).map(([p, y, ...v]) => [`${p} ${y}`, v])));
  equal(rows.length > 0, true, "products");
  for (const r of rows) ["a", "b"].forEach((run, i) => { const v = told[i].get(`${r.product} ${r.year}`); ["trade", "str_mass_balance", "str"].forEach((k, at) => same(r[`${k}_${run}`], v[at], `${r.product} ${k} ${run}`, 1e-9)); });
  const map = (await csvOf(page, /^Mean STR of the chain/)).rows;
  const means = [0, 1].map((run) => new Map(sql(`select country, sum(str_mass_balance*imports)/sum(imports) from ${table("indicators.parquet", run)} where year=${year} and product in (select distinct product from ${table("products.csv", run)} where tier is not null) and imports>0 group by country`)));
  for (const r of map) ["a", "b"].forEach((k, i) => same(r[k], means[i].get(r.country) ?? null, `${r.country} ${k}`, FIVE));
  await context.close();
});

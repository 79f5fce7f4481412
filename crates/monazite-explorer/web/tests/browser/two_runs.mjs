// Two runs on every view (`with=1`): a second run is made of the first, changed in known ways, and the page shows just these.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, close, csvOf, data, equal, ex as first, file as part, has, MODES, open, sql, test } from "./setup.mjs";
import { serve } from "./server.mjs";
import { addressesOf, chosen, settled } from "./views.mjs";

const CHANGE = `
import duckdb, sys
src, out, gone, country, lost = sys.argv[1:6]
for name, where in (("by_country.parquet", "country, product, year"), ("indicators.parquet", "product, year, country")):
    cols = [c[0] for c in duckdb.sql(f"describe select * from '{src}/{name}'").fetchall()]
    more = ", case when country = '%s' and product = '%s' then 0.1 else share_1 end as share_1" % (country, lost) if "share_1" in cols else ""
    duckdb.sql(f"copy (select * replace (str_mass_balance + 0.25 as str_mass_balance{more}) from '{src}/{name}' where product <> '{gone}' order by {where}) to '{out}/{name}' (format parquet)")
`;

/** A folder with the run and a second one: mean STR is 0.25 higher, a product is gone, a chokepoint of a country is lost. */
function makePair(data, ex, { country, gone, lost }) {
  const pair = mkdtempSync(join(tmpdir(), "explorer-pair-"));
  mkdirSync(join(pair, "runs/1"), { recursive: true });
  const from = realpathSync(join(data, "runs/0"));
  symlinkSync(from, join(pair, "runs/0"));
  for (const name of ["index.html", "assets", "scenarios", "plans", "methods", ...Object.values(ex.parts)]) if (existsSync(join(data, name))) symlinkSync(realpathSync(join(data, name)), join(pair, name));
  execFileSync(process.env.PYTHON ?? "python3", ["-c", CHANGE, from, join(pair, "runs/1"), gone, country, lost]);
  const made = readdirSync(join(pair, "runs/1"));
  for (const name of readdirSync(from)) if (!made.includes(name)) symlinkSync(join(from, name), join(pair, "runs/1", name));
  const bytes = (name) => statSync(join(pair, "runs/1", name)).size;
  const b = structuredClone(ex);
  b.dir = "runs/1";
  b.run_id = "12345678";
  b.study.name = "<i>Other</i> run";
  b.tools = { kind: "none", reason: "scenarios are those of the first run" };
  b.products = b.products.filter((p) => p.code !== gone);
  b.by_country_bytes = bytes("by_country.parquet");
  b.files["indicators.parquet"] = bytes("indicators.parquet");
  b.map.forEach((m) => { m.str_mass_balance = m.str_mass_balance.map((v) => (v === null ? null : v + 0.25)); });
  for (const of of [...Object.values(b.product_years), ...Object.values(b.means)]) of.str_mass_balance = of.str_mass_balance.map((v) => (v === null ? null : v + 0.25));
  if (b.chain) b.chain.links = b.chain.links.filter((l, i) => i !== b.chain.links.findIndex((k) => k.kept));
  const same = (values) => ({ both: values, only: [[], []] });
  const comparison = {
    studies: [ex.study.name, b.study.name], data: ["data of A", "data of B"], inputs: [{ what: "trade", values: ["V202401", "V202501"] }], options: [{ what: "indicators.damping", values: ["1.0", "0.9"] }],
    coverage: { products: { both: b.products.map((p) => p.code), only: [[gone], []] }, countries: same(ex.countries.map((c) => c.code)), years: same(ex.years.map(String)) }, overlaps: true, indicators: [],
    products: b.products.map((p) => { const of = ex.product_years[p.code]; return { product: p.code, description: p.text, year: ex.years.at(-1), trade: [1, 1], str_weighted: [of.str.at(-1), of.str.at(-1)], str_mass_balance: [of.str_mass_balance.at(-1), b.product_years[p.code].str_mass_balance.at(-1)] }; }),
    ranks: [], chokepoints: [], links: [], findings: ["one", "two", "three", "A sentence of the engine."],
  };
  const write = (name, value) => writeFileSync(join(pair, name), JSON.stringify(value));
  const brings = { product_years: ["product_years"], findings: ["findings"], chain: ["chain"], evidence: ["manifest", "options", "trickles"], indices: ["beside", "absent"] };
  b.parts = Object.fromEntries(Object.keys(ex.parts).map((name) => [name, `${name}-1.json`]));
  for (const [name, keys] of Object.entries(brings)) write(b.parts[name], Object.fromEntries(keys.map((key) => [key, b[key]])));
  write("explorer.json", { ...first, with: { explorer: "explorer-1.json", comparison: "comparison.json", name: b.study.name, run_id: b.run_id } });
  write("explorer-1.json", b);
  write("comparison.json", comparison);
  return { pair, b, comparison, write };
}

const withBoth = (address) => address + (address.includes("?") ? "&" : "?") + "with=1";

export async function twoRuns() {
  // The run with all of its parts.
  const ex = Object.assign({}, first, ...Object.values(first.parts).map(part));
  const { country, product, year } = chosen(ex);
  const ADDRESSES = addressesOf(ex);
  if (!has("by_country.parquet") || !has("suppliers.parquet")) return;
  const file = (pair, run, name) => `'${join(pair, `runs/${run}`, name)}'`;
  const gone = ex.products.find((p) => p.code !== product && !ex.study.focus.includes(p.code) && ex.product_years[p.code])?.code;
  const choke = sql(`select product from '${join(data, "runs/0/by_country.parquet")}' where country='${country}' and year=${year} and exposure>0.5 and share_1>0.5 and product<>'${gone}' order by imports desc`).map(([p]) => p);
  if (!choke.length || !gone) return;
  const made = makePair(data, ex, { country, gone, lost: choke[0] });
  const { pair, comparison, write } = made;
  const site = await serve(pair, pair);
  const at = (address) => site.url + withBoth(address);
  const errors = (wrong) => wrong.filter((w) => !w.startsWith("outside"));

  for (const mode of ["light", "dark", "phone"].filter((mode) => mode in MODES)) {
    const { page, wrong, context } = await open(MODES[mode]);
    for (const [name, address] of Object.entries(ADDRESSES)) {
      if (["unknown", "compare"].includes(name)) continue;
      await test(`two runs: ${name}, ${mode}`, async () => {
        wrong.length = 0;
        await page.goto("about:blank");
        await page.goto(at(address));
        await page.waitForSelector("section.pair .differs");
        await settled(page);
        equal(await page.locator(".failed").allTextContents(), [], "failed");
        equal((await page.locator(".differs").textContent()).includes("2 of data, options and program"), true, "what differs");
        equal(await page.locator("main i").evaluateAll((all) => all.filter((e) => e.textContent === "Other").length), 0, "names stay text");
        if (mode === "phone") equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true, "nothing is wider than the page");
        else equal(await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((r) => r.violations.map((v) => v.id + ": " + v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160)).join(" | ")))`), [], "axe");
        equal(errors(wrong), [], "console");
      });
    }
    await context.close();
  }

  await test("two runs: a country's rows are those of both tables, gained and lost are told", async () => {
    const { page, context } = await open();
    await page.goto(at(`#/country/${country}`));
    await page.waitForSelector("section.pair section.frame table");
    await settled(page);
    const { rows } = await csvOf(page, /in A and B/);
    const truth = sql(`select a.product, a.imports, a.str_mass_balance, b.str_mass_balance, a.str, b.share_1 from ${file(pair, 0, "by_country.parquet")} a join ${file(pair, 1, "by_country.parquet")} b using (country, product, year) where country='${country}' and year=${year} and a.exposure>0.5 and a.share_1>0.5`);
    equal(rows.length, truth.length, "rows");
    const found = new Map(rows.map((r) => [r.product, r]));
    for (const [p, imports, x, y, str, share] of truth) {
      const r = found.get(p);
      close(Number(r.imports_a) / imports, 1, `${p} imports`); close(Number(r.str_mass_balance_a), x, `${p} A`); close(Number(r.str_mass_balance_b), y, `${p} B`); close(Number(r.str_a), str, `${p} paper`); close(Number(r.share_1_b), share, `${p} share`);
      equal(r.chokepoint, p === choke[0] ? "lost in B" : "in both", p);
    }
    equal((await page.locator("section.pair td", { hasText: /^\+0\.25$/ }).count()) > 0, true, "the difference is shown");
    await context.close();
  });

  await test("two runs: maps and rankings show the difference, a product that B lacks stands beside another", async () => {
    const { page, context } = await open();
    const name = ex.countries.find((c) => c.code === country).name;
    const outlined = ex.outlines.shapes.some((s) => s.code === country);
    for (const address of outlined ? ["#/", `#/map/str_mass_balance?product=${product}`, `#/product/${product}`] : []) {
      await page.goto(at(address));
      await page.waitForSelector("section.pair path.land");
      equal((await page.locator(`section.pair path.land[aria-label^="${name}"]`).first().getAttribute("aria-label")).includes("+0.25"), true, address);
    }
    await page.goto(at(`#/scatter?product=${product}`));
    await page.waitForSelector("section.pair line.slope");
    const { rows } = await csvOf(page, /^Ranking by/);
    const places = sql(`select country from ${file(pair, 0, "indicators.parquet")} where product='${product}' and year=${year} and imports >= 0.005*(select sum(imports) from ${file(pair, 0, "indicators.parquet")} where product='${product}' and year=${year}) and str_mass_balance is not null order by str_mass_balance desc`).map(([c]) => c);
    equal([...rows].sort((p, q) => Number(p.place_a) - Number(q.place_a)).map((r) => r.country), places, "places in A");
    equal(rows.every((r) => r.place_a === r.place_b), true, "all rise alike, no place changes");
    await page.goto(at(`#/product/${gone}`));
    await page.waitForSelector("section.pair select");
    equal(await page.locator("section.pair th", { hasText: "B − A" }).count(), 0, "no difference with another product");
    if (ex.chain) {
      await page.goto(at("#/network"));
      await page.waitForSelector("section.pair svg.network");
      equal(await page.locator("section.pair .edge.dropped").count(), 1, "the link that B lacks is dashed");
    }
    await context.close();
  });

  await test("two runs: the choice is in the address and goes along; nothing shared, no difference", async () => {
    const { page, context } = await open();
    await page.goto(site.url + "#/");
    await settled(page);
    equal(await page.locator("section.pair").count(), 0, "not asked for");
    await page.getByLabel("beside B").check();
    await page.waitForSelector("section.pair .differs");
    equal(new URL(page.url()).hash, "#/?with=1", "the address");
    await page.getByRole("link", { name: "Countries" }).click();
    await page.waitForSelector("section.pair .differs");
    equal(new URL(page.url()).hash, "#/country?with=1", "it goes along");
    comparison.overlaps = false;
    write("comparison.json", comparison);
    for (const address of ["#/", `#/country/${country}`, `#/product/${product}`, "#/map", "#/network"]) {
      await page.goto("about:blank");
      await page.goto(at(address));
      await page.waitForSelector("section.pair .two");
      await settled(page);
      const said = await page.locator("section.pair").textContent();
      equal([said.includes("no difference is worked out"), said.includes("B − A"), said.includes("A: ") && said.includes("B: ")], [true, false, true], address);
      equal(await page.locator(".failed").allTextContents(), [], address);
    }
    await context.close();
  });
  site.close();
  rmSync(pair, { recursive: true });
}

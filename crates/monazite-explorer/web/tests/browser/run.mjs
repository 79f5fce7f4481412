// Tests in the system's Chromium: node tests/browser/run.mjs DATA (or env EXPLORER_DATA)
// DATA: a folder with explorer.json and runs/0/ (tests/fixture/make.py or `monazite explore --export`).
// Every view in light, dark, 390 px and print: no console error, no outside request, axe finds nothing, nothing wider than the page; numbers equal
// DuckDB's on the run (python3 with duckdb); a tour by keyboard; a server without ranges; failures say what failed; the page works below the budget.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync, mkdirSync, mkdtempSync, existsSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./launch.mjs";
import { serve } from "./server.mjs";
import { ADDRESSES, settled } from "./views.mjs";
import { facts } from "./facts.mjs";
import { twoRuns } from "./two_runs.mjs";

const data = process.argv[2] ?? process.env.EXPLORER_DATA;
if (!data || !existsSync(join(data, "explorer.json"))) { console.error("usage: node tests/browser/run.mjs DATA, a folder with explorer.json"); process.exit(2); }
const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const axe = readFileSync(fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8");
const ex = JSON.parse(readFileSync(join(data, "explorer.json"), "utf8"));
let [passed, failed] = [0, 0];
async function test(name, body) {
  try { await body(); passed++; if (process.env.VERBOSE) console.log("ok", name); } catch (e) { failed++; console.log("FAILED", name, "\n   ", String(e?.message ?? e).slice(0, 1500)); }
}
const equal = (a, b, what) => { if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`); };
const close = (a, b, what) => { if (!(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)))) throw new Error(`${what}: ${a} is not ${b}`); };
const sql = (query) => JSON.parse(execFileSync("python3", ["-c", "import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall()))", query], { encoding: "utf8" }));
const has = (name) => existsSync(join(data, "runs/0", name));
const table = (name) => `'${join(data, "runs/0", name)}'`;

const { url, log, close: stop } = await serve(dist, data);
const browser = await launch();
const MODES = { light: {}, dark: { colorScheme: "dark" }, phone: { viewport: { width: 390, height: 844 } }, print: { media: "print" } };

async function open(mode = {}) {
  const context = await browser.newContext({ viewport: mode.viewport ?? { width: 1280, height: 900 }, colorScheme: mode.colorScheme ?? "light", acceptDownloads: true, bypassCSP: false });
  const page = await context.newPage();
  if (mode.media) await page.emulateMedia({ media: mode.media });
  const wrong = [];
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") wrong.push(m.text()); });
  page.on("pageerror", (e) => wrong.push(e.message));
  page.on("request", (r) => { if (!r.url().startsWith(new URL(url).origin) && !/^(data|blob):/.test(r.url())) wrong.push(`outside: ${r.url()}`); });
  return { page, wrong, context };
}
const csvOf = async (page, name) => {
  const section = page.locator("section.frame").filter({ has: page.getByRole("heading", { name }) }).first();
  await section.locator("details.take > summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), section.locator('button[data-take="csv"]').click()]);
  const text = readFileSync(await download.path(), "utf8");
  const lines = text.split("\n").filter((l) => l && !l.startsWith("#"));
  const cells = (l) => l.match(/("([^"]|"")*"|[^,]*)(,|$)/g).map((c) => c.replace(/,$/, "").replace(/^"|"$/g, "")).slice(0, lines[0].split(",").length);
  const head = cells(lines[0]);
  return { text, rows: lines.slice(1).map((l) => Object.fromEntries(cells(l).map((c, i) => [head[i], c]))) };
};

const only = process.env.ONLY?.split(",");

for (const [mode, of] of Object.entries(MODES)) {
  const { page, wrong, context } = await open(of);
  for (const [name, address] of Object.entries(ADDRESSES)) {
    if (only && !only.includes(name)) continue;
    await test(`${name}, ${mode}`, async () => {
      wrong.length = 0;
      await page.goto("about:blank");
      await page.goto(url + address);
      await settled(page);
      const lost = await page.locator(".failed").allTextContents();
      equal(lost, [], "failed");
      if (mode === "phone") equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true, "nothing is wider than the page");
      equal(await page.evaluate(() => document.querySelectorAll("[style*='NaN'], svg [d*='NaN'], svg [x='NaN'], svg [cx='NaN']").length), 0, "NaN in figures");
      if (mode !== "print") {
        const found = await page.evaluate(`${axe}; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((r) => r.violations.map((v) => v.id + ": " + v.nodes.length + " " + v.nodes.slice(0, 2).map((n) => n.html.slice(0, 160) + " " + (n.any[0]?.message ?? "")).join(" | ")))`);
        equal(found, [], "axe");
      } else {
        equal(await page.locator("header.top").isVisible(), false, "navigation is not printed");
        equal(await page.locator("footer .print-only").isVisible(), true, "the address is printed");
      }
      equal(wrong, [], "console");
    });
  }
  await context.close();
}

const product = ex.study.focus[0] ?? ex.products[0].code;
const year = ex.years[ex.years.length - 1];
const country = ex.countries.some((c) => c.code === "DEU") ? "DEU" : ex.countries[0].code;

await test("numbers of a product are DuckDB's", async () => {
  const { page, context } = await open();
  await page.goto(`${url}#/product/${product}`);
  await settled(page);
  const { rows, text } = await csvOf(page, /^Who depends on/);
  const truth = sql(`select country, imports, exposure, hhi, str, str_mass_balance, str_direct, str_indirect from ${table("indicators.parquet")} where product='${product}' and year=${year} and imports>0 order by country`);
  equal(rows.length, truth.length, "rows");
  const found = new Map(rows.map((r) => [r.country, r]));
  for (const [c, ...v] of truth) ["imports", "exposure", "hhi", "str", "str_mass_balance", "str_direct", "str_indirect"].forEach((k, i) => { if (v[i] === null) equal(found.get(c)[k].startsWith("not defined"), true, `${c} ${k}`); else equal(Number(found.get(c)[k]), v[i], `${c} ${k}`); });
  const main = sql(`select importer, supplier, share from ${table("suppliers.parquet")} where product='${product}' and year=${year} and rank=1`);
  for (const [c, s, share] of main) { equal(found.get(c)?.supplier, s, `${c} supplier`); equal(Number(found.get(c).share), share, `${c} share`); }
  const bands = !has("bands.parquet") ? [] : sql(`select country, p05, p95 from ${table("bands.parquet")} where product='${product}' and year=${year} and reading='mass_balance'`);
  for (const [c, low, high] of bands) if (found.has(c)) { equal(Number(found.get(c).str_mass_balance_p05), low, `${c} p05`); equal(Number(found.get(c).str_mass_balance_p95), high, `${c} p95`); }
  for (const part of [`# run: ${ex.run_id}`, "# licence:", "# link: http", `# ${ex.source}`]) equal(text.includes(part), true, part);
  const flows = (await csvOf(page, /^Who sells/)).rows;
  const all = sql(`select count(*), sum(value) from ${table("flows.parquet")} where product='${product}' and year=${year}`)[0];
  equal(flows.length, all[0], "flows");
  close(flows.reduce((s, f) => s + Number(f.value), 0), all[1], "value of flows");
  if (!has("shock_suppliers.parquet")) { await context.close(); return; }
  const stops = (await csvOf(page, /^Whose stop/)).rows;
  const power = sql(`select supplier, power_share from ${table("shock_suppliers.parquet")} where product='${product}' and year=${year}`);
  equal(stops.length, power.length, "suppliers");
  const of = new Map(stops.map((s) => [s.supplier, Number(s.power_share)]));
  for (const [s, share] of power) close(of.get(s), share, `power of ${s}`);
  await context.close();
});

await test("origins of a product are DuckDB's", async () => {
  if (!has("origins.parquet")) return;
  const { page, context } = await open();
  await page.goto(`${url}#/product/${product}?of=${country}&view=origins`);
  await settled(page);
  const { rows } = await csvOf(page, /^Who sold/);
  const truth = sql(`select origin, share, direct_share from ${table("origins.parquet")} where product='${product}' and year=${year} and importer='${country}'`);
  const mine = new Map(rows.filter((r) => r.importer === country).map((r) => [r.origin, r]));
  equal(mine.size, truth.length, "origins");
  for (const [o, share, direct] of truth) { equal(Number(mine.get(o).share), share, o); equal(Number(mine.get(o).direct_share), direct, o); }
  await context.close();
});

await test("numbers of a country are DuckDB's", async () => {
  const { page, context } = await open();
  await page.goto(`${url}#/country/${country}`);
  await settled(page);
  const choke = (await csvOf(page, /^Chokepoints of/)).rows;
  const truth = sql(`select i.product, imports, str, str_mass_balance, s.supplier, s.share from ${table("indicators.parquet")} i join ${table("suppliers.parquet")} s on s.product=i.product and s.year=i.year and s.importer=i.country and rank=1 where i.country='${country}' and i.year=${year} and exposure>0.5 and s.share>0.5`);
  equal(choke.length, truth.length, "chokepoints");
  const found = new Map(choke.map((r) => [r.product, r]));
  for (const [p, imports, str, mass, supplier, share] of truth) {
    const r = found.get(p);
    close(Number(r.imports) / imports, 1, `${p} imports`); close(Number(r.str), str, `${p} str`); close(Number(r.str_mass_balance), mass, `${p} mass`);
    equal(r.supplier_1, supplier, `${p} supplier`); close(Number(r.share_1), share, `${p} share`);
  }
  const tiers = (await csvOf(page, /^Tier by tier/)).rows;
  const chain = ex.products.filter((p) => p.tier === 0).map((p) => `'${p.code}'`).join(",");
  const [[imports, str, mass]] = sql(`select sum(imports), sum(str*imports)/sum(imports), sum(str_mass_balance*imports)/sum(imports) from ${table("indicators.parquet")} where country='${country}' and year=${year} and product in (${chain}) and imports>0`);
  close(Number(tiers[0].imports) / imports, 1, "imports of tier 0"); close(Number(tiers[0].str), str, "str of tier 0"); close(Number(tiers[0].str_mass_balance), mass, "mass-balanced str of tier 0");
  await context.close();
});

await facts({ test, equal, close, open, url, ex, sql, table, csvOf, has, product, country, year });
await twoRuns({ test, equal, close, open, serve, dist, data, ex, axe, sql, csvOf, has, MODES });

await test("a tour by keyboard alone", async () => {
  const { page, wrong, context } = await open();
  const keys = async (...list) => { for (const k of list) await page.keyboard.press(k); };
  await page.goto(url);
  await settled(page);
  await keys("Tab");
  equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content", "first stop");
  await keys("/");
  await page.keyboard.type("germany");
  await keys("Enter");
  await page.waitForFunction(() => location.hash.startsWith("#/country/DEU"));
  await settled(page);
  await keys("[");
  await page.waitForFunction((y) => location.hash.includes(`year=${y}`), year - 1);
  await keys("]");
  await page.waitForFunction(() => !location.hash.includes("year="));
  await settled(page);
  await keys("t");
  equal(await page.locator("details.data[open]").count() > 0, true, "t opens tables");
  await keys("t");
  equal(await page.locator("details.data[open]").count(), 0, "t closes them");
  await keys("d");
  equal(await page.evaluate(() => document.activeElement.dataset.take), "csv", "d goes to the CSV");
  await keys("?");
  equal(await page.locator("dialog").isVisible(), true, "help");
  await keys("Escape");
  equal(await page.locator("dialog").isVisible(), false, "help closes");
  await page.goto(`${url}#/network`);
  await settled(page);
  await page.locator("svg.network g.node[tabindex='0']").focus();
  const before = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await keys("ArrowRight");
  const after = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  equal(before !== after, true, "an arrow moves in the network");
  await keys("Enter");
  await page.waitForFunction(() => location.hash.includes("focus="));
  await keys("Escape");
  await page.waitForFunction(() => !location.hash.includes("focus="));
  await page.goto(`${url}#/map/str_mass_balance?product=${product}`);
  await settled(page);
  await page.locator("path.land[tabindex='0']").focus();
  await keys("ArrowDown", "ArrowRight", "Enter");
  await page.waitForFunction(() => location.hash.startsWith("#/country/"));
  equal(wrong, [], "console");
  await context.close();
});

await test("search finds synonyms and folds accents", async () => {
  const { page, context } = await open();
  await page.goto(url);
  await settled(page);
  for (const [text, hint] of [["uk", "GBR"], ["cote d", "CIV"], ["rare earth", product], ["turkey", "TUR"], ["DEU", "DEU"]]) {
    await page.locator("#search").fill(text);
    const found = await page.locator("#found [role=option]").allTextContents();
    equal(found.some((f) => f.includes(hint)), true, `${text} in ${JSON.stringify(found)}`);
  }
  await page.locator("#search").fill("<img src=x onerror=alert(1)>");
  equal(await page.locator("#found img").count(), 0, "markup is text");
  await context.close();
});

await test("figures can be taken away as SVG and PNG", async () => {
  const { page, wrong, context } = await open();
  await page.goto(`${url}#/product/${product}`);
  await settled(page);
  const section = page.locator("section.frame").first();
  await section.locator("details.take > summary").click();
  for (const kind of ["SVG", "PNG"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), section.getByRole("button", { name: kind, exact: true }).click()]);
    const bytes = readFileSync(await download.path());
    if (kind === "SVG") {
      const text = bytes.toString("utf8");
      equal(/^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/.test(text) && text.includes("<title>Who sells") && text.includes(ex.run_id) && !/var\(|class=|<style/.test(text), true, "the SVG stands alone");
    } else equal([...bytes.subarray(1, 4)], [80, 78, 71], "a PNG");
  }
  equal(wrong, [], "console");
  await context.close();
});

await test("embedded: no navigation; a link of another run says so", async () => {
  const { page, context } = await open();
  await page.goto(`${url}#/product/${product}?embed=1`);
  await settled(page);
  equal(await page.locator("header.top").count(), 0, "no navigation");
  equal(await page.getByRole("link", { name: "Explore", exact: true }).count(), 1, "Explore");
  await page.goto("about:blank");
  await page.goto(`${url}#/product/${product}?run=00000000`);
  await settled(page);
  equal(await page.locator(".other").count(), 1, "another version");
  await context.close();
});

await test("a server without ranges will do", async () => {
  const plain = await serve(dist, data, { ranges: false });
  const { page, context } = await open();
  const wrong = [];
  page.on("console", (m) => { if (m.type() === "error") wrong.push(m.text()); });
  await page.goto(`${plain.url}#/country/${country}`);
  await settled(page);
  await page.goto(`${plain.url}#/product/${product}`);
  await settled(page);
  equal(await page.locator(".failed").count(), 0, "failed");
  equal(await page.locator("section.frame table tbody tr").count() > 10, true, "rows");
  equal(wrong, [], "console");
  await context.close();
  plain.close();
});

await test("a file that is gone is named, other views work, trying again works", async () => {
  const { page, context } = await open();
  await page.route("**/runs/0/indicators.parquet", (route) => route.fulfill({ status: 404, body: "" }));
  await page.goto(`${url}#/product/${product}`);
  await settled(page);
  equal((await page.locator(".failed").first().textContent()).includes("indicators.parquet"), true, "it says which file");
  equal(await page.locator("svg.flows").count(), 1, "flows are there all the same");
  await page.unroute("**/runs/0/indicators.parquet");
  await page.locator(".failed button").first().click();
  await page.getByRole("heading", { name: /^Who depends on/ }).waitFor();
  await context.close();
});

await test("markup in names stays text", async () => {
  const odd = mkdtempSync(join(tmpdir(), "explorer-"));
  const nasty = structuredClone(ex);
  nasty.study.name = nasty.study.question = '<img src=x onerror="document.title=\'run\'">';
  nasty.countries.forEach((c) => { c.name = `<b onclick=x>${c.name}</b>`; });
  nasty.notes = ["</script><script>document.title='run'</script>"];
  writeFileSync(join(odd, "explorer.json"), JSON.stringify(nasty));
  const other = await serve(dist, odd);
  const { page, wrong, context } = await open();
  await page.goto(`${other.url}#/`);
  await settled(page);
  equal(await page.locator("main img, main b").count(), 0, "elements from names");
  equal(await page.locator("h1").textContent(), nasty.study.question, "the question as it is");
  equal(wrong.filter((w) => !w.startsWith("outside")), [], "console");
  await context.close();
  other.close();
  rmSync(odd, { recursive: true });
});

await test("a small run: no chain, types, regression, bands, dependencies, shocks, what-if, copy by country, one year", async () => {
  const bare = mkdtempSync(join(tmpdir(), "explorer-"));
  const small = structuredClone(ex);
  Object.assign(small, { chain: null, types: null, tools: { kind: "none", reason: "Not here." }, by_country_bytes: null, findings: [], notes: [], breaks: [], chokepoints: [], suppliers: [], options: [], years: [year], bands: { readings: [], draws: 0 }, trickles: { product: [], year: [], supplier: [], export_share: [], str: [], str_without: [] } });
  small.map = small.map.filter((m) => m.year === year);
  for (const of of Object.values(small.product_years)) for (const k of Object.keys(of)) of[k] = of[k].slice(-1);
  small.products.forEach((p) => { p.bands = p.dependencies = false; p.tier = null; });
  small.study.focus = []; small.study.question = "";
  const kept = ["indicators.parquet"];
  small.manifest = { files: small.manifest.files.filter((f) => kept.includes(f.name)) };
  writeFileSync(join(bare, "explorer.json"), JSON.stringify(small));
  mkdirSync(join(bare, "runs/0"), { recursive: true });
  symlinkSync(realpathSync(join(data, "runs/0/indicators.parquet")), join(bare, "runs/0/indicators.parquet"));
  const other = await serve(dist, bare);
  const { page, wrong, context } = await open();
  for (const [name, address] of Object.entries(ADDRESSES)) {
    await page.goto("about:blank");
    await page.goto(other.url + address);
    await settled(page);
    equal(await page.locator(".failed").allTextContents(), [], name);
    equal(wrong.filter((w) => !w.startsWith("outside")), [], name);
  }
  await context.close();
  other.close();
  rmSync(bare, { recursive: true });
});

await test("two runs side by side", async () => {
  const pair = mkdtempSync(join(tmpdir(), "explorer-"));
  const two = { ...ex, with: { explorer: "explorer-1.json", comparison: "comparison.json", name: "Other run", run_id: "12345678" } };
  const shared = { both: ["a", "b"], only: [["c"], []] };
  const comparison = {
    studies: ["A", "B"], data: ["x", "y"], inputs: [{ what: "trade", values: ["V202401", "V202501"] }], options: [{ what: "damping", values: ["1", null] }], coverage: { products: shared, countries: shared, years: shared }, overlaps: true,
    indicators: [{ indicator: "str", label: "STR", both: 10, differ: 3, only: [1, 0], mean: [1.5, 1.75], mean_distance: 0.1 }],
    products: ex.products.slice(0, 5).map((p, i) => ({ product: p.code, description: p.text, year, trade: [1, 2], str_weighted: [2, 2 + i], str_mass_balance: i === 4 ? [1.5, null] : [1.5, 1.5 + i / 10] })),
    ranks: [{ product, year, country, name: "X", ranks: [1, 4], values: [2, 1.5], reading: "mass_balance" }], chokepoints: [{ product, year, supplier: "CHN", name: "China", shares: [0.4, 0.6], powers: [null, 0.5], gained: true }], links: [{ input: product, output: product, gained: false, evidence: "table" }],
  };
  writeFileSync(join(pair, "explorer.json"), JSON.stringify(two));
  writeFileSync(join(pair, "comparison.json"), JSON.stringify(comparison));
  const second = structuredClone(ex);
  second.map.forEach((m) => { m.str_mass_balance = m.str_mass_balance.map((v) => (v === null ? null : v + 0.25)); });
  writeFileSync(join(pair, "explorer-1.json"), JSON.stringify(second));
  const other = await serve(dist, pair);
  const { page, wrong, context } = await open();
  await page.goto(`${other.url}#/compare`);
  await settled(page);
  equal((await page.locator(`path.land[aria-label^="${ex.countries.find((c) => c.code === country).name}"]`).getAttribute("aria-label")).includes("+0.25;"), true, "the map of differences");
  equal(await page.locator("section.frame svg line.slope").count(), 4, "products with a value in both");
  for (const part of ["V202501", "2 in both, 1 only in A, 0 only in B", "gained", "−0.50"]) equal((await page.locator("main").textContent()).includes(part), true, part);
  equal(wrong.filter((w) => !w.startsWith("outside")), [], "console");
  comparison.overlaps = false;
  writeFileSync(join(pair, "comparison.json"), JSON.stringify(comparison));
  await page.reload();
  await settled(page);
  equal(await page.locator("svg line.slope").count(), 0, "no differences without anything in common");
  await context.close();
  other.close();
  rmSync(pair, { recursive: true });
});

await test("what-if and plans asked of a live engine", async () => {
  if (ex.tools.kind !== "precomputed") return;
  const { page, wrong, context } = await open();
  const asked = [];
  const [of] = Object.entries(ex.tools.scenarios);
  const [whose] = Object.entries(ex.tools.plans);
  const scenario = JSON.parse(readFileSync(join(data, `scenarios/${of[1][0]}-${of[0]}-${ex.tools.year}-100.json`), "utf8"));
  const plan = JSON.parse(readFileSync(join(data, `plans/${whose[1][0]}-${whose[0]}-${ex.tools.year}.json`), "utf8"));
  await page.route("**/explorer.json", (route) => route.fulfill({ json: { ...ex, tools: { kind: "live", limits: ex.tools.limits, year: ex.tools.year } } }));
  await page.route(/\/(whatif|diversify)\?/, (route) => {
    const address = new URL(route.request().url());
    asked.push(address.search);
    if (address.searchParams.get("cut") === "0.9") return route.fulfill({ status: 400, json: { error: "CHN <b>sells</b> none of it; possible: MMR" } });
    return route.fulfill({ json: address.pathname.endsWith("whatif") ? scenario : plan });
  });
  await page.goto(`${url}#/what-if/${of[1][0]}?cut=0.5&product=${of[0]}`);
  await settled(page);
  equal(asked, [`?supplier=${of[1][0]}&product=${of[0]}&year=${ex.tools.year}&cut=0.5`], "the question");
  const { rows } = await csvOf(page, /^Who loses what share/);
  equal(rows.length, scenario.importers.length, "importers");
  for (const l of scenario.importers) { const r = rows.find((x) => x.importer === l.importer.code); for (const k of ["none", "exposure", "mass_balance"]) equal(Number(r[`share_${k}`]), l.share[k], `${l.importer.code} ${k}`); }
  await page.goto(`${url}#/what-if/${of[1][0]}?cut=0.9&product=${of[0]}`);
  await page.locator(".failed").waitFor();
  equal((await page.locator(".failed p").textContent()), "CHN <b>sells</b> none of it; possible: MMR", "the error of the engine, as text");
  asked.length = 0;
  await page.goto(`${url}#/diversify/${whose[1][0]}?move=0.2&objective=hhi&product=${whose[0]}`);
  await settled(page);
  equal(asked, [`?importer=${whose[1][0]}&product=${whose[0]}&year=${ex.tools.year}&move=0.2&capacity=${ex.tools.limits.capacity}&objective=hhi`], "the question");
  equal(wrong.filter((w) => !w.includes("400")), [], "console");
  await context.close();
});

await test("the first view stays within its budget", async () => {
  const { page, context } = await open();
  const client = await context.newCDPSession(page);
  await client.send("Performance.enable");
  log.length = 0;
  await page.goto(url);
  await settled(page);
  const busy = (await client.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value;
  console.log(`first view: the page's thread was busy for ${busy.toFixed(2)} s`);
  const contents = log.map((l) => readFileSync([join(dist, l.path), join(data, l.path)].find((f) => existsSync(f))));
  const [bytes, zipped] = [(b) => b.length, (b) => gzipSync(b).length].map((size) => contents.reduce((s, b) => s + size(b), 0));
  console.log(`first view: ${log.length} requests, ${bytes} bytes, ${zipped} gzipped`);
  equal(log.some((l) => l.path.includes("/runs/")), false, "the first view reads no table");
  equal(bytes <= 500_000, true, `${bytes} bytes, ${zipped} gzipped`);
  await context.close();
});

await browser.close();
stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

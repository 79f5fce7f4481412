// Names, files and runs that are odd.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "./server.mjs";
import { addressesOf, settled } from "./views.mjs";
import { changed, csvOf, equal, ex, file, of, open, test, to, url } from "./setup.mjs";

const { product, year, country } = of;

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

await test("a part of the run that is gone is named with a way to try again, and other views work", async () => {
  const { page, context } = await open();
  for (const [part, address] of [["findings", `#/country/${country}`], ["product_years", `#/product/${product}`], ["chain", "#/network"], ["evidence", "#/evidence"], ["indices", "#/indices"]]) {
    const name = `**/${ex.parts[part]}`;
    await page.route(name, (route) => route.fulfill({ status: 404, body: "" }));
    await to(page, address);
    equal((await page.locator(".failed").textContent()).includes(ex.parts[part]), true, `${part} is named`);
    await page.evaluate(() => { location.hash = "#/map/hhi"; });
    await page.getByRole("heading", { name: "Map", exact: true }).waitFor();
    equal(await page.locator(".failed").count(), 0, "the map is there all the same");
    await page.evaluate((a) => { location.hash = a; }, address);
    await page.locator(".failed button").waitFor();
    await page.unroute(name);
    await page.locator(".failed button").click();
    await settled(page);
    equal(await page.locator(".failed").count(), 0, `${part} is read again`);
  }
  // What is no part, or one of another version, is none.
  await page.route("**/findings.json", (route) => route.fulfill({ json: { other: 1 } }));
  await to(page, `#/country/${country}`);
  equal((await page.locator(".failed").textContent()).includes("findings is not in it"), true, "what is wrong with it");
  await context.close();
});

/** What a name may hold. */
const NASTY = ['"><img src=x onerror="document.title=1">', "</title></svg><script>document.title=2</script>", "it's \"quoted\" & <b>bold</b>", "\u202Ereversed", "\u200Fright\u200E", "=1+1", "{{7*7}}${7*7}`"];

await test("names with markup, quotes and right-to-left marks stay text on every view, in CSV and SVG", async () => {
  const nasty = structuredClone(ex);
  const named = (text, i) => `${text} ${NASTY[i % NASTY.length]} ${NASTY[(i + 1) % NASTY.length]}`;
  nasty.study.name = nasty.study.question = named("Study", 0);
  nasty.source = named("Source", 1).replace("=1+1", "");
  nasty.notes = NASTY.map((n) => named("Note", NASTY.indexOf(n)));
  nasty.countries.forEach((c, i) => { c.name = named(c.name, i); });
  nasty.products.forEach((p, i) => { p.text = named(p.text, i); p.label = named(p.label, i + 2); });
  if (nasty.types) nasty.types.verdict = named("Verdict", 0);
  const sentences = (list) => list.map((f, i) => ({ ...f, text: named(f.text, i) }));
  nasty.findings = sentences(ex.findings);
  const evidence = file("evidence.json");
  evidence.options = [{ key: NASTY[0], value: NASTY[1], default: NASTY[2] }];
  const folder = changed({ "explorer.json": nasty, "findings.json": { findings: sentences(file("findings.json").findings) }, "evidence.json": evidence, "indices.json": { beside: null, absent: "Not here" } });
  const other = await serve(folder, folder);
  const { page, wrong, context } = await open({}, other.url);
  for (const [name, address] of Object.entries(addressesOf(nasty))) {
    await to(page, address, other.url);
    equal(await page.locator(".failed").allTextContents(), [], name);
    equal(await page.locator("#app :is(img, script, b, iframe, object, base, link, style, meta)").count(), 0, `${name}: elements from names`);
    equal(["1", "2"].includes(await page.title()), false, `${name}: a name was run`);
    equal(wrong, [], name);
  }
  await to(page, "#/", other.url);
  const bare = (text) => text.replaceAll(/[\u2068\u2069]/g, "");
  equal(bare(await page.locator("h1").textContent()), nasty.study.question, "the question as it is");
  // An override in a name ends with the name.
  const overrides = await page.evaluate(() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); const found = []; while (walk.nextNode()) { const t = walk.currentNode.data; for (let i = t.indexOf("\u202E"); i >= 0; i = t.indexOf("\u202E", i + 1)) { const before = t.slice(0, i); if (before.lastIndexOf("\u2068") <= before.lastIndexOf("\u2069") && walk.currentNode.parentElement.closest("p.sentence, .lead p, .care p, footer") === null) found.push(t); } } return found; });
  equal(overrides, [], "names that turn what stands behind them");
  await to(page, `#/product/${product}`, other.url);
  const section = page.locator("section.frame").filter({ has: page.locator("svg") }).first();
  await section.locator("details.take > summary").click();
  const [drawn] = await Promise.all([page.waitForEvent("download"), section.getByRole("button", { name: "SVG", exact: true }).click()]);
  const svg = readFileSync(await drawn.path(), "utf8");
  const parsed = await page.evaluate((text) => { const doc = new DOMParser().parseFromString(text, "image/svg+xml"); return [doc.querySelector("parsererror")?.textContent ?? null, doc.querySelectorAll("img, script, b, foreignObject").length, [...doc.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => /^on/.test(a.name))).length, doc.documentElement.textContent.includes("<img") || doc.documentElement.textContent.includes("<b>") || doc.documentElement.textContent.includes("<script>")]; }, svg);
  equal(parsed, [null, 0, 0, true], "the SVG holds names as text");
  await to(page, `#/map/str_mass_balance?product=${product}`, other.url);
  const { rows } = await csvOf(page, /./);
  const told = new Map(rows.map((r) => [r.country, r.name]));
  for (const c of nasty.countries.filter((c) => c.kind !== "mean")) equal(bare(told.get(c.code)), c.name, "names in the CSV");
  await context.close();
  other.close();
  rmSync(folder, { recursive: true });
});

await test("a small run: no chain, types, regression, bands, dependencies, shocks, what-if, copy by country, one year", async () => {
  const small = structuredClone(ex);
  Object.assign(small, { chain: null, types: null, tools: { kind: "none", reason: "Not here." }, by_country_bytes: null, findings: [], notes: [], chokepoints: [], suppliers: [], years: [year], shown: [], mean_bands: {}, bands: { readings: [], draws: 0 } });
  small.marks = { loops: { product: [], year: [], supplier: [], str_without: [] }, imputed: { product: [], year: [], share: [] }, clamped: { product: [], year: [] }, breaks: [] };
  small.map = small.map.filter((m) => m.year === year);
  const last = (list) => { for (const of of Object.values(list)) for (const k of Object.keys(of)) of[k] = of[k].slice(-1); return list; };
  last(small.means);
  small.products.forEach((p) => { p.bands = p.dependencies = false; p.tier = null; });
  small.study.focus = []; small.study.question = "";
  small.files = { "indicators.parquet": small.files["indicators.parquet"] };
  const evidence = { manifest: { files: [] }, options: [], trickles: { product: [], year: [], supplier: [], export_share: [], str: [], str_without: [] } };
  const folder = changed({ "explorer.json": small, "product_years.json": { product_years: last(file("product_years.json").product_years) }, "findings.json": { findings: [] }, "chain.json": { chain: null }, "evidence.json": evidence });
  const other = await serve(folder, folder);
  const { page, wrong, context } = await open({}, other.url);
  for (const [name, address] of Object.entries(addressesOf(small))) {
    await to(page, address, other.url);
    equal(await page.locator(".failed").allTextContents(), [], name);
    equal(wrong, [], name);
  }
  await context.close();
  other.close();
  rmSync(folder, { recursive: true });
});

await test("two made-up runs side by side", async () => {
  const two = { ...structuredClone(ex), with: { explorer: "explorer-1.json", comparison: "comparison.json", name: "Other run", run_id: "12345678" } };
  const shared = { both: ["a", "b"], only: [["c"], []] };
  const comparison = {
    studies: ["A", "B"], data: ["x", "y"], inputs: [{ what: "trade", values: ["V202401", "V202501"] }], options: [{ what: "damping", values: ["1", null] }], coverage: { products: shared, countries: shared, years: shared }, overlaps: true,
    indicators: [{ indicator: "str", label: "STR", both: 10, differ: 3, only: [1, 0], mean: [1.5, 1.75], mean_distance: 0.1 }],
    products: ex.products.slice(0, 5).map((p, i) => ({ product: p.code, description: p.text, year, trade: [1, 2], str_weighted: [2, 2 + i], str_mass_balance: i === 4 ? [1.5, null] : [1.5, 1.5 + i / 10] })),
    ranks: [{ product, year, country, name: "X", ranks: [1, 4], values: [2, 1.5], reading: "mass_balance" }], chokepoints: [{ product, year, supplier: "CHN", name: "China", shares: [0.4, 0.6], powers: [null, 0.5], gained: true }], links: [{ input: product, output: product, gained: false, evidence: "table" }],
  };
  const second = structuredClone(ex);
  second.map.forEach((m) => { m.str_mass_balance = m.str_mass_balance.map((v) => (v === null ? null : v + 0.25)); });
  const pair = changed({ "explorer.json": two, "comparison.json": comparison, "explorer-1.json": second });
  const other = await serve(pair, pair);
  const { page, wrong, context } = await open({}, other.url);
  await page.goto(`${other.url}#/compare`);
  await settled(page);
  // Countries of made-up worlds have no outline.
  if (ex.outlines.shapes.some((s) => s.code === country)) equal((await page.locator(`path.land[aria-label^="${ex.countries.find((c) => c.code === country).name}"]`).getAttribute("aria-label")).includes("+0.25;"), true, "the map of differences");
  equal(await page.locator("section.frame svg line.slope").count(), 4, "products with a value in both");
  for (const part of ["V202501", "2 in both, 1 only in A, 0 only in B", "gained", "−0.50"]) equal((await page.locator("main").textContent()).includes(part), true, part);
  equal(wrong, [], "console");
  comparison.overlaps = false;
  writeFileSync(join(pair, "comparison.json"), JSON.stringify(comparison));
  await page.reload();
  await settled(page);
  equal(await page.locator("svg line.slope").count(), 0, "no differences without anything in common");
  await context.close();
  other.close();
  rmSync(pair, { recursive: true });
});

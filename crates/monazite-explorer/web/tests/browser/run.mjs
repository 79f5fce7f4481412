// Tests in the system's Chromium: node tests/browser/run.mjs DIR (or env EXPLORER_DATA), DIR being what `monazite explore RUN --export DIR` wrote.
// Every view in light, dark, 390 px and print: no console error, no outside request, axe finds nothing, nothing wider than the page; copied links;
// a tour by keyboard; figures to take away; plain servers; the budget. truth.mjs and facts.mjs: numbers equal DuckDB's. odd.mjs: names, files and
// runs that are odd. two_runs.mjs: a second run beside the first.
// ONLY=REGEX: some of the tests; MODES=light,dark: some of the modes. PYTHON: a python with duckdb.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { facts } from "./facts.mjs";
import { serve } from "./server.mjs";
import { twoRuns } from "./two_runs.mjs";
import { addressesOf, settled } from "./views.mjs";
import { axe, cells, csvOf, data, equal, ex, finish, log, MODES, of, open, test, to, url } from "./setup.mjs";

const ADDRESSES = addressesOf(ex);
const { product, year, country } = of;

for (const [mode, how] of Object.entries(MODES)) {
  const { page, wrong, context } = await open(how);
  for (const [name, address] of Object.entries(ADDRESSES)) {
    await test(`${name}, ${mode}`, async () => {
      wrong.length = 0;
      await to(page, address);
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


await test("a link copied from a view opens the same view in a fresh browser", async () => {
  for (const [name, address] of Object.entries(ADDRESSES)) {
    const first = await open();
    await first.page.addInitScript(() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; });
    await to(first.page, address);
    const take = first.page.locator("details.take").first();
    let link = first.page.url();
    // Views without a figure are linked by their address.
    if (await take.count()) {
      await take.locator("summary").click();
      await take.getByRole("button", { name: "Copy link" }).click();
      link = await first.page.evaluate(() => window.copied);
      await take.locator("summary").click();
      equal(link.includes(`run=${ex.run_id}`), true, `${name}: the link names its run: ${link}`);
    }
    const second = await open();
    await second.page.goto(link);
    await settled(second.page);
    const shown = (page) => page.evaluate(() => [...document.querySelectorAll("h1, h2, h3, td, select")].map((e) => (e.tagName === "SELECT" ? e.value : e.textContent)));
    const [one, two] = [await shown(first.page), await shown(second.page)];
    one.forEach((text, i) => equal(two[i], text, `${name}, ${link}`));
    equal(two.length, one.length, name);
    equal([await second.page.locator(".failed").allTextContents(), await second.page.locator(".other").count(), second.wrong], [[], 0, []], name);
    await first.context.close();
    await second.context.close();
  }
});

await test("a tour by keyboard alone", async () => {
  const { page, wrong, context } = await open();
  const keys = async (...list) => { for (const k of list) await page.keyboard.press(k); };
  const search = async (text, place) => { await keys("/"); await page.keyboard.type(text); await keys("Enter"); await page.waitForFunction((p) => location.hash.startsWith(p), place); await settled(page); };
  await page.goto(url);
  await settled(page);
  await keys("Tab");
  equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content", "first stop");
  await search((ex.countries.find((c) => c.code === country).name || country).toLowerCase(), `#/country/${country}`);
  await search(product, `#/product/${product}`);
  if (ex.years.length > 1) {
    await keys("[");
    await page.waitForFunction((y) => location.hash.includes(`year=${y}`), ex.years[ex.years.length - 2]);
    await settled(page);
    await keys("d");
    const [download] = await Promise.all([page.waitForEvent("download"), keys("Enter")]);
    const rows = cells(readFileSync(await download.path(), "utf8"));
    equal(rows.length > 0 && download.suggestedFilename().includes(String(ex.years[ex.years.length - 2])), true, "the CSV of the year");
    await keys("]");
    await page.waitForFunction(() => !location.hash.includes("year="));
    await settled(page);
  }
  await keys("t");
  equal(await page.locator("details.data[open]").count() > 0, true, "t opens tables");
  await keys("t");
  equal(await page.locator("details.data[open]").count(), 0, "t closes them");
  await keys("d");
  equal(await page.evaluate(() => document.activeElement.dataset.take), "csv", "d goes to the CSV");
  const [download] = await Promise.all([page.waitForEvent("download"), keys("Enter")]);
  equal(readFileSync(await download.path(), "utf8").includes(`# run: ${ex.run_id}`), true, "the CSV");
  await keys("?");
  equal(await page.locator("dialog").isVisible(), true, "help");
  await keys("Escape");
  equal(await page.locator("dialog").isVisible(), false, "help closes");
  if (ex.chain) {
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
  }
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
  for (const [text, hint] of [["uk", "GBR"], ["cote d", "CIV"], ["rare earth", "284690"], ["turkey", "TUR"], ["DEU", "DEU"], [product, product], [country, country]].filter(([, code]) => ex.countries.some((c) => c.code === code) || ex.products.some((p) => p.code === code))) {
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
  const plain = await serve(data, data, { ranges: false });
  const { page, context } = await open();
  const wrong = [];
  page.on("console", (m) => { if (m.type() === "error") wrong.push(m.text()); });
  await page.goto(`${plain.url}#/country/${country}`);
  await settled(page);
  await page.goto(`${plain.url}#/product/${product}`);
  await settled(page);
  equal(await page.locator(".failed").count(), 0, "failed");
  equal(await page.locator("section.frame table tbody tr").count() > 0, true, "rows");
  equal(wrong, [], "console");
  await context.close();
  plain.close();
});

await test("it works on a plain static server, below a path", async () => {
  const port = await new Promise((resolve) => { const probe = createServer().listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => resolve(port)); }); });
  const folder = resolve(data);
  const server = spawn(process.env.PYTHON ?? "python3", ["-m", "http.server", "--bind", "127.0.0.1", "--directory", dirname(folder), String(port)], { stdio: "ignore" });
  try {
    const own = `http://127.0.0.1:${port}/${basename(folder)}/`;
    for (let i = 0; i < 100 && !(await fetch(own).catch(() => null)); i++) await new Promise((r) => setTimeout(r, 50));
    const { page, wrong, context } = await open({}, own);
    for (const [name, address] of Object.entries(ADDRESSES)) {
      await to(page, address, own);
      equal([await page.locator(".failed").allTextContents(), wrong], [[], []], name);
    }
    await context.close();
  } finally { server.kill(); }
});

await test("what-if and plans asked of a live engine", async () => {
  if (ex.tools.kind !== "precomputed") return;
  const { page, wrong, context } = await open();
  const asked = [];
  const [hit] = Object.entries(ex.tools.scenarios);
  const [whose] = Object.entries(ex.tools.plans);
  const scenario = JSON.parse(readFileSync(join(data, `scenarios/${hit[1][0]}-${hit[0]}-${ex.tools.year}-100.json`), "utf8"));
  const plan = JSON.parse(readFileSync(join(data, `plans/${whose[1][0]}-${whose[0]}-${ex.tools.year}.json`), "utf8"));
  await page.route("**/explorer.json", (route) => route.fulfill({ json: { ...ex, tools: { kind: "live", limits: ex.tools.limits, year: ex.tools.year } } }));
  await page.route(/\/(whatif|diversify)\?/, (route) => {
    const address = new URL(route.request().url());
    asked.push(address.search);
    if (address.searchParams.get("cut") === "0.9") return route.fulfill({ status: 400, json: { error: "CHN <b>sells</b> none of it; possible: MMR" } });
    return route.fulfill({ json: address.pathname.endsWith("whatif") ? scenario : plan });
  });
  await page.goto(`${url}#/what-if/${hit[1][0]}?cut=0.5&product=${hit[0]}`);
  await settled(page);
  equal(asked, [`?supplier=${hit[1][0]}&product=${hit[0]}&year=${ex.tools.year}&cut=0.5`], "the question");
  const { rows } = await csvOf(page, /^Who loses what share/);
  equal(rows.length, scenario.importers.length, "importers");
  for (const l of scenario.importers) { const r = rows.find((x) => x.importer === l.importer.code); for (const k of ["none", "exposure", "mass_balance"]) equal(Number(r[`share_${k}`]), l.share[k], `${l.importer.code} ${k}`); }
  await page.goto(`${url}#/what-if/${hit[1][0]}?cut=0.9&product=${hit[0]}`);
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
  const contents = log.map((l) => readFileSync(join(data, l.path)));
  const [bytes, zipped] = [(b) => b.length, (b) => gzipSync(b).length].map((size) => contents.reduce((s, b) => s + size(b), 0));
  console.log(`first view: ${log.length} requests, ${bytes} bytes, ${zipped} gzipped`);
  equal(log.some((l) => l.path.includes("/runs/")), false, "the first view reads no table");
  equal(bytes <= 500_000, true, `${bytes} bytes, ${zipped} gzipped`);
  await context.close();
});

await import("./truth.mjs");
await facts();
await import("./odd.mjs");
await twoRuns();
await finish();

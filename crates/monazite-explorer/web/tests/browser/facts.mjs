// Facts of the views that are worked out by the page: equal to DuckDB's on the run, and reached by the ways that are offered.
import { readFileSync } from "node:fs";
import { close, csvOf, equal, ex as first, file, has, of, open, sql, table, test, url } from "./setup.mjs";
import { settled } from "./views.mjs";

export async function facts() {
  // The run with all of its parts.
  const ex = Object.assign({}, first, ...Object.values(first.parts).map(file));
  const { product, country, year } = of;
  await test("what moved a country adds up to the change of its mean, in both readings", async () => {
    if (!has("decomposition.parquet") || ex.years.length < 2) return;
    const { page, context } = await open();
    await page.goto(`${url}#/country/${country}?moved=1`);
    await settled(page);
    const { rows } = await csvOf(page, /^What moved/);
    const chain = ex.products.filter((p) => p.tier !== null).map((p) => `'${p.code}'`).join(",");
    const means = sql(`select year, sum(str_mass_balance*imports)/sum(imports), sum(str*imports)/sum(imports) from ${table("indicators.parquet")} where country='${country}' and product in (${chain}) and imports>0 group by year order by year`);
    const last = rows.at(-1);
    const sum = (reading) => Object.entries(last).filter(([k]) => k.startsWith(reading)).reduce((s, [, v]) => s + Number(v), 0);
    const near = (a, b, what) => equal(Math.abs(a - b) < 1e-5, true, `${what}: ${a} and ${b}`);
    near(sum("mass-balanced"), means.at(-1)[1] - means[0][1], "mass-balanced");
    near(sum("paper's reading"), means.at(-1)[2] - means[0][2], "paper's reading");
    // The part of stability, by hand: changes of products weighted by the mean of their weights in both years.
    const [[stability]] = sql(`with w as (select year, product, imports/sum(imports) over (partition by year) w from ${table("indicators.parquet")} where country='${country}' and product in (${chain}) and imports>0), d as (select * from ${table("decomposition.parquet")} where country='${country}' and product in (${chain}))
      select sum(d.stability*(coalesce(a.w,0)+coalesce(b.w,0))/2) from d left join w a on a.product=d.product and a.year=d.year left join w b on b.product=d.product and b.year=d.year_before`);
    near(Number(last["paper's reading: stability"]), stability, "stability");
    await context.close();
  });

  await test("who is like a country is counted from the repetitions", async () => {
    if (!ex.types || !has("typology/co_assignment.parquet")) return;
    const { page, context } = await open();
    await page.goto(`${url}#/country/${country}`);
    await settled(page);
    const truth = new Map(sql(`select case when country='${country}' then other else country end c, together/drawn from ${table("typology/co_assignment.parquet")} where (country='${country}' or other='${country}') and together>0 order by 2 desc`));
    // Nothing is said of a country that no repetition has drawn with another.
    if (!truth.size) { equal(await page.getByRole("heading", { name: /^What kind of country/ }).locator("xpath=ancestor::section").locator("tbody tr").count(), 0, "no rows"); await context.close(); return; }
    const { rows } = await csvOf(page, /^What kind of country/);
    equal(rows.length, Math.min(10, truth.size), "rows");
    for (const r of rows) close(Number(r.share), truth.get(r.country), r.country);
    close(Number(rows[0].share), Math.max(...truth.values()), "the most like comes first");
    await context.close();
  });

  await test("years of a product are those of product_years.csv and the bands", async () => {
    const { page, context } = await open();
    await page.goto(`${url}#/product/${product}`);
    await settled(page);
    const { rows } = await csvOf(page, /^Year by year/);
    const truth = sql(`select year, trade, importers, exporters, ending_share from ${table("product_years.csv")} where product='${product}' order by year desc`);
    equal(rows.map((r) => Number(r.year)), truth.map(([y]) => y), "years");
    truth.forEach(([y, trade, importers, exporters, ending], i) => { equal(Math.abs(Number(rows[i].trade) / trade - 1) < 1e-4, true, `trade ${y}`); equal([Number(rows[i].importers), Number(rows[i].exporters)], [importers, exporters], String(y)); equal(Math.abs(Number(rows[i].ending_share) - ending) < 1e-4, true, `ending ${y}`); });
    await context.close();
  });

  await test("a mark leads to its row, ⓘ to the page of methods", async () => {
    const { page, wrong, context } = await open();
    const marked = ex.trickles.product.findIndex((p, i) => ex.trickles.year[i] === year && ex.product_years[p]);
    if (marked >= 0) {
      const p = ex.trickles.product[marked];
      await page.goto(`${url}#/product/${p}`);
      await settled(page);
      await page.locator("h1 a.mark", { hasText: "‡" }).click();
      await page.waitForSelector("#loops table");
      equal(new URL(page.url()).hash.includes("mark=loops") && new URL(page.url()).hash.includes(`of=${p}`), true, "the address");
      const { rows } = await csvOf(page, /^‡/);
      equal(rows.length, ex.trickles.product.filter((q) => q === p).length, "the loops of the product alone");
      equal(rows.every((r) => r.product === p), true, "no other product");
      equal(await page.evaluate(() => { const at = document.getElementById("loops").getBoundingClientRect(); return at.top >= 0 && at.top < innerHeight; }), true, "it is in sight");
    }
    await page.goto(`${url}#/product/${product}`);
    await settled(page);
    const section = page.locator("section.frame").filter({ has: page.getByRole("heading", { name: /^Who depends on/ }) });
    await section.locator("details.info > summary").click();
    const [other] = await Promise.all([context.waitForEvent("page"), section.getByRole("link", { name: "systemic trade risk" }).click()]);
    await other.waitForLoadState();
    equal((await other.locator("h1").textContent()).includes("Systemic trade risk"), true, "the page of methods");
    equal((await other.locator("pre").first().textContent()).includes("STR_c = Σ_a L[a, c]"), true, "its formula");
    equal(await other.evaluate(() => getComputedStyle(document.querySelector("main")).maxWidth !== "none"), true, "its style sheet is there");
    equal(await other.locator("script").count(), 0, "no script");
    equal(wrong, [], "console");
    await context.close();
  });

  await test("the order of a table is in the address, and Back returns to the subject before", async () => {
    const { page, context } = await open();
    await page.goto(`${url}#/product/${product}`);
    await settled(page);
    const section = (of) => of.locator("section.frame").filter({ has: of.getByRole("heading", { name: /^Year by year/ }) });
    const first = (of) => section(of).locator("tbody tr th").first().textContent();
    const latest = await first(page);
    // Numbers come down first; the second click turns them round.
    for (const _ of [1, 2]) await section(page).locator("thead th button").first().click();
    const sorted = await first(page);
    if (ex.years.length > 1) equal(sorted !== latest, true, "sorted by the year, upwards or downwards");
    const { hash } = new URL(page.url());
    equal(hash.includes("sort="), true, hash);
    const other = await open();
    await other.page.goto(`${url}${hash}`);
    await settled(other.page);
    equal(await first(other.page), sorted, "the same first row");
    equal(await section(other.page).locator("thead th").first().getAttribute("aria-sort"), await section(page).locator("thead th").first().getAttribute("aria-sort"), "the same order");
    await other.context.close();
    await page.evaluate((code) => { location.hash = `#/country/${code}`; }, country);
    await settled(page);
    await page.goBack();
    await settled(page);
    equal(new URL(page.url()).hash, hash, "Back");
    await context.close();
  });

  await test("controls are in the address: links of another browser show the same", async () => {
    const { page, context } = await open();
    await page.goto(`${url}#/country/${country}`);
    await settled(page);
    await page.getByLabel("everything it imports").check();
    equal(new URL(page.url()).hash, `#/country/${country}?all=1`, "the address");
    const shown = await page.locator("section.frame table").first().locator("tbody tr").count();
    const { page: fresh, context: again } = await open();
    await fresh.goto(page.url());
    await settled(fresh);
    equal(await fresh.getByLabel("everything it imports").isChecked(), true, "the box");
    equal(await fresh.locator("section.frame table").first().locator("tbody tr").count(), shown, "the rows");
    await again.close();
    await context.close();
  });

  await test("a picture of a figure has all of its drawings and keys", async () => {
    const { page, wrong, context } = await open();
    const taken = async (address, name, kind) => {
      await page.goto(url + address);
      await settled(page);
      const section = page.locator("section.frame").filter({ has: page.getByRole("heading", { name }) }).first();
      await section.locator("details.take > summary").click();
      const [download] = await Promise.all([page.waitForEvent("download"), section.getByRole("button", { name: kind, exact: true }).click()]);
      return readFileSync(await download.path());
    };
    const many = (ex.study.focus.length ? ex.study.focus : ex.study.seeds).filter((p) => ex.product_years[p]).slice(0, 12);
    if (ex.years.length > 1 && many.length > 1) {
      const svg = (await taken("#/", /^Did it grow/, "SVG")).toString("utf8");
      for (const p of many) equal(svg.includes(`(${p})`), true, `${p} has its name`);
      equal(svg.match(/<svg/g).length >= 1 + 2 * many.length, true, "a drawing and a key for each");
      equal(/class=|var\(|<style/.test(svg), false, "it stands alone");
    }
    const map = (await taken("#/", /^How much political/, "SVG")).toString("utf8");
    equal(["does not trade it", "not defined", "not in this study", `Run ${ex.run_id}`].map((t) => map.includes(t)), [true, true, true, true], "the legend of the map");
    if (ex.chain) {
      const network = (await taken("#/network", /^What is made of what/, "SVG")).toString("utf8");
      equal(network.match(/<circle/g).length >= ex.chain.nodes.length, true, "the network, not its legend alone");
    }
    if (ex.types) equal([...(await taken("#/types", /^Countries with a like profile/, "PNG")).subarray(1, 4)], [80, 78, 71], "the map of types as PNG");
    equal(wrong, [], "console");
    await context.close();
  });

  await test("on paper nothing is cut off", async () => {
    const { page, context } = await open({ viewport: { width: 700, height: 1000 } });
    await page.setViewportSize({ width: 1280, height: 900 });
    for (const address of ["#/", `#/product/${product}?of=${country}`, `#/country/${country}`]) {
      await page.goto(url + address);
      await settled(page);
      await page.emulateMedia({ media: "print" });
      // As wide as a page of A4 with margins, without a new layout by the page: as a printer does it.
      const cut = await page.evaluate(() => { document.body.style.width = "703px"; const right = document.body.getBoundingClientRect().right; return [...document.querySelectorAll("figure svg[viewBox]")].filter((s) => s.getBoundingClientRect().right > right + 1).length; });
      equal(cut, 0, address);
      equal(await page.locator("main button:visible:not(.head)").evaluateAll((all) => all.filter((b) => !b.closest(".barlist, .tiers")).map((b) => b.textContent)), [], `${address}: no buttons`);
      await page.emulateMedia({ media: null });
    }
    await context.close();
  });
}

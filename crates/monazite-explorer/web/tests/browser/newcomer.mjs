// Six questions of a newcomer, answered by clicking from the first view: node tests/browser/newcomer.mjs DATA [PICTURES]
// DATA: an export of the example. PICTURES: a folder for the pictures of docs/explorer.md. Each answer is looked up in the run by DuckDB.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./launch.mjs";
import { serve } from "./server.mjs";
import { settled } from "./views.mjs";

const [data, pictures] = process.argv.slice(2);
if (!data) { console.error("usage: node tests/browser/newcomer.mjs DATA [PICTURES]"); process.exit(2); }
const { url, close } = await serve(data, data);
const browser = await launch();
const sql = (query) => JSON.parse(execFileSync(process.env.PYTHON ?? "python3", ["-c", "import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall()))", query], { encoding: "utf8" }));
const table = (name) => `'${join(data, "runs/0", name)}'`;
let [passed, failed] = [0, 0];

/** Starts at the first view, clicks, and sees whether the answer stands on the page. */
async function asked(name, question, clicks) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  let count = 0;
  const click = async (what) => { count++; await what.click(); await settled(page); };
  const choose = async (what, option) => { count++; await what.selectOption(option); await settled(page); };
  const on = async (...texts) => { for (const text of texts) { const found = (await page.locator("main").innerText()).replaceAll(/\s/g, " "); if (!found.includes(text)) throw new Error(`“${text}” is not on the page`); } };
  const show = async (what) => { await what.first().scrollIntoViewIfNeeded(); await page.evaluate((y) => window.scrollBy(0, y), (await what.first().boundingBox()).y - 150); };
  try {
    await page.goto(url);
    await settled(page);
    await clicks({ page, click, choose, on, show });
    if (pictures) await page.screenshot({ path: join(pictures, `explorer-${name}.png`) });
    passed++;
    console.log(`${question}: ${count} clicks`);
  } catch (e) {
    failed++;
    console.log("FAILED", question, "\n   ", String(e?.message ?? e).slice(0, 800));
  }
  await context.close();
}

const last = sql(`select max(year) from ${table("indicators.parquet")}`)[0][0];
const first = sql(`select min(year) from ${table("indicators.parquet")}`)[0][0];
const names = new Map(JSON.parse(readFileSync(join(data, "explorer.json"), "utf8")).countries.map((c) => [c.code, c.name]));

await asked("suppliers", "Who supplies Germany's tungsten?", async ({ page, click, choose, on, show }) => {
  await page.locator("#search").fill("tungsten ore");
  await click(page.locator("#found [role=option]").filter({ hasText: "261100" }));
  await choose(page.getByLabel("Whose?"), "DEU");
  for (const [supplier, share] of sql(`select exporter, sum(value) / sum(sum(value)) over () from ${table("flows.parquet")} where product = '261100' and importer = 'DEU' and year = ${last} group by exporter order by 2 desc limit 2`)) await on(names.get(supplier), `${Math.round(100 * share)} %`);
  await show(page.getByRole("heading", { name: /^Who sells/ }));
});
await asked("riskiest", "Who is at risk most?", async ({ page, click, on, show }) => {
  await on("Ten with the highest");
  const top = await page.locator("section.frame").filter({ has: page.getByRole("heading", { name: "Ten with the highest" }) }).locator("a").first().textContent();
  await click(page.getByRole("link", { name: top }).first());
  await on(top, "STR");
  await page.goBack();
  await settled(page);
  await show(page.getByRole("heading", { name: /^How much political instability/ }));
});
await asked("changed", `What changed since ${first}?`, async ({ page, click, choose, on }) => {
  await click(page.getByRole("navigation").getByRole("link", { name: "Map" }));
  await choose(page.getByLabel(/^(Change since|Against|Base)/).first(), String(first));
  await on(String(first), String(last));
});
await asked("what-if", "What if China stops?", async ({ page, click, choose, on }) => {
  await click(page.getByRole("navigation").getByRole("link", { name: "What if" }));
  await choose(page.locator("label").filter({ hasText: /^Supplier/ }).locator("select"), "CHN");
  await choose(page.locator("label").filter({ hasText: /^Product/ }).locator("select"), "284690");
  const answer = JSON.parse(readFileSync(join(data, `scenarios/CHN-284690-${last}-100.json`), "utf8"));
  await on("no stocks, no new mines, no prices", ...Object.values(answer.products[0].share).map((share) => `${Math.round(100 * share)} %`));
});
await asked("indices", "Is it the EU's supply risk?", async ({ page, click, on }) => {
  await click(page.getByRole("navigation").getByRole("link", { name: "Other indices" }));
  const { beside } = JSON.parse(readFileSync(join(data, "indices.json"), "utf8"));
  const pair = beside.correlations.find((c) => c.first === "str_mass_balance" && c.second === "eu_sr");
  await on("EU supply risk", pair.pooled.toFixed(2), ...beside.answers.map((a) => a.question));
});
await asked("evidence", "Where do these numbers come from?", async ({ page, click, on }) => {
  await click(page.getByRole("navigation").getByRole("link", { name: "How do we know" }));
  await on("CEPII BACI", "World Bank", "Rows read", "sha256");
});

await browser.close();
close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

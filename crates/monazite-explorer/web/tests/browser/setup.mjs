// What all browser tests use: the exported folder on a plain file server below a path, a browser that reaches nothing else, and DuckDB on the run.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./launch.mjs";
import { serve } from "./server.mjs";
import { chosen, settled } from "./views.mjs";

export const data = process.argv[2] ?? process.env.EXPLORER_DATA;
if (!data || !existsSync(join(data, "explorer.json")) || !existsSync(join(data, "index.html"))) {
  console.error("usage: node tests/browser/run.mjs DIR, a folder that `monazite explore RUN --export DIR` wrote");
  process.exit(2);
}
export const file = (name) => JSON.parse(readFileSync(join(data, name), "utf8"));
export const ex = file("explorer.json");
export const of = chosen(ex);
export const { url, log, close: stop } = await serve(data, data);
export const browser = await launch();
export const axe = readFileSync(fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8");
const ALL_MODES = { light: {}, dark: { colorScheme: "dark" }, phone: { viewport: { width: 390, height: 844 } }, print: { media: "print" } };
/** All, or those that MODES names. */
export const MODES = Object.fromEntries(Object.entries(ALL_MODES).filter(([mode]) => !process.env.MODES || process.env.MODES.split(",").includes(mode)));

const counted = { passed: 0, failed: 0 };
const only = process.env.ONLY ? new RegExp(process.env.ONLY) : null;
export async function test(name, body) {
  if (only && !only.test(name)) return;
  const start = Date.now();
  try {
    await body();
    counted.passed++;
    if (process.env.VERBOSE) console.log("ok", name, `${((Date.now() - start) / 1000).toFixed(1)} s`);
  } catch (e) {
    counted.failed++;
    console.log("FAILED", name, "\n   ", String(e?.message ?? e).slice(0, 1500));
  }
}
export async function finish() {
  await browser.close();
  stop();
  console.log(`${ex.study.name}: ${counted.passed} passed, ${counted.failed} failed`);
  process.exit(counted.failed || !counted.passed ? 1 : 0);
}

export const equal = (a, b, what) => { if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${what}: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`); };
export const close = (a, b, what, by = 1e-9) => { if (!(Math.abs(a - b) <= by * Math.max(1e-12, Math.abs(b)))) throw new Error(`${what}: ${a} is not ${b}`); };
/** What a csv shows of a number of DuckDB: the number, or words or nothing where it is not defined. */
export const same = (shown, number, what, by) => { if (number === null) equal(shown === undefined ? "?" : shown === "" || Number.isNaN(Number(shown)), true, `${what} is not defined, and ${shown} is shown`); else if (shown === undefined || shown === "") throw new Error(`${what}: nothing, and it is ${number}`); else close(Number(shown), number, what, by); };

const python = process.env.PYTHON ?? "python3";
/** Rows of an answer of DuckDB; 0 / 0 is null. */
const ASK = `
import duckdb, json, sys
duckdb.sql("set enable_progress_bar = false")
plain = lambda v: None if isinstance(v, float) and v != v else v
print(json.dumps([[plain(v) for v in row] for row in duckdb.sql(sys.argv[1]).fetchall()]))`;
export const sql = (query) => JSON.parse(execFileSync(python, ["-c", ASK, query], { encoding: "utf8", maxBuffer: 1 << 28 }));
export const has = (name) => existsSync(join(data, "runs/0", name));
/** A table of the run as DuckDB reads it; codes are text. */
export function table(name, run = 0) {
  const path = join(data, `runs/${run}`, name);
  if (!name.endsWith(".csv")) return `'${path}'`;
  const codes = readFileSync(path, "utf8").split("\n", 1)[0].trim().split(",").filter((c) => ["product", "input", "output"].includes(c));
  return `read_csv('${path}', header = true${codes.length ? `, types = {${codes.map((c) => `'${c}': 'VARCHAR'`).join(", ")}}` : ""})`;
}

export async function open(mode = {}, own = url) {
  const context = await browser.newContext({ viewport: mode.viewport ?? { width: 1280, height: 900 }, colorScheme: mode.colorScheme ?? "light", acceptDownloads: true, bypassCSP: false });
  const page = await context.newPage();
  if (mode.media) await page.emulateMedia({ media: mode.media });
  const wrong = [];
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") wrong.push(m.text()); });
  page.on("pageerror", (e) => wrong.push(e.message));
  page.on("request", (r) => { if (!r.url().startsWith(new URL(own).origin) && !/^(data|blob):/.test(r.url())) wrong.push(`outside: ${r.url()}`); });
  return { page, wrong, context };
}
/** Opens an address afresh. */
export async function to(page, address, own = url) {
  await page.goto("about:blank");
  await page.goto(own + address);
  await settled(page);
}
/** Lines of a csv as cells, by heading. */
export function cells(text) {
  const lines = text.split("\n").filter((l) => l && !l.startsWith("#"));
  const split = (l) => l.match(/("([^"]|"")*"|[^,]*)(,|$)/g).map((c) => c.replace(/,$/, "").replace(/^"|"$/g, "").replaceAll('""', '"')).slice(0, head?.length ?? undefined);
  let head = null;
  head = split(lines[0]);
  if (head[head.length - 1] === "") head.pop();
  return lines.slice(1).map((l) => Object.fromEntries(split(l).map((c, i) => [head[i], c])));
}
/** The csv of the figure with a heading. */
export async function csvOf(page, name) {
  const section = page.locator("section.frame").filter({ has: page.getByRole("heading", { name }) }).first();
  await section.locator("details.take > summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), section.locator('button[data-take="csv"]').click()]);
  const text = readFileSync(await download.path(), "utf8");
  return { text, rows: cells(text) };
}
/** Opens a view and gives the csv of a figure in it, by a key. */
export async function take(address, heading, ...keys) {
  const { page, context, wrong } = await open();
  await to(page, address);
  const { rows, text } = await csvOf(page, heading);
  equal(wrong, [], "console");
  const found = new Map(rows.map((r) => [keys.map((k) => r[k]).join(" "), r]));
  equal(found.size, rows.length, `keys of ${address}`);
  return { rows, text, found, page, context };
}

/** A copy of the folder with other json files; the run is that of the folder. */
export function changed(files, runs = true) {
  const folder = mkdtempSync(join(tmpdir(), "explorer-"));
  for (const name of readdirSync(data)) {
    if (name in files || (name === "runs" && !runs)) continue;
    if (name === "assets" || name === "index.html") cpSync(join(data, name), join(folder, name), { recursive: true });
    else symlinkSync(realpathSync(join(data, name)), join(folder, name));
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  return folder;
}

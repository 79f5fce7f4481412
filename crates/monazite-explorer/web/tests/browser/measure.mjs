// How long the page takes and what it needs: node tests/browser/measure.mjs ADDRESS_OR_DIR [TIMES]
// ADDRESS: of a server (`monazite explore RUN --no-open`), DIR: an exported folder. Each time is that of a fresh context, and the median of TIMES
// (5) is compared with the goal. CPU seconds are those of all processes of the browser: on a busy machine they say more than the clock.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./launch.mjs";
import { serve } from "./server.mjs";
import { chosen } from "./views.mjs";

const [where, times = "5"] = process.argv.slice(2);
if (!where) { console.error("usage: npm run measure -- ADDRESS_OR_DIR [TIMES]"); process.exit(2); }
const isFolder = !/^https?:/.test(where);
if (isFolder && !existsSync(join(where, "explorer.json"))) { console.error(`${where}: there is no explorer.json`); process.exit(2); }
const served = isFolder ? await serve(where, where) : { url: where.replace(/#.*|[^/]$/, (end) => (end.startsWith("#") ? "" : end + "/")), close() {} };
const { url } = served;
const ex = await (await fetch(url + "explorer.json")).json();
const { product, country } = chosen(ex);
const isPaperSize = ex.products.length >= 168;

const browser = await launch();
const TICK = 100;
/** CPU seconds of all processes that this one started. */
function cpu() {
  const all = readdirSync("/proc").filter((n) => /^\d+$/.test(n)).flatMap((pid) => {
    try {
      const parts = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
      return [{ pid: Number(pid), parent: Number(parts[1]), ticks: Number(parts[11]) + Number(parts[12]) }];
    } catch { return []; }
  });
  const mine = new Set([process.pid]);
  for (let before = 0; before !== mine.size;) { before = mine.size; for (const p of all) if (mine.has(p.parent)) mine.add(p.pid); }
  return all.filter((p) => p.pid !== process.pid && mine.has(p.pid)).reduce((s, p) => s + p.ticks, 0) / TICK;
}

/** In the page: the clock when something is on the screen, in ms since the page was asked for. */
function inPage() {
  window.painted = (isThere) => new Promise((resolve) => {
    const look = () => {
      if (!isThere()) return requestAnimationFrame(look);
      // The frame that shows it is done when the task after it begins.
      requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => resolve(performance.now()); port2.postMessage(0); });
    };
    look();
  });
  window.complete = (text) => (document.querySelector("h1")?.textContent.includes(text) ?? false) && document.querySelector(".skeleton, .failed") === null;
  addEventListener("keydown", (event) => { window.pressed = event.timeStamp; }, true);
}

const wrong = [];
async function open() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") wrong.push(m.text()); });
  page.on("pageerror", (e) => wrong.push(e.message));
  page.on("request", (r) => { if (!r.url().startsWith(new URL(url).origin) && !/^(data|blob):/.test(r.url())) wrong.push(`outside: ${r.url()}`); });
  await page.addInitScript(inPage);
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  const net = { requests: 0, sent: 0, bytes: 0 };
  client.on("Network.requestWillBeSent", ({ request }) => { if (!/^(data|blob):/.test(request.url)) net.requests++; });
  client.on("Network.dataReceived", (e) => { net.bytes += e.dataLength; });
  client.on("Network.loadingFinished", (e) => { net.sent += e.encodedDataLength; });
  return { context, page, client, net };
}
const first = async (page, address, text) => { await page.goto(url + address, { waitUntil: "commit" }); return page.evaluate((t) => window.painted(() => window.complete(t)), text); };

/** Opens an address in a fresh context, and then by clicks from the overview. */
async function toView(address, text) {
  const there = await open();
  const before = cpu();
  const cold = await first(there.page, address, text);
  const cost = cpu() - before;
  await there.context.close();
  const from = await open();
  await first(from.page, "#/", "");
  await from.page.waitForTimeout(300);
  const start = cpu();
  const warm = await from.page.evaluate(([a, t]) => { const at = performance.now(); location.hash = a; return window.painted(() => window.complete(t)).then((end) => end - at); }, [address, text]);
  const used = cpu() - start;
  await from.context.close();
  return { cold, cost, warm, used };
}

const held = (of) => (of.usedSize + (of.backingStorageSize ?? 0)) / 1e6;
/** MB that the workers hold, after what is no longer used was given back. */
let asked = 0;
async function workerHeap() {
  const session = await browser.newBrowserCDPSession();
  const { targetInfos } = await session.send("Target.getTargets");
  let sum = 0;
  for (const { targetId } of targetInfos.filter((t) => t.type === "worker")) {
    const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false });
    const ask = (method) => new Promise((resolve) => {
      const hear = ({ message }) => { const said = JSON.parse(message); if (said.id !== id) return; session.off("Target.receivedMessageFromTarget", hear); resolve(said.result ?? said); };
      const id = ++asked;
      session.on("Target.receivedMessageFromTarget", hear);
      session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
    });
    await ask("HeapProfiler.collectGarbage");
    sum += held(await ask("Runtime.getHeapUsage"));
  }
  await session.detach();
  return sum;
}

const rows = new Map();
const note = (what, value, seconds) => { const of = rows.get(what) ?? rows.set(what, { values: [], seconds: [] }).get(what); of.values.push(value); if (seconds !== undefined) of.seconds.push(seconds); };
const PRODUCT = [`#/product/${product}`, `HS ${product}`];
const COUNTRY = [`#/country/${country}`, ex.countries.find((c) => c.code === country).name || country];
for (let i = 0; i < Number(times); i++) {
  const { context, page, client, net } = await open();
  const before = cpu();
  note("first view complete, ms", await first(page, "#/", ""), cpu() - before);
  await page.waitForTimeout(300);
  note("first view, requests", net.requests); note("first view, kB unzipped", net.bytes / 1000); note("first view, kB sent", net.sent / 1000);
  if (ex.years.length > 2) {
    const steps = [];
    const start = cpu();
    for (const [key, back] of [["[", 1], ["[", 2], ["]", 1], ["[", 2]]) {
      const year = String(ex.years[ex.years.length - 1 - back]);
      const done = page.evaluate((y) => window.painted(() => document.querySelector(".year select")?.value === y && document.querySelector("main h2").textContent.includes(y)).then((end) => end - window.pressed), year);
      await page.keyboard.press(key);
      steps.push(await done);
      await page.waitForTimeout(100);
    }
    note("year step, ms", steps.sort((a, b) => a - b)[2], (cpu() - start) / steps.length);
    note("year step, slowest of four, ms", steps[3]);
  }
  await page.evaluate(([a, t]) => { location.hash = a; return window.painted(() => window.complete(t)); }, PRODUCT);
  await page.evaluate(([a, t]) => { location.hash = a; return window.painted(() => window.complete(t)); }, COUNTRY);
  await client.send("HeapProfiler.collectGarbage");
  const of = await client.send("Runtime.getHeapUsage");
  const worker = await workerHeap();
  if (worker === 0) throw new Error("the worker was not found");
  note("memory of page and worker, MB", held(of) + worker);
  await context.close();
  for (const [what, [address, text]] of [["product page", PRODUCT], ["country page", COUNTRY]]) {
    const of = await toView(address, text);
    note(`${what}, from the overview, ms`, of.warm, of.used); note(`${what}, opened by its address, ms`, of.cold, of.cost);
  }
}
await browser.close();
served.close();

const GOALS = { "first view complete, ms": isPaperSize ? 1500 : 1000, "first view, kB unzipped": 500, "year step, ms": 100, "product page, from the overview, ms": 500, "product page, opened by its address, ms": isPaperSize ? undefined : 500, "memory of page and worker, MB": 100 };
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const shown = (v) => (v >= 100 ? v.toFixed(0) : v.toFixed(1));
console.log(`${ex.study.name}: ${ex.products.length} products, ${ex.countries.length} countries and groups, ${ex.years.length} years; ${url}; median of ${times}\n`);
console.log("| what | median | from – to | CPU-s | goal |\n|---|---|---|---|---|");
for (const [what, { values, seconds }] of rows) {
  const goal = GOALS[what];
  console.log(`| ${what} | ${shown(median(values))} | ${shown(Math.min(...values))} – ${shown(Math.max(...values))} | ${seconds.length ? median(seconds).toFixed(2) : ""} | ${goal === undefined ? "" : `${goal}${median(values) <= goal ? "" : " **missed**"}`} |`);
}
const distinct = [...new Set(wrong)];
console.log(`| outside requests, console errors | ${distinct.filter((w) => w.startsWith("outside")).length}, ${distinct.filter((w) => !w.startsWith("outside")).length} | | | 0, 0 |`);
for (const w of distinct) console.log(`  ${w}`);

// Pictures of views, to look at: node tests/browser/shots.mjs DATA OUT [NAME…]
import { launch } from "./launch.mjs";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "./server.mjs";
import { addressesOf, settled } from "./views.mjs";

const [data, out, ...names] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const { url, close } = await serve(data, data);
const browser = await launch();
for (const mode of (process.env.MODES ?? "light").split(",")) {
  const page = await browser.newPage({ viewport: mode === "phone" ? { width: 390, height: 844 } : { width: 1280, height: 900 }, colorScheme: mode === "dark" ? "dark" : "light" });
  page.on("console", (m) => { if (m.type() === "error") console.log(mode, m.text()); });
  page.on("pageerror", (e) => console.log(mode, e.message));
  for (const [name, address] of Object.entries(addressesOf(JSON.parse(readFileSync(join(data, "explorer.json"), "utf8"))))) {
    if (names.length && !names.includes(name)) continue;
    await page.goto("about:blank");
    const start = Date.now();
    await page.goto(url + address);
    await settled(page);
    console.log(mode, name, Date.now() - start, "ms");
    await page.screenshot({ path: `${out}/${name}-${mode}.png`, fullPage: process.env.FULL !== "0" });
  }
  await page.close();
}
await browser.close();
close();

// Pictures of views, to look at: node tests/browser/shots.mjs DATA OUT [NAME…]
import { launch } from "./launch.mjs";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";
import { ADDRESSES, settled } from "./views.mjs";

const [data, out, ...names] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const { url, close } = await serve(fileURLToPath(new URL("../../dist", import.meta.url)), data);
const browser = await launch();
for (const mode of (process.env.MODES ?? "light").split(",")) {
  const page = await browser.newPage({ viewport: mode === "phone" ? { width: 390, height: 844 } : { width: 1280, height: 900 }, colorScheme: mode === "dark" ? "dark" : "light" });
  page.on("console", (m) => { if (m.type() === "error") console.log(mode, m.text()); });
  page.on("pageerror", (e) => console.log(mode, e.message));
  for (const [name, address] of Object.entries(ADDRESSES)) {
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
